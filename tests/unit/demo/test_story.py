"""The story: real Chinese reports of a county that does not exist, meant for cases that the linker must find."""

from collections import Counter
from importlib import import_module

import pytest

from demo.accounts import case_of, joins, surprises
from demo.day import EXPECTED, Day, Step, load_day, make_day
from demo.telling import Told
from wufang.adapters.conduct import take_conduct
from wufang.adapters.profile_files import triage_rules
from wufang.domain.linking import Subject, find, read
from wufang.domain.linking.memory import MemoryIndex

DAY = load_day()


def test_size_and_shape() -> None:
    assert len(DAY.reports) >= 60
    assert set(Counter(step.channel for step in DAY.reports)) == set(DAY.sources)
    assert DAY.code.startswith("99")
    kinds = Counter(step.kind for step in DAY.steps)
    assert kinds["again"] >= 3
    assert kinds["outcome"] >= 3
    assert kinds["refused"] == 1


@pytest.mark.parametrize("step", DAY.steps, ids=lambda step: f"{step.kind}-{step.id}")
def test_the_doors_take_it(step: Step) -> None:
    submission, errors = import_module(f"services.{step.channel}").SPEC.read(dict(step.event))
    assert bool(errors) == (step.kind == "refused")
    assert submission is None or submission.id == step.id
    if step.rule is not None:
        assert step.rule in [error.rule for error in errors]


def linked(day: Day) -> dict[str, str]:
    index = MemoryIndex()
    cases: dict[str, str] = {}
    for step in day.reports:
        reading = read(_subject(step), index)
        link = find(reading, index).link
        cases[step.id] = f"{day.code}-{len(cases) + 1}-0" if link is None else link.case_id
        (index.opened if link is None else index.joined)(cases[step.id], reading)
    return cases


def _subject(step: Step) -> Subject:
    data = step.event["data"]
    return Subject(
        report_id=step.id,
        channel=step.channel,
        title=data["title"],
        text=data["text"],
        occurred_at=int(step.at.timestamp() * 1000),
        category=data.get("category"),
        address=data.get("address"),
        grid_code=data.get("grid_code"),
        reporter=data.get("reporter_phone"),
        numbers=(step.id,),
        references=tuple(data.get("related", ())),
    )


def test_the_linker_finds_what_is_meant() -> None:
    found = joins(linked(DAY), DAY.reports)
    assert found.share >= 0.9, found.strays
    assert found.merged == {}


def test_one_matter_is_told_in_all_five_channels() -> None:
    channels = {step.channel for step in DAY.reports if step.matter == "water-main"}
    assert channels == set(DAY.sources)


# --- the accounts themselves -----------------------------------------------------------------------------------------


def small_day(**changed: object) -> Day:
    report = {"channel": "hotline", "at": "08:00", "title": "题", "text": "文"}
    county = {"name": "某县", "code": "990101", "day": "2025-11-18", "search": "题", "sources": {"hotline": "a"}}
    chapter = {
        "matter": "m",
        "about": "一件事",
        "report": [{**report, "id": "A"}, {**report, "id": "B", "at": "07:00"}, {**report, "id": "C", "matter": "n"}],
        "outcome": [{"channel": "hotline", "id": "O", "at": "09:00", "report": "A", "result": "solved"}],
        "again": ["A"],
    } | changed
    return make_day([county, chapter])


def test_steps_come_in_the_order_of_the_clock() -> None:
    assert [(step.kind, step.id) for step in small_day().steps] == [
        ("report", "B"),
        ("report", "A"),
        ("report", "C"),
        ("again", "A"),
        ("outcome", "O"),
    ]


def test_an_id_told_twice_is_refused() -> None:
    report = {"channel": "hotline", "at": "08:00", "title": "题", "text": "文", "id": "A"}
    with pytest.raises(ValueError, match="twice"):
        small_day(report=[report, report])


def test_an_outcome_of_nothing_is_refused() -> None:
    outcome = {"channel": "hotline", "id": "O", "at": "09:00", "report": "X", "result": "solved"}
    with pytest.raises(ValueError, match="X"):
        small_day(outcome=[outcome])


def told(day: Day, **fates: str) -> list[Told]:
    return [
        Told(step, 0.0, "r", [], {"state": fates.get(f"{step.kind}_{step.id}", EXPECTED[step.kind]), "case_id": "c"})
        for step in day.steps
    ]


def test_no_surprise_when_all_is_as_expected() -> None:
    assert surprises(told(small_day())) == []


@pytest.mark.parametrize("fate", ["pending", "quarantined", "duplicate", "conflicted"])
def test_any_other_fate_is_a_surprise(fate: str) -> None:
    assert [one.step.id for one in surprises(told(small_day(), report_B=fate))] == ["B"]


def test_a_ledger_that_knows_the_story_has_duplicates_only() -> None:
    day = small_day()
    again = told(day, report_A="duplicate", report_B="duplicate", report_C="duplicate", outcome_O="duplicate")
    assert surprises(again, fresh=False) == []
    assert surprises(again, fresh=True) != []


@pytest.mark.parametrize(
    ("cases", "made", "strays", "merged"),
    [
        ({"A": "1", "B": "1", "C": "2"}, 1, (), {}),
        ({"A": "1", "B": "2", "C": "3"}, 0, ("A",), {}),
        ({"A": "1", "B": "1", "C": "1"}, 1, (), {"1": ("m", "n")}),
    ],
)
def test_joins(cases: dict[str, str], made: int, strays: tuple[str, ...], merged: dict[str, tuple[str, ...]]) -> None:
    found = joins(cases, small_day().reports)
    assert (found.meant, found.made, dict(found.merged)) == (1, made, merged)
    assert found.strays == strays


def test_case_of_reports_only() -> None:
    assert case_of(told(small_day())) == {"A": "c", "B": "c", "C": "c"}


def test_one_report_has_a_part_for_the_discipline_office() -> None:
    rules = triage_rules()
    prose = {name: import_module(f"services.{name}").SPEC.prose for name in DAY.sources}
    found = {
        step.id: taken
        for step in DAY.steps
        if step.kind != "refused"
        and (taken := take_conduct(step.channel, step.event["data"], prose[step.channel], rules)) is not None
    }
    assert list(found) == ["PC-RX-20251118-0071"]
    assert "刘主任" not in found["PC-RX-20251118-0071"].data["text"]
    assert "站牌" in found["PC-RX-20251118-0071"].data["text"]
