"""What is taken out of a submission and what is left: nothing sealed is left, nothing else is lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.discipline.contract import MOST_PARTS as TAKES
from services.discipline.contract import Entry
from tests.support.sealing import HOPE, LAMP, TAKEN
from wufang.adapters.conduct import FILES, KEPT, MARK, MOST_PARTS, Taken, names_conduct, take_conduct
from wufang.adapters.profile_files import triage_rules
from wufang.catalogue.channels import channel_specs

RULES = triage_rules()
PROSE = {spec.name: spec.prose for spec in channel_specs()}
PLAIN = {"title": "青石巷路灯不亮", "text": f"{LAMP}{HOPE}", "occurred_at": "2026-03-05T11:30:00.000Z"}


def taken(channel: str = "hotline", **more: Any) -> Taken | None:
    return take_conduct(channel, {**PLAIN, **more}, PROSE[channel], RULES)


def sealed(channel: str = "hotline", **more: Any) -> Taken:
    found = taken(channel, **{"text": f"{LAMP}{TAKEN}{HOPE}", **more})
    assert found is not None
    return found


def test_a_report_without_such_a_part_is_left_alone() -> None:
    details = {"request_type": "complaint", "expectation": "尽快修好", "lead": "平川县住建局"}
    assert taken(category="路灯照明", accused="平川县住建局", details=details) is None


def test_the_rest_of_the_words_stays_as_it_was() -> None:
    assert sealed().data == {**PLAIN, "text": f"{LAMP}{MARK}{HOPE}"}


def test_a_title_that_is_sealed_whole_is_made_of_what_is_left() -> None:
    found = sealed(title="举报住建局王局长收受好处费")
    assert found.data["title"] == LAMP.rstrip("。")
    assert {"field": "title", "start": 0, "text": "举报住建局王局长收受好处费"} in found.parts
    only = taken(title="举报住建局王局长收受好处费", text=TAKEN)
    assert only is not None
    assert (only.data["title"], only.data["text"]) == (MARK, MARK)


def test_no_search_finds_what_stands_in_place_of_a_sealed_part() -> None:
    """The index keeps letters, digits and characters; a word of ours would list every sealed report."""
    assert not any(sign.isalnum() for sign in MARK)


def test_a_named_organisation_goes_only_where_the_part_names_it() -> None:
    details = {"lead": "平川县城管局", "supporting": ["县住建局", "平川县水务局"]}
    found = sealed(details=details)
    assert found.data["details"] == {"lead": "平川县城管局", "supporting": ["平川县水务局"]}
    assert {"field": "details.supporting.0", "start": 0, "text": "县住建局"} in found.parts


@pytest.mark.parametrize(
    ("channel", "details", "left"),
    [
        ("hotline", {"request_type": "tip_off", "urgency": "ordinary"}, {"urgency": "ordinary"}),
        ("petition", {"purpose": "accusation", "form": "visit"}, {"form": "visit"}),
        ("party_building", {"kind": "criticism", "reason": "作风问题", "post": "局长岗"}, {}),
        ("grid", {"major": "干部作风", "minor": "收受好处", "found_by": "patrol"}, {"found_by": "patrol"}),
        ("sentiment", {"involved": ["县住建局"], "level": "ordinary"}, {"involved": [], "level": "ordinary"}),
        ("petition", {"acceptance": {"number": "一号", "summary": "关于王局长"}}, {"acceptance": {"number": "一号"}}),
    ],
)
def test_fields_that_tell_what_kind_of_matter_it_is_go_along(
    channel: str, details: dict[str, Any], left: dict[str, Any]
) -> None:
    assert sealed(channel, details=details).data["details"] == left


def test_the_names_that_may_stay_are_fields_of_words() -> None:
    assert set().union(*PROSE.values()) >= KEPT


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["expectation", "reply"]))
def test_what_is_sealed_is_not_left_and_everything_is_in_one_of_the_two(before: str, after: str, name: str) -> None:
    text = f"{before}\n{TAKEN}\n{after}"
    found = taken(text=text, details={name: after or "无"})
    if found is None:  # words around it may say that nothing of it is so
        return
    spans = [part for part in found.parts if part["field"] == "text"]
    rebuilt, at = "", 0
    for part in sorted(spans, key=lambda one: one["start"]):
        assert text[part["start"] : part["start"] + len(part["text"])] == part["text"]
        rebuilt += text[at : part["start"]] + MARK
        at = part["start"] + len(part["text"])
    assert found.data["text"] == rebuilt + text[at:]
    assert name not in found.data["details"]


# more parts than the store takes


def entry_of(found: Taken) -> Entry:
    """Raises ValidationError where the store would refuse it for ever."""
    head = {"jurisdiction": "990101", "channel": "hotline", "source": "s", "number": "n", "rules": RULES.version}
    return Entry.model_validate({**head, "up": found.up, "parts": found.parts})


@pytest.mark.parametrize(
    "more", [{}, {"title": "举报住建局王局长收受好处费", "category": "干部作风", "accused": "县住建局"}]
)
def test_a_text_in_more_pieces_than_the_store_takes_goes_to_the_office_whole(more: dict[str, Any]) -> None:
    text = ("王局长收红包。路灯坏了。" * 900)[:9_990]
    found = taken(text=text, **more)
    assert found is not None
    assert found.data["text"].count(MARK) > MOST_PARTS, "what is published stays cut as finely"
    assert "红包" not in str(found.data)
    assert [part for part in found.parts if part["field"] == "text"] == [{"field": "text", "start": 0, "text": text}]
    assert len(entry_of(found).parts) == 1 + bool(more) * 3


def test_as_many_pieces_as_the_store_takes_are_left_as_they_are() -> None:
    found = taken(text="王局长收红包。路灯坏了。" * MOST_PARTS)
    assert found is not None
    assert len(entry_of(found).parts) == MOST_PARTS
    assert MOST_PARTS == TAKES


# files and numbers


NAMED = "photos/2026/王局长_收红包.jpg"


def test_every_field_of_file_references_is_known_here() -> None:
    strings = {name: field for spec in channel_specs() for name, field in _fields(spec.report.model_json_schema())}
    of_files = {name for name, field in strings.items() if "https://" in str(field.get("items", field).get("pattern"))}
    assert (of_files - {"link"}) | {"images"} == FILES


def _fields(schema: Any) -> Any:
    for each in [schema, *schema.get("$defs", {}).values()]:
        yield from each.get("properties", {}).items()


@pytest.mark.parametrize(
    ("channel", "name"), [("grid", "photos_before"), ("grid", "photos_after"), ("party_building", "evidence")]
)
def test_files_go_along_and_a_files_name_is_read_too(channel: str, name: str) -> None:
    found = sealed(channel, details={name: ["photos/0001.jpg"]})
    assert found.data["details"] == {name: []}
    assert {"field": f"details.{name}.0", "start": 0, "text": "photos/0001.jpg"} in found.parts
    alone = taken(channel, details={name: ["photos/0001.jpg", NAMED]})
    assert alone is not None
    assert alone.data == {**PLAIN, "details": {name: []}}
    assert taken(channel, details={name: ["photos/2026/路灯.jpg"]}) is None


@pytest.mark.parametrize(
    ("number", "telling"),
    [
        ("王局长收红包一事", True),
        ("RX-王局长-收受贿赂", True),
        ("RX-2026-000123", False),
        ("平信受字〔2026〕12号", False),
        ("举报〔2026〕12号", False),
    ],
)
def test_a_number_that_says_what_an_official_did_is_known(number: str, telling: bool) -> None:
    assert names_conduct("hotline", number, RULES) is telling
