"""Receipts: signed tokens that say where a report stands on the log; of use to the source that got one."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

import msgspec

from wufang.privacy.keyring import NamedKey
from wufang.wire.position import Position

LONGEST = 512


class BadReceipt(ValueError):
    """Not a receipt of this system, altered, or of another source: they are not told apart."""


class Receipt(msgspec.Struct, frozen=True):
    """What was acknowledged: the place, the cause and the content code."""

    position: Position
    cause: str
    content: str


def write_receipt(key: NamedKey, source: str, receipt: Receipt) -> str:
    """URL-safe text. The source is signed with it, so that it means nothing under another key."""
    payload = f"{receipt.position}/{receipt.cause}/{receipt.content}".encode()
    return urlsafe_b64encode(payload + b"." + _sign(key, source, payload)).decode().rstrip("=")


def read_receipt(key: NamedKey, source: str, text: str) -> Receipt:
    """The inverse. Raises BadReceipt."""
    if len(text) > LONGEST:
        raise BadReceipt
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        payload, dot, signature = raw[:-33], raw[-33:-32], raw[-32:]
        if dot != b"." or not hmac.compare_digest(signature, _sign(key, source, payload)):
            raise BadReceipt
        position, cause, content = payload.decode().rsplit("/", 2)
        return Receipt(Position.parse(position), cause, content)
    except (Base64Error, ValueError):
        raise BadReceipt from None


def _sign(key: NamedKey, source: str, payload: bytes) -> bytes:
    return hmac.digest(key.key, source.encode() + b"\n" + payload, "sha256")
