"""Texts that came out of a web form, a post or a scan: numbers and words with tags, entities or other signs between.

What a reader sees is what counts: a tag or &nbsp; is a blank to him, &#49; is a one, and 138😀1234😀5678 is a number.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wufang.privacy.numbers import Kind
from wufang.privacy.signs import CUTS, FORMATS, SEPARATORS

_TAG = r"<[^<>]{1,200}>|&(?:nbsp|ensp|emsp|thinsp|shy|zwj|zwnj);|\\[nrt]"
# An entity, twice escaped or without its semicolon as well; and what a link or JSON writes a sign with.
_CODE = (
    r"&(?:amp;){0,2}#(?:([0-9]{1,6})|[xX]([0-9a-fA-F]{1,5}))(?:;|(?![0-9a-fA-F]))"
    r"|\\u([0-9a-fA-F]{4})|%(3[0-9])"
)
_PIECE = re.compile(rf"{_TAG}|{_CODE}", re.IGNORECASE)
_WORTH = re.compile(rf"[0-9]\s{{0,8}}(?:{_TAG})\s{{0,8}}[0-9<&\\]|{_CODE}", re.IGNORECASE)
_HAN = "[一-龥]"
_SPACE = r"[ \t\u3000，,、.．·•_*|/-]"
_SPACED = rf"{_SPACE}{{1,3}}"
# Four signs or more each with a blank or a comma behind (a scan's text), and a line that ends within a sentence (a
# letter's).
_APART = re.compile(
    rf"{_TAG}|{_CODE}|[{FORMATS}]+"
    rf"|(?<={_HAN}){_SPACED}(?={_HAN}{_SPACED}{_HAN}{_SPACED}{_HAN})"
    rf"|(?<={_HAN}{_SPACE}{_HAN}{_SPACE}{_HAN}){_SPACED}(?={_HAN})"
    r"|(?<=[^\n。！？!?；;：:]{15})\r?\n(?=[^\s])",
    re.IGNORECASE,
)
# Two sentences of at most five signs each, or three and more of at most seven: where each has a word or two, none says
# anything by itself.
_MARKS, _SIGN = r"[。！？!?；;…\s]{1,8}", r"[^。！？!?；;…\s]"
_WORD_BY_WORD = re.compile(
    rf"(?<!{_SIGN})(?:{_SIGN}{{1,7}}(?:{_MARKS}{_SIGN}{{1,7}}){{2,}}|{_SIGN}{{1,5}}{_MARKS}{_SIGN}{{1,5}})(?!{_SIGN})"
)
_BETWEEN_WORDS = re.compile(_MARKS)
_MAYBE = re.compile(rf"[<&\\\s{FORMATS}]|{_SPACE}{_HAN}{_SPACE}")
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
    return _read(text, _PIECE.finditer(text), " ") if _WORTH.search(text) else None


def joined(text: str) -> Shown | None:
    """The text with its words in one piece: without tags, unseen signs, blanks or commas between all signs, line breaks
    where a line was full, and marks between sentences of one word; None when there are none of these."""
    whole = _read(text, _APART.finditer(text), "") if _MAYBE.search(text) and _APART.search(text) else None
    read = text if whole is None else whole.text
    marks = [mark for run in _WORD_BY_WORD.finditer(read) for mark in _BETWEEN_WORDS.finditer(read, *run.span())]
    if not marks:
        return whole
    again = _read(read, marks, "")
    return again if whole is None else _through(again, whole)


def _through(last: Shown, first: Shown) -> Shown:
    """What was read of a text as it was read before, at its places in the text as it was written."""
    return Shown(last.text, [first.starts[at] for at in last.starts], [first.ends[at - 1] for at in last.ends])


def _read(text: str, pieces: Iterable[re.Match[str]], between: str) -> Shown:
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for piece in pieces:
        read = _sign(piece) or between
        starts += [*range(at, piece.start()), *[piece.start()] * len(read)]
        ends += [*range(at + 1, piece.start() + 1), *[piece.end()] * len(read)]
        signs += [text[at : piece.start()], read]
        at = piece.end()
    return Shown("".join([*signs, text[at:]]), [*starts, *range(at, len(text))], [*ends, *range(at + 1, len(text) + 1)])


def _sign(piece: re.Match[str]) -> str:
    """The sign that an entity writes; empty for what writes none."""
    if piece.re.groups == 0:
        return ""
    decimal, *others = piece.groups()
    hexadecimal = next(filter(None, others), None)
    code = int(decimal or "0") if hexadecimal is None else int(hexadecimal, 16)
    return chr(code) if 0x20 < code < 0xD800 or 0xE000 <= code < 0x110000 else ""


def set_apart(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Mobiles whose pieces stand apart by signs that no other pattern knows: quotes, brackets, pictures."""
    for found in _SET_APART.finditer(text):
        if _KNOWN.fullmatch(found["three"] or found["one"]) is None:
            yield *found.span(), Kind.PHONE
