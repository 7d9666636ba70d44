"""The discipline office's store over real HTTP, in a thread of the test, to be stopped and started again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn
from fastapi import FastAPI

from deploy.local.stack import free_port
from services.discipline.app import create_app
from wufang.adapters.key_file import create_key
from wufang.adapters.secrets_file import create_secrets
from wufang.settings import Settings

# A made-up report: a lamp that is out, and an official who took money.
LAMP = "青石巷路灯坏了半年没人修。"
TAKEN = "县住建局王局长收了施工队的好处费，把工程批给亲戚。"
HOPE = "希望早点把灯修好。"


class Served:
    """An app in a thread of the test; use as a context manager. `stop()` and `start()` keep the port."""

    def __init__(self, port: int, app: Callable[[], FastAPI]) -> None:
        self.port, self._app = port, app

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        config = uvicorn.Config(self._app(), port=self.port, log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 30
        while not self._server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(30)


class Store(Served):
    """The store; its file stays too."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        super().__init__(free_port(), lambda: create_app(self.settings))
        self.ledger_port = free_port()
        self.folder = folder
        changed: dict[str, Any] = {
            "discipline_url": f"http://127.0.0.1:{self.port}",
            "discipline_key": folder / "discipline.key",
            "books_key": folder / "books.key",
            "release_key": folder / "release.key",
            "ledger_url": f"http://127.0.0.1:{self.ledger_port}",
            "discipline_secrets": folder / "own" / "secrets.json",
            "discipline_store": folder / "store" / "sealed.db",
            "jwks": folder / "jwks.json",
        }
        self.changes = changed
        self.settings = settings.model_copy(update=changed)
        create_secrets(self.settings.discipline_secrets)
        files = {
            "seal": self.settings.discipline_key,
            "books": self.settings.books_key,
            "release": self.settings.release_key,
        }
        for scope, file in files.items():
            token, _ = create_key(
                settings.api_keys,
                source=scope,
                channels=[],
                jurisdiction="00",
                scopes=[scope],  # type: ignore[list-item]
            )
            file.write_text(token)

    def get(self, path: str, token: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"}
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, trust_env=False)

    def entries(self) -> list[dict[str, str]]:
        """Receipts and causes of what it holds."""
        answer = self.get("/v1/books", self.settings.books_key.read_text())
        found: list[dict[str, str]] = answer.json()["entries"]
        return found
