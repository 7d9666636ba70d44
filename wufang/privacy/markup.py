"""Texts that came out of a web form or a post: numbers with tags, entities, pictures or other signs between digits.

What a reader sees is what counts: a tag or &nbsp; is a blank to him, &#49; is a one, and 138😀1234😀5678 is a number.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from wufang.privacy.numbers import Kind
from wufang.privacy.signs import CUTS, SEPARATORS

_TAG = r"<[^<>]{1,200}>|&(?:nbsp|ensp|emsp|thinsp|shy|zwj|zwnj);|\\[nrt]"
_CODE = r"&#(?:([0-9]{1,6})|[xX]([0-9a-fA-F]{1,5}));"
_PIECE = re.compile(rf"{_TAG}|{_CODE}", re.IGNORECASE)
_WORTH = re.compile(rf"[0-9]\s{{0,8}}(?:{_TAG})\s{{0,8}}[0-9<&\\]|&#[xX]?[0-9a-fA-F]{{1,6}};", re.IGNORECASE)
# The same signs, none of a word, between the usual pieces of a mobile, or between all its digits.
_SET_APART = re.compile(
    r"1(?<![0-9]1)(?:[3-9][0-9](?P<three>\W{1,12})[0-9]{4}(?P=three)[0-9]{4}|(?P<one>\W{1,12})[3-9](?:(?P=one)[0-9]){9})"
    r"(?![0-9])(?!(?P=one)[0-9])"
)
# What other patterns know: of numbers with these between the run around them tells what they are.
_KNOWN = re.compile(f"[{SEPARATORS}{CUTS}]{{1,8}}")


class Shown(NamedTuple):
    """A text as it is shown, and of each sign where it begins and ends in the text as it was written."""

    text: str
    starts: list[int]
    ends: list[int]


def shown(text: str) -> Shown | None:
    """The text as a reader sees it; None when no number in it can be cut up by markup."""
    if _WORTH.search(text) is None:
        return None
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for piece in _PIECE.finditer(text):
        starts += [*range(at, piece.start()), piece.start()]
        ends += [*range(at + 1, piece.start() + 1), piece.end()]
        signs += [text[at : piece.start()], _sign(piece)]
        at = piece.end()
    return Shown("".join([*signs, text[at:]]), [*starts, *range(at, len(text))], [*ends, *range(at + 1, len(text) + 1)])


def _sign(piece: re.Match[str]) -> str:
    decimal, hexadecimal = piece.groups()
    code = int(decimal or "0") if hexadecimal is None else int(hexadecimal, 16)
    return chr(code) if 0x20 < code < 0xD800 or 0xE000 <= code < 0x110000 else " "


def set_apart(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Mobiles whose pieces stand apart by signs that no other pattern knows: quotes, brackets, pictures."""
    for found in _SET_APART.finditer(text):
        if _KNOWN.fullmatch(found["three"] or found["one"]) is None:
            yield *found.span(), Kind.PHONE
