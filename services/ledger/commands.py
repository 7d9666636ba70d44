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
from pydantic import BaseModel, Field

from services.ledger.access import PersonRequired, scope_of
from services.ledger.asked import (
    Asked,
    CaseId,
    CategoryAsked,
    KeepApartAsked,
    KeepTogetherAsked,
    LaneAsked,
    MergeAsked,
    MoveAsked,
    RestoreAsked,
)
from services.ledger.reader import CaseReader
from services.ledger.routes import not_found
from services.ledger.views import CaseHead
from wufang.adapters.http_docs import problem_answer
from wufang.adapters.http_problems import RETRY_SECONDS, Refusal
from wufang.adapters.jwt_people import Person
from wufang.adapters.kafka_producer import KafkaPublisher, Message, NotAcknowledged, TooManyPending
from wufang.adapters.receipt_states import ReceiptReader, SearchAway
from wufang.adapters.receipts import BadReceipt, Receipt, read_receipt, write_receipt
from wufang.domain.categories import Tree
from wufang.domain.commands import Actor, Command, ReleaseConduct
from wufang.domain.ids import cause
from wufang.privacy.content import content_mac
from wufang.privacy.keyring import KeyRing
from wufang.readmodel.labels import REFUSALS
from wufang.wire import topics
from wufang.wire.inputs import COMMANDS, wire_time

SOURCE = "ledger-service"
CONNECT_SECONDS = 5.0
STATES: list[Any] = ["pending", "done", "refused", "duplicate", "conflicted", "quarantined"]
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

    async def order(self, person: Person, case_id: str, asked: Asked, once: str | None = None) -> Accepted:
        """Put what is asked of a case on the log. Raises Refusal.

        Whether a category's code is of the tree the ledger stream looks again, in the tree it has then.
        """
        if isinstance(asked, CategoryAsked) and asked.code not in self._tree.nodes:
            raise Refusal("refused", f"分类目录里没有代码 {asked.code}")
        return await self._hand_in(person, asked.command(case_id, _actor(person)), asked.cases(case_id), once)

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
        return await desk.order(one, case_id, asked, once)

    @router.post("/cases/{case_id}/restore", summary="撤销并案", status_code=202, responses=dict(_ANSWERS))
    async def restore(one: who, case_id: CaseId, asked: RestoreAsked, once: Once = None) -> Accepted:
        return await desk.order(one, case_id, asked, once)

    @router.post("/cases/{case_id}/move", summary="改归", status_code=202, responses=dict(_ANSWERS))
    async def move(one: who, case_id: CaseId, asked: MoveAsked, once: Once = None) -> Accepted:
        return await desk.order(one, case_id, asked, once)

    @router.post("/cases/{case_id}/keep-apart", summary="不得并案", status_code=202, responses=dict(_ANSWERS))
    async def keep_apart(one: who, case_id: CaseId, asked: KeepApartAsked, once: Once = None) -> Accepted:
        return await desk.order(one, case_id, asked, once)

    @router.post("/cases/{case_id}/keep-together", summary="确为一事", status_code=202, responses=dict(_ANSWERS))
    async def keep_together(one: who, case_id: CaseId, asked: KeepTogetherAsked, once: Once = None) -> Accepted:
        return await desk.order(one, case_id, asked, once)

    @router.post("/cases/{case_id}/lane", summary="定办", status_code=202, responses=dict(_ANSWERS))
    async def lane(one: who, case_id: CaseId, asked: LaneAsked, once: Once = None) -> Accepted:
        return await desk.order(one, case_id, asked, once)

    @router.post("/cases/{case_id}/category", summary="定类", status_code=202, responses=dict(_ANSWERS))
    async def category(one: who, case_id: CaseId, asked: CategoryAsked, once: Once = None) -> Accepted:
        return await desk.order(one, case_id, asked, once)

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
