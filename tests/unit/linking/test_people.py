"""What people said of which reports are one matter: the last word on a pair counts, whatever was said before."""

import itertools
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from wufang.domain.linking.people import NOBODY, People, Said, clash

Words = dict[frozenset[str], str]


class Town:
    """Cases as sets of reports, what people do to them, and the last word of each pair."""

    def __init__(self, cases: int, reports: int) -> None:
        names = iter(range(cases * reports))
        self.cases = {f"c{case}": {f"r{next(names)}" for _ in range(reports)} for case in range(cases)}
        self.put: dict[str, tuple[str, set[str]]] = {}  # case: the one it was put into, and its reports then
        self.said, self.word = Said(), Words()

    def merge(self, one: str, other: str) -> None:
        some, others = self.cases[one], self.cases.pop(other)
        self._together(some, others)
        self.put[other] = (one, set(others))
        self.cases[one] = some | others
        self.said.merged(other, self.cases[one])

    def restore(self, case: str) -> None:
        holder, reports = self.put.pop(case)
        held = self.cases.get(holder, set())
        leaving = reports & held
        if leaving and held - leaving:
            self._apart(leaving, held - leaving)
            self.cases[holder], self.cases[case] = held - leaving, leaving
            self.said.restored(case, leaving, held - leaving)

    def move(self, reports: set[str], source: str, to: str) -> None:
        left = self.cases[source] - reports
        beside = self.cases.setdefault(to, set())
        self._apart(reports, left)
        self._together(reports, beside)
        self.said.moved(reports, left, beside)
        self.cases[source], self.cases[to] = left, beside | reports

    def keep_apart(self, one: str, other: str) -> None:
        self._apart(self.cases[one], self.cases[other])
        self.said.kept_apart(self.cases[one], self.cases[other])

    def keep_together(self, reports: set[str]) -> None:
        self._together(reports, reports)
        self.said.kept_together(reports)

    def bridge(self, one: str, other: str) -> None:
        """The machine's doing: nobody said anything, and what people keep apart it leaves so."""
        if any(
            self.word.get(frozenset(pair)) == "apart" for pair in itertools.product(self.cases[one], self.cases[other])
        ):
            return
        self.cases[one] |= self.cases.pop(other)

    def _together(self, some: set[str], others: set[str]) -> None:
        for pair in map(frozenset, itertools.combinations(some | others, 2)):
            if self.word.get(pair) == "apart":
                del self.word[pair]
        self.word |= {frozenset((a, b)): "together" for a, b in itertools.product(some, others) if a != b}

    def _apart(self, some: set[str], others: set[str]) -> None:
        self.word |= {frozenset(pair): "apart" for pair in itertools.product(some, others)}


def one_unit(people: People, pair: Iterable[str]) -> bool:
    return len({people.unit(name) for name in pair} | {None}) == 2


def kept_apart(people: People, pair: Iterable[str]) -> bool:
    one, other = (frozenset() if (unit := people.unit(name)) is None else people.sides[unit] for name in pair)
    return clash(one, other)


steps = st.lists(
    st.tuples(
        st.sampled_from("merge restore move keep_apart keep_together bridge".split()),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(steps)
def test_the_last_word_on_a_pair_counts_and_nothing_contradicts_itself(drawn: list[tuple[str, int, int]]) -> None:
    town = Town(cases=5, reports=3)
    for number, (what, one, other) in enumerate(drawn):
        act(town, number, what, one, other)
    people = town.said.people()
    for pair, said in town.word.items():
        assert (one_unit(people, pair), kept_apart(people, pair)) == (said == "together", said == "apart")
    for sides in people.sides:
        assert not clash(sides, sides), "a unit kept apart from itself"


def act(town: Town, number: int, what: str, one: int, other: int) -> None:
    names = sorted(town.cases)
    first, second = names[one % len(names)], names[other % len(names)]
    if what == "restore" and town.put:
        town.restore(sorted(town.put)[one % len(town.put)])
    elif what == "move" and len(town.cases[first]) > 1:
        moved = set(sorted(town.cases[first])[: 1 + other % (len(town.cases[first]) - 1)])
        town.move(moved, first, f"n{number}" if first == second else second)
    elif what == "keep_together":
        town.keep_together(set(sorted(town.cases[first])[: 2 + other % 3]))
    elif first != second and what in ("merge", "keep_apart", "bridge"):
        {"merge": town.merge, "keep_apart": town.keep_apart, "bridge": town.bridge}[what](first, second)


def test_a_merge_taken_back_leaves_no_tie_of_its_own() -> None:
    said = Said()
    said.merged("b", ("a1", "a2", "b1", "b2"))
    assert one_unit(said.people(), ("a1", "a2"))
    said.restored("b", ("b1", "b2"), ("a1", "a2"))
    people = said.people()
    assert kept_apart(people, ("a1", "b1"))
    assert not one_unit(people, ("a1", "a2"))
    assert not one_unit(people, ("b1", "b2"))


def test_a_report_moved_out_of_merged_cases_leaves_the_rest_together() -> None:
    said = Said()
    said.merged("b", ("a1", "a2", "b1"))
    said.moved(("a1",), ("a2", "b1"), ())
    assert one_unit(said.people(), ("a2", "b1"))
    assert not one_unit(said.people(), ("a1", "a2"))


def test_of_whom_nobody_said_anything_there_is_no_unit() -> None:
    assert NOBODY.unit("r1") is None
    assert Said().people() == NOBODY
