"""One search for very many patterns: at each sign only the patterns that can begin with it are tried.

The alternation of some hundred patterns costs a door two microseconds for every sign of a report; most signs begin no
pattern at all.
"""

import re
from collections.abc import Iterable, Iterator

_QUANTIFIER = re.compile(r"(?:\?|\{(\d+)(?:,\d*)?\})\??")
_ZERO_WIDTH = ("(?!", "(?=", "(?<!", "(?<=")
_WIDEST_RANGE = 64


class Unknown(ValueError):
    """With which signs a pattern begins cannot be said."""


class FirstSigns:
    """Patterns by the signs they can begin with; raises `Unknown` for one that may begin with any."""

    def __init__(self, patterns: Iterable[str]) -> None:
        by_sign: dict[str, list[str]] = {}
        for branch in (branch for pattern in patterns for branch in branches(pattern)):
            for sign in sorted(first_signs(branch)):
                by_sign.setdefault(sign, []).append(branch)
        self._by_sign = {sign: re.compile("|".join(found)) for sign, found in by_sign.items()}
        self._starts = re.compile("[" + "".join(map(re.escape, by_sign)) + "]" if by_sign else "(?!)")

    def search(self, text: str, start: int, end: int) -> bool:
        """Whether any pattern stands in a part of the text."""
        return next(self.places(text, start, end), None) is not None

    def places(self, text: str, start: int, end: int) -> Iterator[int]:
        """Where patterns begin in a part of the text."""
        by_sign = self._by_sign
        for found in self._starts.finditer(text, start, end):
            if by_sign[found[0]].match(text, found.start(), end):
                yield found.start()


def branches(pattern: str) -> list[str]:
    """The alternatives of a pattern; one that is a single group is opened."""
    parts = _split(pattern)
    if len(parts) == 1 and pattern.startswith("(?:") and _closing(pattern, 0) == len(pattern) - 1:
        return branches(pattern[3:-1])
    return parts if len(parts) == 1 else [one for part in parts for one in branches(part)]


def first_signs(pattern: str) -> set[str]:
    """The signs a pattern can begin with; raises `Unknown` where that may be any, or none at all."""
    signs, empty = _first(pattern)
    if empty:
        raise Unknown(pattern)
    return signs


def _first(pattern: str) -> tuple[set[str], bool]:
    """The signs an alternation can begin with, and whether it can be empty."""
    both = [_sequence(part) for part in _split(pattern)]
    return {sign for signs, _ in both for sign in signs}, any(empty for _, empty in both)


def _sequence(pattern: str) -> tuple[set[str], bool]:
    signs: set[str] = set()
    at = 0
    while at < len(pattern):
        found, empty, at = _element(pattern, at)
        quantifier = _QUANTIFIER.match(pattern, at)
        if quantifier:
            at = quantifier.end()
            empty = empty or quantifier[1] in (None, "0")
        signs |= found
        if not empty:
            return signs, False
    return signs, True


def _element(pattern: str, at: int) -> tuple[set[str], bool, int]:
    """One element: its first signs, whether it can be empty, and where the next begins."""
    sign = pattern[at]
    if sign == "(":
        end = _closing(pattern, at)
        inside = pattern[at + 1 : end]
        if pattern.startswith(_ZERO_WIDTH, at):
            return set(), True, end + 1
        return *_first(inside.removeprefix("?:")), end + 1
    if sign == "[":
        end = pattern.index("]", at + 2)
        return _class(pattern[at + 1 : end]), False, end + 1
    if sign in "^$":
        return set(), True, at + 1
    if sign in ".\\":
        raise Unknown(pattern)
    return {sign}, False, at + 1


def _class(inside: str) -> set[str]:
    if inside.startswith("^") or "\\" in inside:
        raise Unknown(inside)
    signs: set[str] = set()
    at = 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            first, last = ord(inside[at]), ord(inside[at + 2])
            if last - first > _WIDEST_RANGE:
                raise Unknown(inside)
            signs |= {chr(code) for code in range(first, last + 1)}
            at += 3
        else:
            signs.add(inside[at])
            at += 1
    return signs


def _closing(pattern: str, at: int) -> int:
    """Where the group that begins at a place ends."""
    depth = 0
    place = at
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif sign == "[":
            place = pattern.index("]", place + 2)
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
            place = pattern.index("]", place + 2)
        elif sign == "(":
            place = _closing(pattern, place)
        elif sign == "|":
            parts.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*parts, pattern[start:]]
