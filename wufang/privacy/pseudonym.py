"""The keyed pseudonym of a reporter: the same person is the same 32 hex digits, and nothing else."""

import hmac
import re
import unicodedata
from collections.abc import Mapping

from wufang.privacy.keyring import NamedKey

_MOBILE = re.compile(r"(?:00?86|0)?(1[3-9]\d{9})")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
LEAST_PHONE_DIGITS = 7  # 12345 or 110 in a phone field is nobody's phone
LEAST_ID_SIGNS = 8


def pseudonym(key: NamedKey, reporter: Mapping[str, str], source: str) -> dict[str, str] | None:
    """{"pseudonym", "basis"} by the best the report says of its reporter, None if it says nothing usable."""
    for basis, value in _bases(reporter, source):
        if value:
            digest = hmac.digest(key.key, f"{basis}:{value}".encode(), "sha256")
            return {"pseudonym": digest.hex()[:32], "basis": basis}
    return None


def _bases(reporter: Mapping[str, str], source: str) -> tuple[tuple[str, str], ...]:
    """What is one person's in every channel comes first; an account is known to its own source only."""
    account = reporter.get("reporter", "").strip()
    return (
        ("phone", normal_phone(reporter.get("reporter_phone", ""))),
        ("id_card", normal_id_card(reporter.get("reporter_id_card", ""))),
        ("account", f"{source}/{account}" if account else ""),
        ("name", "".join(_plain(reporter.get("reporter_name", "")).split())),
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def normal_phone(text: str) -> str:
    """Digits only, a mobile without country code; empty for placeholders (too short, one digit)."""
    digits = "".join(c for c in _plain(text) if c.isdecimal())
    mobile = _MOBILE.fullmatch(digits.removeprefix("86") if len(digits) == 13 else digits)
    digits = mobile[1] if mobile else digits
    placeholder = len(digits) < LEAST_PHONE_DIGITS or len(set(digits[3:])) < 2
    return "" if placeholder else digits


def normal_id_card(text: str) -> str:
    """Letters and digits in capitals; a card of the old 15 digits as the 18 it became (GB 11643)."""
    card = "".join(c for c in _plain(text).upper() if c.isalnum())
    if len(card) == 15 and card.isdecimal():
        body = f"{card[:6]}19{card[6:]}"
        total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, body, strict=True))
        card = body + "10X98765432"[total % 11]
    return "" if len(card) < LEAST_ID_SIGNS or len(set(card)) < 2 else card
