"""Finds phones, identity cards, plates, bank cards and e-mail addresses in free text; keeps nothing.

Privacy first: what has the form of a phone is taken for one. Numbers that official texts are full of (dates,
money, work orders, coordinates) are told apart by check digits, layouts and words before, see numbers.py.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from wufang.privacy.numbers import Group, Kind, classify, surely_personal

# What people put between digits: blanks, dashes, dots, brackets, invisible characters, keycap marks.
SEPARATORS = (
    r"\s\u200b-\u200f\u2060\ufeff\ufe0f\u20e3\-\u2010-\u2015\u2212\uff0d\ufe63.\u00b7\u2022\u30fb\uff0e_\uff3f/\uff0f"
    r"()\uff08\uff09,\uff0c"
)
_CHINESE_DIGITS = "零〇一二三四五六七八九"
_CIRCLED_DIGITS = "⓪①②③④⑤⑥⑦⑧⑨"
_DIGIT = rf"[\d{_CHINESE_DIGITS}幺{_CIRCLED_DIGITS}]"
_LETTER = r"[A-Za-zＡ-Ｚａ-ｚ]"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_RUN = re.compile(rf"{_DIGIT}(?:[{SEPARATORS}]{{0,3}}{_DIGIT}){{6,}}(?:[{SEPARATORS}]{{0,1}}[XxＸｘ](?!{_LETTER}))?")
_DIGITS_TOGETHER = re.compile(rf"{_DIGIT}+[XxＸｘ]?|[XxＸｘ]")
_PLATE = re.compile(
    rf"[{_PROVINCES}][{SEPARATORS}]{{0,2}}{_LETTER}"
    rf"(?:[{SEPARATORS}]{{0,2}}[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]){{4,6}}"
    rf"(?![A-Za-z0-9Ａ-Ｚａ-ｚ０-９])(?:[{SEPARATORS}]{{0,2}}[警学挂领港澳])?"
)
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}[@＠][A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,24})+")
# One look that nearly every clean text passes: seven digits near one another, a plate's head, an at sign.
_SUSPICIOUS = re.compile(
    rf"{_DIGIT}(?:[{SEPARATORS}]{{0,3}}{_DIGIT}){{6}}|[{_PROVINCES}][{SEPARATORS}]{{0,2}}{_LETTER}|[@＠]"
)
_PLATE_BODY = {5, 6}
_PLATE_SUFFIXES = "警学挂领港澳"

_TRANSLATE = {
    **{ord(c): str(i) for i, c in enumerate(_CHINESE_DIGITS[0:1] + _CHINESE_DIGITS[2:])},
    ord("〇"): "0",
    ord("幺"): "1",
    **{ord(c): str(i) for i, c in enumerate(_CIRCLED_DIGITS)},
    ord("Ｘ"): "X",
    ord("ｘ"): "X",
    ord("x"): "X",
}


class Span(NamedTuple):
    """Characters start..end of a text are personal."""

    start: int
    end: int
    kind: Kind


def find_personal(text: str) -> list[Span]:
    """All personal spans of a text, in order, without overlaps."""
    if _SUSPICIOUS.search(text) is None:
        return []
    spans = sorted([*_numbers(text), *_plates(text), *_emails(text)])
    return _without_overlaps(spans)


def looks_personal(identifier: str) -> Kind | None:
    """What an identifier looks like, if a person's number; stricter than in text, where a doubt is masked.

    Refusing one in ten of an agency's honest numbers (a check digit is right by chance) would be worse.
    """
    for span in find_personal(identifier):
        groups = [_plain_digits(part) for part in _DIGITS_TOGETHER.findall(identifier, span.start, span.end)]
        if span.kind is Kind.EMAIL or surely_personal(groups, span.kind):
            return span.kind
    return None


def _without_overlaps(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if kept and span.start < kept[-1].end:
            if span.end > kept[-1].end:
                kept[-1] = Span(kept[-1].start, span.end, kept[-1].kind)
        else:
            kept.append(span)
    return kept


def _emails(text: str) -> Iterator[Span]:
    if "@" in text or "＠" in text:
        for found in _EMAIL.finditer(text):
            yield Span(found.start(), found.end(), Kind.EMAIL)


def _plates(text: str) -> Iterator[Span]:
    for found in _PLATE.finditer(text):
        body = "".join(c for c in found.group() if c.isalnum())[2:]
        suffixed = body[-1] in _PLATE_SUFFIXES
        body = body[:-1] if suffixed else body
        enough = len(body) in _PLATE_BODY or (suffixed and len(body) == 4)
        if enough and sum(c.isdigit() for c in body) >= 3:
            yield Span(found.start(), found.end(), Kind.PLATE)


def _numbers(text: str) -> Iterator[Span]:
    for run in _RUN.finditer(text):
        groups = [
            Group(part.start(), part.end(), _plain_digits(part.group()))
            for part in _DIGITS_TOGETHER.finditer(text, run.start(), run.end())
        ]
        for start, end, kind in classify(text, groups):
            yield _with_brackets(text, start, end, kind)


def _plain_digits(digits: str) -> str:
    """ASCII digits and a capital X, whatever script they were written in."""
    if digits.isascii():
        return digits.upper()
    return "".join(c if c == "X" else str(int(c)) for c in digits.translate(_TRANSLATE).upper())


def _with_brackets(text: str, start: int, end: int, kind: Kind) -> Span:
    """Takes the plus of +86 and the opening bracket of (0731) along, so that no half is left."""
    inside = text[start:end]
    if start and text[start - 1] in "+＋":
        start -= 1
    if start and text[start - 1] in "(（" and any(c in inside for c in ")）"):
        start -= 1
    return Span(start, end, kind)
