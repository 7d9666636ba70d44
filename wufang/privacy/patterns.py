"""Finds phones, identity cards, plates, bank cards and e-mail addresses in free text; keeps nothing.

Privacy first: what has the form of a phone is taken for one. Numbers that official texts are full of (dates,
money, work orders, coordinates) are told apart by check digits, layouts and words before, see numbers.py.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from wufang.privacy.disguises import ANNOUNCED, announced, cut_up
from wufang.privacy.markup import set_apart, shown
from wufang.privacy.numbers import Group, Kind, classify, surely_personal
from wufang.privacy.signs import CUTS, DIGIT, NOUGHTS, PERHAPS_DIGIT, SEPARATORS, folded, folded_digits, plain_digits
from wufang.privacy.spoken import spoken

_LETTER = r"[A-Za-zＡ-Ｚａ-ｚ]"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_RUN = re.compile(rf"{DIGIT}(?:[{SEPARATORS}]{{0,8}}{DIGIT}){{6,}}(?:[{SEPARATORS}]{{0,1}}[XxＸｘ](?!{_LETTER}))?")
_DIGITS_TOGETHER = re.compile(rf"{DIGIT}+[XxＸｘ]?|[XxＸｘ]")
_DIGITS_OF_A_SCRIPT = re.compile(rf"\d+[XxＸｘ]?|{DIGIT}[XxＸｘ]?|[XxＸｘ]")
_PLATE = re.compile(
    rf"[{_PROVINCES}][{SEPARATORS}]{{0,2}}{_LETTER}"
    rf"(?:[{SEPARATORS}]{{0,2}}[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]){{4,6}}"
    rf"(?![A-Za-z0-9Ａ-Ｚａ-ｚ０-９])(?:[{SEPARATORS}]{{0,2}}[警学挂领港澳])?"
)
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:[.。][A-Za-z0-9-]{2,24})+")
# One look that nearly every clean text passes: seven digits near one another, a plate's head, an at sign.
_SUSPICIOUS = re.compile(
    rf"{PERHAPS_DIGIT}(?:[{SEPARATORS}{CUTS}]{{0,8}}[{PERHAPS_DIGIT[1:-1]}{NOUGHTS}]){{6}}"
    rf"|[{_PROVINCES}][{SEPARATORS}]{{0,2}}{_LETTER}|[@＠]"
)
_CUTS = re.compile(f"[{CUTS}{NOUGHTS}]")
_CUT_UP = re.compile(
    rf"{DIGIT}(?:[{SEPARATORS}{CUTS}]{{0,8}}[{DIGIT[1:-1]}{NOUGHTS}]){{9,}}(?:[{SEPARATORS}{CUTS}]{{0,8}}[XxＸｘ])?"
)
# In an identifier that is short of digits: an at sign or a plate's head.
_HINT = re.compile(rf"[@＠{_PROVINCES}]")
# A UUID or a digest holds eleven digits in a row by chance (one random UUID in 250); a number padded to such a form
# has no letters to speak of.
_OPAQUE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32,128})(?![0-9A-Za-z])"
)
_FEWEST_LETTERS = 4
_SURE_KINDS = {Kind.EMAIL, Kind.ACCOUNT, Kind.PASSPORT}
_ONE_DIGIT = re.compile(DIGIT)
FEWEST = 10  # digits of the shortest number that is surely personal, a landline with its area code
_PLATE_BODY = {5, 6}
_PLATE_SUFFIXES = "警学挂领港澳"


class Span(NamedTuple):
    """Characters start..end of a text are personal."""

    start: int
    end: int
    kind: Kind


def find_personal(text: str) -> list[Span]:
    """All personal spans of a text, in order, without overlaps."""
    spans = _in_plain(text)
    if "<" in text or "&" in text or "\\" in text or "%" in text:
        spans += _in_markup(text)
    return _without_overlaps(sorted(spans)) if spans else spans


def _in_plain(text: str) -> list[Span]:
    spans = [Span(*found) for found in announced(text)] if ANNOUNCED.search(text) else []
    if _SUSPICIOUS.search(text):
        spans += [*_numbers(text), *_cut_up(text), *_plates(text), *_emails(text)]
    return spans + [Span(*found) for find in (set_apart, spoken) for found in find(text)]


def _in_markup(text: str) -> list[Span]:
    """What a reader of the page sees, with the tags and entities between."""
    found = shown(text)
    if found is None:
        return []
    return [Span(found.starts[start], found.ends[end - 1], kind) for start, end, kind in _in_plain(found.text)]


def looks_personal(identifier: str) -> Kind | None:
    """What an identifier looks like, if a person's number; stricter than in text, where a doubt is masked.

    Refusing one in ten of an agency's honest numbers (a check digit is right by chance) would be worse. Every report's
    id comes here and most are short: counting their digits first takes 1 µs in place of 17.
    """
    if len(_ONE_DIGIT.findall(identifier)) < FEWEST and not (_HINT.search(identifier) or ANNOUNCED.search(identifier)):
        return None
    told = _OPAQUE.sub(_nothing, identifier)
    for span in find_personal(told):
        if _surely(told, span):
            return span.kind
    return None


def _nothing(opaque: re.Match[str]) -> str:
    """What a UUID or digest tells of anybody; a padded number is looked at as it stands."""
    letters = sum(sign.isalpha() for sign in opaque[0])
    return "|" if letters >= _FEWEST_LETTERS else opaque[0]


def _surely(identifier: str, span: Span) -> bool:
    if span.kind in _SURE_KINDS:
        return True
    if span.kind is Kind.PLATE:  # a number of a file may begin like one
        return _ONE_DIGIT.search(identifier[: span.start] + identifier[span.end :]) is None
    groups = _DIGITS_TOGETHER.findall(folded_digits(identifier[span.start : span.end]))
    return surely_personal(groups, span.kind)


def _without_overlaps(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if kept and span.start < kept[-1].end:
            if span.end > kept[-1].end:
                kept[-1] = Span(kept[-1].start, span.end, kept[-1].kind)
        else:
            kept.append(span)
    return kept


def _cut_up(text: str) -> Iterator[Span]:
    """What `cut_up` finds that no run could hold, unless more digits stand right beside it."""
    if _CUTS.search(text) is None:
        return
    for piece in _CUT_UP.finditer(text):
        if _CUTS.search(piece[0]) is None:
            continue
        for start, end, kind in cut_up(folded_digits(piece[0])):
            beside = piece[0][start - 1 : start].isdecimal() or piece[0][end : end + 1].isdecimal()
            if not beside and _CUTS.search(piece[0], start, end):
                yield Span(piece.start() + start, piece.start() + end, kind)


def _emails(text: str) -> Iterator[Span]:
    if "@" in text or "＠" in text:
        for found in _EMAIL.finditer(folded(text)):
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
            Group(part.start(), part.end(), plain_digits(part.group()))
            for part in _DIGITS_OF_A_SCRIPT.finditer(text, run.start(), run.end())
        ]
        for start, end, kind in classify(text, groups):
            yield _with_brackets(text, start, end, kind)


def _with_brackets(text: str, start: int, end: int, kind: Kind) -> Span:
    """Takes the plus of +86 and the opening bracket of (0731) along, so that no half is left."""
    inside = text[start:end]
    if start and text[start - 1] in "+＋":
        start -= 1
    if start and text[start - 1] in "(（" and any(c in inside for c in ")）"):
        start -= 1
    return Span(start, end, kind)
