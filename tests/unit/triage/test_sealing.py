"""Conduct is sealed, quality is not; what is sealed is nowhere in what others see."""

from pathlib import Path

import pytest

from bench.triage import Row, rows
from tests.support.plain_triage import plain
from wufang.adapters.profile_files import triage_rules
from wufang.domain.triage import (
    PLACEHOLDER,
    Conduct,
    Matter,
    look_over,
    redacted,
    redacted_accused,
    screen,
    screen_with,
    sealed_text,
)
from wufang.domain.triage.asking import hits, page
from wufang.domain.triage.sealing import naming, worth_a_look

RULES = triage_rules()
TABLE = Path(__file__).parents[2] / "data" / "triage" / "dev.csv"

SEALED = {
    "低保办理": "村支书说低保要先给他送两条烟，不送就拖着。",
    "鱼塘": "村会计私下把集体鱼塘租给自己小舅子，没开村民会。",
    "公车": "镇里一位副镇长天天用公车接送孩子上学。",
    "值班": "派出所副所长上班打麻将，叫他出警还骂人。",
    "施工队": "交通局王科长收了施工队的购物卡，路面验收走过场。",
}
OPEN = {
    "办事大厅": "窗口工作人员态度冷淡，问三句答一句，还翻白眼。",
    "物业费": "物业公司会计收了钱不开票，多收我两个月物业费。",
    "邻居": "邻居借了我五万元不还，还说没钱。",
    "咨询": "请问实名举报村干部要带什么材料，到哪里交？",
    "感谢": "感谢社区民警，送他两箱苹果坚决不收。",
    "教育": "支部组织党员观看警示片，剖析外省一名局长受贿案例。",
    "拖欠": "包工头拖欠工资，劳动监察大队让等通知，等了一个月。",
}


def seen(title: str, text: str) -> Conduct | None:
    return screen(Matter("hotline", title, text), RULES)


@pytest.mark.parametrize("title", SEALED)
def test_an_officials_breach_is_sealed(title: str) -> None:
    assert seen(title, SEALED[title]) is not None


@pytest.mark.parametrize("title", OPEN)
def test_quality_and_what_firms_neighbours_and_news_did_is_not(title: str) -> None:
    assert seen(title, OPEN[title]) is None


def test_the_rest_of_the_matter_stays() -> None:
    text = "三组停水四天了。听说村主任把修管子的钱挪用了给自家装修。请先送水来。"
    conduct = seen("停水", text)
    assert conduct is not None
    title, left = redacted("停水", text, conduct)
    assert (title, left) == ("停水", f"三组停水四天了。{PLACEHOLDER}请先送水来。")
    assert sealed_text("停水", text, conduct) == "听说村主任把修管子的钱挪用了给自家装修。"


def test_who_is_named_in_a_sealed_part_is_sealed_elsewhere_too() -> None:
    text = "城建所所长钱某收受包工头红包。路灯坏了一个月。问过钱某两回没有下文。"
    conduct = seen("路灯不亮", text)
    assert conduct is not None
    assert "钱某" not in redacted("路灯不亮", text, conduct)[1]


@pytest.mark.parametrize(
    "text", ["接线员把我的电话号码告诉了被投诉的老板。", "县纪委一名干部收了当事人的购物卡，案子就压下了。"]
)
def test_the_desk_or_the_discipline_office_accused_goes_one_level_up(text: str) -> None:
    conduct = seen("反映问题", text)
    assert conduct is not None
    assert conduct.up


def test_who_was_told_is_not_who_is_accused() -> None:
    conduct = seen("反映问题", "村主任挪用集体资金，我已向县纪委和12345反映。")
    assert conduct is not None
    assert not conduct.up


def test_the_accused_field_keeps_no_office_and_no_person() -> None:
    text = "城管队员收了老板的红包就不查油烟。"
    conduct = seen("油烟", text)
    assert conduct is not None
    for accused in ("县城管局", "李某", "某某街道办事处"):
        assert redacted_accused(accused, conduct, text, RULES) is None
    assert redacted_accused("好味道饭店", conduct, text, RULES) == "好味道饭店"
    assert redacted_accused("县城管局", None, "", RULES) == "县城管局"


@pytest.mark.parametrize("row", rows(TABLE), ids=lambda row: row.id)
def test_the_quick_look_misses_nothing(row: Row) -> None:
    of, rules = page(row.matter), plain(RULES)
    slow = {hit.sentence for hit in hits(of, rules.table.look(of.text), rules, "conduct")}
    look = RULES.conduct.look(of.text)
    assert slow <= set(worth_a_look(naming(of, look, RULES), of, look, RULES))


def test_nothing_to_seal_changes_nothing() -> None:
    assert redacted("路灯", "路灯坏了。", None) == ("路灯", "路灯坏了。")


def test_what_goes_on_about_it_after_another_sentence_is_sealed_too() -> None:
    text = "城建所所长钱某收受包工头红包。请求公开评分。其子不久就进了那家企业。路灯坏了一个月。"
    conduct = seen("路灯不亮", text)
    assert conduct is not None
    assert redacted("路灯不亮", text, conduct)[1] == f"{PLACEHOLDER}请求公开评分。{PLACEHOLDER}路灯坏了一个月。"


@pytest.mark.parametrize(
    "beside", ["", "好处费", "」钱", "县住建局王局长收了施工队的好处费。", "路灯修好了。\n局长收钱"]
)
@pytest.mark.parametrize("text", ["青石巷路灯不亮", "县住建局王局长收了施工队的好处费，把工程批给亲戚。", "王局长收了"])
def test_words_beside_are_screened_as_by_themselves(text: str, beside: str) -> None:
    matter, other = (
        Matter("hotline", "路灯", text, accused="县住建局"),
        Matter("hotline", "", beside, accused="县住建局"),
    )
    found = screen_with(look_over(matter, RULES), matter.accused, beside, RULES)
    assert found == (screen(matter, RULES), screen(other, RULES) if beside else None)
