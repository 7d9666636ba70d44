"""What a case comes to in a window: people once, nobody known once a channel and day, the window before beside it."""

from wufang.domain.warning import About, CaseFigures, Sighting
from wufang.domain.warning.sighting import DAY_MS, day_start
from wufang.domain.warning.window import figures

CASE, LAST = "990101-1-0", 20_000
PLACE = About("place", "road:望江路")


def seen(
    day: int, who: str | None, channel: str = "hotline", place: About | None = None
) -> tuple[Sighting, About | None]:
    at = day_start(day) + DAY_MS // 2
    return Sighting(About("matter", CASE), f"{day}{who}{channel}", CASE, channel, at, at, who), place


def test_people_count_once_and_so_do_those_nobody_knows_a_channel_and_day() -> None:
    told = [
        seen(LAST, "a"),
        seen(LAST - 1, "a", "petition"),
        seen(LAST, "b", place=PLACE),
        seen(LAST, None, "sentiment", PLACE),
        seen(LAST, None, "sentiment"),
        seen(LAST, None, "grid"),
        seen(LAST - 6, "c"),
    ]
    expected = CaseFigures(CASE, "积水", 5, 0, 7, 4, "市政", ("road:望江路",))
    assert figures(CASE, "积水", "市政", told, LAST, 7) == expected


def test_the_window_ends_with_its_last_day_and_the_one_before_is_as_long() -> None:
    told = [seen(LAST + 1, "z"), seen(LAST - 7, "a"), seen(LAST - 13, "b"), seen(LAST - 14, "c"), seen(LAST - 6, "d")]
    found = figures(CASE, "积水", None, told, LAST, 7)
    assert (found.people, found.before, found.reports) == (1, 2, 1)
