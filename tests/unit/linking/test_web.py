"""What the web adds to a post is taken off before the linker reads it; every post is made up."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.linking import DAY, LIFT, NOON, County, subject
from wufang.domain.linking import RULES, Link, Subject, index_keys, web
from wufang.domain.linking.places import named
from wufang.domain.linking.web import CORE_LENGTH, clean
from wufang.domain.linking.web import core as core_of


def core(text: str) -> str:
    """As a reading takes it."""
    return core_of(text, clean(text))


SAID = "青杉里小区六栋停水三天，老人下楼提水。"
POSTS = {
    "a menu with bars": ("首页 | 新闻 | 政务公开 | 互动交流\n" + SAID, SAID),
    "a menu with arrows": ("您的位置：首页 > 论坛 > 民生\n" + SAID, SAID),
    "a menu with dots, of words nobody listed": ("要情·县域·乡音·部办·专刊·影像\n" + SAID, SAID),
    "a menu with blanks": ("首页 新闻 政务 服务 互动 登录\n" + SAID, SAID),
    "a menu in the line": ("首页｜要闻｜视频｜直播 " + SAID, SAID),
    "whose copyright": (SAID + "\n版权所有：溪岭县融媒体中心有限公司 未经授权不得转载", SAID),
    "copyright with its sign": (SAID + "\nCopyright © 2021-2024 溪岭论坛 All Rights Reserved", SAID),
    "licence numbers": (SAID + "\n溪ICP备20210001号-1 溪公网安备 33010002000999号", SAID),
    "copyright behind the sentence": (SAID + " 溪岭在线版权所有", SAID),
    "a licence before the sentence": (f"Copyright 2020 溪岭网 溪ICP备1234号 {SAID}", SAID),
    "a path of two": ("网站首页>>民生热线>>来信详情 " + SAID, SAID),
    "a contact by one letter": (SAID + "加V：abc8899", SAID),
    "a betting site before a name": (f"澳门威尼斯人官网开户 {SAID}", SAID),
    "an editor": (SAID + "\n责任编辑：某用户", SAID),
    "an editor in brackets": (SAID + "（责编：小禾）", SAID),
    "a source": ("来源：溪岭县云桥公司\n" + SAID, SAID),
    "a time of publication": ("发布时间：2026-03-01 08:30\n" + SAID, SAID),
    "counts": (SAID + "阅读 1.2万 评论 56 点赞 78", SAID),
    "buttons": (SAID + "\n点赞 收藏 转发 评论 举报", SAID),
    "where to share": (SAID + "分享到：微信 朋友圈 微博 QQ空间", SAID),
    "where to click": (SAID + "点击左下角阅读原文", SAID),
    "a code to scan": (SAID + "扫描二维码关注溪岭百事通", SAID),
    "a mention": ("@某用户 " + SAID, SAID),
    "mentions side by side": (SAID + "@某用户@某用户", SAID),
    "a topic keeps its words": ("#溪岭停水#" + SAID, "溪岭停水#" + SAID),
    "a topic of the other form": (SAID + "#停水[话题]", SAID + "停水"),
    "stickers": ("[泪][怒]" + SAID + "[图片]", SAID),
    "pictures": ("\U0001f6b1\U0001f62d" + SAID + "\u2757\ufe0f", SAID),
    "signs nobody sees": ("青\u200b杉\u2060里小\ufeff区六栋停水三天，老人下楼提水。", SAID),
    "many signs": (SAID + "！！！！！！～～～", SAID),
    "a sentence again and again": ("快来人快来人快来人快来人。" + SAID, "快来人。" + SAID),
    "letters pasted over a name": ("青杉里xK9qZw7小区六栋停水三天，老人下楼提水。", SAID),
    "consonants pasted over a name": ("青杉里qwrtzp小区六栋停水三天，老人下楼提水。", SAID),
    "a betting site pasted over a name": (
        "县直澳门金沙娱乐城官网机关工委组织党员到青杉里小区送水。",
        "县直机关工委组织党员到青杉里小区送水。",
    ),
    "betting words in a row": (SAID + "博彩平台 彩票投注 官网注册", SAID),
    "a lender": (SAID + "无抵押贷款 当天放款 加微信 abc12345", SAID),
    "invoices": (SAID + "代开发票、办证、刻章 联系QQ 1234567", SAID),
    "a contact alone": (SAID + "加我微信：xyz_998877", SAID),
}
# What people say themselves, though it has a word of the lists above in it.
UNTOUCHED = (
    SAID,
    "金沙娱乐城半夜放音乐，楼上住户睡不着。",
    "楼道里贴满贷款、办证、刻章小广告，没有人清理。",
    "开发商交房后拒开发票，贷款合同也不给。",
    "棋牌室开到凌晨，一楼彩票店门口打牌吵闹。",
    "小区充电桩扫码没反应，扫码支付也失败。",
    "噪音来源不明，请查一查。",
    "政务网站登录注册入口打不开，点击提交没有反应。",
    "地址：溪岭县>云桥镇>鹿岭村>3组",
    "青杉里小区|停水|第三天",
    "视频|青杉里停水",
    "停水|停电|没人管|物业|失联",
    "[鹿岭村][3组]停水。",
    "户号100000000001，欠费888888元是怎么来的。",
    "时间：3月5日晚8点，青杉里小区。",
    "这张照片版权所有者是我，小区拿去做广告。",
    "体育彩票电话打不通。",
    "七班微信c0307班级群里一直在催交费。",
    "按照[县政府文件]12号文的规定办。",
    "来源：这是上个月十五号下午我们几个住户一起去问到的说法，没有下文。",
    "网上有人组织网络赌博投注诈骗老人。",
    "3#楼和5#楼之间的路灯不亮。",
    "工单编号RX20260308001至今没有回复。",
    "上次的工单号HL2026A0308已经办结，问题还在。",
    "路灯坏了 没人修 晚上看不见",
    "KTV和LED屏太吵，A3区的人都睡不着。",
)


def _bare(text: str) -> str:
    """The linker reads no blanks."""
    return "".join(text.split())


@pytest.mark.parametrize("name", POSTS)
def test_what_is_left_of_a_post(name: str) -> None:
    came, left = POSTS[name]
    assert _bare(clean(came)) == _bare(left)


@pytest.mark.parametrize("said", UNTOUCHED)
def test_what_people_say_themselves_stays(said: str) -> None:
    assert clean(said) == said


@given(st.lists(st.sampled_from([*POSTS, *UNTOUCHED]), max_size=3), st.integers(0, 80), st.integers(0, 80))
def test_what_is_not_asked_of_a_post_would_have_found_nothing(names: list[str], start: int, end: int) -> None:
    text = "".join(POSTS[name][0] if name in POSTS else name for name in names)[start : start + end]
    if not web._WORTH.search(text):
        asked = (web._MENU_RUN, web._CONTACT, web._LICENCE, *(one for one, _ in web._SPANS[: web._ALWAYS_FROM]))
        assert not any(one.search(text) for one in asked)


PIECES = st.sampled_from(
    [piece for came, _ in POSTS.values() for piece in (came, came[:9], came[-9:])]
    + [
        *"@#[]|>·\n 。，!x9泪区",
        "//@某用户:",
        "加微信",
        "博彩",
        "投注",
        "官网",
        "版权所有",
        "来源：",
        "\u200b",
        "[[泪]怒]",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200)


def _subsequence(some: str, whole: str) -> bool:
    letters = iter(whole)
    return all(letter in letters for letter in some)


@settings(max_examples=300)
@given(TEXTS)
def test_cleaning_only_removes_and_does_so_once(text: str) -> None:
    left = clean(text)
    assert _subsequence(left, text)
    assert clean(left) == left


def test_spam_nested_past_every_pass_is_nothing_and_what_is_less_nested_is_peeled() -> None:
    assert clean("[泪" * 30 + "]怒" * 30 + SAID) == ""
    assert clean("[泪[怒]哭]" + SAID) == SAID


HOSTILE = (
    "@",
    "#",
    "[",
    "[泪",
    "首页|",
    "a|",
    "来源：",
    "博彩",
    "博彩 ",
    "加微信",
    "转发",
    "//@a:",
    "版权",
    "ab",
    "9",
    "aB3",
    "中aB3x9",
    "©",
    "点击",
    "阅读1",
    "《》",
    "x ",
    " ",
    "\n",
    "（来源",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_is_linear_in_a_hostile_text(piece: str) -> None:
    """Ten times the characters, the longest a field takes, cost no more than three times ten times as much."""

    def cost(length: int) -> float:
        text = (piece * length)[:length]
        started = time.thread_time()
        core(text)
        core(f"转发：{text}")
        return time.thread_time() - started

    short = min(cost(1_000) for _ in range(3))
    assert min(cost(10_000) for _ in range(3)) < max(30 * short, 0.05)


@pytest.mark.parametrize(
    "spam",
    [
        "澳门金沙娱乐城官网注册",
        "版权所有：白榆湾科技有限公司",
        "技术支持：白榆湾网络公司",
        "来源：白榆湾大学",
        "首页 | 白榆湾社区 | 论坛 | 登录",
        "@白榆湾小区业主委员会",
        "扫描二维码关注白榆湾花园",
    ],
)
def test_a_spam_string_is_no_place_and_no_organisation(spam: str) -> None:
    county = County()
    plain = county.read(subject(LIFT, channel="sentiment"))
    for text in (f"{LIFT[1]}\n{spam}", f"{spam}\n{LIFT[1]}", f"{LIFT[1]} {spam}"):
        pasted = county.read(subject((LIFT[0], text), channel="sentiment"))
        assert named(pasted.mentioned) == named(plain.mentioned)
        assert pasted.terms == plain.terms


def test_only_posts_are_cleaned() -> None:
    text = LIFT[1] + "\n来源：白榆湾大学"
    county = County()
    for channel in ("hotline", "grid", "petition", "party_building"):
        reading = county.read(subject((LIFT[0], text), channel=channel))
        assert "白榆湾" in named(reading.mentioned)
        assert reading.core == ""


def test_a_licence_number_is_no_reference() -> None:
    county = County()
    text = LIFT[1] + "\n溪公网安备 33010002000999号"
    assert county.read(subject((LIFT[0], text), channel="sentiment")).references == ()
    assert county.read(subject((LIFT[0], text), channel="hotline")).references == ("33010002000999",)


def post(text: str, number: str, title: str = "", **fields: Any) -> Subject:
    return subject((title, text), number, channel="sentiment", **fields)


ODD = "昨晚十一点多河堤那边又有大车偷倒渣土，尘土把晒的衣服都弄脏了，拍照的时候还被人骂，盼着有人来看看。"
PASSED_ON = (
    ODD,
    f"转发微博：{ODD}",
    f"【转】{ODD}",
    f"RT @某用户: {ODD}",
    f"太过分了！//@某用户:气人//@某用户:{ODD}",
    f"{ODD}（来源：溪岭论坛）",
    ODD.replace("，", ",").replace("。", "！！！"),
    f"首页 | 论坛 | 民生 | 登录\n{ODD}\n版权所有：溪岭论坛",
    f"{ODD} [链接] @某用户",
)


@pytest.mark.parametrize("text", PASSED_ON)
def test_who_passes_a_post_on_says_the_same(text: str) -> None:
    county = County()
    case = county.take(post(ODD, "P-1", "河堤渣土"))
    link = county.link(post(text, "P-2", "夜里谁管一管", occurred_at=NOON + 30 * DAY))
    assert isinstance(link, Link)
    assert (link.case_id, link.kind, link.score) == (case, "same_matter", RULES.reference_score)
    assert [(reason.feature, reason.detail) for reason in link.reasons] == [("repost", "转发或同文，正文一致")]


def _reposts(county: County, report: Subject) -> bool:
    link = county.link(report)
    return link is not None and link.reasons[0].feature == "repost"


def test_a_template_with_another_name_is_no_repost() -> None:
    county = County()
    text = LIFT[1] + "请大家帮忙转发出去让更多的人看见我们的难处。"
    county.take(post(text, "P-1"))
    assert _reposts(county, post(text, "P-2"))
    elsewhere = text.replace("青杉里", "白榆湾")
    assert core(elsewhere) != core(text) != ""
    assert county.link(post(elsewhere, "P-3")) is None


def test_one_text_under_titles_of_two_places_is_no_repost() -> None:
    county = County()
    county.take(post(ODD, "P-1", "青杉里小区外渣土车"))
    assert county.link(post(ODD, "P-2", "白榆湾小区外渣土车")) is None


def test_a_repost_past_the_window_or_of_a_short_text_says_nothing() -> None:
    county = County()
    county.take(post(ODD, "P-1"))
    assert county.link(post(ODD, "P-2", occurred_at=NOON + (RULES.window_days + 1) * DAY)) is None
    short = ODD[: CORE_LENGTH - 1]
    assert core(short) == ""


def test_a_text_in_more_cases_than_a_few_is_a_template() -> None:
    county = County()
    names = ("青杉里", "白榆湾", "望槐", "鹿岭")[: RULES.template_cases + 1]
    for number, name in enumerate(names):
        county.take(post(ODD, f"P-{number}", f"{name}小区外渣土车"))
    assert not _reposts(county, post(ODD, "P-9", f"{names[0]}小区外渣土车"))


def test_only_posts_repost_and_under_one_key() -> None:
    county = County()
    assert not any(key.startswith("t:") for key in index_keys(county.read(subject(("河堤渣土", ODD), "HL-1"))))
    keys = index_keys(county.read(post(ODD, "P-1")))
    assert [len(key) for key in keys if key.startswith("t:")] == [22]
