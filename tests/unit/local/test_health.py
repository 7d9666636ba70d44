"""What `wufang status` says of processes that answer, refuse, hang or are only just starting."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from rich.console import Console

from deploy.local import health
from deploy.local.commands import _table
from deploy.local.health import STARTING, look
from deploy.local.stack import free_port

AUTH = ("wufang", "secret")
YOUNG, OLD = STARTING / 2, STARTING * 2


@contextmanager
def answering(status: int, body: str = "{}") -> Iterator[str]:
    """A server that always says the same."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def hung() -> Iterator[str]:
    """The kernel takes connections for a stopped process; nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def said(name: str, address: str, age: float) -> str:
    whole = address if name == "kafka" else f"http://{address}"
    return look({name: whole}, {name: age}, AUTH)[name]


@pytest.mark.parametrize("name", ["elasticsearch", "hotline", "ledger-0"])
def test_what_answers_is_ready_however_young(name: str) -> None:
    with answering(200, '{"status":"green"}') as address:
        assert said(name, address, 0) == "ready"


@pytest.mark.parametrize("name", ["kafka", "elasticsearch", "hotline", "indexer-0"])
def test_what_hangs_is_starting_and_later_silent(name: str, hung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    assert (said(name, hung, YOUNG), said(name, hung, OLD)) == ("starting", "silent")


@pytest.mark.parametrize("name", ["kafka", "elasticsearch", "hotline"])
def test_nobody_listens(name: str) -> None:
    address = f"127.0.0.1:{free_port()}"
    assert (said(name, address, YOUNG), said(name, address, OLD)) == ("starting", "silent")


def test_an_answer_that_it_is_not_ready() -> None:
    with answering(503) as address:
        assert said("hotline", address, OLD) == "unready"
    with answering(200, '{"status":"red"}') as address:
        assert said("elasticsearch", address, OLD) == "unready"


def test_no_address_is_cut_off_at_80_columns() -> None:
    row = {"restarts": 12, "memory_mb": 1200, "pid": 123456, "seconds": 360_000, "state": "running", "answer": "silent"}
    names = {"ledger-service": "查询与控制台", "elasticsearch": "检索库"}
    rows = [row | {"name": name, "label": label, "address": "http://127.0.0.1:31999"} for name, label in names.items()]
    file = io.StringIO()
    Console(file=file, width=80).print(_table(rows, 80))
    told = file.getvalue()
    assert told.count("http://127.0.0.1:31999") == 2
    assert told.count("无应答") == 2
    assert max(map(len, told.splitlines())) <= 80
