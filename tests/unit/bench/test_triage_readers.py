"""Agreement of readers is counted row by row, and of the same rows only."""

import pytest

from bench.triage_readers import FOLDER, agreement, most, readers


def labelled(**lanes: str) -> dict[str, dict[str, str]]:
    return {row: {"danger": "none", "sealed": "no", "lane": lane, "tags": ""} for row, lane in lanes.items()}


OWN = labelled(a="urgent", b="ordinary", c="urgent")
ONE = labelled(a="urgent", b="urgent", c="ordinary")
TWO = labelled(a="dedicated", b="urgent", c="dedicated")


def test_agreement_is_the_share_of_rows_with_the_same_label() -> None:
    assert agreement(OWN, ONE, "lane") == pytest.approx(1 / 3)
    assert agreement(OWN, ONE, "danger") == 1
    with pytest.raises(ValueError, match="different rows"):
        agreement(OWN, labelled(a="urgent"), "lane")


def test_most_readers_decide_and_the_first_where_all_differ() -> None:
    assert {row: one["lane"] for row, one in most([OWN, ONE, TWO]).items()} == {
        "a": "urgent",
        "b": "urgent",
        "c": "urgent",
    }


def test_two_readers_labelled_every_row_of_the_held_tables() -> None:
    found = readers(FOLDER / "readers.csv")
    assert {table: sorted(others) for table, others in found.items()} == {"held": ["A", "B"], "lot_p": ["A", "B"]}
    assert {len(labels) for labels in found["held"].values()} == {160}
    assert {len(labels) for labels in found["lot_p"].values()} == {300}
