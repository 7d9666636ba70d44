"""Schema, topic, example, class and owner lead to one another, and the check says so when one does not."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from wufang.catalogue.generate import ROOT
from wufang.catalogue.schemas import all_schemas
from wufang.contracts.closure import gaps

CLASSES = frozenset(all_schemas())
Damage = Callable[[Path], None]


def test_the_contracts_are_closed() -> None:
    assert gaps(ROOT / "schemas", CLASSES) == []


def edited(path: str, change: Callable[[Any], None]) -> Damage:
    def damage(folder: Path) -> None:
        content = json.loads((folder / path).read_text())
        change(content)
        (folder / path).write_text(json.dumps(content, ensure_ascii=False))

    return damage


def replaced(path: str, old: str, new: str) -> Damage:
    def damage(folder: Path) -> None:
        text = (folder / path).read_text()
        assert old in text
        (folder / path).write_text(text.replace(old, new))

    return damage


def removed(path: str) -> Damage:
    return lambda folder: (folder / path).unlink()


def copied(path: str, to: str) -> Damage:
    def damage(folder: Path) -> None:
        (folder / to).parent.mkdir(parents=True, exist_ok=True)
        (folder / to).write_bytes((folder / path).read_bytes())

    return damage


def copied_as_topic(name: str) -> Damage:
    def damage(folder: Path) -> None:
        text = (folder / HOTLINE).read_text().replace('name = "reports.hotline"', f'name = "{name}"')
        (folder / f"topics/{name}.toml").write_text(text)

    return damage


HOTLINE = "topics/reports.hotline.toml"
REPORT = "submissions/hotline/report.v1.schema.json"
MINIMAL = "examples/hotline/report/minimal.json"

DAMAGES: dict[str, tuple[Damage, str]] = {
    "a topic file is gone": (removed(HOTLINE), "topic reports.hotline: the code knows it, no file declares it"),
    "a topic the code does not know": (
        copied_as_topic("extra"),
        "topic extra: declared, but the code does not know it",
    ),
    "a file not named after its topic": (
        replaced("topics/commands.toml", 'name = "commands"', 'name = "ledger"'),
        "topics/commands.toml: declares ledger",
    ),
    "another partition count": (
        replaced(HOTLINE, "partitions = 12", "partitions = 6"),
        "topic reports.hotline: 6 partitions, the code says 12",
    ),
    "no owner": (replaced(HOTLINE, 'owner = "hotline desk"', 'owner = " "'), "no owner, label or key"),
    "an owner line is missing": (replaced(HOTLINE, 'owner = "hotline desk"\n', ""), "missing required field `owner`"),
    "a misspelt word in a topic file": (replaced(HOTLINE, "owner =", "onwer ="), "unknown field `onwer`"),
    "broken TOML": (replaced(HOTLINE, 'name = "', "name = "), f"{HOTLINE}: "),
    "a quarantine that is not declared": (
        replaced(HOTLINE, 'quarantine = "quarantine"', 'quarantine = "bin"'),
        "its quarantine bin is not declared",
    ),
    "no quarantine": (replaced(HOTLINE, 'quarantine = "quarantine"\n', ""), "topic reports.hotline: no quarantine"),
    "an event type without its schema": (
        replaced(HOTLINE, '"events/hotline/outcome.v1.schema.json"', ""),
        "declares wufang.hotline.outcome.v1, not its schema",
    ),
    "a schema is gone": (removed(REPORT), f"{REPORT}: a topic names it, no file holds it"),
    "a schema without a topic": (
        copied(REPORT, "submissions/hotline/report.v2.schema.json"),
        "submissions/hotline/report.v2.schema.json: no topic names it",
    ),
    "a schema without a class": (
        copied("ledger/case_opened.v1.schema.json", "ledger/case_closed.v1.schema.json"),
        "ledger/case_closed.v1.schema.json: no class makes it",
    ),
    "a schema without an example": (
        removed("examples/data_keys/wrapped_key.json"),
        "data_keys/wrapped_key.v1.schema.json: no example",
    ),
    "no minimal example": (removed(MINIMAL), f"{REPORT}: no example named minimal"),
    "an example of nothing": (copied(MINIMAL, "examples/hotline/praise/minimal.json"), "follows no schema"),
    "an example at no known depth": (copied(MINIMAL, "examples/minimal.json"), "follows no schema"),
    "an example that names another schema": (
        edited(MINIMAL, lambda event: event.update(dataschema="schemas/submissions/grid/report.v1.schema.json")),
        f"{MINIMAL}: names the schema schemas/submissions/grid/report.v1.schema.json",
    ),
    "an example that breaks its schema": (
        edited(MINIMAL, lambda event: event["data"].update(occurred_at="2026-03-05")),
        f"{MINIMAL}: $.data.occurred_at: pattern",
    ),
    "an example that is not JSON": (replaced(MINIMAL, "{", "["), f"{MINIMAL}: "),
    "a counterexample of nothing": (
        copied("counterexamples/grid/report/watched-person.json", "counterexamples/grid/praise/watched.json"),
        "counterexamples/grid/praise/watched.json: follows no schema",
    ),
    "a counterexample that shows nothing": (
        edited("counterexamples/grid/report/watched-person.json", lambda example: example.update(rule="")),
        "does not say what it shows",
    ),
    "an open object": (
        edited(REPORT, lambda schema: schema["$defs"]["HotlineDetails"].pop("additionalProperties")),
        f"{REPORT}: $.$defs.HotlineDetails is open",
    ),
    "an unbounded text": (
        edited(REPORT, lambda schema: schema["$defs"]["HotlineReport"]["properties"]["text"].pop("maxLength")),
        "$.$defs.HotlineReport.properties.text is unbounded",
    ),
    "an unbounded list": (
        edited(REPORT, lambda schema: schema["$defs"]["HotlineReport"]["properties"]["related"].pop("maxItems")),
        "$.$defs.HotlineReport.properties.related is unbounded",
    ),
    "not a JSON Schema": (edited(REPORT, lambda schema: schema.update(type="objekt")), f"{REPORT}: "),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_gap_is_found(what: str, tmp_path: Path) -> None:
    damage, expected = DAMAGES[what]
    folder = tmp_path / "schemas"
    copytree(ROOT / "schemas", folder)
    damage(folder)
    assert any(expected in gap for gap in gaps(folder, CLASSES)), gaps(folder, CLASSES)


def test_a_class_without_a_schema_is_a_gap() -> None:
    assert gaps(ROOT / "schemas", CLASSES | {"ledger/case_closed.v1.schema.json"}) == [
        "ledger/case_closed.v1.schema.json: a class makes it, no file holds it"
    ]
