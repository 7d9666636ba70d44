"""The fields a channel's report has, flattened out of its contract so that a column can be mapped to each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from wufang.importing.problems import ImportProblem

Kind = Literal["text", "time", "day", "flag", "whole", "number", "choice"]
ID, JURISDICTION, DETAILS = "id", "jurisdiction", "details"


@dataclass(frozen=True)
class Field:
    """`path` is dotted (`details.due_at`); `choices` maps what people write to the value on the wire."""

    path: str
    label: str
    kind: Kind = "text"
    many: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    within: str = ""  # the Chinese name of what it is a part of, where that is not the report itself


_ENVELOPE = (Field(ID, "事件编号"), Field(JURISDICTION, "县级行政区划代码"))


def report_fields(schema: Mapping[str, Any]) -> dict[str, Field]:
    """Every leaf of a report's JSON Schema by its path, with `id` and `jurisdiction` of the envelope."""
    leaves = _leaves(schema, schema.get("$defs", {}), "", "")
    return {each.path: each for each in (*_ENVELOPE, *leaves)}


def _leaves(schema: Mapping[str, Any], defs: Mapping[str, Any], at: str, within: str) -> Iterator[Field]:
    for name, given in schema.get("properties", {}).items():
        label = given.get("title", name)
        inner = _plain(given, defs)
        if inner.get("type") == "object":
            yield from _leaves(inner, defs, f"{at}{name}.", "" if name == DETAILS else label)
        elif inner.get("type") == "array":
            item = _plain(inner.get("items", {}), defs)
            if item.get("type") != "object":
                yield Field(f"{at}{name}", label, _kind(item), True, _choices(item), within)
        else:
            yield Field(f"{at}{name}", label, _kind(inner), False, _choices(inner), within)


def _plain(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind references and `or null`."""
    if "$ref" in schema:
        return _plain(defs[schema["$ref"].rsplit("/", 1)[-1]], defs)
    either = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return _plain(either[0], defs) if either else schema


def _kind(schema: Mapping[str, Any]) -> Kind:
    if "enum" in schema:
        return "choice"
    formats: dict[str, Kind] = {"date-time": "time", "date": "day"}
    types: dict[str, Kind] = {"boolean": "flag", "integer": "whole", "number": "number"}
    return formats.get(schema.get("format", "")) or types.get(schema.get("type", ""), "text")


def _choices(schema: Mapping[str, Any]) -> dict[str, str]:
    """Wire values and their Chinese labels, also without what the label says in brackets."""
    labels: Mapping[str, str] = schema.get("x-labels", {})
    short = {label.split("（")[0]: value for value, label in labels.items()}
    return {
        **short,
        **{label: value for value, label in labels.items()},
        **{v: v for v in schema.get("enum", ())},
    }


def resolve(name: str, fields: Mapping[str, Field]) -> Field:
    """The field a person means: its path, its Chinese name, or the last part of one path alone."""
    wanted = name.strip().removeprefix("data.")
    if wanted in fields:
        return fields[wanted]
    found = [each for each in fields.values() if wanted in (each.path.rsplit(".", 1)[-1], each.label)]
    if len(found) == 1:
        return found[0]
    raise ImportProblem(_unresolved(wanted, [each.path for each in found], fields))


def _unresolved(wanted: str, several: list[str], fields: Mapping[str, Field]) -> str:
    if several:
        return f"字段名“{wanted}”不止一个，请写全：{'、'.join(several)}"
    near = get_close_matches(wanted, fields, n=3, cutoff=0.6)
    hint = f"是否应为 {'、'.join(near)}；" if near else ""
    return f"本渠道没有字段“{wanted}”，{hint}可用 --fields 列出全部字段"
