"""Sealed parts in one SQLite file: each encrypted under a data key of its own, erased for good with that key.

It reads no clock and rolls no dice: time and chance come in. `secure_delete` overwrites what is deleted; copies that a
file system or a backup keeps hold only ciphertext and keys wrapped by the office's master key.
"""

import hmac
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Literal, NamedTuple

import orjson

from services.discipline.access import level
from services.discipline.due import due_at
from wufang.privacy.content import content_mac
from wufang.privacy.encryption import CannotDecrypt, decrypt, encrypt
from wufang.privacy.keyring import KeyRing, RandomBytes

RECEIPT_DIGITS = 40
Decided = Literal["confirm", "release", "erase"]
_STATES: dict[Decided, str] = {"confirm": "confirmed", "release": "released", "erase": "erased"}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY, receipt TEXT NOT NULL UNIQUE, cause TEXT NOT NULL UNIQUE, jurisdiction TEXT NOT NULL,
    up INTEGER NOT NULL, level INTEGER NOT NULL, mac TEXT NOT NULL, sealed TEXT, wrapped BLOB,
    received_at INTEGER NOT NULL, due_at INTEGER NOT NULL, state TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS acts (
    seq INTEGER PRIMARY KEY, receipt TEXT NOT NULL, act TEXT NOT NULL, by TEXT NOT NULL, name TEXT NOT NULL,
    organisation TEXT NOT NULL, at INTEGER NOT NULL, sealed TEXT, wrapped BLOB
);
CREATE INDEX IF NOT EXISTS acts_of ON acts (receipt);
CREATE TABLE IF NOT EXISTS releases (
    receipt TEXT PRIMARY KEY, returned TEXT NOT NULL, tries INTEGER NOT NULL, next_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS releases_due ON releases (returned, next_at);
CREATE TABLE IF NOT EXISTS reads (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, by TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    organisation TEXT NOT NULL, area TEXT NOT NULL, act TEXT NOT NULL, receipts TEXT NOT NULL, found INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS reads_of ON reads (by, at);
"""
_NAMES = ("receipt", "jurisdiction", "up", "state", "received_at", "due_at", "returned")
_ENTRIES = "(SELECT entries.*, releases.returned FROM entries LEFT JOIN releases USING (receipt)) AS entries"
_HEAD = ", ".join(_NAMES)
REFUSED = "refused:"  # the beginning of what is recorded of a try by another role
MOST_REFUSED, HOUR = 20, 3_600_000  # rows of one person's refused tries in an hour (ms): a flood must not fill the disk
FIRST_AGAIN, LAST_AGAIN = 2_000, 3_600_000  # ms between tries to give a part back: doubled each time
# One office's view: its area, and of what accuses an office itself only what lies below its own level.
_VISIBLE = "substr(jurisdiction, 1, length(:area)) = :area AND (up = 0 OR level > length(:area))"


# What other rules, or a later version of the door, may say otherwise of the same content.
_NOT_SENT = frozenset({"rules", "content", "restored", "of"})


class OtherContent(Exception):
    """The cause stands with other content."""


class AlreadyDecided(Exception):
    """Only what is proposed can be confirmed or released, only what is there erased."""


class Who(NamedTuple):
    """The person who asks; `area` is the prefix of authority codes they may see."""

    by: str
    name: str
    role: str
    organisation: str
    area: str


class Due(NamedTuple):
    """A released part to be given back: who released it, and what was kept."""

    receipt: str
    entry: dict[str, Any]
    by: dict[str, str]


class SealedStore:
    """One file, one connection; safe to call from several threads."""

    def __init__(self, path: Path, ring: KeyRing, random_bytes: RandomBytes) -> None:
        self._ring, self._random_bytes, self._lock = ring, random_bytes, Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        # What was acknowledged is on the disk: the door publishes the rest on the strength of it.
        for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "secure_delete=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def ready(self) -> bool:
        """Whether the file answers."""
        with self._lock:
            return self._db.execute("SELECT 1").fetchone() is not None

    # the doors

    def put(self, cause: str, entry: dict[str, Any], now: int) -> str:
        """The receipt, once the entry is on the disk; the same again changes nothing. Raises OtherContent.

        The same is what was posted with the same content, whatever the rules found in it: what later rules find more is
        added. An erased entry stays erased: what is sent again brings nothing back.
        """
        with self._change():
            receipt = self._put(cause, entry, now)
        if receipt is None:
            raise OtherContent
        return receipt

    def put_all(self, entries: Sequence[tuple[str, dict[str, Any]]], now: int) -> list[str | None]:
        """`put` of several in one transaction: None for a cause that stands with other content; the others are put."""
        with self._change():
            return [self._put(cause, entry, now) for cause, entry in entries]

    def _put(self, cause: str, entry: dict[str, Any], now: int) -> str | None:
        mac, receipt = self._mac(entry), self._receipt(cause)
        kept = {**entry, "restored": _both(entry.get("restored"), None)}
        known = self._db.execute("SELECT * FROM entries WHERE cause = ?", (cause,)).fetchone()
        if known is None:
            self._insert(receipt, cause, kept, mac, now)
        elif not hmac.compare_digest(known["mac"], mac):
            return None
        else:
            self._add(known, kept)
        return receipt

    def _mac(self, entry: dict[str, Any]) -> str:
        """What tells one content from another, by the office's own key; without a code all but the rules' version."""
        code = entry.get("content")
        same = {name: value for name, value in entry.items() if name not in _NOT_SENT}
        return content_mac(self._ring.content, {"content": code} if code else same)

    def _add(self, known: Any, entry: dict[str, Any]) -> None:
        kept = self._entry(known)
        if kept is None:
            return
        more = [part for part in entry["parts"] if part not in kept["parts"]]
        up = kept["up"] or entry["up"]
        restored = _both(kept.get("restored"), entry.get("restored"))
        code = {"content": entry["content"]} if entry.get("content") else {}
        joined = {**code, **kept, "up": up, "parts": [*kept["parts"], *more], "restored": restored}
        if joined == {"restored": None, **kept}:
            return
        made = encrypt(self._ring, {"entry": orjson.dumps(joined).decode()}, self._random_bytes)
        self._db.execute(
            "UPDATE entries SET up = ?, sealed = ?, wrapped = ? WHERE seq = ?",
            (int(up), orjson.dumps(made.field).decode(), made.wrapped, known["seq"]),
        )

    def _receipt(self, cause: str) -> str:
        """Keyed, so that nobody without the key can tell whether a receipt is that of a report they know."""
        return hmac.digest(self._ring.receipt.key, b"sealed/" + cause.encode(), "sha256").hex()[:RECEIPT_DIGITS]

    def _insert(self, receipt: str, cause: str, entry: dict[str, Any], mac: str, now: int) -> None:
        county = entry["jurisdiction"]
        made = encrypt(self._ring, {"entry": orjson.dumps(entry).decode()}, self._random_bytes)
        kept = (orjson.dumps(made.field).decode(), made.wrapped, now, due_at(now), "proposed")
        row = (receipt, cause, county, int(entry["up"]), level(county), mac, *kept)
        self._db.execute(
            "INSERT INTO entries (receipt, cause, jurisdiction, up, level, mac, sealed, wrapped, received_at, due_at,"
            " state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )

    # people

    def listed(self, who: Who, state: str | None, after: str | None, size: int, now: int) -> list[dict[str, Any]]:
        """The newest entries that the person may see, behind `after`; the reading is recorded first."""
        named = {"area": who.area, "state": state, "after": after, "size": size}
        with self._change():
            rows = self._db.execute(
                f"SELECT {_HEAD} FROM {_ENTRIES} WHERE {_VISIBLE} AND (:state IS NULL OR state = :state)"  # noqa: S608  # own words
                " AND (:after IS NULL OR seq < (SELECT seq FROM entries WHERE receipt = :after))"
                " ORDER BY seq DESC LIMIT :size",
                named,
            ).fetchall()
            self._note(who, "list", [row["receipt"] for row in rows], now, found=bool(rows))
        return [dict(row) for row in rows]

    def read(self, who: Who, receipt: str, now: int) -> dict[str, Any] | None:
        """An entry with its words and what was done with it; None when there is none that the person may see."""
        with self._change():
            row = self._visible(who, receipt)
            self._note(who, "read", [receipt], now, found=row is not None)
        if row is None:
            return None
        return {name: row[name] for name in _NAMES} | {
            "entry": self._entry(row),
            "acts": self._acts(receipt),
        }

    def decide(self, who: Who, receipt: str, act: Decided, reason: str, now: int) -> bool:
        """Confirm, release or erase; False when the person may see no such entry. Raises AlreadyDecided."""
        with self._change():
            row = self._visible(who, receipt)
            self._note(who, act, [receipt], now, found=row is not None)
            if row is None:
                return False
            open_to_it = row["state"] in (("proposed", "confirmed", "released") if act == "erase" else ("proposed",))
            if open_to_it:
                if act == "release" and (self._entry(row) or {}).get("restored"):
                    self._db.execute("INSERT INTO releases VALUES (?, 'waiting', 0, ?)", (receipt, now))
                self._act(who, receipt, act, reason, now)
        if not open_to_it:
            raise AlreadyDecided
        return True

    def _act(self, who: Who, receipt: str, act: Decided, reason: str, now: int) -> None:
        if act == "erase":
            self._db.execute("UPDATE entries SET sealed = NULL, wrapped = NULL WHERE receipt = ?", (receipt,))
            self._db.execute("UPDATE acts SET sealed = NULL, wrapped = NULL WHERE receipt = ?", (receipt,))
            self._db.execute(
                "UPDATE releases SET returned = 'erased' WHERE receipt = ? AND returned = 'waiting'", (receipt,)
            )
        self._db.execute("UPDATE entries SET state = ? WHERE receipt = ?", (_STATES[act], receipt))
        made = encrypt(self._ring, {"reason": reason}, self._random_bytes)
        told = (receipt, act, who.by, who.name, who.organisation, now, orjson.dumps(made.field).decode(), made.wrapped)
        self._db.execute(
            "INSERT INTO acts (receipt, act, by, name, organisation, at, sealed, wrapped)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            told,
        )

    def _visible(self, who: Who, receipt: str) -> Any:
        named = {"area": who.area, "receipt": receipt}
        return self._db.execute(
            f"SELECT * FROM {_ENTRIES} WHERE receipt = :receipt AND {_VISIBLE}",  # noqa: S608  # own words
            named,
        ).fetchone()

    def _entry(self, row: Any) -> Any:
        if row["sealed"] is None:
            return None
        return orjson.loads(decrypt(self._ring, row["wrapped"], orjson.loads(row["sealed"]))["entry"])

    def _acts(self, receipt: str) -> list[dict[str, Any]]:
        with self._lock:
            rows = self._db.execute("SELECT * FROM acts WHERE receipt = ? ORDER BY seq", (receipt,)).fetchall()
        names = ("act", "by", "name", "organisation", "at")
        return [{name: row[name] for name in names} | {"reason": self._reason(row)} for row in rows]

    def _reason(self, row: Any) -> str | None:
        try:
            return decrypt(self._ring, row["wrapped"], orjson.loads(row["sealed"] or "{}"))["reason"]
        except CannotDecrypt:
            return None

    # what goes back to the ledger

    def due(self, now: int, size: int) -> list[Due]:
        """Released parts that the ledger has not yet, the longest waiting first."""
        with self._lock:
            rows = self._db.execute(
                f"SELECT * FROM {_ENTRIES} WHERE receipt IN (SELECT receipt FROM releases"  # noqa: S608  # own words
                " WHERE returned = 'waiting' AND next_at <= :now ORDER BY next_at LIMIT :size)",
                {"now": now, "size": size},
            ).fetchall()
            return [Due(row["receipt"], self._entry(row), self._releaser(row["receipt"])) for row in rows]

    def _releaser(self, receipt: str) -> dict[str, str]:
        row = self._db.execute(
            "SELECT by, organisation FROM acts WHERE receipt = ? AND act = 'release'", (receipt,)
        ).fetchone()
        return {"subject": row["by"], "role": "discipline", "organisation": row["organisation"]}

    def given_back(self, receipt: str, returned: str) -> None:
        """The ledger has it, or refused it for good."""
        with self._change():
            self._db.execute(
                "UPDATE releases SET returned = ? WHERE receipt = ? AND returned = 'waiting'", (returned, receipt)
            )

    def try_again(self, receipt: str, now: int) -> None:
        """It was not taken yet: later, each time twice as long, at most an hour."""
        with self._change():
            self._db.execute(
                "UPDATE releases SET tries = tries + 1, next_at = :now + min(:last, :first << min(tries, 20))"
                " WHERE receipt = :receipt",
                {"now": now, "last": LAST_AGAIN, "first": FIRST_AGAIN, "receipt": receipt},
            )

    # the books and the auditors

    def refused(self, who: Who, act: str, receipts: Sequence[str], now: int) -> None:
        """A try by a role that may not; of one person a few rows an hour."""
        with self._change():
            (count,) = self._db.execute(
                "SELECT count(*) FROM reads WHERE by = ? AND at > ? AND act LIKE ?", (who.by, now - HOUR, REFUSED + "%")
            ).fetchone()
            if count < MOST_REFUSED:
                self._note(who, REFUSED + act, receipts, now, found=False)

    def booked(self, after: str | None, size: int) -> list[dict[str, str | None]]:
        """Receipts and causes, oldest first: nothing that tells what was sealed, or whose it is.

        Of those given back, which are on the ledger for all to read, whether they got there.
        """
        with self._lock:
            rows = self._db.execute(
                f"SELECT receipt, cause, returned FROM {_ENTRIES} WHERE :after IS NULL"  # noqa: S608  # own words
                " OR seq > (SELECT seq FROM entries WHERE receipt = :after) ORDER BY seq LIMIT :size",
                {"after": after, "size": size},
            ).fetchall()
        return [dict(row) for row in rows]

    def reads(self, who: Who, before: int | None, size: int, now: int) -> list[dict[str, Any]]:
        """Who looked, newest first, of people within the auditor's area; looking at it is recorded too."""
        with self._change():
            rows = self._db.execute(
                "SELECT * FROM reads WHERE substr(area, 1, length(:area)) = :area"
                " AND (:before IS NULL OR seq < :before) ORDER BY seq DESC LIMIT :size",
                {"area": who.area, "before": before, "size": size},
            ).fetchall()
            self._note(who, "audit", [], now, found=bool(rows))
        return [{**dict(row), "receipts": orjson.loads(row["receipts"])} for row in rows]

    def _note(self, who: Who, act: str, receipts: Sequence[str], now: int, *, found: bool) -> None:
        told = (now, *who, act, orjson.dumps(receipts).decode(), int(found))
        self._db.execute(
            "INSERT INTO reads (at, by, name, role, organisation, area, act, receipts, found)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            told,
        )

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One transaction; what fails leaves nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _both(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    """What either would give back; of the same field the first word stands."""
    given = {**_said(other), **_said(one)}
    return given or None


def _said(restored: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (restored or {}).items() if value is not None}
