"""A stream worker's small HTTP door: /healthz for anybody, /metrics for a key with the scope `metrics`."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from streams.common.pulse import Pulse
from wufang.adapters.key_file import KeyFile
from wufang.settings import Settings

Start = Callable[[str, list[tuple[str, str]]], Any]
TEXT = (
    ("Content-Type", "text/plain; charset=utf-8"),
)  # wsgiref writes into the list it is given: each answer gets its own


class _Quiet(WSGIRequestHandler):
    """Requests are counted by whoever asks; they are not logged. Who says nothing for `timeout` seconds is let go."""

    timeout = 5

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingMixIn, WSGIServer):
    """A thread a request: a slow client must not keep the supervisor from asking."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Clients that hang up or say nothing are no news."""


def serve(settings: Settings, pulse: Pulse) -> WSGIServer | None:
    """Answer on `stream_port` from a thread of its own; None when the port is 0."""
    if not settings.stream_port:
        return None
    door = Door(KeyFile(settings.api_keys), pulse)
    server = make_server(settings.host, settings.stream_port, door.answer, _Server, _Quiet)
    Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server


class Door:
    """Two routes; everything else is 404."""

    def __init__(self, keys: KeyFile, pulse: Pulse) -> None:
        self._keys, self._pulse = keys, pulse
        self._metrics = make_wsgi_app()

    def answer(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """The WSGI app."""
        if environ["PATH_INFO"] == "/healthz":
            start("200 OK", [*TEXT])
            return [b"silent for %d s\n" % self._pulse.silent()]
        if environ["PATH_INFO"] != "/metrics":
            start("404 Not Found", [*TEXT])
            return [b"not found\n"]
        if not self._allowed(environ.get("HTTP_AUTHORIZATION", "")):
            start("401 Unauthorized", [*TEXT, ("WWW-Authenticate", "Bearer")])
            return [b"a key with the scope `metrics` is needed\n"]
        body: Iterable[bytes] = self._metrics(environ, start)
        return body

    def _allowed(self, header: str) -> bool:
        kind, _, token = header.partition(" ")
        key = self._keys.find(token, datetime.now(UTC)) if kind == "Bearer" else None
        return key is not None and "metrics" in key.scopes
