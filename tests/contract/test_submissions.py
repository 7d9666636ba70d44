"""What the doors take and refuse, by the named examples, and that schema and model say the same."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.channel import ChannelSpec
from wufang.catalogue.channels import channel_specs
from wufang.catalogue.generate import ROOT
from wufang.contracts.closure import schema_of
from wufang.contracts.registry import event_type, event_types, examples, read_schema
from wufang.domain.report import CHANNEL_LABELS, CHANNELS
from wufang.wire import inputs, record

SCHEMAS = ROOT / "schemas"
SPECS = {spec.name: spec for spec in channel_specs()}
EXAMPLES = sorted(p for c in CHANNELS for p in (SCHEMAS / "examples" / c).rglob("*.json"))
COUNTEREXAMPLES = sorted((SCHEMAS / "counterexamples").rglob("*.json"))
LOGGED = sorted((SCHEMAS / "examples/events").rglob("*.json"))
RECORDS = sorted((SCHEMAS / "examples/ledger/record").glob("*.json"))
# Rules that only the model knows; a schema cannot say them.
BEYOND_SCHEMA = frozenset(
    (
        "person_label",
        "author",
        "author_link",
        "link_format",
        "personal_papers",
        "hold_down",
        "too_deep",
        "personal_number",
        "anonymous",
        "time_order",
        "lead_twice",
        "not_reached",
        "not_handled",
        "joint_of_one",
        "missing",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "date_parsing",
        "date_from_datetime_parsing",
        "int_type",
        "string_too_short",
        "string_unicode",
    )
)


def named(path: Path) -> str:
    return str(path.relative_to(SCHEMAS)).removesuffix(".json")


def load(path: Path) -> Any:
    return json.loads(path.read_text())


def spec_of(path: Path) -> ChannelSpec:
    return SPECS[path.relative_to(SCHEMAS).parts[1]]


@cache
def validator(schema: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(read_schema(schema))


def test_the_specs_are_the_domains_channels() -> None:
    assert {spec.name: spec.label for spec in SPECS.values()} == CHANNEL_LABELS
    assert {kind.name for kind in event_types()} == {name for spec in SPECS.values() for name in spec.events}


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_an_example_is_taken(path: Path) -> None:
    submission, errors = spec_of(path).read(load(path))
    assert errors == ()
    assert submission.id == load(path)["id"]


@pytest.mark.parametrize("path", COUNTEREXAMPLES, ids=named)
def test_a_counterexample_is_refused_by_its_rule(path: Path) -> None:
    shown = load(path)
    submission, errors = spec_of(path).read(shown["content"])
    assert submission is None
    assert (shown["field"], shown["rule"]) in {(error.field, error.rule) for error in errors}
    assert all(error.message for error in errors)


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_full_examples_leave_no_field_out(channel: str) -> None:
    """A new field is shown in the full example, or this says which is not."""
    spec = SPECS[channel]
    shown = {key for e in ("report", "outcome") for each in examples(channel, e) for key in keys(each.content)}
    assert spec.known_fields - shown - {"contact_mode"} == set()


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(inner)


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_what_the_model_gives_out_is_read_by_it_again(path: Path) -> None:
    event = load(path)
    first, _ = spec_of(path).read(event)
    again, errors = spec_of(path).read({**event, "data": first.data.wire()})
    assert errors == ()
    assert again.data.wire() == first.data.wire()


@pytest.mark.parametrize("path", LOGGED, ids=named)
def test_what_stands_on_a_topic_is_decoded(path: Path) -> None:
    event = load(path)
    topic = event_type(event["type"]).topic
    submission = inputs.decode(topic, event["jurisdiction"].encode(), path.read_bytes())
    assert submission.jurisdiction == "990101"


@pytest.mark.parametrize("path", RECORDS, ids=named)
def test_a_ledger_record_is_decoded(path: Path) -> None:
    raw = record.envelope(path.read_bytes())
    assert raw is not None
    assert [type(event).__name__.lower() for event in record.events(raw)] == [path.stem.replace("_", "")]


def test_the_example_records_are_one_chain() -> None:
    found = sorted((record.envelope(path.read_bytes()) for path in RECORDS), key=lambda raw: raw.seq if raw else 0)
    head = record.first_head("990101")
    for raw in found:
        assert raw is not None
        assert record.follows(raw, head)
        value = record.encode(
            record.Record(raw.v, raw.cause, raw.jurisdiction, raw.seq, raw.prev, raw.input, record.events(raw))
        )
        head = record.Head(raw.seq, record.digest(value))


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1.5, 3.0, 1e400, 91, 10**12]),
    st.sampled_from(["", " ", "x", "长" * 201, "长" * 10_001, "a@b", "2026-02-30T00:00:00Z", "2026-03-05T09:30:00"]),
    st.sampled_from(["2026-03-05T09:30:00Z", "2026-03-05", "99010", "solved", "phone", "https://a.example/1"]),
    st.sampled_from([[], {}, ["a"], [1], {"a": 1}, ["x"] * 51, [["x"]], {"lat": 1}, "１２３", "\u0000", "a\nb"]),
    st.text(max_size=12),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield from places(inner, (*at, key))
    for index, inner in enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*at, index))


def put(value: Any, place: tuple[Any, ...], odd: Any) -> Any:
    changed = copy.deepcopy(value)
    target = changed
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = odd
    return changed


@settings(max_examples=400, deadline=None, derandomize=True)
@given(data=st.data())
def test_schema_and_model_agree(data: st.DataObject) -> None:
    """Taken by the model means valid by the schema; what the schema takes is refused only by rules beyond it."""
    path = data.draw(st.sampled_from(EXAMPLES))
    event = load(path)
    place = data.draw(st.sampled_from([at for at in places(event) if at and at[0] not in ("type", "dataschema")]))
    changed = put(event, place, data.draw(ODD))
    schema = schema_of(named(path) + ".json")
    assert schema is not None
    valid = validator(schema).is_valid(changed)
    _, errors = spec_of(path).read(changed)
    if not errors:
        assert valid or surrounded(changed), list(validator(schema).iter_errors(changed))
    elif valid:
        assert {error.rule for error in errors} <= BEYOND_SCHEMA, errors


def surrounded(value: Any) -> bool:
    """Whether white space stands around some text: the model strips it before it looks, the schema does not."""
    if isinstance(value, str):
        return value != value.strip()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(surrounded(each) for each in inner)
