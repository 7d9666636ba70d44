"""The contract of `python -m bench.bursts`: any file of these columns; and the made-up series are what they say."""

import csv
import json
import random
from pathlib import Path
from statistics import fmean

import pytest

from bench import seasons
from bench.bursts import main
from bench.series import FACTORS, YEAR, calm, ears, farrington, found, made, ours, warnings
from tests.support.linking import FILLER, LIFT
from wufang.domain.warning.season import above_season, season_ahead

COLUMNS = ["message_id", "user", "time", "title", "body", "for", "against"]


def test_a_burst_in_a_file_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, answer = tmp_path / "in.csv", tmp_path / "out.json"
    stories = [*FILLER, *[LIFT] * 5]
    with source.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number, (title, body) in enumerate(stories):
            rows.writerow([f"m{number}", f"u{number}", f"2025/1/{number + 1} 8:05:09", title, body, 0, 0])
    assert main(["--messages", str(source), "--out", str(answer)]) == 0
    result = json.loads(answer.read_text(encoding="utf-8"))
    [warning] = result["warnings"]
    first = len(FILLER)
    assert warning["members"] == [f"m{number}" for number in range(first, first + 4)]
    assert warning["time"] == f"2025-01-{first + 4:02}T08:05:09+08:00"
    assert warning["seen"] == 4
    assert warning["expected"] < 2
    assert warning["came_true"] is None
    assert (result["matters_warned_of"], result["places_warned_of"]) == (1, 0)
    assert "不同来件人" in capsys.readouterr().out


def test_series_have_the_rate_they_say_and_rise_when_told() -> None:
    counts = made(random.Random(1), 5.0, 4 * YEAR, wavering=True)
    assert fmean(counts) == pytest.approx(5.0 * fmean(FACTORS[: 4 * YEAR]), rel=0.03)
    risen = made(random.Random(1), 5.0, 4 * YEAR, wavering=False, rise=3.0, at=2 * YEAR)
    assert fmean(risen[2 * YEAR :]) / fmean(risen[: 2 * YEAR]) == pytest.approx(3.0, rel=0.05)


@pytest.mark.parametrize(
    "alarm", [ours(), ears("C1", 3), ears("C2", 3), ears("C3", 2), farrington(3.7), farrington(3.7, 7)]
)
def test_every_method_sees_what_nobody_can_miss(alarm: object) -> None:
    counts = [2, 1, 3, 2, 2, 1, 2] * 20
    assert callable(alarm)
    assert not alarm(counts, 139)
    assert alarm([*counts[:139], 40], 139)


def test_warnings_wait_until_it_is_quiet() -> None:
    counts = [0] * 100
    for day in (10, 20, 40, 80):
        counts[day] = 9
    assert warnings(counts, lambda told, today: told[today] > 5, 0) == [10, 80]


def test_the_bars_hold_on_a_few_series() -> None:
    """The whole table is `make bench-bursts`; this is a part of it that fits into a test."""
    assert calm(ours(), 2.0, wavering=True, series=2, years=3, seed=1).worst <= 1
    soon = found(ours(), 2.0, 5.0, wavering=True, runs=10, seed=1)
    assert soon.median is not None
    assert soon.median <= 7


def test_seasons_that_come_are_told_of_before_and_quiet_years_bring_few() -> None:
    """The whole table is `python -m bench.seasons`."""
    assert seasons.calm(2.0, 3, season_ahead)["worst_series"] <= 1
    assert seasons.calm(2.0, 3, above_season)["worst_series"] <= 1
    came = seasons.ahead(2.0, 3.0, 3)
    assert came["told_before"] >= 0.75
    assert came["weeks_before"] >= 1
