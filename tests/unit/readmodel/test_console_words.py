"""A report's own fields as the console shows them: no code of the contract reaches an official."""

import re

import pytest

from services.ledger.console import labels
from services.ledger.console.links import hot_share
from wufang.contracts import registry
from wufang.domain.report import CHANNELS


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_code_of_a_channels_own_fields_is_shown_in_chinese(channel: str) -> None:
    definitions = registry.read_schema(f"events/{channel}/report.v1.schema.json")["$defs"]
    (own,) = (one for name, one in definitions.items() if name.endswith("Details"))
    referred = {name: field["$ref"].split("/")[-1] for name, field in own["properties"].items() if "$ref" in field}
    coded = {name: definitions[one] for name, one in referred.items()}
    shown = [labels.detail_value(channel, name, code) for name, one in coded.items() for code in one.get("enum", ())]
    assert shown
    assert not [each for each in shown if re.search("[a-z]", each)]


@pytest.mark.parametrize(
    ("channel", "name", "value", "shown"),
    [
        ("sentiment", "reach", {"views": 2600, "comments": 88}, "阅读：2600，评论：88"),
        ("party_building", "due_at", "2025-11-19T00:00:00.000Z", "2025-11-19 08:00"),
        (
            "hotline",
            "follow_up",
            {"first": {"reached": True, "at": "2025-11-19T16:30:00.000Z"}},
            "首次回访：是否接通：是，回访时间：2025-11-20 00:30",
        ),
        ("hotline", "supporting", ["县住建局", "县水务局"], "县住建局、县水务局"),
        ("hotline", "intake", "pigeon", "pigeon"),
        ("hotline", "unheard_of", {"a": False}, "a：否"),
        ("telegraph", "intake", "phone", "phone"),
    ],
)
def test_values_are_told_with_the_contracts_words(channel: str, name: str, value: object, shown: str) -> None:
    assert labels.detail_value(channel, name, value) == shown


def test_what_is_hot_leads_to_its_cases() -> None:
    assert hot_share("place", "road:幸福") == "/console?q=%22%E5%B9%B8%E7%A6%8F%22"
    assert hot_share("category", "供水") == "/console?category=%E4%BE%9B%E6%B0%B4"
    assert hot_share("category", "（未分类）") is None
