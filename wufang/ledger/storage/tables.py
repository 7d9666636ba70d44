"""Key-value tables over one SQLite file, written behind: reads see the writes at once, disk sees them at commit.

One file is one partition's snapshot; everything in it changes in one transaction or not at all. Writes are provisional
until `settle`; `undo` forgets the provisional ones, `rollback` all that no commit wrote.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

K = TypeVar("K", bound=str | bytes | int)
V = TypeVar("V")
HIGHEST = "\U0010ffff"  # no key holds a later character
AT_ONCE = 500  # SQLite takes at most 999 variables in older builds
_UNREAD: Any = object()  # in place of a value: what the key had before was not in memory


def as_is(value: bytes) -> bytes:
    """The codec of a table whose values are bytes already."""
    return value


def as_json(kind: type[V]) -> tuple[Callable[[V], bytes], Callable[[bytes], V]]:
    """The codec of a table whose values are JSON."""
    return msgspec.json.Encoder().encode, msgspec.json.Decoder(kind).decode


def as_packed(kind: type[V]) -> tuple[Callable[[V], bytes], Callable[[bytes], V]]:
    """The codec of a table whose values are many or read often: MessagePack."""
    return msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(kind).decode


class Stored:
    """Which keys may be on disk, a byte for each hash: most keys asked for are new, and asking SQLite costs 10 µs.

    It errs on one side only. Salted hashes do no harm: they change what is asked, never what is answered.
    """

    LEAST, MOST = 1 << 16, 1 << 24

    def __init__(self, keys: Iterable[str | bytes | int], count: int) -> None:
        size = self.LEAST
        while size < min(8 * count, self.MOST):
            size *= 2
        self._marks, self._mask, self.count = bytearray(size), size - 1, 0
        self.add(keys)

    @property
    def crowded(self) -> bool:
        """Whether one answer in four may be wrong and a larger one would help."""
        return 4 * self.count > len(self._marks) < self.MOST

    def add(self, keys: Iterable[str | bytes | int]) -> None:
        """These are on disk from now on."""
        marks, mask = self._marks, self._mask
        for key in keys:
            marks[hash(key) & mask] = 1
            self.count += 1

    def may_hold(self, key: str | bytes | int) -> bool:
        """False when the key is surely not on disk."""
        return self._marks[hash(key) & self._mask] == 1


class Table(Generic[K, V]):
    """Values by key, cached; nothing is on disk before `Snapshot.commit`. A value must not be changed in place."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        name: str,
        encode: Callable[[V], bytes],
        decode: Callable[[bytes], V],
        cached: int = 20_000,
        often_new: bool = False,
    ) -> None:
        """`cached` values stay in memory; of a table asked `often_new` keys it is known which it cannot hold."""
        self._connection = connection
        self._encode, self._decode, self._most = encode, decode, cached
        self._values: dict[K, V] = {}
        self._dirty: dict[K, None] = {}  # settled and not on disk
        self._before: dict[K, V] = {}  # what `undo` puts back: the value before the first provisional write
        self._absent: set[K] = set()  # asked for and not on disk: nobody else writes this file
        # Table names are literals of this package.
        self._select = f"SELECT key, value FROM {name} WHERE key IN (%s)"  # noqa: S608
        self._range = f"SELECT key, value FROM {name} WHERE key >= ? AND key <= ? ORDER BY key"  # noqa: S608
        self._scan = f"SELECT key, value FROM {name} ORDER BY key"  # noqa: S608
        self._scan_keys = f"SELECT key FROM {name}"  # noqa: S608
        self._size = f"SELECT count(*) FROM {name}"  # noqa: S608
        self._upsert = f"INSERT INTO {name} VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"  # noqa: S608
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} (key PRIMARY KEY, value BLOB) WITHOUT ROWID")
        self._stored = self._look() if often_new else None

    def _look(self) -> Stored:
        count = self._connection.execute(self._size).fetchone()[0]
        return Stored((key for (key,) in self._connection.execute(self._scan_keys)), count)

    def get(self, key: K) -> V | None:
        """The value as of now, written or not."""
        value = self._values.get(key)
        if value is not None or (self._stored is not None and not self._stored.may_hold(key)):
            return value
        return self._read((key,)).get(key)

    def get_many(self, keys: Sequence[K]) -> list[V | None]:
        """The values of the keys in their order; those not cached come by one statement."""
        values = self._values
        found = [values.get(key) for key in keys]
        if None not in found:
            return found
        missing = [key for key, value in zip(keys, found, strict=True) if value is None]
        if self._stored is not None:
            missing = list(filter(self._stored.may_hold, missing))
        if not missing:
            return found
        read = self._read(missing)
        return [read.get(key) if value is None else value for key, value in zip(keys, found, strict=True)]

    def _read(self, keys: Sequence[K]) -> dict[K, V]:
        keys = [key for key in keys if key not in self._absent]
        found: dict[K, V] = {}
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            statement = self._select % ",".join("?" * len(some))
            found.update((key, self._decode(value)) for key, value in self._connection.execute(statement, some))
        if len(found) < len(keys):
            self._lacks(key for key in keys if key not in found)
        self._values.update(found)
        if not self._dirty and not self._before:
            self._trim()
        return found

    def _lacks(self, keys: Iterable[K]) -> None:
        if len(self._absent) >= self._most:
            self._absent.clear()
        self._absent.update(keys)

    def _trim(self, written: Iterable[K] = ()) -> None:
        """Forget the oldest, but what was just `written` last; only while nothing is unwritten, and a lot at once."""
        values = self._values
        if len(values) > self._most + self._most // 4:
            for key in written:
                values[key] = values.pop(key)
            self._values = dict(islice(values.items(), len(values) - self._most, None))

    def under(self, prefix: str) -> dict[str, V]:
        """Every key that begins with `prefix` and its value as of now; of a table whose keys are strings."""
        last = prefix + HIGHEST
        found = {key: self._decode(value) for key, value in self._connection.execute(self._range, (prefix, last))}
        for written in (self._dirty, self._before):
            found.update((str(key), self._values[key]) for key in written if str(key).startswith(prefix))
        return found

    def put(self, key: K, value: V) -> None:
        """Replace the value; `None` is not a value."""
        if key not in self._before:
            self._before[key] = self._values.get(key, _UNREAD)
        self._values[key] = value

    def put_many(self, keys: Sequence[K], values: Iterable[V]) -> None:
        """Replace the values of the keys."""
        before, known = self._before, self._values
        for key in keys:
            if key not in before:
                before[key] = known.get(key, _UNREAD)
        known.update(zip(keys, values, strict=True))

    def items(self) -> Iterator[tuple[K, V]]:
        """Everything in key order. Only right after a commit: raises RuntimeError when something is unwritten."""
        if self._dirty or self._before:
            raise RuntimeError("uncommitted writes")
        for key, value in self._connection.execute(self._scan):
            yield key, self._decode(value)

    def count(self) -> int:
        """How many keys there are. Only right after a commit: raises RuntimeError when something is unwritten."""
        if self._dirty or self._before:
            raise RuntimeError("uncommitted writes")
        return int(self._connection.execute(self._size).fetchone()[0])

    def settle(self) -> None:
        """What was written is no longer provisional."""
        self._dirty.update(dict.fromkeys(self._before))
        self._before.clear()

    def undo(self) -> None:
        """Forget the provisional writes."""
        for key, value in self._before.items():
            if value is _UNREAD:
                del self._values[key]
            else:
                self._values[key] = value
        self._before.clear()

    def flush(self) -> None:
        """Hand the writes to the open transaction, in key order: neighbours share a page (a third of the time)."""
        dirty = sorted(self._dirty)
        encode, values = self._encode, self._values
        self._connection.executemany(self._upsert, [(key, encode(values[key])) for key in dirty])

    def written(self) -> None:
        """The transaction is on disk: nothing is unwritten any more."""
        if self._stored is not None:
            self._stored.add(self._dirty)
            if self._stored.crowded:
                self._stored = self._look()
        self._absent.difference_update(self._dirty)
        self._trim(self._dirty)
        self._dirty.clear()

    def discard(self) -> None:
        """Forget the writes, and the cache with them."""
        self._before.clear()
        self._dirty.clear()
        self._values.clear()


class Snapshot:
    """The tables of one file; `commit` writes all of them as one transaction, `rollback` forgets."""

    def __init__(self, path: Path | None, lasting: bool = True) -> None:
        """`None` keeps everything in memory; what is not `lasting` is for one run, at half the cost.

        Raises sqlite3.DatabaseError when the file is not a database.
        """
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        # A power cut may take the last commits: a longer catch-up. It must not take single pages of an older one, which
        # nothing would notice (a forgotten cause records its report twice), so checkpoints are in order on the disk.
        kept = ("journal_mode=WAL", "synchronous=NORMAL") if lasting else ("journal_mode=MEMORY", "synchronous=OFF")
        for pragma in (*kept, "cache_size=-16000", "temp_store=MEMORY"):
            self.connection.execute(f"PRAGMA {pragma}")
        self._tables: list[Table[Any, Any]] = []
        self._hooks: list[Callable[[], None]] = []

    def on_forgetting(self, hook: Callable[[], None]) -> None:
        """Call `hook` after every `undo` and `rollback`: whoever keeps what was read must not outlive what was."""
        self._hooks.append(hook)

    def table(
        self,
        name: str,
        encode: Callable[[V], bytes],
        decode: Callable[[bytes], V],
        cached: int = 20_000,
        often_new: bool = False,
    ) -> Table[K, V]:
        """Open or create a table."""
        made: Table[K, V] = Table(self.connection, name, encode, decode, cached, often_new)
        self._tables.append(made)
        return made

    def settle(self) -> None:
        """Keep what was written since the last `settle`, in memory: `undo` does not go behind it."""
        for table in self._tables:
            table.settle()

    def undo(self) -> None:
        """Forget what was written since the last `settle`."""
        for table in self._tables:
            table.undo()
        self._forgotten()

    def commit(self) -> None:
        """Write everything as one transaction. Raises sqlite3.Error; all that was not committed is then forgotten."""
        self.settle()
        self.connection.execute("BEGIN")
        try:
            for table in self._tables:
                table.flush()
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            self.rollback()
            raise
        for table in self._tables:
            table.written()

    def rollback(self) -> None:
        """Forget every write since the last commit."""
        for table in self._tables:
            table.discard()
        self._forgotten()

    def _forgotten(self) -> None:
        for hook in self._hooks:
            hook()

    def close(self) -> None:
        """Close the file without writing."""
        self.connection.close()
