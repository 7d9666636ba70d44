"""Page cursors: signed, of one person and one search; a cursor opens nothing that the search itself does not."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson

LONGEST = 1_024
_SIGNATURE = 16  # bytes kept of the HMAC


class BadCursor(ValueError):
    """Altered, cut, or made for another search."""


class ForeignCursor(BadCursor):
    """Made for another person."""


class Cursors:
    """Writes and reads cursors under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, person: str, search: Any, after: list[Any] | None) -> str | None:
        """URL-safe text for the page after the sort values `after`, None where no page follows.

        `search` is anything JSON that names the search.
        """
        if after is None:
            return None
        payload = orjson.dumps({"a": after, "p": self._print(person), "s": self._print(search)})
        return urlsafe_b64encode(self._sign(payload) + payload).decode().rstrip("=")

    def read(self, person: str, search: Any, text: str) -> tuple[Any, ...]:
        """The sort values, none for the first page. Raises BadCursor or ForeignCursor."""
        if not text:
            return ()
        payload = self._checked(text)
        if payload["p"] != self._print(person):
            raise ForeignCursor
        if payload["s"] != self._print(search):
            raise BadCursor
        return tuple(payload["a"])

    def _checked(self, text: str) -> dict[str, Any]:
        try:
            raw = urlsafe_b64decode(text[:LONGEST].encode("ascii") + b"=" * (-len(text) % 4))
        except ValueError:
            raise BadCursor from None
        if not hmac.compare_digest(raw[:_SIGNATURE], self._sign(raw[_SIGNATURE:])):
            raise BadCursor
        payload: dict[str, Any] = orjson.loads(raw[_SIGNATURE:])
        return payload

    def _print(self, value: Any) -> str:
        return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, "sha256")[:_SIGNATURE]
