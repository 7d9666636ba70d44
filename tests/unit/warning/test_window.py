"""What a case comes to in a window: people once, nobody known once a channel and day, the window before beside it."""

from wufang.domain.shanghai import DAY_MS, day_of, day_start
from wufang.domain.warning import About, CaseFigures, Sighting
from wufang.domain.warning.window import Told, Window, figures, told

CASE, LAST = "990101-1-0", 20_000
WEEK = Window(LAST, 7)
PLACE = "road:望江路"


def seen(day: int, who: str | None, channel: str = "hotline", place: str | None = None) -> Told:
    at = day_start(day) + DAY_MS // 2
    assert WEEK.holds(day)
    return told(Sighting(About("matter", CASE), f"{day}{who}{channel}", CASE, channel, at, at, who), place, WEEK)


def test_people_count_once_and_so_do_those_nobody_knows_a_channel_and_day() -> None:
    rows = [
        seen(LAST, "a"),
        seen(LAST - 1, "a", "petition"),
        seen(LAST, "b", place=PLACE),
        seen(LAST, None, "sentiment", PLACE),
        seen(LAST, None, "sentiment"),
        seen(LAST, None, "grid"),
        seen(LAST - 6, "c"),
    ]
    channels = ("grid", "hotline", "petition", "sentiment")
    expected = CaseFigures(CASE, "积水", 5, 0, 7, channels, "市政", (PLACE,), (PLACE,))
    assert figures(CASE, "积水", "市政", rows) == expected


def test_rows_that_hold_several_reports_count_as_those_would() -> None:
    """As an index counts them: by person, channel and place."""
    rows = [Told(1, "hotline", None, 3, 2), Told(1, "grid", PLACE, 0, 1), Told(2, "hotline", None, 0, 4)]
    found = figures(CASE, "积水", None, rows)
    assert (found.people, found.before, found.reports, found.channels, found.places) == (1, 2, 3, ("hotline",), ())


def test_the_window_ends_with_its_last_day_and_the_one_before_is_as_long() -> None:
    held = [day for day in range(LAST - 20, LAST + 5) if WEEK.holds(day)]
    assert (held[0], held[-1]) == (LAST - 13, LAST)
    rows = [seen(LAST - 7, "a"), seen(LAST - 13, "b"), seen(LAST - 6, "d")]
    found = figures(CASE, "积水", None, rows)
    assert (found.people, found.before, found.reports) == (1, 2, 1)
    before, since, until = WEEK.bounds
    assert [day_of(at) for at in (before, since - 1, since, until - 1)] == [LAST - 13, LAST - 7, LAST - 6, LAST]


def test_a_case_that_went_quiet_keeps_the_places_it_had() -> None:
    found = figures(CASE, "积水", "市政", [seen(LAST - 9, "a", place=PLACE)])
    assert (found.people, found.before, found.places) == (0, 1, (PLACE,))


def test_a_place_is_shared_where_two_different_people_told_of_it_in_the_window() -> None:
    one = [seen(LAST, "a", place=PLACE), seen(LAST - 1, "a", "petition", PLACE), seen(LAST, "b")]
    assert (figures(CASE, "积水", None, one).places, figures(CASE, "积水", None, one).shared) == ((PLACE,), ())
    before = [*one, seen(LAST - 8, "b", place=PLACE)]
    assert figures(CASE, "积水", None, before).shared == ()
    assert figures(CASE, "积水", None, [*one, seen(LAST - 6, "c", place=PLACE)]).shared == (PLACE,)
