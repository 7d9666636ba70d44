"""What people said of which reports are one matter, in the order they said it; of a pair the last word counts.

A person who puts cases together speaks of the reports that stand in them then; so does one who keeps cases apart, takes
a merge back, or moves reports. No rule may part the ones or join the others, whatever it is.
"""

from collections.abc import Collection, Iterable

import msgspec

Reports = frozenset[str]


class People(msgspec.Struct, frozen=True):
    """Reports of one unit stay together; two units with sides 2k and 2k + 1 of anything never come together."""

    units: dict[str, int] = {}
    sides: tuple[frozenset[int], ...] = ()

    def unit(self, report_id: str) -> int | None:
        """The unit of a report of which a person said anything."""
        return self.units.get(report_id)


NOBODY = People()


def clash(some: Collection[int], others: Collection[int]) -> bool:
    """Whether a person keeps anything of these sides from anything of those."""
    return any(side ^ 1 in others for side in some)


class Said:
    """Built up decision by decision; what is passed are the reports that stood in the cases when it was made."""

    def __init__(self) -> None:
        self._merged: dict[str, Reports] = {}  # by the case that was put into another
        self._together: list[Reports] = []
        self._apart: list[tuple[Reports, Reports]] = []

    def merged(self, case_id: str, reports: Iterable[str]) -> None:
        """A person put `case_id` into another: all these are one matter."""
        self._merged[case_id] = self._one_matter(reports)

    def restored(self, case_id: str, leaving: Iterable[str], left: Iterable[str]) -> None:
        """A person took `case_id` out again: what putting it in had said is no more, the two are kept apart."""
        self._merged.pop(case_id, None)
        self._two_matters(leaving, left)

    def moved(self, reports: Iterable[str], left: Iterable[str], beside: Iterable[str]) -> None:
        """A person took reports away from those `left` and put them beside others."""
        moved = frozenset(reports)
        self._two_matters(moved, left)
        self._together.append(self._one_matter((*moved, *beside)))

    def kept_apart(self, some: Iterable[str], others: Iterable[str]) -> None:
        """A person said that these and those are two matters."""
        self._two_matters(some, others)

    def kept_together(self, reports: Iterable[str]) -> None:
        """A person said that these are one matter."""
        self._together.append(self._one_matter(reports))

    def people(self) -> People:
        """All that was said, as the linker asks for it."""
        units = _united((*self._together, *self._merged.values(), *_each(self._apart)))
        sides: list[set[int]] = [set() for _ in range(max(units.values(), default=-1) + 1)]
        for number, (some, others) in enumerate(self._apart):
            for report_id in some:
                sides[units[report_id]].add(2 * number)
            for report_id in others:
                sides[units[report_id]].add(2 * number + 1)
        return People(units, tuple(map(frozenset, sides)))

    def _one_matter(self, reports: Iterable[str]) -> Reports:
        """What was kept apart among these is so no more."""
        one = frozenset(reports)
        apart: list[tuple[Reports, Reports]] = []
        for some, others in self._apart:
            if some & one and others & one:
                apart += [(some - one, others), (some & one, others - one)]
            else:
                apart.append((some, others))
        self._apart = [(some, others) for some, others in apart if some and others]
        return one

    def _two_matters(self, some: Iterable[str], others: Iterable[str]) -> None:
        """What was together across the two is so no more; on either side it is still."""
        one, other = frozenset(some), frozenset(others)
        self._apart.append((one, other))
        self._together = [part for whole in self._together for part in _parted(whole, one, other)]
        for case_id, whole in list(self._merged.items()):
            first, *rest = _parted(whole, one, other)
            self._merged[case_id] = first
            self._together += rest


def _parted(whole: Reports, one: Reports, other: Reports) -> list[Reports]:
    return [whole & one, whole - one] if whole & one and whole & other else [whole]


def _each(pairs: Iterable[tuple[Reports, Reports]]) -> Iterable[Reports]:
    """A report that is only kept apart is a unit of its own."""
    for some, others in pairs:
        yield from (frozenset((report_id,)) for report_id in sorted(some | others))


def _united(groups: Iterable[Reports]) -> dict[str, int]:
    """The number of each report's unit: groups that share a report are one."""
    leader: dict[str, str] = {}

    def first(report_id: str) -> str:
        leader.setdefault(report_id, report_id)
        while leader[report_id] != report_id:
            leader[report_id] = report_id = leader[leader[report_id]]
        return report_id

    for group in groups:
        ordered = sorted(group)
        for report_id in ordered:
            leader[first(report_id)] = first(ordered[0])
    numbers: dict[str, int] = {}
    return {report_id: numbers.setdefault(first(report_id), len(numbers)) for report_id in sorted(leader)}
