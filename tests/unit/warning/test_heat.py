"""The hot-topic report."""

from hypothesis import given
from hypothesis import strategies as st

from wufang.domain.warning import CaseFigures, hot_topics
from wufang.domain.warning.heat import UNKNOWN, HotTopics, heat

WATER = CaseFigures("990101-1-0", "停水", 6, 2, 9, ("grid", "hotline", "petition"), "0101", ("青杉里",), ("青杉里",))
LIGHT = CaseFigures(
    "990101-2-0", "路灯不亮", 3, 5, 3, ("hotline",), "0102", ("望槐路", "青杉里", "青杉里"), ("望槐路",)
)
QUIET = CaseFigures("990101-3-0", "去年的事", 0, 4, 0, (), "0102", ("望槐路",))


def test_heat_is_what_its_formula_says() -> None:
    assert heat(WATER) == 10 * 6 + 10 * 4 + 5 * 2 + 3
    assert heat(LIGHT) == 30
    assert heat(QUIET) == 0


def test_one_who_tells_a_hundred_times_is_worth_two() -> None:
    assert heat(CaseFigures("c", "", 1, 1, 100, ("grid",))) == 11


def test_lists() -> None:
    report = hot_topics([QUIET, LIGHT, WATER])
    assert [(hot.title, hot.growth) for hot in report.top] == [("停水", 4), ("路灯不亮", -2)]
    assert [(share.name, share.cases, share.people, share.before) for share in report.places] == [
        ("青杉里", 2, 9, 7),
        ("望槐路", 1, 3, 9),
    ]
    assert [share.name for share in report.categories] == ["0101", "0102"]
    assert hot_topics([CaseFigures("c", "", 1, 0, 1, ("grid",))]).categories[0].name == UNKNOWN
    assert len(hot_topics([LIGHT, WATER], most=1).top) == 1


def test_a_place_that_no_two_people_of_a_case_told_of_is_not_listed() -> None:
    """A name read as a place: three matters tell of it, each by one person, who may be the same."""
    alone = [CaseFigures(f"990101-{number}-0", "吵闹", 1, 0, 1, ("hotline",), None, ("王家院",)) for number in range(3)]
    report = hot_topics([WATER, *alone])
    assert [(share.name, share.cases) for share in report.places] == [("青杉里", 1)]
    assert [share.people for share in report.categories] == [6, 3]
    assert "至少有2位不同来件人" in HotTopics((), (), ()).formula


@given(
    st.permutations(
        [WATER, LIGHT, QUIET, CaseFigures("990101-0-0", "同热", 6, 2, 9, ("grid", "hotline", "petition"), "0100")]
    )
)
def test_order_does_not_matter(cases: list[CaseFigures]) -> None:
    assert hot_topics(cases) == hot_topics(sorted(cases, key=lambda case: case.case_id))
