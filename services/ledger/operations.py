"""Health, readiness and metrics of the ledger service; health and readiness are open and say nothing else."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Security
from fastapi.responses import RedirectResponse
from fastapi.security import HTTPAuthorizationCredentials
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from starlette.responses import Response

from services.ledger.access import BEARER, PersonRequired
from services.ledger.problems import search_away
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.http_auth import key_required
from wufang.adapters.http_docs import AUTH_ANSWERS, problem_answer
from wufang.adapters.http_problems import json_response
from wufang.adapters.key_file import TOKEN_START, KeyFile

Clock = Callable[[], datetime]


class ServiceMetrics:
    """One registry of one app, so that tests may build many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "wufang_ledger_service_requests", "answers given", ["route", "status"], registry=self.registry
        )

    def answered(self, route: str, status: int) -> None:
        """One request was answered."""
        self._requests.labels(route, str(status)).inc()


def operations(
    index: ElasticIndex, metrics: ServiceMetrics, keys: KeyFile, person: PersonRequired, clock: Clock
) -> APIRouter:
    """GET /, /healthz, /readyz and /metrics."""
    router = APIRouter(tags=["运行"])
    by_key = key_required(keys, "metrics", None, clock)

    async def allowed(request: Request, credentials: HTTPAuthorizationCredentials | None = Security(BEARER)) -> None:
        """A key with the scope `metrics`, or a person whose role may read them."""
        if credentials is not None and credentials.credentials.startswith(TOKEN_START):
            await by_key(request, credentials)
        else:
            person(request, credentials)

    @router.get("/", include_in_schema=False)
    async def root() -> Response:
        return RedirectResponse("/console", 303)

    @router.get("/healthz", summary="进程存活", response_class=Response)
    async def healthz() -> Response:
        return json_response({"status": "ok", "service": "ledger"})

    not_ready: dict[int | str, Any] = {503: problem_answer("索引尚不可查", retry=True)}

    @router.get("/readyz", summary="可以查询", response_class=Response, responses=not_ready)
    async def readyz() -> Response:
        if not await index.ready():
            raise search_away()
        return json_response({"status": "ready", "service": "ledger"})

    @router.get(
        "/metrics",
        summary="Prometheus 指标",
        response_class=Response,
        responses=dict(AUTH_ANSWERS),
        dependencies=[Depends(allowed)],
    )
    async def show() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
