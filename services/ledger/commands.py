"""What people order (并案、撤销并案、改归、不得并案、确为一事、定办、定类): checked, put on the log, with a receipt."""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

import msgspec
import orjson
from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.ledger.access import PersonRequired, scope_of
from services.ledger.reader import CaseReader
from services.ledger.routes import not_found
from services.ledger.views import CaseHead
from wufang.adapters.http_docs import problem_answer
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import Person
from wufang.adapters.kafka_producer import KafkaPublisher, Message, NotAcknowledged, TooManyPending
from wufang.adapters.receipt_states import ReceiptReader, SearchAway
from wufang.adapters.receipts import BadReceipt, Receipt, read_receipt, write_receipt
from wufang.domain.categories import Tree
from wufang.domain.commands import (
    MOST_MOVED,
    Actor,
    Command,
    DecideCategory,
    DecideLane,
    KeepApart,
    KeepTogether,
    Merge,
    Move,
    ReleaseConduct,
    Restore,
)
from wufang.domain.ids import cause
from wufang.domain.triage import Lane, Tag
from wufang.privacy.content import content_mac
from wufang.privacy.keyring import KeyRing
from wufang.privacy.masking import mask
from wufang.readmodel.labels import REFUSALS
from wufang.wire import topics
from wufang.wire.inputs import COMMANDS, wire_time

SOURCE = "ledger-service"
RETRY_SECONDS = 5
CONNECT_SECONDS = 5.0
STATES: list[Any] = ["pending", "done", "refused", "duplicate", "conflicted", "quarantined"]
CaseId = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}-[1-9][0-9]{0,17}-[0-9]{1,9}$")]
Code = Annotated[str, StringConstraints(pattern=r"^(?:[0-9]{2}){1,3}$")]
ReportId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Once = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="同一编号重发只计一次；不填则每次都是新指令",
    ),
]
_TYPES = {command: name for name, command in COMMANDS.items()}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    401: problem_answer("没有有效的人员令牌"),
    403: problem_answer("角色不能使用此功能"),
    404: problem_answer("没有，或不在您的范围内：两者不加区分"),
    422: problem_answer("参数有误"),
    503: problem_answer("消息未得到确认，或暂时无法查询", retry=True),
}


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    seen: dict[CaseId, Annotated[int, Field(ge=1)]] = Field(
        title="所见版本：指令提到的每个事项及您看到它时的版本", max_length=2
    )


class _Asked(_Seen):
    reason: Reason = Field(title="理由", examples=["同一处积水，两家分别反映"])


class MergeAsked(_Asked):
    """并案：把 merged 并入本事项。"""

    merged: CaseId = Field(title="并入的事项")


class RestoreAsked(_Asked):
    """撤销并案：把 restored 从本事项恢复为独立事项。"""

    restored: CaseId = Field(title="恢复的事项")


class MoveAsked(_Asked):
    """改归：把若干件移出本事项，归入 to；不填 to 则另立事项。"""

    reports: list[ReportId] = Field(title="诉求件", min_length=1, max_length=MOST_MOVED)
    to: CaseId | None = Field(None, title="归入的事项")


class KeepApartAsked(_Asked):
    """不得并案：本事项与 other 不是同一事项，以后也不再建议或自动并案。"""

    other: CaseId = Field(title="另一事项")


class KeepTogetherAsked(_Asked):
    """确为一事：本事项的这些件是同一事项，以后不再建议分开；不填 reports 则为全部。"""

    reports: list[ReportId] = Field([], title="诉求件", max_length=MOST_MOVED)


class LaneAsked(_Asked):
    """定办：定本事项的办理方式；以后的建议不再改动它。"""

    lane: Lane = Field(title="办理方式：urgent 速办，dedicated 专办，ordinary 一般")
    tags: list[Tag] = Field([], title="标签：study 研办，joint 联办", max_length=2)


class CategoryAsked(_Seen):
    """定类：定本事项的内容分类，采纳或更正建议；以后的建议由此学习。"""

    code: Code = Field(title="分类目录中的代码，二、四或六位", examples=["010202"])
    reason: Reason | None = Field(None, title="理由，可不填")


class Accepted(BaseModel):
    """指令已收下，尚未执行；凭回执查询结果。"""

    receipt: str = Field(title="回执")


class CommandState(BaseModel):
    """指令的结果。"""

    state: str = Field(title="状态", json_schema_extra={"enum": STATES})
    label: str = Field(title="说明")
    reason: str | None = Field(None, title="未执行的原因代码")
    case_id: str | None = Field(None, title="事项")


class Desk:
    """Where commands are handed in."""

    def __init__(
        self,
        reader: CaseReader,
        receipts: ReceiptReader,
        publisher: KafkaPublisher,
        ring: KeyRing,
        clock: Callable[[], datetime],
        tree: Tree,
    ) -> None:
        self._reader, self._receipts, self._publisher = reader, receipts, publisher
        self._ring, self._clock, self._tree = ring, clock, tree

    async def merge(self, person: Person, case_id: str, asked: MergeAsked, once: str | None = None) -> Accepted:
        """并案. Raises Refusal, as all of these."""
        command = Merge(case_id, asked.merged, asked.seen, _actor(person), mask(asked.reason))
        return await self._hand_in(person, command, (case_id, asked.merged), once)

    async def restore(self, person: Person, case_id: str, asked: RestoreAsked, once: str | None = None) -> Accepted:
        """撤销并案."""
        command = Restore(case_id, asked.restored, asked.seen, _actor(person), mask(asked.reason))
        return await self._hand_in(person, command, (case_id, asked.restored), once)

    async def move(self, person: Person, case_id: str, asked: MoveAsked, once: str | None = None) -> Accepted:
        """改归."""
        reports = tuple(sorted(set(asked.reports)))
        command = Move(case_id, reports, asked.seen, _actor(person), mask(asked.reason), asked.to)
        return await self._hand_in(person, command, tuple(filter(None, (case_id, asked.to))), once)

    async def keep_apart(
        self, person: Person, case_id: str, asked: KeepApartAsked, once: str | None = None
    ) -> Accepted:
        """不得并案."""
        command = KeepApart(case_id, asked.other, asked.seen, _actor(person), mask(asked.reason))
        return await self._hand_in(person, command, (case_id, asked.other), once)

    async def keep_together(
        self, person: Person, case_id: str, asked: KeepTogetherAsked, once: str | None = None
    ) -> Accepted:
        """确为一事."""
        reports = tuple(sorted(set(asked.reports)))
        command = KeepTogether(case_id, asked.seen, _actor(person), mask(asked.reason), reports)
        return await self._hand_in(person, command, (case_id,), once)

    async def decide_lane(self, person: Person, case_id: str, asked: LaneAsked, once: str | None = None) -> Accepted:
        """定办."""
        command = DecideLane(case_id, asked.lane, tuple(asked.tags), asked.seen, _actor(person), mask(asked.reason))
        return await self._hand_in(person, command, (case_id,), once)

    async def decide_category(
        self, person: Person, case_id: str, asked: CategoryAsked, once: str | None = None
    ) -> Accepted:
        """定类; the ledger stream looks at the code again, in the tree it has then."""
        if asked.code not in self._tree.nodes:
            raise Refusal("refused", f"分类目录里没有代码 {asked.code}")
        reason = None if asked.reason is None else mask(asked.reason)
        command = DecideCategory(case_id, asked.code, asked.seen, _actor(person), reason)
        return await self._hand_in(person, command, (case_id,), once)

    async def _hand_in(self, person: Person, command: Command, named: Sequence[str], once: str | None) -> Accepted:
        """Raises Refusal: 404 for a case outside the person's scope, 503 when the log did not confirm."""
        county = await self._county(person, named)
        # two people's equal keys are two commands
        name = sha256(f"{person.subject}\n{once or uuid.uuid4().hex}".encode()).hexdigest()[:32]
        return Accepted(
            receipt=write_receipt(self._ring.receipt, _holder(person), await self.hand_in(county, name, command))
        )

    async def hand_in(self, county: str, name: str, command: Command | ReleaseConduct) -> Receipt:
        """Put a command on the log; the same name with the same content counts once. Raises Refusal: 503."""
        value, receipt = self._made(name, county, command)
        await self._connected()
        try:
            (place,) = await self._publisher.publish([Message(topics.COMMANDS, county.encode(), value)])
        except TooManyPending:
            raise Refusal("busy", "待确认的消息太多", Retry_After=str(RETRY_SECONDS)) from None
        except NotAcknowledged:
            place = None
        if place is None:
            raise Refusal("not_acknowledged", "本次什么也不承诺；重发只计一次", Retry_After=str(RETRY_SECONDS))
        return Receipt(place, *receipt)

    async def _connected(self) -> None:
        """Connects at the first command: searching needs no broker. One that is away makes the answer a 503."""
        if not self._publisher.started:
            await self._publisher.start()
        deadline = asyncio.get_running_loop().time() + CONNECT_SECONDS
        while not self._publisher.ready and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)

    async def _county(self, person: Person, named: Sequence[str]) -> str:
        """The county of the cases, all of which the person may see."""
        heads = [await self._reader.case(name, scope_of(person)) for name in named]
        found = [head for head in heads if head is not None]
        if len(found) < len(named):
            raise not_found()
        return _one_county(found)

    def _made(self, name: str, county: str, command: Command | ReleaseConduct) -> tuple[bytes, tuple[str, str]]:
        """The event's bytes, and its cause and content code."""
        kind, data = _TYPES[type(command)], msgspec.to_builtins(command)
        now = wire_time(int(self._clock().timestamp() * 1000))
        content = content_mac(self._ring.content, {"type": kind, "data": data})
        _, _, short, version = kind.split(".")
        event = {
            "specversion": "1.0",
            "id": name,
            "source": SOURCE,
            "type": kind,
            "time": now,
            "datacontenttype": "application/json",
            "dataschema": f"schemas/commands/{short}.{version}.schema.json",
            "jurisdiction": county,
            "acceptedat": now,
            "contentmac": content,
            "data": data,
        }
        return orjson.dumps(event), (cause(SOURCE, name, county), content)

    async def state(self, person: Person, receipt: str) -> CommandState:
        """What became of a command of this person's. Raises Refusal."""
        try:
            read = read_receipt(self._ring.receipt, _holder(person), receipt)
        except BadReceipt:
            raise Refusal("not_found", "没有这份回执") from None
        try:
            state = await self._receipts.state(read)
        except SearchAway:
            raise Refusal("search_away", "请稍后再查", Retry_After=str(RETRY_SECONDS)) from None
        told = REFUSALS.get(state.get("reason", ""))
        return CommandState(**state | ({"label": told} if told else {}))


def commands(desk: Desk, person: PersonRequired) -> APIRouter:
    """The routes; what they order is done by the ledger stream, some moments later."""
    router = APIRouter(prefix="/v1", tags=["指令"])
    who = Annotated[Person, Depends(person)]

    @router.post("/cases/{case_id}/merge", summary="并案", status_code=202, responses=dict(_ANSWERS))
    async def merge(one: who, case_id: CaseId, asked: MergeAsked, once: Once = None) -> Accepted:
        return await desk.merge(one, case_id, asked, once)

    @router.post("/cases/{case_id}/restore", summary="撤销并案", status_code=202, responses=dict(_ANSWERS))
    async def restore(one: who, case_id: CaseId, asked: RestoreAsked, once: Once = None) -> Accepted:
        return await desk.restore(one, case_id, asked, once)

    @router.post("/cases/{case_id}/move", summary="改归", status_code=202, responses=dict(_ANSWERS))
    async def move(one: who, case_id: CaseId, asked: MoveAsked, once: Once = None) -> Accepted:
        return await desk.move(one, case_id, asked, once)

    @router.post("/cases/{case_id}/keep-apart", summary="不得并案", status_code=202, responses=dict(_ANSWERS))
    async def keep_apart(one: who, case_id: CaseId, asked: KeepApartAsked, once: Once = None) -> Accepted:
        return await desk.keep_apart(one, case_id, asked, once)

    @router.post("/cases/{case_id}/keep-together", summary="确为一事", status_code=202, responses=dict(_ANSWERS))
    async def keep_together(one: who, case_id: CaseId, asked: KeepTogetherAsked, once: Once = None) -> Accepted:
        return await desk.keep_together(one, case_id, asked, once)

    @router.post("/cases/{case_id}/lane", summary="定办", status_code=202, responses=dict(_ANSWERS))
    async def lane(one: who, case_id: CaseId, asked: LaneAsked, once: Once = None) -> Accepted:
        return await desk.decide_lane(one, case_id, asked, once)

    @router.post("/cases/{case_id}/category", summary="定类", status_code=202, responses=dict(_ANSWERS))
    async def category(one: who, case_id: CaseId, asked: CategoryAsked, once: Once = None) -> Accepted:
        return await desk.decide_category(one, case_id, asked, once)

    @router.get("/commands/{receipt}", summary="指令的结果", responses=dict(_ANSWERS))
    async def state(one: who, receipt: str) -> CommandState:
        return await desk.state(one, receipt)

    return router


def _one_county(heads: Iterable[CaseHead]) -> str:
    counties = {head.jurisdiction for head in heads}
    if len(counties) > 1:
        raise Refusal("refused", "两个事项不在同一区县；跨区县的事项各自办理，互相关联")
    return counties.pop()


def _actor(person: Person) -> Actor:
    return Actor(person.subject, person.role, person.organisation)


def _holder(person: Person) -> str:
    """Who a receipt is of use to; no source is named so."""
    return f"person\n{person.subject}"
