"""What the sender is told: where, by which rule, in Chinese, with an example; and never a personal value."""

import re
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.channel import ChannelSpec
from services.channel.errors import MOST_ERRORS
from services.hotline import SPEC
from services.petition import SPEC as PETITION
from services.sentiment import SPEC as SENTIMENT
from wufang.adapters.http_problems import FieldError

BASE = {"title": "路灯不亮", "text": "巷口路灯连续三天不亮。", "occurred_at": "2026-03-05T20:00:00+08:00"}


def errors(data: Any, **envelope: Any) -> tuple[FieldError, ...]:
    event = {"specversion": "1.0", "id": "rx-1", "type": SPEC.report_type, "data": data, **envelope}
    return SPEC.read(event)[1]


@pytest.mark.parametrize(
    ("data", "field", "rule", "words", "example"),
    [
        ({**BASE, "occurred_at": "2026-03-05T20:00:00"}, "data.occurred_at", "naive_time", "时区", "+08:00"),
        ({**BASE, "occurred_at": "2026-03-05 20:00:00"}, "data.occurred_at", "naive_time", "时区", "+08:00"),
        ({**BASE, "occurred_at": "05/03/2026"}, "data.occurred_at", "time_format", "RFC 3339", "+08:00"),
        ({**BASE, "occurred_at": 1767225600}, "data.occurred_at", "string_type", "文字", "2026"),
        (
            {**BASE, "occurred_at": "2026-02-30T00:00:00Z"},
            "data.occurred_at",
            "datetime_from_date_parsing",
            "不存在",
            "2026",
        ),
        ({**BASE, "title": ""}, "data.title", "string_too_short", "不能为空", "青石巷"),
        ({**BASE, "title": "长" * 201}, "data.title", "string_too_long", "最多 200 个字", "青石巷"),
        ({k: v for k, v in BASE.items() if k != "text"}, "data.text", "missing", "缺少", "青石巷"),
        ({**BASE, "public": "yes"}, "data.public", "bool_type", "true 或 false", "True"),
        ({**BASE, "contact_mode": "call"}, "data.contact_mode", "enum", "contactable", "contactable"),
        ({**BASE, "point": {"lat": 91, "lon": 1}}, "data.point.lat", "less_than_equal", "不得大于 90", "27.83"),
        ({**BASE, "titel": "a"}, "data.titel", "unknown_field", "是否应为 title", "title"),
        ({**BASE, "details": {"urgncy": "a"}}, "data.details.urgncy", "unknown_field", "是否应为 urgency", "urgency"),
        ({**BASE, "details": {"returns": {"reason": "a"}}}, "data.details.returns.count", "missing", "缺少", "1"),
        ({**BASE, "related": ["x"] * 51}, "data.related", "too_long", "最多 50 项", "RX"),
        ({**BASE, "related": "x"}, "data.related", "tuple_type", "列表", "RX"),
        ({**BASE, "number": "编号 @1"}, "data.number", "pattern", "格式", "RX-2026"),
        ([], "data", "model_type", "对象", ""),
    ],
)
def test_an_error_says_field_rule_and_example(data: Any, field: str, rule: str, words: str, example: str) -> None:
    found = errors(data)
    assert [(error.field, error.rule) for error in found] == [(field, rule)]
    assert words in found[0].message
    assert example in str(found[0].example)


@pytest.mark.parametrize(
    ("envelope", "field", "rule", "words"),
    [
        ({"type": "wufang.grid.report.v1"}, "", "union_tag_invalid", "wufang.hotline.report.v1"),
        ({"type": 7}, "", "union_tag_invalid", "事件类型"),
        ({"specversion": "0.3"}, "specversion", "pattern", "格式"),
        ({"id": ""}, "id", "pattern", "格式"),
        ({"jurisdiction": "4301"}, "jurisdiction", "pattern", "格式"),
        ({"subject": "x"}, "subject", "unknown_field", "未登记"),
    ],
)
def test_an_error_of_the_envelope_is_told(envelope: dict[str, Any], field: str, rule: str, words: str) -> None:
    found = errors(BASE, **envelope)
    assert [(error.field, error.rule) for error in found] == [(field, rule)]
    assert words in found[0].message


@pytest.mark.parametrize("event", [None, 7, "x", [], {}, {"type": "x"}, {"data": 1}])
def test_anything_at_all_is_answered(event: Any) -> None:
    submission, found = SPEC.read(event)
    assert submission is None
    assert found


def test_an_endless_list_of_mistakes_is_cut() -> None:
    assert len(errors({f"field_{n}": 1 for n in range(60)})) == MOST_ERRORS
    assert len(errors({f"label_{n}_tags": 1 for n in range(60)})) <= MOST_ERRORS
    assert [e.rule for e in errors({f"field_{n}": 1 for n in range(500)})] == ["too_many_fields"]
    assert [e.rule for e in errors(BASE, **{f"field_{n}": 1 for n in range(500)})] == ["too_many_fields"]


@pytest.mark.parametrize("spec", [SPEC, SENTIMENT], ids=lambda spec: spec.name)
@pytest.mark.parametrize("piece", ["a.", "a", "身份证", "@a", "https://a.com/", "uid:", "作者：", "1", "%40", "/", ":"])
def test_no_text_makes_the_door_slow(spec: ChannelSpec, piece: str) -> None:
    """The longest text a field takes, and one of a whole request: neither may cost a quadratic search."""
    started = process_time()
    for size in (9_990, 3_000_000):
        text = piece * (size // len(piece))
        data = {**BASE, "text": text, "category": text, "details": {"link": text[:2_000], "platform": text, text: 1}}
        spec.read({"specversion": "1.0", "id": "a-1", "type": spec.report_type, "data": data})
        spec.read({"specversion": "1.0", "id": "a-1", "type": spec.report_type, "data": {**BASE, "text": text}})
    assert process_time() - started < 1.0


def test_every_message_is_chinese_and_filled_in() -> None:
    bad = {"title": 1, "text": "", "occurred_at": "x", "public": 1, "point": {"lat": "a"}, "related": 1, "zz": 1}
    for error in errors(bad):
        assert re.search("[一-龥]", error.message)
        assert "{" not in error.message


CANARIES = ["13987654321", "11010519491231002X", "张三丰", "湘A12345", "6222020200112233445", "canary@mail.example"]
FIELDS = [
    *("title", "number", "occurred_at", "received_at", "category", "grid_code", "contact_mode", "public", "related"),
    *("reporter", "reporter_name", "reporter_phone", "reporter_id_card", "details", "point", "accused", "unknown"),
]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    field=st.sampled_from(FIELDS),
    canary=st.sampled_from(CANARIES),
    shape=st.sampled_from(["plain", "long", "list", "object", "key", "deep key"]),
)
def test_no_value_is_repeated(field: str, canary: str, shape: str) -> None:
    value: Any = {
        "plain": canary,
        "long": canary * 2_000,
        "list": [canary] * 60,
        "object": {"lat": canary, "lon": canary},
        "key": {canary: 1},
        "deep key": {"follow_up": {canary: {canary: canary}}},
    }[shape]
    told = repr(errors({**BASE, field: value})) + repr(errors({**BASE, canary: value}))
    told += repr(errors(BASE, id=canary * 40)) + repr(errors(BASE, **{canary: 1})) + repr(errors(BASE, type=canary))
    assert canary not in told


def test_a_missing_paper_is_told_by_its_name() -> None:
    data = {**BASE, "details": {"review": {"number": "信复查字〔2026〕3号", "issued_on": "2026-13-20"}}}
    event = {"specversion": "1.0", "id": "xf-1", "type": PETITION.report_type, "data": data}
    found = PETITION.read(event)[1]
    assert [(error.field, error.rule) for error in found] == [("data.details.review.issued_on", "day_format")]
