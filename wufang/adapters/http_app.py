"""The app of one channel's door: 2xx only after the broker's ack, nothing without a key but health.

One factory for all channels; what differs is in the ChannelSpec.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from wufang import __version__
from wufang.adapters import http_docs
from wufang.adapters.door import ChannelSpec, Door, Ready, Refused
from wufang.adapters.examples import channel_examples, submission_schemas
from wufang.adapters.http_auth import key_of, key_required
from wufang.adapters.http_body import Held, Take, read_posted
from wufang.adapters.http_log import RequestLog
from wufang.adapters.http_metrics import DoorMetrics
from wufang.adapters.http_problems import RETRY_SECONDS, Refusal, add_refusals, json_response, problem
from wufang.adapters.http_rate import Rates
from wufang.adapters.kafka_producer import KafkaPublisher, Message, NotAcknowledged, TooManyPending
from wufang.adapters.key_file import ApiKey, KeyFile
from wufang.adapters.profile_files import triage_rules
from wufang.adapters.receipt_states import ReceiptReader, SearchAway
from wufang.adapters.receipts import BadReceipt, Receipt, read_receipt, write_receipt
from wufang.adapters.sealing_office import Checked, NotSealed, SealingOffice, Settled
from wufang.adapters.secrets_file import load_key_ring
from wufang.privacy.keyring import KeyRing, RandomBytes
from wufang.settings import Settings
from wufang.wire import topics
from wufang.wire.inputs import wire_time
from wufang.wire.position import Position

__all__ = ["ChannelSpec", "create_app"]

AT_ONCE = 0.02  # seconds of preparing one post before other requests get their turn
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The door's clock."""
    return datetime.now(UTC)


def create_app(
    spec: ChannelSpec,
    settings: Settings,
    *,
    clock: Clock = utc_now,
    random_bytes: RandomBytes = os.urandom,
) -> FastAPI:
    """The FastAPI app of one channel. Raises KeysMissing; starts without broker and Elasticsearch."""
    channel = _Channel(spec, settings, load_key_ring(settings.secrets), clock, random_bytes)
    app = FastAPIOffline(
        title=f"五方贯通 · {spec.label}",
        version=__version__,
        description=f"{spec.label}渠道的接入服务：提交、批量提交、查询回执。",
        lifespan=channel.lifespan,
        static_url="/docs/static",
    )
    app.include_router(channel.events())
    app.include_router(channel.descriptions(channel_examples(spec.name)))
    app.include_router(channel.operations())
    app.include_router(channel.health())
    add_refusals(app)
    app.add_middleware(RequestLog, answered=channel.metrics.answered)
    _document(app, spec)
    return app


class _Channel:
    """The routes of one channel and what they share."""

    def __init__(
        self, spec: ChannelSpec, settings: Settings, ring: KeyRing, clock: Clock, random_bytes: RandomBytes
    ) -> None:
        self._spec, self._settings, self._ring, self._clock = spec, settings, ring, clock
        self._topic = topics.reports_topic(spec.name)  # type: ignore[arg-type]  # a spec's name is a channel
        self._door = Door(spec, ring, random_bytes, triage_rules(settings.profile))
        self._office = SealingOffice(settings, self._door, ring)
        self._keys = KeyFile(settings.api_keys)
        self._publisher = KafkaPublisher(settings, [topics.DATA_KEYS, self._topic])
        self._reader = ReceiptReader(settings)
        self._held, self._rates = Held(), Rates(settings.key_rate)
        self.metrics = DoorMetrics(spec.name, self._publisher)

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Connects in the background; at the end waits for what is in flight."""
        await self._publisher.start()
        yield
        await self._publisher.stop()
        await self._office.close()
        await self._reader.close()

    def events(self) -> APIRouter:
        """POST /v1/events and GET /v1/receipts/{receipt}."""
        router = APIRouter(prefix="/v1", tags=["提交与回执"], dependencies=[self._key_for("events")])
        router.add_api_route(
            "/events",
            self._post,
            methods=["POST"],
            operation_id="post_events",
            summary="提交一件或一批",
            status_code=202,
            response_class=Response,
            responses=dict(http_docs.POST_ANSWERS),
            openapi_extra={"requestBody": http_docs.post_body(self._spec)},
        )
        router.add_api_route(
            "/receipts/{receipt}",
            self._receipt,
            methods=["GET"],
            operation_id="get_receipt",
            summary="查询一件的去向",
            response_class=Response,
            responses=dict(http_docs.RECEIPT_ANSWERS),
        )
        return router

    def _key_for(self, scope: Any) -> Any:
        channel = self._spec.name if scope == "events" else None
        return Depends(key_required(self._keys, scope, channel, self._clock))

    async def _post(self, request: Request) -> Response:
        key = key_of(request).id
        self._rates.take(key)
        with self._held.hold(key) as take:
            return await self._answered(request, take)

    async def _answered(self, request: Request, take: Take) -> Response:
        posted = await read_posted(request, take)
        key, accepted_at = key_of(request), wire_time(int(self._clock().timestamp() * 1000))
        prepared = await self._office.settle(await self._prepared(posted.items, key, accepted_at))
        places = await self._published([one for one in prepared if isinstance(one, Ready)])
        items = [self._item(index, one, key, places) for index, one in enumerate(prepared)]
        self._note(request, items)
        if posted.single:
            return self._single(prepared[0], items[0])
        status = 202 if all(item["status"] == 202 for item in items) else 207
        return json_response({"items": items}, status, _again_later(items))

    async def _prepared(self, items: Sequence[Any], key: ApiKey, accepted_at: str) -> list[Checked]:
        prepared: list[Checked] = []
        loop = asyncio.get_running_loop()
        since = loop.time()
        for item in items:
            if loop.time() - since > AT_ONCE:
                await asyncio.sleep(0)
                since = loop.time()
            prepared.append(item if isinstance(item, Refusal) else self._door.prepare(item, key, accepted_at))
        return prepared

    async def _published(self, ready: Sequence[Ready]) -> dict[int, Position]:
        """Places by identity of the prepared report; what is missing was not acknowledged."""
        if not ready:
            return {}
        try:
            with self.metrics.ack_seconds.time():
                places = await _publish(self._publisher, self._topic, ready, self._settings.ack_timeout)
        except TooManyPending:
            raise Refusal("busy", "待确认的消息太多", Retry_After=str(RETRY_SECONDS)) from None
        except NotAcknowledged:
            places = {}
        if not places:
            self.metrics.count("not_acknowledged", len(ready))
            raise _not_acknowledged()
        return places

    def _item(self, index: int, one: Settled, key: ApiKey, places: Mapping[int, Position]) -> dict[str, Any]:
        if isinstance(one, Refusal):
            return {"index": index, "id": "", "status": 422, "problem": problem("refused", one.detail)}
        if isinstance(one, Refused):
            body = problem("refused", "内容不符合契约，本件未收下", one.errors)
            return {"index": index, "id": one.id, "status": 422, "problem": body}
        place = None if isinstance(one, NotSealed) else places.get(id(one))
        if isinstance(one, NotSealed) or place is None:
            body = problem("not_acknowledged", "本件未得到确认；重发只计一次")
            return {"index": index, "id": one.id, "status": 503, "problem": body}
        receipt = Receipt(place, one.cause, one.content)
        signed = write_receipt(self._ring.receipt, key.source, receipt)
        return {"index": index, "id": one.id, "status": 202, "receipt": signed}

    def _single(self, one: Settled, item: dict[str, Any]) -> Response:
        if isinstance(one, Refusal):
            raise one
        if isinstance(one, Refused):
            raise Refusal("refused", "内容不符合契约，未收下", one.errors)
        if isinstance(one, NotSealed):
            raise _not_acknowledged()
        return json_response({"items": [item]}, 202)

    def _note(self, request: Request, items: Sequence[Mapping[str, Any]]) -> None:
        counts = {status: sum(item["status"] == status for item in items) for status in (202, 422, 503)}
        for status, answer in ((202, "accepted"), (422, "refused"), (503, "not_acknowledged")):
            self.metrics.count(answer, counts[status])
        request.state.logged = {**request.state.logged, "accepted": counts[202], "refused": counts[422]}

    async def _receipt(self, request: Request, receipt: str) -> Response:
        try:
            read = read_receipt(self._ring.receipt, key_of(request).source, receipt)
        except BadReceipt:
            raise Refusal("not_found", "没有这份回执") from None
        if read.position.topic != self._topic:
            raise Refusal("not_found", "没有这份回执")
        try:
            return json_response(await self._reader.state(read))
        except SearchAway:
            raise Refusal("search_away", "请稍后再查", Retry_After=str(RETRY_SECONDS)) from None

    def descriptions(self, examples: Mapping[str, Any]) -> APIRouter:
        """GET /v1/schema, /v1/examples, /v1/examples/{name}."""
        router = APIRouter(prefix="/v1", tags=["契约"], dependencies=[self._key_for("events")])
        schemas = submission_schemas(self._spec.events)
        answers: dict[int | str, dict[str, Any]] = dict(http_docs.AUTH_ANSWERS)

        @router.get(
            "/schema",
            operation_id="get_schema",
            summary="各事件类型的 JSON Schema",
            responses=answers,
            response_class=Response,
        )
        async def schema() -> Response:
            return json_response({"types": schemas})

        @router.get(
            "/examples", operation_id="list_examples", summary="示例清单", responses=answers, response_class=Response
        )
        async def names() -> Response:
            return json_response({"examples": sorted(examples)})

        not_found: dict[int | str, dict[str, Any]] = {404: http_docs.problem_answer("没有这个示例")}

        @router.get(
            "/examples/{name}",
            operation_id="get_example",
            summary="一个示例",
            responses=answers | not_found,
            response_class=Response,
        )
        async def example(name: str) -> Response:
            if name not in examples:
                raise Refusal("not_found", "没有这个示例")
            return json_response(examples[name])

        return router

    def operations(self) -> APIRouter:
        """GET /metrics."""
        router = APIRouter(tags=["运行"], dependencies=[self._key_for("metrics")])
        answers: dict[int | str, dict[str, Any]] = dict(http_docs.AUTH_ANSWERS)

        @router.get(
            "/metrics", operation_id="metrics", summary="Prometheus 指标", responses=answers, response_class=Response
        )
        async def metrics() -> Response:
            return Response(generate_latest(self.metrics.registry), media_type=CONTENT_TYPE_LATEST)

        return router

    def health(self) -> APIRouter:
        """GET /healthz (the process lives) and /readyz (a producer is connected); open to everyone."""
        router = APIRouter(tags=["运行"])

        @router.get("/healthz", operation_id="healthz", summary="进程存活", response_class=Response)
        async def healthz() -> Response:
            return json_response({"status": "ok", "channel": self._spec.name})

        answers: dict[int | str, dict[str, Any]] = {503: http_docs.problem_answer("尚未连上消息系统", retry=True)}

        @router.get("/readyz", operation_id="readyz", summary="可以接收", responses=answers, response_class=Response)
        async def readyz() -> Response:
            if not self._publisher.ready:
                raise Refusal("not_acknowledged", "尚未连上消息系统", Retry_After=str(RETRY_SECONDS))
            return json_response({"status": "ready", "channel": self._spec.name})

        return router


def _not_acknowledged() -> Refusal:
    """The same words whatever was away: a sender must not learn from them what a report holds."""
    return Refusal("not_acknowledged", "本次什么也不承诺；重发只计一次", Retry_After=str(RETRY_SECONDS))


def _again_later(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {"Retry-After": str(RETRY_SECONDS)} if any(item["status"] == 503 for item in items) else {}


async def _publish(
    publisher: KafkaPublisher, topic: str, ready: Sequence[Ready], seconds: float
) -> dict[int, Position]:
    """A data key must be on the log before the report it opens; both rounds share one deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    personal = [(one, one.encrypted) for one in ready if one.encrypted is not None]
    keys = [Message(topics.DATA_KEYS, made.key_id.encode(), made.wrapped) for _, made in personal]
    kept = await publisher.publish(keys, seconds) if keys else []
    lost = {id(one) for (one, _), place in zip(personal, kept, strict=True) if place is None}
    safe = [one for one in ready if id(one) not in lost]
    if not safe:
        return {}
    messages = [Message(topic, one.key, one.value) for one in safe]
    places = await publisher.publish(messages, max(0.1, deadline - loop.time()))
    return {id(one): place for one, place in zip(safe, places, strict=True) if place is not None}


def _document(app: FastAPI, spec: ChannelSpec) -> None:
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            http_docs.with_components(generated(), spec)
        assert app.openapi_schema is not None  # noqa: S101  # generated() sets it
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
