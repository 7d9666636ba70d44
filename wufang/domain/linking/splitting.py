"""Whether a case has come apart into two matters: pure, for a person to decide; it never parts anything itself.

Every two of a case's reports are compared as the linker compares a report with a case of one report. Those that are
alike enough, that quote each other's number, that repeat a post, or that a person put together hang together. Where
two groups of two or more do not hang together, or only by one report that is like both, and are on the average far
from being one matter, the case has come apart. That the same person wrote both, and the time between them, count for
nothing.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import combinations
from typing import Annotated

import msgspec

from wufang.domain.linking.compare import Evidence, Likeness, likeness, odds
from wufang.domain.linking.evidence import Reason
from wufang.domain.linking.places import alike, conflict, named
from wufang.domain.linking.profile import PLACES_KEPT, Profile, profile_opened
from wufang.domain.linking.reading import Reading
from wufang.domain.linking.rules import RULES, Rules
from wufang.domain.text import is_known

PLACES_TOLD, WORDS_TOLD = 3, 6
ALWAYS = 1_000_000  # days
DAY = 86_400_000  # milliseconds


class SplitRules(msgspec.Struct, frozen=True):
    """Chosen on half 0 of the city's file, see docs/decisions/0414; the linker's own numbers are in `linking`.

    Counts, but `inside`, a probability, and `average`, log odds.
    """

    version: str = "split-2"
    # At most so many reports are read again: 0.4 ms each, and 496 pairs of 32.
    first: int = 16
    latest: int = 16
    least: int = 4
    least_side: int = 2
    # Two reports this likely of one matter hang together. Of half 0's 119 made mixes 0.3 and 0.4 part 103 rightly and
    # none and one wrongly, 0.7 98 and three.
    inside: float = 0.3
    # The mean log odds between the sides must be no more (about 5 %); a pair whose places conflict counts as `against`.
    # With -2 one true matter of half 0's 14 more is parted wrongly, with -4 four mixes less are found.
    average: float = -3.0
    against: float = -6.0
    # One report that is like both sides is what joins two matters in a case: without leaving it out no mix is found.
    left_out: int = 1
    # Reports of both sides that name one place within so many days are one occasion's: a burst main brings word of the
    # flood, of dry taps and of spoilt dinners, which share few words.
    occasion_days: int = 2
    # A word is quoted if the dictionary has it and more than about seven reports of a thousand do: no name of a person.
    rarest_quoted: float = 4.0
    linking: Rules = msgspec.structs.replace(RULES, window_days=ALWAYS, reporter=0.0, days=0.0)


SPLIT_RULES = SplitRules()


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One group's reports, the places their titles name, and words for what happened that more than one of them has."""

    reports: tuple[str, ...]
    places: tuple[str, ...]
    words: tuple[str, ...]


class Split(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """疑似两个事项: the first of the two sides is who stays.

    `score` is how likely the likest two reports of different sides are one matter (0..1, four digits).
    """

    sides: Annotated[tuple[Side, ...], msgspec.Meta(min_length=2, max_length=2)]
    score: float
    reasons: tuple[Reason, ...]
    rules: str


class Told(msgspec.Struct, frozen=True):
    """A report of the case, in the order they came: how it reads now and what a person tied it to.

    Those with an equal tie are one matter by a person's word; `referred`: it came to the case by a number.
    """

    report_id: str
    reading: Reading
    ties: tuple[int, ...] = ()
    referred: bool = False


class Pair(msgspec.Struct, frozen=True):
    """How alike two reports are, and whether the places they name contradict each other."""

    odds: float
    found: Likeness
    conflict: bool


Pairs = dict[tuple[int, int], Pair]
Group = list[int]  # reports by their number


def due(before: int, after: int, rules: SplitRules = SPLIT_RULES) -> bool:
    """Whether a case that grows from so many reports to so many passes 4, 8, 16, 32 ..."""
    return after >= rules.least and after.bit_length() > before.bit_length()


def new_place(reading: Reading, profile: Profile) -> bool:
    """Whether the title names a place that no title of the case did; of the first places only, so not often."""
    mine, known = named(reading.titled), named(profile.titled)
    if not mine or not known or len(profile.titled) >= PLACES_KEPT:
        return False
    return not any(alike(one, other) for one in mine for other in known)


def holds(split: Split, members: Collection[str], ties: Callable[[str], Iterable[int]]) -> bool:
    """Whether a suggestion still stands: all its reports are in the case, no word of a person ties the two sides."""
    one, other = (side.reports for side in split.sides)
    if not all(report_id in members for report_id in (*one, *other)):
        return False
    orders = _Groups()
    for report_id in sorted(members):
        orders.unite(ties(report_id))
    mine, theirs = ({orders.first(tie) for name in names for tie in ties(name)} for names in (one, other))
    return mine.isdisjoint(theirs)


def same(one: Split | None, other: Split | None) -> bool:
    """Whether two suggestions, or none, part the same reports."""
    if one is None or other is None:
        return one is other
    return [frozenset(side.reports) for side in one.sides] == [frozenset(side.reports) for side in other.sides]


def come_apart(told: Sequence[Told], rules: SplitRules = SPLIT_RULES) -> Split | None:
    """The two matters a case's reports tell of, as far as these show; None where they are one or nobody can say."""
    if len(told) < rules.least:
        return None
    pairs, groups = compared(told, rules), _Graph(len(told))
    tied = _tie(told, groups)
    for (one, other), pair in pairs.items():
        if not pair.conflict and _probability(pair.odds) >= rules.inside:
            groups.edge(one, other)
    parted = _parted(groups.groups(()), pairs, rules)
    without: int | None = None
    if parted is None and rules.left_out:
        for loose in (number for number in range(len(told)) if number not in tied):
            found = _parted(groups.groups((loose,)), pairs, rules)
            if found is not None and (parted is None or found[0] < parted[0]):
                parted, without = found, loose
    if parted is None or _one_occasion([told[number] for number in (*parted[1], *parted[2])], len(parted[1]), rules):
        return None
    return _split(told, pairs, parted, without, rules)


def compared(told: Sequence[Told], rules: SplitRules) -> Pairs:
    """Every two reports; the one that came later as the report, the other as the case."""
    evidence = [Evidence(one.reading) for one in told]
    profiles = [profile_opened(one.report_id, one.reading) for one in told]
    pairs: Pairs = {}
    for one, other in combinations(range(len(told)), 2):
        reading, profile = told[other].reading, profiles[one]
        found = likeness(reading, profile, evidence[other], rules.linking, -math.inf)
        if found is not None:
            pairs[one, other] = Pair(odds(found, rules.linking), found, conflict(reading, profile))
    return pairs


def _one_occasion(told: Sequence[Told], first: int, rules: SplitRules) -> bool:
    """Whether two sides, of which the first has so many of the reports, tell of one place within a few days."""
    times = [one.reading.occurred_at for one in told]
    if max(times) - min(times) > rules.occasion_days * DAY:
        return False
    mine, theirs = (
        {name for one in side for name in named(one.reading.titled)} for side in (told[:first], told[first:])
    )
    return any(alike(one, other) for one in sorted(mine) for other in sorted(theirs))


def _tie(told: Sequence[Told], groups: "_Graph") -> set[int]:
    """Tie what people, numbers and reposts hold together; the reports that are held so.

    What came by a number of a report that is not among these is held by the first.
    """
    tied: set[int] = set()
    for one, other in combinations(range(len(told)), 2):
        if _held(told[one], told[other]):
            groups.edge(one, other)
            tied |= {one, other}
    for number, report in enumerate(told):
        if report.referred and number not in tied:
            groups.edge(0, number)
            tied |= {0, number}
    return tied


def _held(one: Told, other: Told) -> bool:
    mine, theirs = one.reading, other.reading
    if not set(one.ties).isdisjoint(other.ties) or (mine.core and mine.core == theirs.core):
        return True
    return not set(mine.references).isdisjoint(theirs.numbers) or not set(theirs.references).isdisjoint(mine.numbers)


class _Groups:
    """What hangs together for good."""

    def __init__(self) -> None:
        self._leader: dict[int, int] = {}

    def first(self, number: int) -> int:
        """The least of what the number hangs together with."""
        leader = self._leader
        leader.setdefault(number, number)
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    def unite(self, numbers: Iterable[int]) -> None:
        """These hang together."""
        some = sorted(self.first(number) for number in numbers)
        for number in some[1:]:
            self._leader[self.first(number)] = self.first(some[0])


class _Graph:
    """Reports by their number and which hang together, to be followed again without some: sets are bits of a number."""

    def __init__(self, count: int) -> None:
        self._beside = [0] * count  # those each hangs together with

    def edge(self, one: int, other: int) -> None:
        """These two hang together."""
        self._beside[one] |= 1 << other
        self._beside[other] |= 1 << one

    def groups(self, without: Collection[int]) -> list[Group]:
        """What hangs together without some, in order."""
        left, found = sum(1 << number for number in range(len(self._beside)) if number not in without), []
        while left:
            group = self._around(left & -left, left)
            left ^= group
            found.append([number for number in range(group.bit_length()) if group >> number & 1])
        return found

    def _around(self, group: int, among: int) -> int:
        """All that hang together with one, of some."""
        edge = group
        while edge:
            number = edge.bit_length() - 1
            new = self._beside[number] & among & ~group
            group |= new
            edge = edge ^ 1 << number | new
        return group


def _parted(groups: Sequence[Group], pairs: Pairs, rules: SplitRules) -> tuple[float, Group, Group] | None:
    """The group that is farthest from the others, who are with it, and the mean log odds between; None: none is far."""
    large = [group for group in groups if len(group) >= rules.least_side]
    if len(large) < 2:
        return None
    found = []
    for group in large:
        others = sorted(number for other in large if other is not group for number in other)
        between = [_between(pairs[min(one, other), max(one, other)], rules) for one in group for other in others]
        found.append((math.fsum(between) / len(between), group, others))
    farthest = min(found, key=lambda one: one[0])
    return farthest if farthest[0] <= rules.average else None


def _between(pair: Pair, rules: SplitRules) -> float:
    return rules.against if pair.conflict else min(max(pair.odds, rules.against), -rules.against)


def _split(
    told: Sequence[Told], pairs: Pairs, parted: tuple[float, Group, Group], without: int | None, rules: SplitRules
) -> Split:
    average, group, others = parted
    stays, leaves = (group, others) if _stays(group, others) else (others, group)
    across = [pairs[min(one, other), max(one, other)] for one in stays for other in leaves]
    score = max(_probability(_between(pair, rules)) for pair in across)
    reasons = [
        Reason("average", round(_probability(average), 4), f"两组之间属同一事项的把握平均 {_probability(average):.0%}"),
        Reason("best", round(score, 4), f"最相像的两件为 {score:.0%}；组内相连的每两件不低于 {rules.inside:.0%}"),
        *_features(across),
    ]
    if without is not None:
        reasons.append(Reason("left_out", 1.0, "另有一件两边都像，未计入任何一组"))
    sides = (_side([told[number] for number in stays], rules), _side([told[number] for number in leaves], rules))
    return Split(sides, round(score, 4), tuple(reasons), rules.version)


def _stays(group: Group, others: Group) -> bool:
    """Whether the group stays: it has the case's first report, or else it is the larger one."""
    if group[0] == 0 or others[0] == 0:
        return group[0] == 0
    return len(group) >= len(others)


def _features(across: Sequence[Pair]) -> list[Reason]:
    count = len(across)
    title = math.fsum(pair.found.title for pair in across) / count
    problem = math.fsum(pair.found.problem for pair in across) / count
    contradict = sum(pair.conflict for pair in across) / count
    found = [
        Reason("title", round(title, 4), f"两组标题相似度平均 {title:.0%}"),
        Reason("problem", round(problem, 4), f"两组所述问题相似度平均 {problem:.0%}"),
    ]
    if contradict:
        found.append(Reason("conflict", round(contradict, 4), f"标题所指地点互不相同的占 {contradict:.0%}"))
    return found


def _side(reports: Sequence[Told], rules: SplitRules) -> Side:
    places = Counter(name for one in reports for name in dict.fromkeys(named(one.reading.titled)))
    words = Counter(word for one in reports for word in one.reading.what if _quotable(word, one.reading, rules))
    shared = [(-count, word) for word, count in words.items() if count > 1]
    return Side(
        tuple(one.report_id for one in reports),
        tuple(name for name, _ in places.most_common(PLACES_TOLD)),
        tuple(word for _, word in sorted(shared)[:WORDS_TOLD]),
    )


def _quotable(word: str, reading: Reading, rules: SplitRules) -> bool:
    return len(word) > 1 and 0 < reading.rarity[word] <= rules.rarest_quoted and is_known(word)


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
