"""Finds phones, identity cards, plates, bank cards and e-mail addresses in free text; keeps nothing.

Privacy first: what has the form of a phone is taken for one. Numbers that official texts are full of (dates,
money, work orders, coordinates) are told apart by check digits, layouts and words before, see numbers.py.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from wufang.privacy.numbers import Group, Kind, classify, surely_personal

# What stands between digits unseen: control and format characters, fillers, combining and keycap marks.
_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff"
)
# What people put between digits: blanks, dashes, dots, brackets.
SEPARATORS = (
    rf"\s{_UNSEEN}"
    r"\-\u2010-\u2015\u2212\uff0d\ufe63.\u00b7\u2022\u30fb\uff0e_\uff3f/\uff0f"
    r"()\uff08\uff09,\uff0c"
)
# Characters of blocks with digits of their own, up to those in squares and circles beyond the first plane.
_CODES = [
    code for code in (*range(0xB2, 0x2800), *range(0x1F100, 0x1F10D)) if unicodedata.digit(chr(code), None) is not None
]
_CHINESE_DIGITS = "零〇一二三四五六七八九"
# Digits that \d does not know: of cheques, of military telephony, Suzhou numerals, in circles, raised and the like.
_OTHER_DIGITS = {
    "〇": 0,
    **{digit: value for value, digit in enumerate(_CHINESE_DIGITS.replace("〇", ""))},
    **{digit: value for value, digit in enumerate("洞幺两叁肆伍陆拐捌勾")},
    **{digit: value for value, digit in enumerate("零壹贰參肆伍陸柒捌玖")},
    **{digit: value for value, digit in enumerate("〡〢〣〤〥〦〧〨〩", start=1)},
    **dict.fromkeys("貳弐貮", 2),
    **dict.fromkeys("叄参", 3),
    **{chr(code): int(unicodedata.digit(chr(code))) for code in _CODES if unicodedata.category(chr(code)) == "No"},
}
_DIGIT = rf"[\d{''.join(_OTHER_DIGITS)}]"
_LETTER = r"[A-Za-zＡ-Ｚａ-ｚ]"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_RUN = re.compile(rf"{_DIGIT}(?:[{SEPARATORS}]{{0,5}}{_DIGIT}){{6,}}(?:[{SEPARATORS}]{{0,1}}[XxＸｘ](?!{_LETTER}))?")
_DIGITS_TOGETHER = re.compile(rf"{_DIGIT}+[XxＸｘ]?|[XxＸｘ]")
_DIGITS_OF_A_SCRIPT = re.compile(rf"\d+[XxＸｘ]?|{_DIGIT}[XxＸｘ]?|[XxＸｘ]")
_PLATE = re.compile(
    rf"[{_PROVINCES}][{SEPARATORS}]{{0,2}}{_LETTER}"
    rf"(?:[{SEPARATORS}]{{0,2}}[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]){{4,6}}"
    rf"(?![A-Za-z0-9Ａ-Ｚａ-ｚ０-９])(?:[{SEPARATORS}]{{0,2}}[警学挂领港澳])?"
)
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}[@＠][A-Za-z0-9-]{1,63}(?:[.．。][A-Za-z0-9-]{2,24})+")
# One look that nearly every clean text passes: seven digits near one another, a plate's head, an at sign.
_SUSPICIOUS = re.compile(
    rf"{_DIGIT}(?:[{SEPARATORS}]{{0,5}}{_DIGIT}){{6}}|[{_PROVINCES}][{SEPARATORS}]{{0,2}}{_LETTER}|[@＠]"
)
_ONE_DIGIT = re.compile(_DIGIT)
FEWEST = 10  # digits of the shortest number that is surely personal, a landline with its area code
_PLATE_BODY = {5, 6}
_PLATE_SUFFIXES = "警学挂领港澳"

_TRANSLATE = {
    **{ord(digit): str(value) for digit, value in _OTHER_DIGITS.items()},
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

    Refusing one in ten of an agency's honest numbers (a check digit is right by chance) would be worse. Every report's
    id comes here and most are short: counting their digits first takes 1 µs in place of 17.
    """
    if "@" not in identifier and "＠" not in identifier and len(_ONE_DIGIT.findall(identifier)) < FEWEST:
        return None
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
            for part in _DIGITS_OF_A_SCRIPT.finditer(text, run.start(), run.end())
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
