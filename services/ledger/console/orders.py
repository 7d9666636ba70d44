"""What a form of the console orders: the same commands as the API's, with the versions its page showed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.responses import RedirectResponse, Response

from services.ledger.access import scope_of
from services.ledger.commands import (
    CategoryAsked,
    Desk,
    KeepApartAsked,
    KeepTogetherAsked,
    LaneAsked,
    MergeAsked,
    MoveAsked,
    RestoreAsked,
)
from services.ledger.console.session import PATH, local_page
from services.ledger.reader import CaseReader
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import Person
from wufang.readmodel.labels import TAGS

Form = Mapping[str, str]
Asked = TypeVar("Asked", bound=BaseModel)
_WRONG: Mapping[str, str] = {
    "reason": "请写明理由（2 至 200 字），它会记入台账",
    "code": "请在分类目录中选一类",
    "to": "归入的事项编号不对，如 430102-15-0；要另立事项则留空",
}


class Orders:
    """Forms to commands; what the ledger makes of them shows on the pages some moments later."""

    def __init__(self, desk: Desk, reader: CaseReader) -> None:
        self._desk, self._reader = desk, reader
        self._verbs: Mapping[str, Callable[[Person, str, Form], Awaitable[Any]]] = {
            "merge": self._merge,
            "keep_apart": self._keep_apart,
            "keep_together": self._keep_together,
            "restore": self._restore,
            "move": self._move,
            "decide_lane": self._decide_lane,
            "decide_category": self._decide_category,
        }

    async def take(self, person: Person, case_id: str, form: Form) -> Response:
        """Hand in what the form orders and go back to its page. Raises Refusal."""
        verb = self._verbs.get(form.get("verb", ""))
        if verb is None:
            raise Refusal("refused", "不认得的指令")
        await verb(person, case_id, form)
        back = local_page(form.get("back", "")) if form.get("back") else f"{PATH}/cases/{case_id}"
        return RedirectResponse(f"{back.partition('?')[0]}?ordered=yes", 303)

    async def _merge(self, person: Person, case_id: str, form: Form) -> None:
        asked = _asked(MergeAsked, form, case_id, merged=form.get("other", ""))
        await self._desk.merge(person, case_id, asked, form.get("once"))

    async def _keep_apart(self, person: Person, case_id: str, form: Form) -> None:
        asked = _asked(KeepApartAsked, form, case_id, other=form.get("other", ""))
        await self._desk.keep_apart(person, case_id, asked, form.get("once"))

    async def _restore(self, person: Person, case_id: str, form: Form) -> None:
        """The page shows the cases put into one by their ids alone: their version is the one they have now."""
        seen = await self._now(person, form.get("other", ""))
        asked = _asked(RestoreAsked, {**form, "seen_other": seen}, case_id, restored=form.get("other", ""))
        await self._desk.restore(person, case_id, asked, form.get("once"))

    async def _move(self, person: Person, case_id: str, form: Form) -> None:
        to = form.get("other", "") or None
        seen = await self._now(person, to) if to else ""
        asked = _asked(MoveAsked, {**form, "seen_other": seen}, case_id, to=to, reports=_reports(form))
        await self._desk.move(person, case_id, asked, form.get("once"))

    async def _keep_together(self, person: Person, case_id: str, form: Form) -> None:
        asked = _asked(KeepTogetherAsked, {**form, "other": ""}, case_id, reports=_reports(form))
        await self._desk.keep_together(person, case_id, asked, form.get("once"))

    async def _decide_lane(self, person: Person, case_id: str, form: Form) -> None:
        tags = [tag for tag in TAGS if form.get(f"tag_{tag}")]
        asked = _asked(LaneAsked, {**form, "other": ""}, case_id, lane=form.get("lane", ""), tags=tags)
        await self._desk.decide_lane(person, case_id, asked, form.get("once"))

    async def _decide_category(self, person: Person, case_id: str, form: Form) -> None:
        reason = form.get("reason", "").strip() or None
        asked = _asked(CategoryAsked, {**form, "other": ""}, case_id, code=form.get("code", ""), reason=reason)
        await self._desk.decide_category(person, case_id, asked, form.get("once"))

    async def _now(self, person: Person, case_id: str) -> str:
        head = await self._reader.case(case_id, scope_of(person))
        if head is None:
            raise Refusal("not_found", f"没有事项 {case_id}，或不在您的范围内")
        return str(head.version)


def _reports(form: Form) -> list[str]:
    """The reports a form names, with commas between."""
    return form.get("report", "").split(",")


def _asked(model: type[Asked], form: Form, case_id: str, **named: Any) -> Asked:
    """The command as the API takes it. Raises Refusal with what is wrong."""
    seen = {case_id: form.get("seen", ""), form.get("other", ""): form.get("seen_other", "")}
    told = {name: version for name, version in seen.items() if name and version}
    try:
        return model(**{"seen": told, "reason": form.get("reason", ""), **named})
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise Refusal("refused", _WRONG.get(field, "页面已过期，请刷新后再试")) from None
