"""What no channel takes, however it is spelt; and what must not be mistaken for it."""

from typing import Any

import pytest

from services.channel.refusals import DEEPEST, key_rule
from wufang.catalogue.channels import channel_specs

SPECS = {spec.name: spec for spec in channel_specs()}
BASE = {"title": "路灯不亮", "text": "巷口路灯连续三天不亮。", "occurred_at": "2026-03-05T20:00:00+08:00"}

REFUSED_FIELDS = {
    "person_label": (
        "callerLabel caller_label caller-tag CALLER_LABEL reporterRisk person_tags personLabel userProfile people_list "
        "petitioner_level residentCategory citizenScore tags label blacklist watch_list 扬言人 是否老户 重点人员 "
        "缠访次数 闹访 老上访户 缠访户 是否上访专业户 职业信访 "
        "钉子户 人员标签 人员类别 诉求人标签 来电人画像 信访人等级 标签 黑名单 涉稳人员"
    ),
    "author": (
        "author author_id authorId authorName uid UID user_id userName screen_name screenName nickname blogger "
        "blogger_id poster publisher openid avatar 作者 作者ID 博主 博主昵称 昵称 发帖人 楼主 UP主 账号 粉丝数"
    ),
    "personal_papers": (
        "id_card_photo idCardImage idcard_front identity_card_scan passport_copy hukou_image sfz_photo "
        "身份证照片 身份证正面 户口本复印件 护照扫描件 证件照"
    ),
    "hold_down": "包稳控 包保稳控 稳控措施 稳控责任人 hold_down wenkong",
}
CALLED = (
    "老上访户 缠访户 上访专业户 闹访户 信访大户 老访户 告状专业户 职业上访 无理上访人 越级上访者 维稳对象 "
    "钉子户 访霸 上访头目 闹事人员"
).split()
HARMLESS_FIELDS = (
    "title text category level kind request_type grid_code reporter reporter_phone accused platform link reach likes "
    "comments involved images found_by major minor handling persons joint organisation post evidence street_name "
    "owner_unit number label_printer_fault 承办单位 小区名称 类别 紧急程度 事项标题"
)


def refused(channel: str, data: dict[str, Any]) -> set[tuple[str, str]]:
    spec = SPECS[channel]
    _, errors = spec.read({"specversion": "1.0", "id": "a-1", "type": spec.report_type, "data": data})
    return {(error.field, error.rule) for error in errors}


@pytest.mark.parametrize(("rule", "name"), [(r, n) for r, names in REFUSED_FIELDS.items() for n in names.split()])
def test_a_field_of_that_name_is_refused(rule: str, name: str) -> None:
    assert key_rule(name) == rule
    for channel in SPECS:
        assert rule in {found for _, found in refused(channel, {**BASE, "details": {name: "x"}})}


@pytest.mark.parametrize("name", HARMLESS_FIELDS.split())
def test_an_ordinary_field_name_is_no_refusal(name: str) -> None:
    assert key_rule(name) is None


@pytest.mark.parametrize("name", ["reporter", "reporter_name", "reporterPhone", "诉求人姓名", "来电人电话"])
def test_a_post_has_no_reporter(name: str) -> None:
    assert {rule for _, rule in refused("sentiment", {**BASE, name: "某某"})} == {"author"}
    assert key_rule(name) is None


@pytest.mark.parametrize("word", ["扬言人", "信访老户", "重点人员", "缠访", "闹访人员", "职业投诉人", *CALLED])
@pytest.mark.parametrize("field", ["category", "number"])
def test_a_label_in_a_structured_field_is_refused(field: str, word: str) -> None:
    assert (f"data.{field}", "person_label") in refused("petition", {**BASE, field: word})


def test_a_label_deep_inside_is_refused() -> None:
    data = {**BASE, "details": {"supporting": ["城管局", "重点人员稳控组"]}}
    assert refused("hotline", data) == {("data.details.supporting.1", "hold_down")}


@pytest.mark.parametrize("field", ["title", "text"])
def test_what_people_tell_may_use_such_words(field: str) -> None:
    assert refused("petition", {**BASE, field: "有人说我是缠访的老户、上访专业户、钉子户，要求更正。"}) == set()


@pytest.mark.parametrize(
    ("channel", "details"),
    [
        ("hotline", {"reply": "已落实包稳控。"}),
        ("grid", {"handled": "已稳控当事人。"}),
        ("party_building", {"reason": "包稳控"}),
    ],
)
def test_holding_people_down_is_no_answer(channel: str, details: dict[str, Any]) -> None:
    assert {rule for _, rule in refused(channel, {**BASE, "details": details})} == {"hold_down"}


@pytest.mark.parametrize(
    "category",
    [
        "身份证办理",
        "信用黑名单修复",
        "老旧小区户表改造",
        "标签打印机故障",
        "博物馆",
        "集体上访接待",
        "走访户数",
        "信访户籍问题",
        "上访人员接待场所",
    ],
)
def test_an_ordinary_category_is_taken(category: str) -> None:
    assert refused("hotline", {**BASE, "category": category}) == set()


@pytest.mark.parametrize(
    "name", ["photos/身份证.jpg", "p/idcard-front.png", "ID_Card.JPG", "户口本_2.jpeg", "护照.pdf"]
)
def test_a_picture_of_papers_is_refused(name: str) -> None:
    assert ("data.details.photos_before.0", "personal_papers") in refused(
        "grid", {**BASE, "details": {"photos_before": [name]}}
    )


def test_a_submission_nested_without_end_is_refused() -> None:
    data: dict[str, Any] = {}
    for _ in range(DEEPEST + 3):
        data = {"a": data}
    assert "too_deep" in {rule for _, rule in refused("hotline", {**BASE, "details": data})}


def test_the_word_that_refused_a_field_is_shown_but_no_name_beside_it() -> None:
    assert refused("hotline", {**BASE, "张三是老户": 1}) == {("data.老户", "person_label")}


@pytest.mark.parametrize(
    ("number", "personal"),
    [
        ("13812345678", True),
        ("RX-13812345678", True),
        ("11010519491231002X", True),
        ("RX-2026-000123", False),
        ("202603050001", False),
        ("110105194912310021", False),
        ("990101202603050001", False),
        ("138123456789", False),
        ("7d4b2a9e-5b6d-4c7e-8f90-13812345678a", False),
        ("ab7d4b2a9e5b6d4c7e8f9013812345678acd", False),
        ("7d4b2a9e-5b6d-4c7e-8f90-a13812345678-13812345678", True),
        ("00000000-0000-0000-0000-013812345678", True),
        ("a13812345678", True),
    ],
)
def test_a_persons_number_is_no_business_number(number: str, personal: bool) -> None:
    expected = {("data.number", "personal_number")} if personal else set()
    assert refused("hotline", {**BASE, "number": number}) == expected
    found = refused("hotline", {**BASE, "related": ["RX-1", number]})
    assert found == ({("data.related", "personal_number")} if personal else set())


def test_a_grid_code_of_a_county_that_begins_like_a_mobile_is_none() -> None:
    found = refused("grid", {**BASE, "grid_code": "13010200101"})
    assert "personal_number" not in {rule for _, rule in found}


def test_a_persons_number_is_no_event_id() -> None:
    spec = SPECS["hotline"]
    event = {"specversion": "1.0", "id": "13812345678", "type": spec.report_type, "data": BASE}
    assert [(e.field, e.rule) for e in spec.read(event)[1]] == [("id", "personal_number")]
