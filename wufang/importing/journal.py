"""What of one import is acknowledged: row, id and receipt, never a row's words."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

_CHUNK = 1 << 20


class Acknowledged(NamedTuple):
    """One row the door has answered 202."""

    row: int
    id: str
    receipt: str


def journal_folder(environ: Mapping[str, str]) -> Path:
    """$XDG_STATE_HOME/wufang/imports, by default below the home folder."""
    base = environ.get("XDG_STATE_HOME") or Path(environ.get("HOME", ".")) / ".local" / "state"
    return Path(base) / "wufang" / "imports"


def journal_name(path: Path, told: Mapping[str, Any]) -> str:
    """One journal for one content of a file, one mapping and one receiving ledger."""
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return f"{digest.hexdigest()[:32]}.jsonl"


class Journal:
    """Appended after each answer and flushed to disk; a torn last line is dropped when it is opened again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.rows: set[int] = set()
        self._keep_whole_lines()
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    def add(self, entries: Iterable[Acknowledged]) -> None:
        """Durable once this returns."""
        told = list(entries)
        self._file.write(b"".join(json.dumps(entry).encode() + b"\n" for entry in told))
        self._file.flush()
        os.fsync(self._file.fileno())
        self.rows.update(entry.row for entry in told)

    def entries(self) -> Iterator[Acknowledged]:
        """All that is acknowledged, in the order it was."""
        with self.path.open("rb") as file:
            for line in file:
                yield Acknowledged(*json.loads(line))

    def _keep_whole_lines(self) -> None:
        if not self.path.exists():
            return
        whole = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                self.rows.add(json.loads(line)[0])
        os.truncate(self.path, whole)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._file.close()
