"""Within a major version a schema only grows; a breaking change is a new `.v2` beside the old one."""

import json
from pathlib import Path
from typing import Any

from wufang.catalogue.generate import ROOT, release
from wufang.catalogue.schemas import all_schemas
from wufang.contracts.compatibility import Direction, breaking_changes

Schemas = dict[str, dict[str, Any]]


def read(folder: Path) -> Schemas:
    return {str(f.relative_to(folder)): json.loads(f.read_text()) for f in folder.rglob("*.schema.json")}


def direction_of(path: str) -> Direction:
    return "submission" if path.startswith("submissions/") else "event"


def broken(released: Schemas, current: Schemas) -> list[str]:
    found = [f"{path}: schema removed" for path in released if path not in current]
    for path in sorted(released.keys() & current.keys()):
        changes = breaking_changes(released[path], current[path], direction_of(path))
        found += [f"{path} {change}" for change in changes]
    return found


def test_current_schemas_break_no_released_one() -> None:
    released = read(ROOT / "schemas/released")
    assert len(released) >= 20
    assert broken(released, all_schemas()) == []


def test_a_schema_that_is_removed_is_refused() -> None:
    assert broken({"ledger/gone.v1.schema.json": {}}, {}) == ["ledger/gone.v1.schema.json: schema removed"]


def test_a_required_field_more_is_refused(tmp_path: Path) -> None:
    release(tmp_path)
    released = read(tmp_path / "schemas/released")
    current = all_schemas()
    assert broken(released, current) == []
    path = "submissions/hotline/report.v1.schema.json"
    current[path]["$defs"]["HotlineReport"]["required"].append("category")
    assert broken(released, current) == [f"{path} $.data.category: now required"]


def test_a_new_schema_breaks_nothing(tmp_path: Path) -> None:
    release(tmp_path)
    current = {**all_schemas(), "submissions/hotline/report.v2.schema.json": {"type": "object"}}
    assert broken(read(tmp_path / "schemas/released"), current) == []
