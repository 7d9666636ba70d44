"""Triage that asks every rule's whole patterns with `re` alone: slow, and what the quick way must equal."""

import re
from collections.abc import Iterator

import msgspec

from wufang.domain.triage import Rules
from wufang.domain.triage.lookup import Alive, Looked, Several, Table


class PlainTable(Table):
    """A table that looks nothing up."""

    def __init__(self, several: tuple[Several, ...]) -> None:
        super().__init__(several, range(0))

    def look(self, text: str) -> Looked:
        """Every pattern may stand in it."""
        return PlainLooked(self, frozenset(), {}, range(0))


class PlainLooked(Looked, frozen=True):
    """Whole patterns, searched as they are written."""

    def may(self, number: int) -> Alive:
        """All alternatives."""
        return list(self.table.several[number].branches)

    def stands(self, number: int, seen: str, start: int, end: int) -> bool:
        """Whether the whole pattern stands there."""
        return self.table.several[number].plain.search(seen, start, end) is not None

    def all(self, number: int, seen: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """Its matches."""
        return self.table.several[number].plain.finditer(seen, start, end)


def plain(rules: Rules) -> Rules:
    """The same rules, asked the plain way."""
    table = PlainTable(rules.table.several)
    return msgspec.structs.replace(rules, table=table, conduct=table)
