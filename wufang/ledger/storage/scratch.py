"""Rows that are counted and compared once: on disk when they are many, gone when closed."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any


class Scratch:
    """Tables of a temporary database that SQLite removes by itself; nothing survives a crash, nothing must."""

    def __init__(self, kilobytes: int, **tables: str) -> None:
        """`tables` are names and their columns; about `kilobytes` stay in memory."""
        self._db = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{kilobytes}"):
            self._db.execute(f"PRAGMA {pragma}")
        for name, columns in tables.items():
            self._db.execute(f"CREATE TABLE {name} ({columns})")
        self._marks = {name: ", ".join("?" * len(columns.split(","))) for name, columns in tables.items()}

    def insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows as one transaction."""
        self._db.execute("BEGIN")
        self._db.executemany(f"INSERT INTO {table} VALUES ({self._marks[table]})", rows)  # noqa: S608  # own names
        self._db.execute("COMMIT")

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        """Any other statement."""
        return self._db.execute(statement, parameters)

    def close(self) -> None:
        self._db.close()
