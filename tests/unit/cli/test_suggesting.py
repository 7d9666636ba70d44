"""Suggestions on a terminal: every answer is one line that a shell takes as it stands."""

from typing import Any

import pytest
from typer.testing import CliRunner

from wufang.cli import app, people_api

runner = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"})
CASE = "990101-1-0"
IDS = [f"{place:064x}" for place in range(5)]
NUMBERS = ["RX-1", "RX-2", "RX-2", "--json", "$(rm x)"]


def a_side(*places: int) -> dict[str, Any]:
    reports = [{"report_id": IDS[place], "number": NUMBERS[place], "title": f"[red]第{place}件"} for place in places]
    return {"places": ["[b]槐荫"], "words": ["停水"], "reports": reports}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    split = {
        "case": {"case_id": CASE, "title": "[i]停水"},
        "sides": [a_side(0, 1), a_side(2, 3, 4)],
        "reasons": [{"detail": "两组标题相似度平均 1%"}],
        "move": {"reports": IDS[2:]},
        "keep_together": {"reports": IDS},
    }
    monkeypatch.setattr(people_api, "get", lambda *_: {"splits": [split], "next": None})
    return runner.invoke(app, ["suggestions", "--split"]).stdout.splitlines()


def test_reports_are_named_by_number_where_a_number_is_plain_and_one_reports_alone(told: list[str]) -> None:
    *_, two, one = told
    assert two == f"是两个：wufang move {CASE} {' '.join(IDS[2:])} --reason …"
    assert one == f"确为一事：wufang keep-together {CASE} RX-1 {' '.join(IDS[1:])} --reason …"


def test_words_of_reports_are_shown_as_they_are(told: list[str]) -> None:
    shown = "\n".join(told)
    assert "RX-1 [red]第0件" in shown
    assert "[b]槐荫" in shown
    assert "[i]停水" in shown
