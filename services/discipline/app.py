"""The store's app: nothing without a door's key or a person of a discipline office but health."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from pydantic.json_schema import models_json_schema
from starlette.responses import Response

from services.discipline.access import PersonRequired
from services.discipline.contract import MODELS
from services.discipline.problems import add_problems
from services.discipline.returning import Returning
from services.discipline.routes import Desk, auditors, doors, people, who
from services.discipline.store import SealedStore
from wufang import __version__
from wufang.adapters.http_auth import key_required
from wufang.adapters.http_docs import AUTH_ANSWERS, Problem
from wufang.adapters.http_log import RequestLog
from wufang.adapters.http_problems import json_response
from wufang.adapters.jwt_people import People, Person
from wufang.adapters.key_file import KeyFile
from wufang.adapters.secrets_file import load_key_ring
from wufang.privacy.keyring import RandomBytes
from wufang.settings import Settings

Clock = Callable[[], datetime]
_REF = "#/components/schemas/{model}"


def utc_now() -> datetime:
    """The store's clock."""
    return datetime.now(UTC)


def create_app(settings: Settings, *, clock: Clock = utc_now, random_bytes: RandomBytes = os.urandom) -> FastAPI:
    """The app over `settings.discipline_store`. Raises KeysMissing without the office's own secrets."""
    store = SealedStore(settings.discipline_store, load_key_ring(settings.discipline_secrets), random_bytes)
    keys = KeyFile(settings.api_keys)

    def refused(person: Person, act: str, receipts: Sequence[str]) -> None:
        store.refused(who(person), act, receipts, desk.now())

    desk = Desk(store, keys, PersonRequired(People(settings.jwks, settings.issuer), refused), clock)
    returning = Returning(settings, store, desk.now)
    answered = Counter(
        "wufang_discipline_requests",
        "answers given, of all routes: how many were sealed is nobody's",
        ["status"],
        registry=(registry := CollectorRegistry()),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        giving = asyncio.create_task(returning.run())
        yield
        giving.cancel()
        with suppress(asyncio.CancelledError):
            await giving
        await returning.close()
        store.close()

    app = FastAPIOffline(
        title="五方贯通 · 纪检封存",
        version=__version__,
        description="纪检机关自己的封存库：接收各渠道接入时封存的内容，由纪检机关查阅、确认、解除、清除。",
        lifespan=lifespan,
        static_url="/docs/static",
    )
    for router in (doors(desk), people(desk), auditors(desk), _operations(store, keys, registry, clock)):
        app.include_router(router)
    add_problems(app)
    app.add_middleware(RequestLog, answered=lambda _route, status: answered.labels(str(status)).inc())
    _document(app)
    return app


def _operations(store: SealedStore, keys: KeyFile, registry: CollectorRegistry, clock: Clock) -> APIRouter:
    """GET /healthz, /readyz and /metrics."""
    router = APIRouter(tags=["运行"])

    @router.get("/healthz", operation_id="healthz", summary="进程存活", response_class=Response)
    async def healthz() -> Response:
        return json_response({"status": "ok", "service": "discipline"})

    @router.get("/readyz", operation_id="readyz", summary="可以封存", response_class=Response)
    def readyz() -> Response:
        store.ready()
        return json_response({"status": "ready", "service": "discipline"})

    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Prometheus 指标",
        response_class=Response,
        responses=dict(AUTH_ANSWERS),
        dependencies=[Depends(key_required(keys, "metrics", None, clock))],
    )
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _document(app: FastAPI) -> None:
    """The generated document with the models that raw routes refer to."""
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generated()
            models: Any = [(model, "validation") for model in (*MODELS, Problem)]
            _, definitions = models_json_schema(models, ref_template=_REF)
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(definitions["$defs"])
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        assert app.openapi_schema is not None  # noqa: S101  # generated() sets it
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
