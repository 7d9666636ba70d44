"""解除封存: the discipline office hands in what it gives back; on the log only once its report is on the ledger.

Handing in the same part again is one command, so the office repeats it until the answer is `done`.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from services.ledger.commands import SOURCE, Desk
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.http_auth import key_required
from wufang.adapters.http_docs import AUTH_ANSWERS, problem_answer
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import LONGEST_CLAIMS
from wufang.adapters.key_file import KeyFile
from wufang.domain.commands import Actor, ReleaseConduct
from wufang.domain.ids import cause, conflict_cause
from wufang.domain.report import Restored
from wufang.privacy.masking import mask

Name = Annotated[str, Field(min_length=1, max_length=128)]
Line = Annotated[str | None, Field(max_length=2_000)]
Words = Annotated[str | None, Field(max_length=40_000)]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WordsGiven(_Closed):
    """解除后送回的各字段：接入服务已清洗；没有的字段不变。"""

    title: Line = Field(None, title="标题")
    text: Words = Field(None, title="内容")
    category: Line = Field(None, title="内容分类")
    address: Line = Field(None, title="地址")
    accused: Line = Field(None, title="被反映单位")
    details: dict[str, Any] | None = Field(None, title="渠道专有字段（全部）")
    reply: Words = Field(None, title="答复（办理结果）")


class Releaser(_Closed):
    """经办人。"""

    subject: Annotated[str, Field(min_length=1, max_length=LONGEST_CLAIMS[0])] = Field(title="人员编号")
    role: Literal["discipline"] = Field(title="角色")
    organisation: Annotated[str, Field(max_length=200)] = Field(title="单位")


class ReleaseAsked(_Closed):
    """解除封存的一件：件的来源与编号、凭据、送回的内容。"""

    jurisdiction: str = Field(title="县级行政区划代码", pattern="^[0-9]{6}$")
    source: Name = Field(title="来源")
    number: Name = Field(title="事件编号")
    of: Name | None = Field(None, title="本件为办理结果时，所办件的事件编号")
    content: str | None = Field(
        None, title="封存时的原件内容码：台账只认同一内容；办理结果须有", min_length=1, max_length=200
    )
    receipt: str = Field(title="凭据", pattern="^[0-9A-Za-z_-]{8,128}$")
    words: WordsGiven = Field(title="送回的内容")
    by: Releaser = Field(title="经办")


class ReleaseState(BaseModel):
    """送回的结果。"""

    state: Literal["pending", "done", "refused"] = Field(title="状态：pending 已收下，done 已送回，refused 台账未采用")
    reason: str | None = Field(default=None, title="未采用的原因代码")


_ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"description": "已收下；重发只计一次，直到回答 done 或 refused", "model": ReleaseState},
    404: problem_answer("台账上还没有这一件，或还没有这份办理结果：稍后再送"),
    422: problem_answer("不符合契约"),
    503: problem_answer("消息未得到确认，或暂时无法查询", retry=True),
}


class Releases:
    """What the route needs: whether the ledger has the report, what became of the command, and where to hand it in."""

    def __init__(self, index: ElasticIndex, desk: Desk) -> None:
        self._index, self._desk = index, desk

    async def hand_in(self, asked: ReleaseAsked) -> ReleaseState:
        """What became of it so far. Raises Refusal: 404 while the ledger has not what the part is of, 503.

        Words of another copy than the ledger's are refused here: they need not stand on a topic for that.
        """
        release, name = _command(asked), sha256(asked.receipt.encode()).hexdigest()[:32]
        own = cause(SOURCE, name, asked.jurisdiction)
        known = (await self._index.get("receipts", [own])).get(own)
        if known is not None:
            return ReleaseState(state=known.document["state"], reason=known.document.get("reason"))
        standing = await self._standing(release)
        if standing is None:
            raise Refusal("not_found", "台账上还没有这一件")
        if release.posted != standing and (release.posted is not None or release.outcome is not None):
            return ReleaseState(state="refused", reason="not_sealed")
        await self._desk.hand_in(asked.jurisdiction, name, release)
        return ReleaseState(state="pending")

    async def _standing(self, release: ReleaseConduct) -> str | None:
        """The content code of the copy that the ledger has; None for none, as of an outcome that came too early."""
        report = (await self._index.get("reports", [release.report_id])).get(release.report_id)
        if report is None or release.outcome is None:
            return None if report is None else str(report.document["content"])
        late = conflict_cause(release.outcome, release.posted or "")
        found = await self._index.get("receipts", [release.outcome, late])
        ended = [one.document for name in (late, release.outcome) if (one := found.get(name)) is not None]
        stands = (one for one in ended if one["state"] == "recorded" or one["content"] != release.posted)
        return next((str(one["content"]) for one in stands), None)


def _command(asked: ReleaseAsked) -> ReleaseConduct:
    """Reports and outcomes are named by their causes, whatever cause their part stands under in the store."""
    own = cause(asked.source, asked.number, asked.jurisdiction)
    report = own if asked.of is None else cause(asked.source, asked.of, asked.jurisdiction)
    words = Restored(**_masked(asked.words.model_dump()))
    by = Actor(asked.by.subject, asked.by.role, asked.by.organisation)
    outcome = None if asked.of is None else own
    return ReleaseConduct(report, asked.receipt, words, by, outcome, asked.content)


def _masked(words: dict[str, Any]) -> dict[str, Any]:
    """A door cleaned them, as a place's own system may not have; the log cannot forget a number.

    `details` go as they are: there stand numbers of papers too, which only the door tells apart.
    """
    return {name: mask(value) if isinstance(value, str) else value for name, value in words.items()}


def releases(handing: Releases, keys: KeyFile, clock: Callable[[], datetime]) -> APIRouter:
    """POST /v1/releases, for the discipline office's own key."""
    router = APIRouter(prefix="/v1", tags=["纪检机关"])

    @router.post(
        "/releases",
        operation_id="post_release",
        summary="送回解除封存的内容（仅限纪检封存服务）",
        responses={**AUTH_ANSWERS, **_ANSWERS},
        dependencies=[Depends(key_required(keys, "release", None, clock))],
    )
    async def hand_in(asked: ReleaseAsked, response: Response) -> ReleaseState:
        state = await handing.hand_in(asked)
        response.status_code = 202 if state.state == "pending" else 200
        return state

    return router
