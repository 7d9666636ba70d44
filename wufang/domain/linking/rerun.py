"""Reports linked one after another by given rules, as the ledger links them, and never against what people said.

It decides as `wufang.domain.decisions` does over the ledger's state; for benches, and for what other rules would do.
"""

from collections.abc import Callable, Sequence

import msgspec

from wufang.domain import ids
from wufang.domain.commands import MOST_MOVED
from wufang.domain.linking.choose import Found, find, standing
from wufang.domain.linking.evidence import Link
from wufang.domain.linking.keys import CandidateIndex
from wufang.domain.linking.memory import MemoryIndex
from wufang.domain.linking.people import NOBODY, People, clash
from wufang.domain.linking.profile import Profile
from wufang.domain.linking.reading import Reading, Subject, read
from wufang.domain.linking.rules import RULES, Rules


class Step(msgspec.Struct, frozen=True):
    """What a report did: the case it came into, why (None: it opened the case, or people put it there).

    `bridge` names the case that went into this one since, with the evidence; `suggested` what a person would be asked.
    """

    report_id: str
    case_id: str
    link: Link | None = None
    by_people: bool = False
    bridge: Link | None = None
    suggested: tuple[Link, ...] = ()


class Rerun:
    """One jurisdiction's reports in the order of the ledger; a case bears the id that its first report gives it."""

    def __init__(self, rules: Rules = RULES, people: People = NOBODY) -> None:
        self.index = MemoryIndex(rules)
        self.placed: dict[str, str] = {}
        self._rules, self._people = rules, people
        self._leads_to: dict[str, str] = {}
        self._size: dict[str, int] = {}
        self._sides: dict[str, frozenset[int]] = {}
        self._homes: dict[int, str] = {}  # of units

    @property
    def cases(self) -> dict[str, str]:
        """Where each report stands by now."""
        return {report_id: self.live(case_id) for report_id, case_id in self.placed.items()}

    def live(self, case_id: str) -> str:
        """Where the matter of a case is now."""
        while case_id in self._leads_to:
            case_id = self._leads_to[case_id]
        return case_id

    def feed(self, new_id: str, subject: Subject) -> Step:
        """Decide on a report and remember it; if it opens a case, that is `new_id`."""
        unit = self._people.unit(subject.report_id)
        reading = read(subject, self.index, self._rules)
        given = self._homes.get(unit) if unit is not None else None
        step = self._decided(subject, new_id, None if given is None else self.live(given), self._found(reading, unit))
        self._remember(step, reading, unit)
        return step

    def apart(self, one: str, other: str) -> bool:
        """Whether people keep two live cases apart."""
        return clash(self._held(one), self._held(other))

    def _found(self, reading: Reading, unit: int | None) -> Found:
        """As the ledger finds it, without the cases from which people keep the report."""
        mine = self._mine(unit)
        index = _Allowed(self.index, lambda case_id: not clash(mine, self._held(self.live(case_id))))
        return standing(find(reading, index, self._rules), self.live, self.apart)

    def _decided(self, subject: Subject, new_id: str, given: str | None, found: Found) -> Step:
        name = subject.report_id
        if given is not None:
            link, bridges, asked = self._given(given, found)
        else:
            link, bridges = found.link, [near.link for near in found.near if near.bridges]
            asked = [near.link for near in found.near]
        home = given or (link.case_id if link is not None else new_id)
        bridge = next((one for one in bridges if self._small(home, one.case_id)), None)
        if bridge is None:
            return Step(name, home, link, given is not None, None, tuple(asked))
        rest = tuple(one for one in asked if one is not bridge)
        if ids.age(bridge.case_id) > ids.age(home):
            return Step(name, home, link, given is not None, bridge, rest)
        other = link if link is not None else msgspec.structs.replace(bridge, case_id=home)
        return Step(name, bridge.case_id, bridge, given is not None, other, rest)

    def _given(self, home: str, found: Found) -> tuple[Link | None, list[Link], list[Link]]:
        """The report stands in `home` by people's word: what it is surely like besides is one matter with that case."""
        near = [one for one in found.near if one.link.case_id != home and not self.apart(home, one.link.case_id)]
        asked, bridges = [one.link for one in near], [one.link for one in near if one.bridges]
        link = found.link
        if link is None or link.case_id == home:
            return link, bridges, asked
        if not self.apart(home, link.case_id):
            asked.insert(0, link)
            if link.kind != "reference" and link.score >= self._rules.bridge:
                bridges.insert(0, link)
        return next((one.link for one in found.near if one.link.case_id == home), None), bridges, asked

    def _small(self, one: str, other: str) -> bool:
        """Whether the case that would go into the older one is small enough for one record, as the ledger asks."""
        return self._size.get(max(one, other, key=ids.age), 0) <= MOST_MOVED

    def _remember(self, step: Step, reading: Reading, unit: int | None) -> None:
        home = step.case_id
        if home in self._size:
            self.index.joined(home, reading)
        else:
            self.index.opened(home, reading)
        self.placed[step.report_id] = home
        self._size[home] = self._size.get(home, 0) + 1
        if unit is not None:
            self._homes[unit] = home
            self._hold(home, self._mine(unit))
        if step.bridge is not None:
            put_in = step.bridge.case_id
            self._leads_to[put_in] = home
            self._size[home] += self._size[put_in]
            self._hold(home, self._held(put_in))

    def _mine(self, unit: int | None) -> frozenset[int]:
        return frozenset() if unit is None else self._people.sides[unit]

    def _held(self, case_id: str) -> frozenset[int]:
        return self._sides.get(case_id, frozenset())

    def _hold(self, case_id: str, sides: frozenset[int]) -> None:
        if sides:
            self._sides[case_id] = self._held(case_id) | sides


class _Allowed:
    """A `CandidateIndex` that leaves out the cases from which people keep a report."""

    def __init__(self, index: CandidateIndex, allowed: Callable[[str], bool]) -> None:
        self._index, self._allowed = index, allowed

    def postings(self, keys: Sequence[str], limit: int) -> Sequence[Sequence[str]]:
        return self._index.postings(keys, limit)

    def profiles(self, case_ids: Sequence[str]) -> Sequence[Profile]:
        return self._index.profiles([case_id for case_id in case_ids if self._allowed(case_id)])
