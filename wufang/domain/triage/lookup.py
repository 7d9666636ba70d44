"""Very many patterns looked for together: an alternative is only searched if something it needs stands in the text.

What is found is what `re` finds with the whole alternation. Asking that costs some microseconds a sign; a report has
something that is needed for one alternative in fifty.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from operator import itemgetter

import msgspec

from wufang.domain.triage.beginnings import Unknown, branches, first_signs, needed
from wufang.domain.triage.reading import HIDDEN


def codes(text: str) -> list[int]:
    """The signs and the pairs of signs of a text as numbers. Four bytes a sign, so casts make them all."""
    raw = memoryview((text + "\n\n").encode("utf-32-le", "surrogatepass"))
    size = 4 * len(text)
    even, odd = (size + 4) // 8 * 8, size // 8 * 8
    signs, first, second = raw[:size].cast("I"), raw[:even].cast("Q"), raw[4 : 4 + odd].cast("Q")
    return [*signs.tolist(), *first.tolist(), *second.tolist()]


def _code(signs: str) -> int:
    """A sign or a pair as the number that stands for it."""
    return sum(ord(sign) << 32 * place for place, sign in enumerate(signs))


_WORTH_ASKING = 120  # signs and pairs; one of more than that stands in nearly every report (ours)


Search = Callable[..., re.Match[str] | None]  # of a text, from a place, to a place


class Branch:
    """One alternative, in whatever patterns it stands; compiled when first tried.

    It needs one at least of `rarest` (what is least often in a text), and of each of `also`: its first and last signs.
    `search` is that of the expression.
    """

    __slots__ = ("_compiled", "also", "rarest", "search", "written")

    def __init__(self, written: str) -> None:
        sets = [frozenset(map(_code, one)) for one in needed(written)]
        self.written = written
        self.rarest = sets[0] if sets else frozenset[int]()
        self.also = tuple(one for one in sets[1:] if one != self.rarest and len(one) <= _WORTH_ASKING)
        self._compiled: re.Pattern[str] | None = None
        self.search: Search = self._first_search

    def may(self, there: frozenset[int]) -> bool:
        """Whether everything else it needs is there."""
        return not any(map(there.isdisjoint, self.also))

    @property
    def compiled(self) -> re.Pattern[str]:
        """As an expression of its own."""
        if self._compiled is None:
            self._compiled = _expression(self.written)
            self.search = self._compiled.search
        return self._compiled

    def _first_search(self, text: str, *bounds: int) -> re.Match[str] | None:
        return self.compiled.search(text, *bounds)


@cache  # as many as the rules have alternatives
def _expression(written: str) -> re.Pattern[str]:
    signs = "".join(map(re.escape, sorted(first_signs(written))))
    return re.compile(f"(?=[{signs}])(?:{written})" if signs else written)


Alive = list[tuple[int, Branch]]


class Several:
    """A pattern as its alternatives, in the order they are written."""

    def __init__(self, pattern: re.Pattern[str], known: dict[str, Branch]) -> None:
        self.plain = pattern
        try:
            parts = branches(pattern.pattern)
        except Unknown:
            parts = [pattern.pattern]
        for part in parts:
            if part not in known:
                known[part] = Branch(part)
        self.branches = tuple((order, known[part]) for order, part in enumerate(parts))
        self.always = tuple(one for one in self.branches if not one[1].rarest)
        by_need: dict[int, list[tuple[int, Branch]]] = {}
        for order, branch in self.branches:
            for code in sorted(branch.rarest):
                by_need.setdefault(code, []).append((order, branch))
        self.by_need = by_need
        self.needs = frozenset(by_need)


class Table:
    """Patterns by number; those `at_once` are looked for in every text, the others when they are asked for."""

    def __init__(self, several: Sequence[Several], at_once: range) -> None:
        self.several = tuple(several)
        self._at_once = at_once
        self._always = {number: always for number in at_once if (always := self.several[number].always)}
        uses: dict[Branch, list[tuple[int, int]]] = {}
        for number in at_once:
            for order, branch in self.several[number].branches:
                uses.setdefault(branch, []).append((number, order))
        self._uses = tuple(
            (branch.also, tuple((number, (order, branch)) for number, order in those)) for branch, those in uses.items()
        )
        by_need: dict[int, set[int]] = {}
        for index, branch in enumerate(uses):
            for code in branch.rarest:
                by_need.setdefault(code, set()).add(index)
        self._by_need = {code: frozenset(those) for code, those in by_need.items()}
        self._needs = frozenset(by_need)
        every = {branch for one in self.several for _, branch in one.branches}
        self._told = frozenset[int]().union(*(one for branch in every for one in (branch.rarest, *branch.also)))

    def look(self, text: str) -> "Looked":
        """Which alternatives may stand in a text: those `at_once` are looked for when one is asked for."""
        there = self._told.intersection(codes(text))  # what no alternative asks about need not be known
        return Looked(self, there, {}, self._at_once)

    def alive(self, there: frozenset[int]) -> dict[int, Alive]:
        """Of the patterns `at_once`, what may stand in a text that has these signs and pairs."""
        alive: dict[int, Alive] = {number: list(those) for number, those in self._always.items()}
        lacks, all_uses = there.isdisjoint, self._uses
        for index in frozenset[int]().union(*map(self._by_need.__getitem__, self._needs & there)):
            also, uses = all_uses[index]
            if also and any(map(lacks, also)):
                continue
            for number, one in uses:
                if number in alive:
                    alive[number].append(one)
                else:
                    alive[number] = [one]
        for those in alive.values():
            if len(those) > 1:
                those.sort(key=_ORDER)
        return {number: alive.get(number, []) for number in self._at_once}


_ORDER = itemgetter(0)


class Looked(msgspec.Struct, frozen=True):
    """What may stand in a text, and in the same text with parts of it hidden."""

    table: Table
    there: frozenset[int]
    alive: dict[int, Alive]
    at_once: range

    def may(self, number: int) -> Alive:
        """The alternatives of a pattern that may stand in the text, in their order."""
        found = self.alive.get(number)
        if found is None:
            if number in self.at_once:
                self.alive.update(self.table.alive(self.there))
            else:
                self.alive[number] = self._asked(number)
            found = self.alive[number]
        return found

    def _asked(self, number: int) -> Alive:
        several, there = self.table.several[number], self.there
        found = {one for code in several.needs & there for one in several.by_need[code]}
        return sorted([*several.always, *(one for one in found if one[1].may(there))], key=_ORDER)

    def stands(self, number: int, seen: str, start: int, end: int) -> bool:
        """Whether a pattern stands in a part."""
        for _, one in self.may(number):  # noqa: SIM110  # a third faster than any(): it is asked 30 times a report
            if one.search(seen, start, end):
                return True
        return False

    def all(self, number: int, seen: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """The matches of a pattern in a part, as `re.Pattern.finditer` has them."""
        those = self.may(number)
        if len(those) == 1:
            return those[0][1].compiled.finditer(seen, start, end)
        return _merged(those, seen, start, end)


def _merged(those: Alive, seen: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """At the first place where any stands, the first written of those that stand there; then on behind it."""
    tried = [(order, one.search) for order, one in those]
    heads = [(found.start(), order, search, found) for order, search in tried if (found := search(seen, start, end))]
    while heads:
        found = min(heads, key=_PLACE)[3]
        yield found
        last = max(found.end(), found.start() + 1)
        moved = [(order, search, search(seen, last, end) if at < last else head) for at, order, search, head in heads]
        heads = [(head.start(), order, search, head) for order, search, head in moved if head is not None]


_PLACE = itemgetter(0, 1)


def hidden(text: str, matches: Iterable[re.Match[str]]) -> str:
    """A text with some parts hidden, sign for sign."""
    parts, last = [], 0
    for match in matches:
        start, end = match.span()
        parts += [text[last:start], HIDDEN * (end - start)]
        last = end
    return "".join([*parts, text[last:]]) if parts else text
