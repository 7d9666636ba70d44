"""The measures themselves: right on cases small enough to count by hand."""

import csv
from pathlib import Path

import pytest

from bench.linking_channels import CHANNELS, by_channels, channel_of, cut, cut_to
from bench.linking_cost import measure
from bench.linking_labels import Labels, bcubed, figures, half, pairs, read_labels
from bench.linking_orders import adjusted_rand, shuffled
from tests.support.linking import FILLER, LIFT, NOON, subject
from wufang.domain.shanghai import DAY_MS

# Matter x has three messages, y two, z one; z and y are doubtful.
LABELS = Labels(
    matter={"a": "x", "b": "x", "c": "x", "d": "y", "e": "y", "f": "z"},
    doubt={"a": "1", "b": "1", "c": "1", "d": "2", "e": "2", "f": "2"},
    user={"a": "u", "b": "u", "c": "v", "d": "w", "e": "u", "f": "t"},
    hard=(("a", "d"), ("b", "f")),
)


def test_bcubed_counts_messages_of_matters_of_two_or_more() -> None:
    cases = {"a": "1", "b": "1", "c": "2", "d": "2", "e": "3", "f": "4"}
    # a, b: precision 1, recall 2/3; c: 1/2, 1/3; d: 1/2, 1/2; e: 1, 1/2
    found = bcubed(cases, LABELS)
    assert found["p"] == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1) / 5, abs=1e-4)
    assert found["r"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 5, abs=1e-4)


def test_a_doubtful_mate_counts_neither_way() -> None:
    cases = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "2", "f": "2"}
    assert figures(cases, LABELS)["bcubed_multi"] == {"p": 1.0, "r": 1.0, "f1": 1.0}
    assert figures(cases, LABELS)["hard_linked"] == [0, 2]


def test_pairs_of_one_user_are_left_out() -> None:
    cases = {"a": "1", "b": "1", "c": "2", "d": "2", "e": "3", "f": "4"}
    # right: none (a, b are one user's); false: c-d; missed: a-c, b-c, d-e
    assert pairs(cases, LABELS) == {"p": 0.0, "r": 0.0, "f1": 0.0}


def test_halves_part_all_and_keep_hard_pairs_together() -> None:
    one, other = half(LABELS, 0), half(LABELS, 1)
    assert one | other == set(LABELS.matter)
    assert not one & other
    assert ("a" in one) == ("d" in one)


def test_labels_are_read(tmp_path: Path) -> None:
    files = {
        "matters.csv": [["message_id", "matter_id", "dontcare_group_id"], ["1", "M1", "B1"], ["2", "M2", "B1"]],
        "hard_negatives.csv": [["id_a", "id_b", "tfidf_sim"], ["1", "2", "0.5"]],
        "messages.csv": [["message_id", "user"], ["1", "u"], ["2", "v"]],
    }
    for name, rows in files.items():
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    labels = read_labels(tmp_path, tmp_path / "messages.csv")
    assert labels.matter == {"1": "M1", "2": "M2"}
    assert labels.hard == (("1", "2"),)
    assert not labels.wrong("1", "2")


def test_adjusted_rand_is_one_for_the_same_and_nought_for_chance() -> None:
    same = {"a": "1", "b": "1", "c": "2", "d": "2"}
    assert adjusted_rand(same, {"a": "x", "b": "x", "c": "y", "d": "y"}) == 1.0
    # Hubert and Arabie: no pair agrees, 4/6 expected of 2 and 2: (0 - 2/3) / (2 - 2/3)
    assert adjusted_rand(same, {"a": "1", "b": "2", "c": "1", "d": "2"}) == pytest.approx(-0.5)
    assert adjusted_rand({"a": "1", "b": "2"}, {"a": "3", "b": "4"}) == 1.0


def test_an_order_changes_days_only_within() -> None:
    reports = [subject(LIFT, f"HL-{number}", occurred_at=NOON + number // 5 * DAY_MS) for number in range(20)]
    mixed = shuffled(reports, 1)
    assert [report.occurred_at for report in mixed] == [report.occurred_at for report in reports]
    assert {report.report_id for report in mixed} == {report.report_id for report in reports}
    assert mixed != reports
    assert mixed == shuffled(reports, 1)


def test_a_channel_carries_what_it_has() -> None:
    told = subject((LIFT[0] + "，" + LIFT[0], LIFT[1] * 10), reporter="u1")
    grid, post, petition = (cut_to(channel, told, "HL-0000") for channel in ("grid", "sentiment", "petition"))
    assert (grid.title, len(grid.text), grid.reporter) == ("", 20, None)
    assert grid.address == "青杉里小区"
    assert (post.title, len(post.text), post.reporter) == ("", 140, None)
    assert post.text.startswith(told.title)
    assert (petition.title, petition.text, petition.reporter) == (told.title, told.text, "u1")


def test_a_tenth_of_repeating_petitions_quote_the_number() -> None:
    quoting = [cut_to("petition", subject(LIFT, f"XF-{number}"), "HL-1").references for number in range(1_000)]
    assert 70 <= quoting.count(("HL-1",)) <= 130
    assert cut_to("petition", subject(LIFT, "XF-1"), None).references == ()


def test_only_the_same_user_on_the_same_matter_is_quoted() -> None:
    number = next(f"{n}" for n in range(10_000) if _quotes(f"{n}"))
    first, later = subject(LIFT, "1", reporter="u"), subject(LIFT, number, reporter="u")
    labels = Labels({"1": "x", number: "x"}, {"1": "1", number: "1"}, {}, ())
    assert list(cut([first, later], labels))[1].references == ("1",)
    others = Labels({"1": "x", number: "y"}, {"1": "1", number: "2"}, {}, ())
    assert list(cut([first, later], others))[1].references == ()


def _quotes(number: str) -> bool:
    return channel_of(number) == "petition" and cut_to("petition", subject(LIFT, number), "1").references == ("1",)


def test_losses_stand_by_pairs_of_channels() -> None:
    whole = dict.fromkeys(LABELS.matter, "1")
    alone = {message: message for message in LABELS.matter}
    rows = by_channels(whole, alone, LABELS)
    assert len(rows) == len(CHANNELS) * (len(CHANNELS) + 1) // 2
    assert sum(row["true_pairs"] for row in rows) == 3 + 1
    assert all(row["loss"] == 1.0 for row in rows if row["true_pairs"])
    assert sum(row["wrong"] for row in by_channels(alone, whole, LABELS)) == 9  # three of x by three of y and z


def test_cost_is_measured_at_each_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.linking_cost.PROBES", len(FILLER))
    found = measure((40, 20))
    assert [at["open_cases"] for at in found["at"]] == [20, 40]
    assert found["ratio"] > 0
    assert all(at["stored_bytes_a_case"] > 0 for at in found["at"])
