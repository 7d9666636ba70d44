"""Words on a terminal: highlights, channels, times."""

from wufang.cli import words
from wufang.cli.search import hits_of, title_of


def test_marks_become_styles_and_nothing_is_markup() -> None:
    text = words.marked("&lt;b&gt;[red]水管<mark>爆裂</mark>，<mark>停水</mark>&amp;")
    assert text.plain == "<b>[red]水管爆裂，停水&"
    assert [text.plain[span.start : span.end] for span in text.spans if span.style == words.HIT] == ["爆裂", "停水"]


def test_brackets_where_there_are_no_styles() -> None:
    assert words.marked("水管<mark>爆裂</mark>", brackets=True).plain == "水管【爆裂】"


def test_channels_in_chinese() -> None:
    assert words.channel_counts({"hotline": 3, "grid": 1}).plain == "热线3 网格1"


def test_times_are_shanghais() -> None:
    assert words.moment("2025-11-18T22:30:00.000Z") == "2025-11-19 06:30"


def test_hits_come_from_the_case_or_its_best_report() -> None:
    case = {"title": "停水", "highlight": {}, "best_report": {"highlight": {"text": ["今早<mark>停水</mark>"]}}}
    assert title_of(case).plain == "停水"
    assert [hit.plain for hit in hits_of(case)] == ["…今早【停水】"]


def test_a_time_no_calendar_has_here_is_the_last_one() -> None:
    assert words.moment("9999-12-31T23:59:59Z") == "9999-12-31 23:59"
