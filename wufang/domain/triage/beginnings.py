"""What a pattern cannot do without: of which signs or pairs of signs one at least stands in whatever it matches.

An answer may name too much and never too little: a text without any of them is not searched.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from wufang.domain.triage.reading import HIDDEN

_ANY = "\0"  # stands for whatever sign may come
_ANYTHING = frozenset([_ANY])
_NOTHING = frozenset([""])
_QUANTIFIER = re.compile(r"(?:(\?)|\{(\d*)(,?)(\d*)\})\??")
_ZERO_WIDTH = ("(?!", "(?=", "(?<!", "(?<=")
_PUT_IN = HIDDEN + "\n"  # what masks and sealing put in place of other signs
_SOME_OF_MANY = "sSdDwW"  # after a backslash
_WIDEST_RANGE = 64

# The signs that stand in most reports, the first in nearly all (`python -m bench.often`). What a list like this is
# wrong about costs a search and changes no answer.
OFTEN = (
    "\n，。一的人了不来说在三个上里家我有没是电子十年老到下“”天都两今着水去还就头已二请口他小：门前出车过、四要开问月管后打回长大公给这县把那自得工报次点村发五关走道手收户机地员话六中又外被部反某们楼现第"
    "事看求路时名信起场能儿住八学生只区半民单同会主先每于支停也全好见位查百多市院气映面七办夜业记交站号接本换早建条镇九用往线通写司日保从所进班几费边修议定再分房城明台板排厂对成任理委娃想拿底称谁她钱新党孩"
)
# In millionths of texts. What fits the list's own counts: the 15th stands in half as many as the first, and so on; two
# signs of a text stand side by side in a tenth of the texts that have both (ours).
_MOST, _FALLING, _BESIDE, _PAIR = 900_000, 15, 10_000_000, 300
_CHANCES = {sign: _MOST * _FALLING // (_FALLING + rank) for rank, sign in enumerate(OFTEN)}
_SELDOM = _CHANCES[OFTEN[-1]] // 3


class Unknown(ValueError):
    """What a pattern needs cannot be said."""


def branches(pattern: str) -> list[str]:
    """The alternatives of a pattern; one that is a single group is opened."""
    parts = _split(pattern)
    if len(parts) == 1 and pattern.startswith("(?:") and _closing(pattern, 0) == len(pattern) - 1:
        return branches(pattern[3:-1])
    return parts if len(parts) == 1 else [one for part in parts for one in branches(part)]


def needed(pattern: str) -> list[frozenset[str]]:
    """Of each of three sets one sign or pair stands in whatever it matches: the rarest set, the first, and the last.

    Nothing where that cannot be said.
    """
    try:
        elements = list(_elements(pattern))
    except Unknown:
        return []
    rest, known = _NOTHING, []
    for found in reversed(elements):
        rest = _joined(found, rest)
        if not rest & {"", _ANY}:
            known.append(_plain(rest))
    return [min(known, key=_weight), known[-1], known[0]] if known else []


def first_signs(pattern: str) -> frozenset[str]:
    """The signs it can begin with, if `re` does not see them by itself and they can be said; else none."""
    if not pattern.startswith("(?:"):
        return frozenset()
    end = _closing(pattern, 0)
    optional = pattern.startswith(("?", "{0,", "{,"), end + 1)
    if not optional and not any(part.startswith(("(", "[")) for part in _split(pattern[3:end])):
        return frozenset()
    try:
        found = _sequence(pattern)
    except Unknown:
        return frozenset()
    return frozenset() if found & {"", _ANY} else frozenset(one[0] for one in found)


def _plain(known: frozenset[str]) -> frozenset[str]:
    """Without the pairs whose first sign alone is in it too."""
    alone = {one[0] for one in known if len(one.rstrip(_ANY)) == 1}
    return frozenset(one[0] if one[0] in alone else one for one in known)


def _weight(known: frozenset[str]) -> int:
    """How little is said by it: in how many of a million texts one of them stands, about."""
    return sum(map(_chance, known))


def _chance(signs: str) -> int:
    first, *then = (_CHANCES.get(sign, _SELDOM) for sign in signs.rstrip(_ANY))
    return first * then[0] // _BESIDE + _PAIR if then else first


def _joined(first: frozenset[str], then: frozenset[str]) -> frozenset[str]:
    """The beginnings of one thing after another."""
    both = {one if len(one) == 2 else (one + other)[:2] for one in first for other in then}
    return _ANYTHING if any(one.startswith(_ANY) for one in both) else frozenset(both)


@lru_cache(maxsize=100_000)
def _alternation(pattern: str) -> frozenset[str]:
    found = frozenset(one for part in _split(pattern) for one in _sequence(part))
    return _ANYTHING if _ANY in found else found


@lru_cache(maxsize=100_000)
def _sequence(pattern: str) -> frozenset[str]:
    found = _NOTHING
    for one in _elements(pattern):
        found = _joined(found, one)
        if all(len(known) == 2 or known == _ANY for known in found):
            return found
    return found


def _elements(pattern: str) -> Iterator[frozenset[str]]:
    """Each element of a sequence: with what it begins, as often as it may stand there."""
    at = 0
    while at < len(pattern):
        once, at = _element(pattern, at)
        least, most, at = _times(pattern, at)
        twice = _joined(once, once) if most > 1 else once
        ways = ([_NOTHING] if least == 0 else []) + ([once] if least <= 1 else []) + ([twice] if most > 1 else [])
        found = frozenset(one for way in ways for one in way)
        yield _ANYTHING if _ANY in found else found


def _times(pattern: str, at: int) -> tuple[int, int, int]:
    """How often at least and at most an element stands there, and where the next begins."""
    found = _QUANTIFIER.match(pattern, at)
    if found is None:
        return 1, 1, at
    if found[1]:
        return 0, 1, found.end()
    least = int(found[2] or 0)
    most = int(found[4] or 2) if found[3] else least
    return least, most, found.end()


def _element(pattern: str, at: int) -> tuple[frozenset[str], int]:
    """One element: its beginnings, and where it ends."""
    sign = pattern[at]
    if sign == "(":
        return _group(pattern, at)
    if sign == "[":
        end = _class_end(pattern, at)
        return _class(pattern[at + 1 : end]), end + 1
    if sign in "^$":
        return _NOTHING, at + 1
    if sign in "*+?{" or (sign == "\\" and pattern[at + 1] not in _SOME_OF_MANY):
        raise Unknown(pattern)
    if sign in ".\\":
        return _ANYTHING, at + (2 if sign == "\\" else 1)
    return _one(sign), at + 1


def _group(pattern: str, at: int) -> tuple[frozenset[str], int]:
    end = _closing(pattern, at)
    if pattern.startswith(_ZERO_WIDTH, at):
        return _NOTHING, end + 1
    if not pattern.startswith("(?:", at):
        raise Unknown(pattern)
    return _alternation(pattern[at + 3 : end]), end + 1


def _one(sign: str) -> frozenset[str]:
    return _ANYTHING if sign in _PUT_IN else frozenset([sign])


def _class(inside: str) -> frozenset[str]:
    if inside.startswith("^") or "\\" in inside:
        return _ANYTHING
    signs: set[str] = set()
    at = 0
    while at < len(inside):
        first, last = ord(inside[at]), ord(inside[at])
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            last = ord(inside[at + 2])
            at += 2
        if last - first > _WIDEST_RANGE:
            return _ANYTHING
        signs |= {chr(code) for code in range(first, last + 1)}
        at += 1
    return _ANYTHING if signs & set(_PUT_IN) else frozenset(signs)


def _class_end(pattern: str, at: int) -> int:
    """Where the class that begins at a place ends; its first sign may be a bracket itself."""
    place = at + (2 if pattern.startswith("[^", at) else 1)
    place += pattern.startswith("]", place)
    while place < len(pattern) and pattern[place] != "]":
        place += 2 if pattern[place] == "\\" else 1
    return place


def _closing(pattern: str, at: int) -> int:
    """Where the group that begins at a place ends."""
    depth = 0
    place = at
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif sign == "[":
            place = _class_end(pattern, place)
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                return place
        place += 1
    raise Unknown(pattern)


def _split(pattern: str) -> list[str]:
    """A pattern cut at its own bars, not at those inside groups and classes."""
    parts, start, place = [], 0, 0
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif sign == "[":
            place = _class_end(pattern, place)
        elif sign == "(":
            place = _closing(pattern, place)
        elif sign == "|":
            parts.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*parts, pattern[start:]]
