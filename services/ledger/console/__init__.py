"""The console: Chinese pages for investigators."""

from typing import Any


def add_console(app: Any, reader: Any, cursors: Any, people: Any) -> None:
    pass
