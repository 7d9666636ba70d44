"""The AsyncAPI document follows the official schema and says nothing that the contracts do not."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from wufang.catalogue.asyncapi import asyncapi
from wufang.catalogue.schemas import all_schemas
from wufang.contracts.registry import examples
from wufang.contracts.topics import load_topics

OFFICIAL = json.loads((Path(__file__).parent / "vendor/asyncapi-3.0.0.schema.json").read_text())
Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    return asyncapi(all_schemas())


def errors(document: Document) -> list[str]:
    return [error.json_path for error in jsonschema.Draft7Validator(OFFICIAL).iter_errors(document)]


def test_it_follows_the_official_schema(document: Document) -> None:
    assert errors(document) == []


@pytest.mark.parametrize("damage", ["no title", "unknown action", "unknown word", "partitions in words"])
def test_the_official_schema_refuses_a_damaged_one(document: Document, damage: str) -> None:
    damaged = copy.deepcopy(document)
    channel = damaged["channels"]["reports.hotline"]
    match damage:
        case "no title":
            del damaged["info"]["title"]
        case "unknown action":
            damaged["operations"]["send.ledger"]["action"] = "publish"
        case "unknown word":
            channel["owner"] = "hotline desk"
        case _:
            channel["bindings"]["kafka"]["partitions"] = "twelve"
    assert errors(damaged) != []


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in value.values()))
    return set().union(*(references(inner) for inner in value)) if isinstance(value, list) else set()


def target(document: Document, ref: str) -> Any:
    node: Any = document
    for part in ref.removeprefix("#/").split("/"):
        node = node[part]
    return node


def test_every_reference_leads_somewhere_inside(document: Document) -> None:
    found = references(document)
    assert len(found) > 50
    assert all(isinstance(target(document, ref), dict) for ref in found)


def test_every_topic_is_a_channel_that_is_sent_to_and_received_from(document: Document) -> None:
    names = {topic.name for topic in load_topics()}
    assert document["channels"].keys() == names
    assert document["operations"].keys() == {f"{verb}.{name}" for verb in ("send", "receive") for name in names}


def test_payloads_take_the_examples_and_refuse_others(document: Document) -> None:
    message = document["components"]["messages"]["wufang.hotline.report.v1"]["payload"]["schema"]
    whole = {**document, "$ref": "#/components/messages/wufang.hotline.report.v1/payload/schema"}
    validator = jsonschema.Draft7Validator(whole)
    folder = Path(__file__).parents[2] / "schemas/examples/events/hotline/report"
    for file in folder.glob("*.json"):
        validator.validate(json.loads(file.read_text()))
    assert message["title"] == "热线：诉求件（主题上）"
    sent = examples("hotline", "report")[0].content
    assert list(validator.iter_errors(sent)), "what an agency sends is not what stands on the topic"
