"""`python -m tests.support.foldings LEDGER EVERY`: fold a ledger file, committing every so many records; print hashes.

A process of its own, so that a test can give it another hash seed, time zone and locale.
"""

import hashlib
import sys
from pathlib import Path

import msgspec

from wufang.ledger.state import LedgerState


def fold(values: list[bytes], every: int, path: Path | None = None) -> dict[str, str]:
    """SHA-256 of every table after folding, each row as it stands on disk."""
    state = LedgerState(path)
    for offset, value in enumerate(values):
        state.fold(offset, value)
        if (offset + 1) % every == 0:
            state.commit()
    state.commit()
    connection = state._fold.snapshot.connection
    names = sorted(row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
    found = {name: hashlib.sha256(repr(_rows(connection, name)).encode()).hexdigest() for name in names}
    state.close()
    return found


def _rows(connection: "object", name: str) -> "list[tuple[object, bytes]]":
    return list(connection.execute(f"SELECT key, value FROM {name} ORDER BY key"))  # type: ignore[attr-defined] # noqa: S608


if __name__ == "__main__":
    ledger = msgspec.msgpack.decode(Path(sys.argv[1]).read_bytes(), type=list[bytes])
    sys.stdout.write(msgspec.json.encode(fold(ledger, int(sys.argv[2]))).decode())
