"""One log line a request, one more where a read is audited, and a last word for what nobody caught.

No body, query, path as sent or header. An app puts what it audits into the request's state as `audit`.

The correlation id is the caller's if it is a UUID, else made here; it is in the answer as X-Request-Id.
"""

import re
import time
import traceback
import uuid
from collections.abc import Callable, Collection

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wufang.adapters.http_problems import Refusal, problem_response
from wufang.telemetry import AUDIT, log

_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
_PLAIN = b"default-src 'none'; frame-ancestors 'none'"  # answers for programs
# The pages of Swagger UI and ReDoc start by a script and styles of their own in the page; they show nothing reported.
_DOCS = (
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; "
    b"frame-ancestors 'none'"
)
Header = tuple[bytes, bytes]
_log, _audit = log("http"), log(AUDIT)


class RequestLog:
    """ASGI middleware, the outermost of an app."""

    def __init__(self, app: ASGIApp, answered: Callable[[str, int], None] = lambda _route, _status: None) -> None:
        self._app = app
        self._answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        started, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _headers(message.get("headers", ()), request_id, scope["path"])
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id.decode()):
            try:
                await self._app(scope, receive, sending)
            except Exception as error:
                _log_crash(error)
                if status == 0:
                    await problem_response(_crashed(request_id))(scope, receive, sending)
            finally:
                self._write(scope, status, time.perf_counter() - started)

    def _write(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "(none)")
        self._answered(route, status)
        _log.info(
            "request",
            method=scope["method"] if scope["method"] in _METHODS else "(other)",
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            **scope.get("state", {}).get("logged", {}),
        )
        audited = scope.get("state", {}).get("audit")
        if audited:
            _audit.info("read", status=status, **audited)


def _headers(own: Collection[Header], request_id: bytes, path: str) -> list[Header]:
    """An answer's own headers and what every answer has, unless it says that itself."""
    policy = _DOCS if path in ("/docs", "/redoc") else _PLAIN
    usual = [(b"x-request-id", request_id), *_HEADERS, (b"content-security-policy", policy)]
    said = {name.lower() for name, _ in own}
    return [*own, *(header for header in usual if header[0] not in said)]


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _UUID.fullmatch(value):
            return bytes(value)
    return str(uuid.uuid4()).encode()


def _log_crash(error: Exception) -> None:
    """Where it happened, without the error's words: they may quote what was sent."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _log.error("unexpected error", error=type(error).__name__, at=frames[-8:])


def _crashed(request_id: bytes) -> Refusal:
    return Refusal("server_error", f"请把请求编号 {request_id.decode()} 告诉管理员")
