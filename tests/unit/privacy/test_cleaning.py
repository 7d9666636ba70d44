"""Cleaning a whole report: every string at any depth, the reporter's fields, identifiers refused."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufang.privacy.cleaning import REPORTER_FIELDS, clean
from wufang.privacy.numbers import Kind

PHONE, CARD, BANK, PLATE = "13812345678", "11010519491231002X", "6222021234567890128", "湘A8B999"
CANARIES = (PHONE, CARD, BANK, PLATE)
IDENTIFIERS = frozenset({"number", "related", "report", "grid_code", "link", "images", "evidence"})


def test_a_canary_in_every_field_is_gone_and_kept_for_the_encrypted_field() -> None:
    data: dict[str, Any] = {
        "title": f"反映{PHONE}",
        "text": f"车{PLATE}撞人，身份证{CARD}，卡{BANK}",
        "category": PHONE,
        "address": f"青石巷{PHONE}旁",
        "accused": f"某公司（{PHONE}）",
        "details": {"expectation": f"回电{PHONE}", "list": [f"a {CARD}", {"deep": [[BANK]]}], "count": 3, "flag": True},
        "reporter": "user-000451",
        "reporter_name": "欧阳某某",
        "reporter_phone": PHONE,
        "reporter_id_card": CARD,
    }
    cleaned = clean(data, IDENTIFIERS)
    shown = orjson.dumps(cleaned.data).decode()
    for canary in (*CANARIES, "user-000451", "欧阳"):
        assert canary not in shown
    assert not set(REPORTER_FIELDS) & set(cleaned.data)
    assert cleaned.personal["text"] == data["text"]
    assert cleaned.personal["details.list.1.deep.0.0"] == BANK
    assert cleaned.personal["reporter_name"] == "欧阳某某"
    assert cleaned.data["details"]["count"] == 3
    assert cleaned.data["details"]["flag"] is True


def test_the_reporters_own_name_and_number_leave_the_text_too() -> None:
    cleaned = clean(
        {
            "title": "欧阳某某的投诉",
            "text": "我叫欧阳某某，内线8234567",
            "reporter_name": "欧阳某某",
            "reporter_phone": "8234567",
        }
    )
    assert cleaned.data == {"title": "[姓名]的投诉", "text": "我叫[姓名]，内线[电话]"}


def test_identifiers_are_looked_at_not_changed() -> None:
    data = {"number": PHONE, "related": ["RX-1", CARD], "evidence": [f"photos/{PHONE}.jpg"], "text": "好"}
    cleaned = clean(data, IDENTIFIERS)
    assert cleaned.data == data
    assert cleaned.refused == [
        ("number", Kind.PHONE),
        ("related.1", Kind.ID_CARD),
        ("evidence.0", Kind.PHONE),
    ]


def test_links_keep_post_numbers_and_lose_phones() -> None:
    post = "https://m.weibo.cn/status/4111111111111111"
    assert clean({"link": post}, IDENTIFIERS).data == {"link": post}
    cleaned = clean({"link": f"https://x.example/{PHONE}"}, IDENTIFIERS)
    assert cleaned.data == {"link": "https://x.example/[电话]"}


def test_clean_data_stays_and_nothing_is_sealed() -> None:
    data = {
        "title": "路灯不亮",
        "text": "三号楼前路灯不亮已有3天。",
        "details": {"intake": "phone", "supporting": ["平川县城管局"]},
    }
    cleaned = clean(data)
    assert cleaned.data == data
    assert cleaned.personal == {}


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1000, 1000), st.text(max_size=20), st.sampled_from(CANARIES)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("abcdefg", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abcdefg", min_size=1, max_size=6), json_values, max_size=6))
def test_no_canary_survives_at_any_depth(data: dict[str, Any]) -> None:
    shown = orjson.dumps(clean(data).data).decode()
    assert not any(canary in shown for canary in CANARIES)


@pytest.mark.parametrize("field", ["number", "evidence", "photos_before"])
def test_an_identifier_that_names_the_reporter_is_refused(field: str) -> None:
    data = {"reporter_name": "欧阳青", "reporter_phone": "+852 91234567", "details": {field: ["a/欧阳青申请书.pdf"]}}
    found = clean(data, (field,), "欧阳青-1")
    assert found.refused == [(f"details.{field}.0", Kind.NAME)]
    assert found.named
    by_phone = clean({"reporter_phone": "8234567", "number": "RX-8234567-1"})
    assert by_phone.refused == [("number", Kind.PHONE)]


def test_what_forms_say_for_nobody_and_accounts_may_stand_in_identifiers() -> None:
    data = {"reporter_name": "市民", "reporter": "user-000451", "number": "市民-user-000451-3"}
    found = clean(data, ("number",), "市民-1")
    assert found.refused == []
    assert not found.named


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("43010213812345678", Kind.PHONE),
        ("430102-13812345678", Kind.PHONE),
        ("43010211010519491231002X", Kind.ID_CARD),
        ("990101003007", None),
        ("13812345678", None),
        ("130102138001", None),
        ("4301020102345678", None),
    ],
)
def test_a_grid_code_is_a_county_and_no_persons_number(code: str, kind: Kind | None) -> None:
    cleaned = clean({"grid_code": code})
    assert cleaned.data == {"grid_code": code}
    assert cleaned.refused == ([("grid_code", kind)] if kind else [])


@pytest.mark.parametrize("number", ["湘A12345", "QQ12345678", "微信号wxid_abc123xyz", "护照E12345678"])
def test_a_number_that_is_a_plate_an_account_or_a_paper_is_refused(number: str) -> None:
    assert [path for path, _ in clean({"number": number}, IDENTIFIERS).refused] == ["number"]
