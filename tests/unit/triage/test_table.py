"""The half of the labelled table that rules are written with: at least 0.95 for each step, lane and tag."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.triage import STEPS, answer, figures, made_up, main, measured, plain, rows, shares
from bench.triage_likeness import LOTS
from wufang.adapters.profile_files import triage_rules
from wufang.domain.triage.likeness import NONE

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


# Six lots by writers who knew neither rules nor table, and that weights are learnt from: each bar is a guard against
# forgetting, and no measure.
REACHED = {
    "lot_a.csv": {"danger": 0.98, "sealed": 0.99, "lane": 0.98, "tags": 0.98},
    "lot_b.csv": {"danger": 0.98, "sealed": 0.99, "lane": 0.96, "tags": 0.98},
    "lot_c.csv": {"danger": 0.98, "sealed": 0.99, "lane": 0.97, "tags": 0.98},
    "lot_d.csv": {"danger": 0.98, "sealed": 0.99, "lane": 0.97, "tags": 0.98},
    "lot_e.csv": {"danger": 0.98, "sealed": 0.99, "lane": 0.97, "tags": 0.98},
    "lot_f.csv": {"danger": 0.975, "sealed": 0.99, "lane": 0.96, "tags": 0.98},
}
ROWS = {"lot_a.csv": 170, "lot_b.csv": 170}
ALARMS = {"danger": ("none", 0.03), "sealed": ("no", 0.03)}
# What is reached on the lot that nobody of the rules has read and no weight was learnt from (record 0405).
UNREAD = {"danger": 0.93, "sealed": 0.98, "lane": 0.91, "tags": 0.94}


@pytest.fixture(scope="module", params=REACHED)
def lot(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    return request.param, figures([answer(row, triage_rules()) for row in rows(TABLE.parent / request.param, False)])


@pytest.mark.parametrize("step", STEPS)
def test_a_lot_keeps_what_was_reached(lot: tuple[str, dict[str, Any]], step: str) -> None:
    assert lot[1]["rows"] == ROWS.get(lot[0], 200)
    assert lot[1][step]["accuracy"] >= REACHED[lot[0]][step]


@pytest.mark.parametrize("step", ALARMS)
def test_false_alarms_in_a_lot_are_few(lot: tuple[str, dict[str, Any]], step: str) -> None:
    plain, most = ALARMS[step]
    right, of = map(int, lot[1][step]["by_label"][plain].split("/"))
    assert of > 70
    assert (of - right) / of <= most


def test_no_danger_of_a_lot_waits_for_conduct(lot: tuple[str, dict[str, Any]]) -> None:
    if lot[0] in ROWS:
        assert lot[1]["danger_with_conduct"]["rows"] > 0
    assert lot[1]["danger_with_conduct"]["delayed"] == []


def test_on_a_lot_not_learnt_from_it_does_what_was_measured() -> None:
    """The one measure here."""
    assert "lot_p.csv" not in LOTS
    rules, lot_p = triage_rules(), rows(TABLE.parent / "lot_p.csv", False)
    part = figures([answer(row, rules) for row in lot_p])
    assert {step: part[step]["accuracy"] >= bar for step, bar in UNREAD.items()} == dict.fromkeys(UNREAD, True)
    before = figures([answer(row, msgspec.structs.replace(rules, likeness=NONE)) for row in lot_p])
    assert all(part[step]["accuracy"] > before[step]["accuracy"] for step in STEPS)


def test_of_the_corpus_nearly_none_is_sealed() -> None:
    """The load's corpus tells of no conduct; these are of another seed than those learnt from."""
    steps = shares(made_up(500), triage_rules())["steps"]
    assert sum(steps.values()) == 500 * len(STEPS)
    assert 500 - steps["sealed no"] <= 2
    assert 500 - steps["danger none"] <= 10


def test_long_plain_letters_nobody_learnt_from_are_seldom_sealed() -> None:
    part = figures([answer(row, triage_rules()) for row in rows(TABLE.parent / "lot_h.csv", False)])
    found = {label: tuple(map(int, told.split("/"))) for label, told in part["sealed"]["by_label"].items()}
    assert found["no"][1] - found["no"][0] <= 9
    assert found["yes"][0] + found["up"][0] >= 9


def test_shares_say_by_which_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "made.csv"
    file.write_text("title,body\n来信,所长收了厂里的红包。\n路灯,路灯坏了一盏\n", "utf-8")
    assert main(["--plain", str(file)]) == 0
    told = capsys.readouterr().out
    assert "2 reports" in told
    assert "sealed yes 1 (50.0%)" in told
    assert "sealed by: conduct-money 1 (50.0%)" in told
    assert [row.matter.title for row in plain(file)] == ["来信", "路灯"]
