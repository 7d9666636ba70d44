"""The reporter's own name and number as they stand in a text: cut by blanks, without a title, without an area code.

A form writes 王　芳 or 王芳女士 where the caller says 王芳: no pattern knows a name,
so what was given is the only lead.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from wufang.privacy.numbers import Kind
from wufang.privacy.patterns import Span
from wufang.privacy.signs import DOTS, UNSEEN, folded_digits

# What forms hold in place of a name: these stand in numbers and file names of every office.
NOBODY = frozenset(
    "匿名 无名 不详 未知 某某 某某某 市民 居民 群众 村民 业主 网友 先生 女士 来电人 诉求人 信访人 热线 信访".split()
)
_GAP = rf"[\s{UNSEEN}{DOTS}]"
_BETWEEN = re.compile(r"[、，,/／;；&]|\s(?=\S{2})(?<=\S{2}\s)")
_BEHIND = re.compile(r"[(（\[【].{0,20}$|(?:女士|先生|小姐|老师|同志|师傅|阿姨|大爷|大妈|大叔|大姐|大哥)$")
_GAPS = re.compile(f"{_GAP}+")
_HAN_NAME = re.compile("[一-龥]{2,4}")  # a longer one may be an office's
# A landline behind its area code; what follows seven or eight digits is an extension.
_LANDLINE = re.compile(r"(?:\+?(?:00)?86[- ]?\(?0?|\(?0)(?:10|2[0-9]|[3-9][0-9]{2})\)?[- ]?([2-9][0-9]{6,7})(?![0-9])")


def name_forms(name: str) -> tuple[str, ...]:
    """The name as it may be said, without what stands between or behind it; the name itself is not among them."""
    found = [_GAPS.sub("", name)]
    for part in _BETWEEN.split(name):
        bare = _GAPS.sub("", _BEHIND.sub("", part.strip()))
        found += [bare] if _HAN_NAME.fullmatch(bare) else []
    return tuple(dict.fromkeys(form for form in found if form != name and len(form) > 1 and form not in NOBODY))


def local_number(phone: str) -> str | None:
    """A landline without its area code, as neighbours tell it to each other."""
    found = _LANDLINE.match(phone)
    return None if found is None else found[1]


def said_name(text: str, name: str) -> Iterator[Span]:
    """Where the name stands with blanks, dots or unseen signs between its own."""
    bare = _GAPS.sub("", name)
    if len(bare) > 1 and all(sign in text for sign in bare):
        for found in _spelt(bare).finditer(text):
            yield Span(found.start(), found.end(), Kind.NAME)


def said_number(text: str, number: str) -> Iterator[Span]:
    """Where the digits stand, in any script, with blanks or dashes between but no other digit beside them."""
    for found in _spelt(number).finditer(folded_digits(text)):
        yield Span(found.start(), found.end(), Kind.PHONE)


@lru_cache(64)  # every field of a report is asked for the same
def _spelt(literal: str) -> re.Pattern[str]:
    if literal.isdecimal():
        return re.compile(rf"(?<![0-9]){'[- ]?'.join(literal)}(?![0-9])")
    return re.compile(f"{_GAP}{{0,3}}".join(map(re.escape, literal)))
