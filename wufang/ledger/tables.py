"""Key-value tables over one SQLite file, written behind: reads see the writes at once, disk sees them at commit.

One file is one partition's snapshot; everything in it changes in one transaction or not at all.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=str | bytes | int)
V = TypeVar("V")
AT_ONCE = 500  # SQLite takes at most 999 variables in older builds


class Table(Generic[K, V]):
    """Values by key, cached; nothing is on disk before `Snapshot.commit`."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        name: str,
        encode: Callable[[V], bytes],
        decode: Callable[[bytes], V],
        cached: int = 20_000,
    ) -> None:
        self._connection = connection
        self._encode, self._decode, self._most = encode, decode, cached
        self._clean: dict[K, V] = {}
        self._dirty: dict[K, V] = {}
        self._absent: set[K] = set()  # asked for and not on disk: nobody else writes this file
        # Table names are literals of this package.
        self._select = f"SELECT value FROM {name} WHERE key = ?"  # noqa: S608
        self._select_many = f"SELECT key, value FROM {name} WHERE key IN (%s)"  # noqa: S608
        self._scan = f"SELECT key, value FROM {name} ORDER BY key"  # noqa: S608
        self._upsert = f"INSERT INTO {name} VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"  # noqa: S608
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} (key PRIMARY KEY, value BLOB) WITHOUT ROWID")

    def get(self, key: K) -> V | None:
        """The value as of now, written or not."""
        value = self._dirty.get(key)
        if value is None:
            value = self._clean.get(key)
        if value is not None:
            return value
        return None if key in self._absent else self._read(key)

    def get_many(self, keys: Sequence[K]) -> list[V | None]:
        """The values of the keys in their order; those not cached come by one statement."""
        dirty, clean, absent = self._dirty, self._clean, self._absent
        missing = [key for key in keys if key not in dirty and key not in clean and key not in absent]
        found = self._read_many(missing) if missing else {}
        return [dirty[key] if key in dirty else clean.get(key, found.get(key)) for key in keys]

    def _read_many(self, keys: Sequence[K]) -> dict[K, V]:
        found: dict[K, V] = {}
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            statement = self._select_many % ",".join("?" * len(some))
            found.update((key, self._decode(value)) for key, value in self._connection.execute(statement, some))
        for key, value in found.items():
            self._remember(key, value)
        self._lacks(key for key in keys if key not in found)
        return found

    def _lacks(self, keys: Iterable[K]) -> None:
        if len(self._absent) >= self._most:
            self._absent.clear()
        self._absent.update(keys)

    def _read(self, key: K) -> V | None:
        row = self._connection.execute(self._select, (key,)).fetchone()
        if row is None:
            self._lacks((key,))
            return None
        value = self._decode(row[0])
        self._remember(key, value)
        return value

    def _remember(self, key: K, value: V) -> None:
        if len(self._clean) >= self._most:
            del self._clean[next(iter(self._clean))]  # the oldest one: cheap, and good enough for a Zipf access
        self._clean[key] = value

    def put(self, key: K, value: V) -> None:
        """Replace the value; `None` is not a value."""
        self._dirty[key] = value

    def items(self) -> Iterator[tuple[K, V]]:
        """Everything in key order. Only right after a commit: raises RuntimeError when something is unwritten."""
        if self._dirty:
            raise RuntimeError("uncommitted writes")
        for key, value in self._connection.execute(self._scan):
            yield key, self._decode(value)

    def flush(self) -> None:
        """Hand the writes to the open transaction."""
        self._connection.executemany(self._upsert, ((k, self._encode(v)) for k, v in self._dirty.items()))
        for key, value in self._dirty.items():
            self._clean.pop(key, None)
            self._remember(key, value)
        self._absent.difference_update(self._dirty)
        self._dirty.clear()

    def discard(self) -> None:
        """Forget the writes, and the cache with them: a value may have been changed in place."""
        self._dirty.clear()
        self._clean.clear()


class Snapshot:
    """The tables of one file; `commit` writes all of them as one transaction, `rollback` forgets."""

    def __init__(self, path: Path | None) -> None:
        """`None` keeps everything in memory. Raises sqlite3.DatabaseError when the file is not a database."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        # Losing the last transactions to a power cut costs a longer catch-up, never truth: no fsync per commit.
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-16000", "temp_store=MEMORY"):
            self.connection.execute(f"PRAGMA {pragma}")
        self._tables: list[Table[Any, Any]] = []

    def table(
        self, name: str, encode: Callable[[V], bytes], decode: Callable[[bytes], V], cached: int = 20_000
    ) -> Table[K, V]:
        """Open or create a table."""
        made: Table[K, V] = Table(self.connection, name, encode, decode, cached)
        self._tables.append(made)
        return made

    def commit(self) -> None:
        """Write everything as one transaction. Raises sqlite3.Error; the caller must then roll back."""
        self.connection.execute("BEGIN")
        try:
            for table in self._tables:
                table.flush()
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            self.rollback()
            raise

    def rollback(self) -> None:
        """Forget every write since the last commit."""
        for table in self._tables:
            table.discard()

    def close(self) -> None:
        """Close the file without writing."""
        self.connection.close()
