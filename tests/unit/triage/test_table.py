"""The half of the labelled table that rules are written with: at least 0.95 for each step, lane and tag."""

from pathlib import Path
from typing import Any

import pytest

from bench.triage import STEPS, figures, main, measured, rows
from wufang.adapters.profile_files import triage_rules

TABLE = Path(__file__).parents[2] / "data" / "triage" / "dev.csv"
BAR = 0.95
PARTS = ("with_category_and_accused", "without")


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    return measured(TABLE, triage_rules())


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("what", [*STEPS, "lane_urgent", "lane_dedicated", "lane_ordinary", "tag_study", "tag_joint"])
def test_each_step_lane_and_tag_is_right_often_enough(result: dict[str, Any], part: str, what: str) -> None:
    assert result[part][what]["accuracy"] >= BAR


@pytest.mark.parametrize("part", PARTS)
def test_nothing_a_reader_sealed_is_left(result: dict[str, Any], part: str) -> None:
    assert (result[part]["conduct_signs_left"], result[part]["conduct_shown"]) == (0, [])


@pytest.mark.parametrize("part", PARTS)
def test_no_danger_waits_for_conduct(result: dict[str, Any], part: str) -> None:
    assert result[part]["danger_with_conduct"]["rows"] > 0
    assert result[part]["danger_with_conduct"]["delayed"] == []


def test_the_table_has_every_label(result: dict[str, Any]) -> None:
    assert len(rows(TABLE)) == 160
    assert set(result["without"]["sealed"]["by_label"]) == {"no", "up", "yes"}


def test_figures_say_what_was_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = TABLE.read_text("utf-8").splitlines()
    made = tmp_path / "made.csv"
    made.write_text(f"{lines[0]}\nM1,grid,东街,路灯坏了一盏,,,119,yes,urgent,study,路灯坏了一盏,\n", "utf-8")
    out = tmp_path / "out.json"
    assert main(["--table", str(made), "--json", str(out)]) == 0
    assert "M1 danger: 119 -> none" in capsys.readouterr().out
    part = measured(made, triage_rules())["without"]
    assert [one["step"] for one in part["missed"]] == list(STEPS)
    assert (part["conduct_signs_left"], part["conduct_shown"]) == (len("路灯坏了一盏"), ["M1"])
    assert part["danger_with_conduct"] == {"rows": 1, "delayed": ["M1"]}
    assert figures([])["rows"] == 0
