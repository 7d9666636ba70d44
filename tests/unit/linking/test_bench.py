"""The contract of `python -m bench.linking`: any file of these columns, in its order, answered row for row."""

import csv
from pathlib import Path

import pytest

from bench.linking import main, milliseconds
from tests.support.linking import FILLER, LIFT, LIFT_AGAIN

COLUMNS = ["message_id", "user", "time", "title", "body", "for", "against"]


def test_answers_every_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, answer = tmp_path / "in.csv", tmp_path / "out.csv"
    stories = [LIFT, *FILLER, LIFT_AGAIN]
    with source.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number, (title, body) in enumerate(stories):
            rows.writerow([f"m{number}", f"u{number}", f"2025/1/{number + 1} 8:05:09", title, body + "\n", 0, 0])
    assert main(["--messages", str(source), "--out", str(answer)]) == 0
    with answer.open(newline="", encoding="utf-8") as file:
        found = {row["message_id"]: row["case_id"] for row in csv.DictReader(file)}
    assert list(found) == [f"m{number}" for number in range(len(stories))]
    assert found["m0"] == found[f"m{len(stories) - 1}"]
    assert len(set(found.values())) == len(stories) - 1
    assert "p99" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["2025-01-02 08:05:09", "2025/1/2 8:05:09", "2025-01-02T00:05:09Z", "2025/1/2 8:5:9"])
def test_times_are_read(text: str) -> None:
    assert milliseconds(text) == 1_735_776_309_000
