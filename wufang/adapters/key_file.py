"""API keys of agencies: hashes in a file, made, listed and revoked; a secret is shown once and kept nowhere.

A key is 256 random bits, so a plain SHA-256 of it cannot be guessed back and costs a request nothing.
"""

import base64
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Literal

import msgspec

from wufang.domain.report import Channel
from wufang.telemetry import log

Scope = Literal["events", "metrics", "seal", "books", "release"]
LOOK_SECONDS = 1.0  # how often the file is looked at; a revocation counts within this time and the read
TOKEN_START = "wf_"  # noqa: S105  # the beginning of every token, no secret
_SECRET_BYTES = 32
# What the system itself hands in or asks with. A cause is made of the source: an agency of such a name could take one.
RESERVED = frozenset({"ledger-service", "discipline", "doors", "books", "prometheus"})
_NOBODY = hashlib.sha256(b"nobody").hexdigest()


class Reserved(ValueError):
    """A source that would hand in events under a name of the system's own."""


class ApiKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key of one agency; it may report under `jurisdiction`; `authority` is its own six digits."""

    id: str
    prefix: str
    sha256: str
    source: str
    channels: tuple[Channel, ...]
    jurisdiction: str
    authority: str
    created_at: datetime
    scopes: tuple[Scope, ...] = ("events",)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def misnamed(self) -> bool:
        """Whether it may hand in events under a name that is the system's own."""
        return "events" in self.scopes and reserved(self.source)

    def live(self, now: datetime) -> bool:
        """Whether it may be used at `now`."""
        ended = self.revoked_at is not None or (self.expires_at is not None and now >= self.expires_at)
        return not (ended or self.misnamed)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keys: tuple[ApiKey, ...] = ()


_decoder = msgspec.json.Decoder(_File)


class KeyFile:
    """The keys as they stand in the file now, or at most `LOOK_SECONDS` ago."""

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._monotonic = monotonic
        self._looked = float("-inf")
        self._looking = Lock()  # requests ask from several threads: none may see keys that are only just being read
        self._stamp: tuple[int, int, int] | None = None
        self._keys: dict[str, ApiKey] = {}

    def find(self, token: str, now: datetime) -> ApiKey | None:
        """The live key of a bearer token; an unknown key takes as long as a wrong secret."""
        self._refresh()
        prefix, _, secret = token.removeprefix(TOKEN_START).partition("_")
        key = self._keys.get(prefix) if token.startswith(TOKEN_START) else None
        digest = hashlib.sha256(secret.encode()).hexdigest()
        same = hmac.compare_digest(digest, _NOBODY if key is None else key.sha256)
        return key if key is not None and same and key.live(now) else None

    def _refresh(self) -> None:
        with self._looking:
            self._look()

    def _look(self) -> None:
        now = self._monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            try:
                self._keys = {key.prefix: key for key in read_keys(self._path)}
                self._stamp = stamp
                self._complain()
            except msgspec.DecodeError:
                log("keys").error("the key file is broken; the keys read before stay in use")

    def _complain(self) -> None:
        for key in self._keys.values():
            if key.misnamed and key.revoked_at is None:
                log("keys").error("a key has a source of the system's own and is refused", id=key.id, source=key.source)


def reserved(source: str) -> bool:
    """Whether a source has a name of the system's own, in whatever letters it is written."""
    return unicodedata.normalize("NFKC", source).casefold().replace("_", "-") in RESERVED


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Changes whenever the file is replaced. A file that is gone has no keys: nobody gets in."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def read_keys(path: Path) -> list[ApiKey]:
    """All keys in the file, also dead ones; none without a file. Raises msgspec.DecodeError."""
    try:
        return list(_decoder.decode(path.read_bytes()).keys)
    except FileNotFoundError:
        return []


def create_key(
    path: Path,
    *,
    source: str,
    channels: Sequence[Channel],
    jurisdiction: str,
    authority: str | None = None,
    scopes: Sequence[Scope] = ("events",),
    expires_at: datetime | None = None,
    now: datetime | None = None,
) -> tuple[str, ApiKey]:
    """A new key: (token, entry); the file keeps only the token's hash.

    Raises `Reserved` for a source of the system's own, ValueError for other bad fields.
    """
    own = authority or jurisdiction.ljust(6, "0")
    _check(source, jurisdiction, own)
    if "events" in scopes and reserved(source):
        raise Reserved(f"the source {source} is a name of the system's own")
    prefix = secrets.token_hex(4)
    secret = base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).decode().rstrip("=")
    key = ApiKey(
        id=f"key-{prefix}",
        prefix=prefix,
        sha256=hashlib.sha256(secret.encode()).hexdigest(),
        source=source,
        channels=tuple(channels),
        jurisdiction=jurisdiction,
        authority=own,
        created_at=now or datetime.now(UTC),
        scopes=tuple(scopes),
        expires_at=expires_at,
    )
    with _changing(path) as keys:
        keys.append(key)
    return f"{TOKEN_START}{prefix}_{secret}", key


def ensure_token(keys: Path, token: Path, *, source: str, scope: Scope, mode: int = 0o600) -> None:
    """A program's own key: made once, its token kept in the file `token` for that program to read."""
    if not token.exists():
        secret, _ = create_key(keys, source=source, channels=[], jurisdiction="00", scopes=[scope])
        token.parent.mkdir(parents=True, exist_ok=True)
        token.touch(mode=mode)
        token.write_text(secret)


def revoke_key(path: Path, key_id: str, now: datetime | None = None) -> ApiKey:
    """End a key for good; running services refuse it within seconds. Raises KeyError for an unknown id."""
    with _changing(path) as keys:
        for index, key in enumerate(keys):
            if key.id == key_id:
                revoked_at = key.revoked_at or now or datetime.now(UTC)
                keys[index] = msgspec.structs.replace(key, revoked_at=revoked_at)
                return keys[index]
    raise KeyError(key_id)


def _check(source: str, jurisdiction: str, authority: str) -> None:
    if not source or len(source) > 128 or not all(c.isalnum() or c in "-_." for c in source):
        raise ValueError("the source is a registered name of letters, digits, '-', '_' and '.'")
    if not (jurisdiction.isdecimal() and len(jurisdiction) in (2, 4, 6)):
        raise ValueError("the jurisdiction is an authority code of 2, 4 or 6 digits")
    if not (authority.isdecimal() and len(authority) == 6 and authority.startswith(jurisdiction)):
        raise ValueError("the authority is a code of 6 digits under the jurisdiction")


@contextmanager
def _changing(path: Path) -> Iterator[list[ApiKey]]:
    """The keys to change, under a lock; a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = read_keys(path)
        yield keys
        _replace(path, json.dumps(msgspec.to_builtins(_File(tuple(keys))), indent=1, ensure_ascii=False))


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
