"""The store's routes: the doors put, the office reads and decides, the books get receipts, auditors see who looked."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from services.discipline.access import PersonRequired
from services.discipline.contract import (
    CAUSE,
    MOST_BOOKED,
    MOST_LISTED,
    RECEIPT,
    STATES,
    Books,
    Closed,
    Decision,
    Entries,
    Entry,
    Heads,
    Reads,
    State,
    View,
)
from services.discipline.problems import invalid
from services.discipline.store import AlreadyDecided, Decided, OtherContent, SealedStore, Who
from wufang.adapters.http_auth import key_required
from wufang.adapters.http_body import Held, read_posted
from wufang.adapters.http_docs import AUTH_ANSWERS, json_answer, problem_answer
from wufang.adapters.http_problems import Refusal, json_response
from wufang.adapters.jwt_people import Person
from wufang.adapters.key_file import KeyFile

Clock = Callable[[], datetime]
M = TypeVar("M", bound=Closed)
_PEOPLE: dict[int | str, dict[str, Any]] = {
    401: problem_answer("没有有效的人员令牌"),
    403: problem_answer("角色不能使用此功能"),
    422: problem_answer("参数有误"),
}
_ONE = {**_PEOPLE, 404: problem_answer("没有，或不由您查阅：两者不加区分")}
_DECIDED = {**_ONE, 409: problem_answer("已经处理过，不能再改")}
Receipt = Annotated[str, Path(title="凭据", pattern=RECEIPT)]
After = Annotated[str | None, Query(title="上一页的 next", pattern=RECEIPT)]
Size = Annotated[int, Query(title="每页条数", ge=1, le=MOST_LISTED)]


def not_found() -> Refusal:
    """The same whether it does not exist or is not for this person."""
    return Refusal("not_found", "没有找到，或不由您查阅")


def who(person: Person) -> Who:
    """The person as the store records them."""
    return Who(person.subject, person.name, person.role, person.organisation, person.jurisdiction)


class Desk:
    """What the routes share: the store, the clock, the room for bodies."""

    def __init__(self, store: SealedStore, keys: KeyFile, person: PersonRequired, clock: Clock) -> None:
        self.store, self.keys, self.person, self.clock, self._held = store, keys, person, clock, Held()

    def now(self) -> int:
        return int(self.clock().timestamp() * 1000)

    async def body(self, request: Request, model: type[M], caller: str) -> M:
        """What was sent, within limits and as the contract says. Raises Refusal."""
        with self._held.hold(caller) as take:
            posted = await read_posted(request, take)
        if not posted.single or isinstance(posted.items[0], Refusal):
            raise posted.items[0] if isinstance(posted.items[0], Refusal) else Refusal("refused", "须为一个 JSON 对象")
        try:
            return model.model_validate(posted.items[0])
        except ValidationError as error:
            raise invalid([dict(item) for item in error.errors()]) from None


def doors(desk: Desk) -> APIRouter:
    """PUT /v1/sealed/{cause} and /v1/sealed for the channel services, GET /v1/books for `wufang reconcile`."""
    router = APIRouter(prefix="/v1")
    by_door = Depends(key_required(desk.keys, "seal", None, desk.clock))
    by_books = Depends(key_required(desk.keys, "books", None, desk.clock))
    refused: dict[int | str, dict[str, Any]] = {413: problem_answer("太大"), 422: problem_answer("不符合契约")}
    put_answers: dict[int | str, dict[str, Any]] = {
        200: json_answer("Sealed", "已落盘；相同内容再送，凭据相同"),
        409: problem_answer("同一起因先前送过不同内容"),
        **refused,
    }

    @router.put(
        "/sealed/{cause}",
        operation_id="put_sealed",
        summary="封存一件（仅限各渠道接入服务）",
        tags=["接入服务"],
        response_class=Response,
        responses={**AUTH_ANSWERS, **put_answers},
        openapi_extra=_body("Entry"),
        dependencies=[by_door],
    )
    async def put(request: Request, cause: Annotated[str, Path(title="起因", pattern=CAUSE)]) -> Response:
        entry = await desk.body(request, Entry, "doors")
        try:
            receipt = await run_in_threadpool(desk.store.put, cause, entry.model_dump(mode="json"), desk.now())
        except OtherContent:
            raise Refusal("conflicted", "同一起因先前送过不同内容，未采用") from None
        return json_response({"receipt": receipt})

    @router.put(
        "/sealed",
        operation_id="put_sealed_each",
        summary="封存一次提交中的各件（仅限各渠道接入服务；可以不实现，接入服务即改为逐件封存）",
        tags=["接入服务"],
        response_class=Response,
        responses={**AUTH_ANSWERS, **refused, 200: json_answer("SealedEach", "给了凭据的已落盘")},
        openapi_extra=_body("Entries"),
        dependencies=[by_door],
    )
    async def put_each(request: Request) -> Response:
        entries = (await desk.body(request, Entries, "doors")).entries
        dumped = [(one.cause, one.model_dump(mode="json", exclude={"cause"})) for one in entries]
        receipts = await run_in_threadpool(desk.store.put_all, dumped, desk.now())
        return json_response({"receipts": receipts})

    @router.get(
        "/books",
        operation_id="get_books",
        summary="凭据与起因清单（仅限对账）",
        tags=["对账"],
        responses=dict(AUTH_ANSWERS),
        dependencies=[by_books],
    )
    def books(after: After = None, size: Annotated[int, Query(ge=1, le=MOST_BOOKED)] = MOST_BOOKED) -> Books:
        rows = desk.store.booked(after, size)
        return Books(entries=rows, next=_next(rows, size))  # type: ignore[arg-type]  # rows of exactly these fields

    return router


def people(desk: Desk) -> APIRouter:
    """What the office reads and decides."""
    router = APIRouter(prefix="/v1", tags=["纪检机关"])
    asking = Annotated[Person, Depends(desk.person)]

    @router.get("/sealed", operation_id="list_sealed", summary="封存件清单", responses=_PEOPLE)
    def listed(one: asking, state: State | None = None, after: After = None, size: Size = 50) -> Heads:
        rows = desk.store.listed(who(one), state, after, size, desk.now())
        heads = [{**row, "label": STATES[row["state"]]} for row in rows]
        return Heads(sealed=heads, next=_next(rows, size))  # type: ignore[arg-type]  # rows of exactly these fields

    @router.get("/sealed/{receipt}", operation_id="get_sealed", summary="一件封存的原文", responses=_ONE)
    def read(one: asking, receipt: Receipt) -> View:
        row = desk.store.read(who(one), receipt, desk.now())
        if row is None:
            raise not_found()
        return View(**row, label=STATES[row["state"]])

    async def decided(request: Request, one: Person, receipt: str, act: Decided) -> Response:
        reason = (await desk.body(request, Decision, one.subject)).reason
        try:
            found = await run_in_threadpool(desk.store.decide, who(one), receipt, act, reason, desk.now())
        except AlreadyDecided:
            raise Refusal("conflicted", "已经处理过，不能再改") from None
        if not found:
            raise not_found()
        return json_response({"receipt": receipt})

    @router.post(
        "/sealed/{receipt}/confirm",
        operation_id="confirm_sealed",
        summary="确认由纪检机关办理",
        responses={**_DECIDED, 200: json_answer("Sealed", "已记录")},
        response_class=Response,
        openapi_extra=_body("Decision"),
    )
    async def confirm(request: Request, one: asking, receipt: Receipt) -> Response:
        return await decided(request, one, receipt, "confirm")

    @router.post(
        "/sealed/{receipt}/release",
        operation_id="release_sealed",
        summary="解除封存：不属监督范围",
        responses={**_DECIDED, 200: json_answer("Sealed", "已记录")},
        response_class=Response,
        openapi_extra=_body("Decision"),
    )
    async def release(request: Request, one: asking, receipt: Receipt) -> Response:
        return await decided(request, one, receipt, "release")

    @router.delete(
        "/sealed/{receipt}",
        operation_id="erase_sealed",
        summary="清除原文：删去这一件的密钥，不可恢复",
        responses={**_DECIDED, 200: json_answer("Sealed", "已清除")},
        response_class=Response,
        openapi_extra=_body("Decision"),
    )
    async def erase(request: Request, one: asking, receipt: Receipt) -> Response:
        return await decided(request, one, receipt, "erase")

    return router


def auditors(desk: Desk) -> APIRouter:
    """GET /v1/audit: who looked at what, by receipt; never a word of what was sealed."""
    router = APIRouter(prefix="/v1", tags=["审计"])

    @router.get("/audit", operation_id="list_reads", summary="查阅记录", responses=_PEOPLE)
    def reads(
        one: Annotated[Person, Depends(desk.person)],
        before: Annotated[int | None, Query(title="上一页的 next", ge=1)] = None,
        size: Size = 50,
    ) -> Reads:
        rows = desk.store.reads(who(one), before, size, desk.now())
        following = rows[-1]["seq"] if len(rows) == size else None
        shown = [{name: value for name, value in row.items() if name != "seq"} for row in rows]
        return Reads(reads=shown, next=following)  # type: ignore[arg-type]  # rows of exactly these fields

    return router


def _next(rows: Sequence[dict[str, Any]], size: int) -> str | None:
    return rows[-1]["receipt"] if len(rows) == size else None


def _body(model: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
