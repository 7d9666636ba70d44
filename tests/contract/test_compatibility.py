"""Which change of a schema breaks somebody, for what agencies send and for what stands on the log."""

from typing import Any

import pytest

from wufang.catalogue.schemas import all_schemas
from wufang.contracts.compatibility import Direction, breaking_changes

BOTH: tuple[Direction, ...] = ("submission", "event")
SENT: tuple[Direction, ...] = ("submission",)
LOG: tuple[Direction, ...] = ("event",)


def closed(required: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}


TEXT = {"type": "string", "minLength": 1, "maxLength": 100}
NUMBER = {"type": "integer", "minimum": 0, "maximum": 10}
NULLABLE = {"anyOf": [TEXT, {"type": "null"}]}
CHOICE = {"type": "string", "enum": ["a", "b"]}
LIST = {"type": "array", "items": TEXT, "maxItems": 5}
OPEN = {"type": "object", "properties": {"a": TEXT}}
OPENED = {"type": "object", "properties": {"type": {"enum": ["opened.v1"]}, "a": TEXT}, "required": ["type"]}
TAG = {"propertyName": "type"}
LINKED = {"type": "object", "properties": {"type": {"enum": ["linked.v1"]}, "b": TEXT}, "required": ["type"]}
TREE = {"$ref": "#/$defs/Node", "$defs": {"Node": closed(next={"$ref": "#/$defs/Node"}, a=TEXT)}}

Case = tuple[dict[str, Any], dict[str, Any], tuple[Direction, ...], str]
REFUSED: dict[str, Case] = {
    "field removed": (closed(a=TEXT, b=TEXT), closed(a=TEXT), BOTH, "$.b: field removed or renamed"),
    "field renamed": (closed(a=TEXT), closed(b=TEXT), BOTH, "$.a: field removed or renamed"),
    "new required field": (closed(a=TEXT), closed(("b",), a=TEXT, b=TEXT), BOTH, "$.b: new required field"),
    "optional made required": (closed(a=TEXT), closed(("a",), a=TEXT), BOTH, "$.a: now required"),
    "required made optional": (closed(("a",), a=TEXT), closed(a=TEXT), LOG, "$.a: no longer required"),
    "type changed": (closed(a=TEXT), closed(a={"type": "integer"}), BOTH, "$.a: type narrowed, string"),
    "number made integer": (
        closed(a={"type": "number"}),
        closed(a={"type": "integer"}),
        BOTH,
        "$.a: type narrowed, number",
    ),
    "type list narrowed": ({"type": ["string", "null"]}, {"type": "string"}, BOTH, "$: type narrowed, null"),
    "type added": ({}, {"type": "string"}, BOTH, "$: type narrowed"),
    "null no longer taken": (closed(a=NULLABLE), closed(a=TEXT), BOTH, "$.a: type narrowed, null"),
    "null newly there": (closed(a=TEXT), closed(a=NULLABLE), LOG, "$.a: type widened by null"),
    "type widened": (closed(a=TEXT), closed(a={"type": ["string", "integer"]}), LOG, "$.a: type widened"),
    "inside a nullable": (
        closed(a=NULLABLE),
        closed(a={"anyOf": [{**TEXT, "maxLength": 9}, {"type": "null"}]}),
        BOTH,
        "$.a: maxLength lowered to 9",
    ),
    "value removed": (CHOICE, {**CHOICE, "enum": ["a"]}, BOTH, "$: values removed: b"),
    "values fixed": ({"type": "string"}, CHOICE, BOTH, "$: now a fixed list of values"),
    "constant changed": ({"const": "v1"}, {"const": "v2"}, BOTH, "$: values removed: v1"),
    "minimum raised": (NUMBER, {**NUMBER, "minimum": 1}, BOTH, "$: minimum raised to 1"),
    "minimum added": ({"type": "integer"}, {"type": "integer", "minimum": 0}, BOTH, "$: minimum raised to 0"),
    "maximum lowered": (NUMBER, {**NUMBER, "maximum": 9}, BOTH, "$: maximum lowered to 9"),
    "exclusive maximum added": (NUMBER, {**NUMBER, "exclusiveMaximum": 10}, BOTH, "$: exclusiveMaximum lowered"),
    "shorter text": (TEXT, {**TEXT, "maxLength": 99}, BOTH, "$: maxLength lowered to 99"),
    "longer least text": (TEXT, {**TEXT, "minLength": 2}, BOTH, "$: minLength raised to 2"),
    "fewer items": (LIST, {**LIST, "maxItems": 4}, BOTH, "$: maxItems lowered to 4"),
    "items narrowed": (LIST, {**LIST, "items": {**TEXT, "maxLength": 5}}, BOTH, "$[]: maxLength lowered to 5"),
    "items typed": ({"type": "array"}, {"type": "array", "items": TEXT}, BOTH, "$[]: type narrowed"),
    "unique items": (LIST, {**LIST, "uniqueItems": True}, BOTH, "$: uniqueItems added"),
    "pattern added": (TEXT, {**TEXT, "pattern": "^a"}, BOTH, "$: pattern added"),
    "pattern changed": ({**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^b"}, BOTH, "$: pattern changed"),
    "pattern removed": ({**TEXT, "pattern": "^a"}, TEXT, LOG, "$: pattern removed, readers rely on it"),
    "format changed": ({**TEXT, "format": "date"}, {**TEXT, "format": "date-time"}, BOTH, "$: format changed"),
    "object closed": (OPEN, {**OPEN, "additionalProperties": False}, BOTH, "$.*: other fields no longer taken"),
    "map values narrowed": (
        {"type": "object", "additionalProperties": TEXT},
        {"type": "object", "additionalProperties": {**TEXT, "maxLength": 5}},
        BOTH,
        "$.*: maxLength lowered to 5",
    ),
    "open object types a field": (
        OPEN,
        {**OPEN, "properties": {"a": TEXT, "b": NUMBER}},
        BOTH,
        "$.b: type narrowed",
    ),
    "nested field removed": (
        closed(a=closed(b=TEXT)),
        closed(a=closed()),
        BOTH,
        "$.a.b: field removed or renamed",
    ),
    "behind a reference": (
        {"$ref": "#/$defs/A", "$defs": {"A": closed(a=TEXT)}},
        {"$ref": "#/$defs/B", "$defs": {"B": closed(a=NUMBER)}},
        BOTH,
        "$.a: type narrowed, string",
    ),
    "in a recursive schema": (
        TREE,
        {"$ref": "#/$defs/Node", "$defs": {"Node": closed(next={"$ref": "#/$defs/Node"})}},
        BOTH,
        "$.a: field removed or renamed",
    ),
    "alternative removed": ({"oneOf": [OPENED, LINKED]}, {"oneOf": [OPENED]}, BOTH, "linked.v1 no longer taken"),
    "alternative changed": (
        {"anyOf": [OPENED, LINKED]},
        {"anyOf": [OPENED, {**LINKED, "required": ["type", "b"]}]},
        BOTH,
        "$.b: now required",
    ),
    "alternative added": ({"anyOf": [OPENED]}, {"anyOf": [OPENED, LINKED]}, LOG, "type widened by linked.v1"),
    "prose no longer marked": ({**TEXT, "x-prose": True}, TEXT, BOTH, "$: x-prose removed"),
    "a word nobody taught it": (TEXT, {**TEXT, "not": {"const": "x"}}, BOTH, "$: not changed, which this check"),
    "allOf changed": ({"allOf": [TEXT]}, {"allOf": [TEXT, NUMBER]}, BOTH, "$: allOf changed, which this check"),
    "another number of fixed items": (
        {"type": "array", "prefixItems": [TEXT, TEXT]},
        {"type": "array", "prefixItems": [TEXT]},
        BOTH,
        "$: another number of fixed items",
    ),
    "everything refused": (closed(a=True), closed(a=False), BOTH, "$.a: "),
}
PASSED: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[Direction, ...]]] = {
    "nothing changed": (closed(("a",), a=TEXT, b=NULLABLE), closed(("a",), a=TEXT, b=NULLABLE), BOTH),
    "optional field added": (closed(a=TEXT), closed(a=TEXT, b=TEXT), BOTH),
    "required made optional": (closed(("a",), a=TEXT), closed(a=TEXT), SENT),
    "null newly taken": (closed(a=TEXT), closed(a=NULLABLE), SENT),
    "integer made number": ({"type": "integer"}, {"type": "number"}, SENT),
    "type list widened": ({"type": "string"}, {"type": ["string", "integer"]}, SENT),
    "value added": (CHOICE, {**CHOICE, "enum": ["a", "b", "c"]}, BOTH),
    "constant made a list": ({"const": "v1"}, {"enum": ["v1", "v1.1"]}, BOTH),
    "a kind added that a tag tells apart": (
        {"anyOf": [OPENED], "discriminator": TAG},
        {"anyOf": [OPENED, LINKED], "discriminator": TAG},
        BOTH,
    ),
    "bounds widened": (NUMBER, {**NUMBER, "minimum": -1, "maximum": 11}, BOTH),
    "bound removed": (TEXT, {"type": "string"}, BOTH),
    "least length of nothing": ({"type": "string"}, {"type": "string", "minLength": 0}, BOTH),
    "pattern removed": ({**TEXT, "pattern": "^a"}, TEXT, SENT),
    "object opened": ({**OPEN, "additionalProperties": False}, OPEN, BOTH),
    "words changed": ({**TEXT, "title": "标题", "examples": ["a"]}, {**TEXT, "title": "题目"}, BOTH),
    "definition renamed": (
        {"$ref": "#/$defs/A", "$defs": {"A": closed(a=TEXT)}},
        {"$ref": "#/$defs/B", "$defs": {"B": closed(a=TEXT)}},
        BOTH,
    ),
    "recursive schema": (TREE, TREE, BOTH),
    "alternative added": ({"anyOf": [OPENED]}, {"anyOf": [OPENED, LINKED]}, SENT),
    "alternatives in another order": ({"anyOf": [OPENED, LINKED]}, {"anyOf": [LINKED, OPENED]}, BOTH),
    "prose newly marked": (TEXT, {**TEXT, "x-prose": True}, BOTH),
    "open object types a field it bore": (OPEN, {**OPEN, "properties": {"a": TEXT, "b": {}}}, BOTH),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_breaking_change_is_refused(what: str) -> None:
    old, new, directions, expected = REFUSED[what]
    for direction in directions:
        found = breaking_changes(old, new, direction)
        assert any(expected in change for change in found), (direction, found)


@pytest.mark.parametrize("what", [name for name, case in REFUSED.items() if case[2] == LOG])
def test_what_only_readers_rely_on_may_go_from_what_is_sent(what: str) -> None:
    old, new, _, _ = REFUSED[what]
    assert breaking_changes(old, new, "submission") == []


@pytest.mark.parametrize("what", PASSED)
def test_a_harmless_change_passes(what: str) -> None:
    old, new, directions = PASSED[what]
    for direction in directions:
        assert breaking_changes(old, new, direction) == []


@pytest.mark.parametrize("ref", ["other.json#/a", "#/$defs/Gone"])
def test_a_reference_that_leads_nowhere_is_an_error(ref: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        breaking_changes({"$ref": ref}, {"type": "string"})


def test_every_current_schema_may_stand_in_for_itself() -> None:
    for schema in all_schemas().values():
        assert breaking_changes(schema, schema, "event") == []
