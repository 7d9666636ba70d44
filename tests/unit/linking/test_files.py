"""Linking rules in a file: what is not said stays as it is; what cannot be used is named."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.linking import FILLER, LIFT, LIFT_AGAIN, LIFT_ELSEWHERE, subject
from wufang.adapters.linking_files import BadRules, linking_rules, made
from wufang.domain import ids
from wufang.domain.linking import RULES, Rules
from wufang.domain.linking.rerun import Rerun


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('version = "trial-1"\nthreshold = 0.5\nwindow_days = 90\n', "utf-8")
    assert linking_rules(file) == msgspec.structs.replace(RULES, version="trial-1", threshold=0.5, window_days=90)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ({"version": "trial-1", "treshold": 0.5}, "treshold"),
        ({"version": RULES.version}, RULES.version),
        ({"threshold": 0.5}, "version"),
        ({"version": " "}, "version"),
        ({"version": 7}, "version"),
        ({"version": "trial-1", "threshold": "half"}, "threshold"),
        ({"version": "trial-1", "threshold": 1.0}, "threshold"),
        ({"version": "trial-1", "suggestion": 0}, "suggestion"),
        ({"version": "trial-1", "window_days": 1.5}, "window_days"),
        ({"version": "trial-1", "window_days": 0}, "window_days"),
        ({"version": "trial-1", "postings_read": -1}, "postings_read"),
        ({"version": "trial-1", "bias": float("nan")}, "bias"),
        ({"version": "trial-1", "title": float("inf")}, "title"),
        ({"version": "trial-1", "spot": -2.0}, "spot"),
        ({"version": "trial-1", "title_doubt": 0.0}, "title_doubt"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(written: dict[str, object], named: str) -> None:
    with pytest.raises(BadRules, match=named):
        made(written)


@pytest.mark.parametrize("text", [None, "version = ", "\xff"])
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "rules.toml"
    if text is not None:
        file.write_text(text, "latin-1")
    with pytest.raises(BadRules, match=r"rules\.toml"):
        linking_rules(file)


KINDS = {name: type(getattr(RULES, name)) for name in Rules.__struct_fields__[1:]}
values = {
    name: st.integers(0, 200) if kind is int else st.floats(-100, 100, allow_nan=False) for name, kind in KINDS.items()
}


@given(st.fixed_dictionaries({}, optional=values))
def test_rules_that_are_taken_never_break_the_linker(drawn: dict[str, object]) -> None:
    try:
        rules = made({"version": "trial-1", **drawn})
    except BadRules:
        return
    rerun = Rerun(rules)
    for number, told in enumerate((*FILLER, LIFT, LIFT_AGAIN, LIFT_ELSEWHERE, LIFT, ("", "")), 1):
        report = subject(told, f"HL-{number:04}", point=(28.2, 113.0), reporter="p1", references=("HL-0001",))
        rerun.feed(ids.case_id("990101", number, 0), report)
    assert len(rerun.cases) == len(FILLER) + 5
