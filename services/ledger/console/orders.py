"""What a form of the console orders: the same commands as the API's, with the versions its page showed."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from services.ledger.access import scope_of
from services.ledger.asked import (
    Asked,
    CategoryAsked,
    KeepApartAsked,
    KeepTogetherAsked,
    LaneAsked,
    MergeAsked,
    MoveAsked,
    RestoreAsked,
)
from services.ledger.commands import Desk
from services.ledger.console.session import PATH, local_page
from services.ledger.reader import CaseReader
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import Person
from wufang.readmodel.labels import TAGS

Form = Mapping[str, str]
_WRONG: Mapping[str, str] = {
    "reason": "请写明理由（2 至 200 字），它会记入台账",
    "code": "请在分类目录中选一类",
}


class _Verb(NamedTuple):
    """What a form's verb asks, and the fields of it that the form holds."""

    model: type[Asked]
    told: Callable[[Form], dict[str, Any]]
    other: Literal["none", "seen", "latest"] = "none"


def _reports(form: Form) -> list[str]:
    """The reports a form names, with commas between."""
    return form.get("report", "").split(",")


def _lane(form: Form) -> dict[str, Any]:
    return {"lane": form.get("lane", ""), "tags": [tag for tag in TAGS if form.get(f"tag_{tag}")]}


def _category(form: Form) -> dict[str, Any]:
    return {"code": form.get("code", ""), "reason": form.get("reason", "").strip() or None}


# The other case of a form was seen on its page, in a version; or is named there by its id alone: the latest it is.
_VERBS: Mapping[str, _Verb] = {
    "merge": _Verb(MergeAsked, lambda form: {"merged": form.get("other", "")}, "seen"),
    "keep_apart": _Verb(KeepApartAsked, lambda form: {"other": form.get("other", "")}, "seen"),
    "restore": _Verb(RestoreAsked, lambda form: {"restored": form.get("other", "")}, "latest"),
    "move": _Verb(MoveAsked, lambda form: {"to": form.get("other") or None, "reports": _reports(form)}, "latest"),
    "keep_together": _Verb(KeepTogetherAsked, lambda form: {"reports": _reports(form)}),
    "decide_lane": _Verb(LaneAsked, _lane),
    "decide_category": _Verb(CategoryAsked, _category),
}


class Orders:
    """Forms to commands; what the ledger makes of them shows on the pages some moments later."""

    def __init__(self, desk: Desk, reader: CaseReader) -> None:
        self._desk, self._reader = desk, reader

    async def take(self, person: Person, case_id: str, form: Form) -> Response:
        """Hand in what the form orders and go back to its page. Raises Refusal."""
        verb = _VERBS.get(form.get("verb", ""))
        if verb is None:
            raise Refusal("refused", "不认得的指令")
        seen = {case_id: form.get("seen", ""), **await self._other(person, verb, form)}
        await self._desk.order(person, case_id, _asked(verb, seen, form), form.get("once"))
        back = local_page(form.get("back", "")) if form.get("back") else f"{PATH}/cases/{case_id}"
        return RedirectResponse(f"{back.partition('?')[0]}?ordered=yes", 303)

    async def _other(self, person: Person, verb: _Verb, form: Form) -> dict[str, str]:
        """The version of the other case, where the form names one and the verb is of two."""
        other = form.get("other", "")
        if verb.other == "none" or not other:
            return {}
        return {other: form.get("seen_other", "") if verb.other == "seen" else await self._now(person, other)}

    async def _now(self, person: Person, case_id: str) -> str:
        head = await self._reader.case(case_id, scope_of(person))
        if head is None:
            raise Refusal("not_found", f"没有事项 {case_id}，或不在您的范围内")
        return str(head.version)


def _asked(verb: _Verb, seen: Mapping[str, str], form: Form) -> Asked:
    """What is asked, as the API takes it. Raises Refusal with what is wrong."""
    known = {name: version for name, version in seen.items() if version}
    try:
        return verb.model(**{"seen": known, "reason": form.get("reason", ""), **verb.told(form)})
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise Refusal("refused", _WRONG.get(field, "页面已过期，请刷新后再试")) from None
