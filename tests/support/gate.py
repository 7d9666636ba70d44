"""A gate before a real server: whoever sends through it is stopped in the middle of its work, however fast it is."""

import itertools
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import httpx

OF_ONE_CONNECTION = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


class Gate:
    """Passes requests on to `upstream`, those to `path` only `let` times.

    The one after them reaches the server and is never answered; then `shut` is set. All later ones reach nobody.
    """

    def __init__(self, upstream: str, path: str, let: int) -> None:
        self.shut = threading.Event()
        self._path, self._let = path, let
        self._seen = itertools.count()
        self._over = threading.Event()
        self._upstream = httpx.Client(base_url=upstream, headers={"accept-encoding": "identity"}, timeout=60)
        self._server = _server(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        """Whatever waits is hung up on."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._upstream.close()

    def open(self) -> None:
        """From now on everything passes; what was kept from an answer gets none."""
        self._let = sys.maxsize

    def answer(self, request: BaseHTTPRequestHandler) -> httpx.Response | None:
        """The server's answer; None, much later, to a request that gets none."""
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        number = next(self._seen) if request.path.startswith(self._path) else -1
        last = self._let
        if number <= last:
            answer = self._upstream.request(request.command, request.path, content=body, headers=_passed(request))
            if number < last:
                return answer
            self.shut.set()
        self._over.wait()
        return None


def _passed(request: BaseHTTPRequestHandler) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name.lower() not in OF_ONE_CONNECTION}


def _server(gate: Gate) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = gate.answer(self)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in OF_ONE_CONNECTION:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_HEAD = do_PUT = do_POST = do_DELETE = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)
