"""Says what a changed JSON Schema would break; it never calls a change harmless that it does not know.

Old data must stay valid in both directions: agencies send it (`submission`), the log keeps it (`event`).
Events have readers too, so nothing they rely on may go: required stays required, types, formats and patterns
stay. They must bear new optional fields and new enum values; both may come within a major version, and so may a new
kind of event in a ledger record, told apart by its tag.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

Schema = dict[str, Any]
Direction = Literal["submission", "event"]

_NOTES = frozenset(
    (
        "title",
        "description",
        "examples",
        "example",
        "default",
        "deprecated",
        "discriminator",
        "readOnly",
        "$schema",
        "$id",
        "$comment",
        "$defs",
        "$ref",
        "x-labels",
    )
)
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT = ("pattern", "format", "multipleOf", "uniqueItems", "contentEncoding", "contentMediaType")
_WALKED = frozenset(
    (
        "type",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "prefixItems",
        "x-prose",
    )
)
_KNOWN = _NOTES | _WALKED | frozenset(_LOWER + _UPPER + _EXACT)
_ALL_TYPES = frozenset(("null", "boolean", "integer", "number", "string", "array", "object"))


def breaking_changes(old: Schema, new: Schema, direction: Direction = "submission") -> list[str]:
    """What keeps `new` from standing in for `old` within a major version; empty when nothing does."""
    return list(dict.fromkeys(_Comparison(old, new, direction).walk(old, new, "$")))


class _Comparison:
    """One pass over two documents; the roots resolve their own references."""

    def __init__(self, old: Schema, new: Schema, direction: Direction) -> None:
        self._old_root, self._new_root = old, new
        self._readers = direction == "event"
        self._open: set[tuple[str, str]] = set()

    def walk(self, old: Any, new: Any, at: str) -> Iterator[str]:
        refs = (_ref(old), _ref(new))
        if refs in self._open:
            return
        followed = refs if refs != ("", "") else None
        if followed:
            self._open.add(followed)
        yield from self._compare(_plain(old, self._old_root), _plain(new, self._new_root), at)
        if followed:
            self._open.discard(followed)

    def _compare(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        if "anyOf" in old or "anyOf" in new:
            tagged = "discriminator" in old and "discriminator" in new
            yield from self._alternatives(_choices(old), _choices(new), at, grows=tagged)
            return
        yield from self._types(old, new, at)
        yield from _values(old, new, at)
        yield from _bounds(old, new, at)
        yield from self._exact(old, new, at)
        yield from self._object(old, new, at)
        yield from self._array(old, new, at)
        yield from _unknown(old, new, at)

    def _types(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        before, after = _types_of(old), _types_of(new)
        if before - after:
            yield f"{at}: type narrowed, {_listed(before - after)} no longer taken"
        elif self._readers and after - before:
            yield f"{at}: type widened by {_listed(after - before)}, readers do not expect it"

    def _exact(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        for word in _EXACT:
            if old.get(word) == new.get(word):
                continue
            if word in new:
                yield f"{at}: {word} {'changed' if word in old else 'added'}"
            elif self._readers:
                yield f"{at}: {word} removed, readers rely on it"
        if old.get("x-prose") and not new.get("x-prose"):
            yield f"{at}: x-prose removed, the door would no longer mask it"

    def _object(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        yield from self._required(set(old.get("required", ())), set(new.get("required", ())), before, at)
        for name, field in before.items():
            if name in after:
                yield from self.walk(field, after[name], f"{at}.{name}")
            else:
                yield f"{at}.{name}: field removed or renamed"
        rest = old.get("additionalProperties", True)
        for name in after.keys() - before.keys() if rest is not False else ():
            yield from self.walk(rest, after[name], f"{at}.{name}")
        yield from self._additional(rest, new.get("additionalProperties", True), f"{at}.*")

    def _required(self, before: set[str], after: set[str], known: Schema, at: str) -> Iterator[str]:
        for name in sorted(after - before):
            yield f"{at}.{name}: {'now required' if name in known else 'new required field'}"
        for name in sorted(before - after) if self._readers else ():
            yield f"{at}.{name}: no longer required, readers rely on it"

    def _additional(self, before: Any, after: Any, at: str) -> Iterator[str]:
        if before is False:
            return
        if after is False:
            yield f"{at}: other fields no longer taken"
        elif before is not True or after is not True:
            yield from self.walk(before, after, at)

    def _array(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        if old.get("prefixItems", []) != new.get("prefixItems", []):
            before, after = old.get("prefixItems", []), new.get("prefixItems", [])
            if len(before) != len(after):
                yield f"{at}: another number of fixed items"
            for index, (one, other) in enumerate(zip(before, after, strict=False)):
                yield from self.walk(one, other, f"{at}[{index}]")
        before, after = old.get("items", True), new.get("items", True)
        if before is not False and (before is not True or after is not True):
            yield from self.walk(before, after, f"{at}[]")

    def _alternatives(self, old: list[Any], new: list[Any], at: str, grows: bool = False) -> Iterator[str]:
        """`grows`: kinds told apart by a tag, a reader stops at one it does not know; it is upgraded first."""
        for choice in old:
            yield from self._nearest(choice, new, at)
        if self._readers and not grows:
            before = {_named(each, self._old_root) for each in old}
            for name in sorted({_named(each, self._new_root) for each in new} - before):
                yield f"{at}: type widened by {name}, readers do not expect it"

    def _nearest(self, choice: Any, new: list[Any], at: str) -> Iterator[str]:
        """Nothing when some new alternative takes `choice`; else what that of its name would break."""
        found = [list(self.walk(choice, each, at)) for each in new]
        if not found or all(found):
            name = _named(choice, self._old_root)
            same = [f for f, each in zip(found, new, strict=True) if _named(each, self._new_root) == name]
            yield from min(same, key=len) if same else [f"{at}: type narrowed, {name} no longer taken"]


def _ref(node: Any) -> str:
    return str(node.get("$ref", "")) if isinstance(node, dict) else ""


def _plain(node: Any, root: Schema) -> Schema:
    """The node with its reference followed; `oneOf` is read as `anyOf`, `true` and `false` as schemas."""
    if isinstance(node, bool):
        return {} if node else {"enum": []}
    seen = set()
    while "$ref" in node:
        if node["$ref"] in seen:
            raise ValueError(f"the reference {node['$ref']} leads to itself")
        seen.add(node["$ref"])
        node = {**_target(root, node["$ref"]), **{k: v for k, v in node.items() if k != "$ref"}}
    if "const" in node:
        node = {**{k: v for k, v in node.items() if k != "const"}, "enum": [node["const"]]}
    if "oneOf" in node:
        node = {**{k: v for k, v in node.items() if k != "oneOf"}, "anyOf": node["oneOf"]}
    return dict(node)


def _target(root: Schema, ref: str) -> Schema:
    if not ref.startswith("#/"):
        raise ValueError(f"the reference {ref} leads out of the schema")
    node: Any = root
    for part in ref[2:].split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return dict(node)


def _choices(node: Schema) -> list[Any]:
    """The alternatives, each with what stands beside them."""
    beside = {k: v for k, v in node.items() if k != "anyOf" and k not in _NOTES}
    return [{**beside, **c} if isinstance(c, dict) else c for c in node["anyOf"]] if "anyOf" in node else [node]


def _named(node: Any, root: Schema) -> str:
    """What an alternative is called: its tag, its reference or its type."""
    plain = _plain(node, root)
    tag = plain.get("properties", {}).get("type", {})
    names = tag.get("enum") or ([tag["const"]] if "const" in tag else [])
    return str(names[0]) if names else _ref(node).rsplit("/", 1)[-1] or _listed(_types_of(plain))


def _types_of(node: Schema) -> frozenset[str]:
    given = node.get("type")
    if given is None:
        return frozenset(map(_type_of, node["enum"])) if node.get("enum") else _ALL_TYPES
    types = frozenset([given] if isinstance(given, str) else given)
    return types | {"integer"} if "number" in types else types


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _values(old: Schema, new: Schema, at: str) -> Iterator[str]:
    if "enum" in new and "enum" not in old:
        yield f"{at}: now a fixed list of values"
    elif "enum" in new:
        gone = [value for value in old["enum"] if value not in new["enum"]]
        if gone:
            yield f"{at}: values removed: {', '.join(map(str, gone))}"


def _bounds(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for word in _LOWER:
        if word in new and (word not in old or new[word] > old[word]) and new[word] != _nothing(word):
            yield f"{at}: {word} raised to {new[word]}"
    for word in _UPPER:
        if word in new and (word not in old or new[word] < old[word]):
            yield f"{at}: {word} lowered to {new[word]}"


def _nothing(word: str) -> float | None:
    return None if word in ("minimum", "exclusiveMinimum") else 0


def _unknown(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for word in sorted((old.keys() | new.keys()) - _KNOWN):
        if old.get(word) != new.get(word):
            yield f"{at}: {word} changed, which this check does not understand"
