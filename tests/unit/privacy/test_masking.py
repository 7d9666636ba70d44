"""What is masked in free text, and what must stay: a table of nasty forms and of innocent numbers."""

from __future__ import annotations

import sys
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufang.privacy import numbers, patterns
from wufang.privacy.masking import mask
from wufang.privacy.numbers import Kind, valid_id_card
from wufang.privacy.patterns import find_personal, looks_personal

PERSONAL = [
    ("电话13812345678请回", "电话[电话]请回"),
    ("电话：138-1234-5678。", "电话：[电话]。"),
    ("138 1234 5678", "[电话]"),
    ("138.1234.5678", "[电话]"),
    ("138/1234/5678", "[电话]"),
    ("138\u200b1234\u200b5678", "[电话]"),
    ("138\n1234\n5678", "[电话]"),
    ("1 3 8 1 2 3 4 5 6 7 8", "[电话]"),
    ("1-3-8-1-2-3-4-5-6-7-8", "[电话]"),
    ("１３８１２３４５６７８", "[电话]"),
    ("１３８－１２３４－５６７８", "[电话]"),
    ("1381 234 5678", "[电话]"),
    ("13812 345678", "[电话]"),
    ("+86 138 1234 5678", "[电话]"),
    ("+86-13812345678", "[电话]"),
    ("(+86)13812345678", "[电话]"),
    ("8613812345678", "[电话]"),
    ("0086-13812345678", "[电话]"),
    ("013812345678", "[电话]"),
    ("一三八一二三四五六七八", "[电话]"),
    ("幺三八 幺二三四 五六七八", "[电话]"),
    ("138零零138000", "[电话]"),
    ("①③⑧①②③④⑤⑥⑦⑧", "[电话]"),
    ("٠١٣٨١٢٣٤٥٦٧٨", "[电话]"),
    ("wx13812345678", "wx[电话]"),
    ("张13812345678李", "张[电话]李"),
    ("13812345678、13912345678", "[电话]、[电话]"),
    ("13812345678,13912345678", "[电话],[电话]"),
    ("1381234567813912345678", "[电话]"),
    ("电话138 1234 5678 2024年来过", "电话[电话] 2024年来过"),
    ("13812345678-2", "[电话]-2"),
    ("13812345678元旦打不通", "[电话]元旦打不通"),
    ("0731-82345678", "[电话]"),
    ("(0731)82345678", "[电话]"),
    ("（0731）8234 5678", "[电话]"),
    ("073182345678", "[电话]"),
    ("010-62345678转801", "[电话]转801"),
    ("座机82345678", "座机[电话]"),
    ("电话：8234-5678", "电话：[电话]"),
    ("手机1381234567", "手机[电话]"),
    ("+852 9123 4567", "[电话]"),
    ("身份证430102199001011234", "身份证[身份证]"),
    ("430102199001011234", "[身份证]"),
    ("11010519491231002X", "[身份证]"),
    ("11010519491231002x", "[身份证]"),
    ("11010519491231002Ｘ", "[身份证]"),
    ("１１０１０５１９４９１２３１００２Ｘ", "[身份证]"),
    ("110105 19491231 002X", "[身份证]"),
    ("110105-1949-1231-002X", "[身份证]"),
    ("430102900101123", "[身份证]"),
    ("身份证号：130102270305001", "身份证号：[身份证]"),
    ("11010519491231002X13812345678", "[身份证][电话]"),
    ("湘A12345", "[车牌]"),
    ("湘A·12345", "[车牌]"),
    ("湘A-12345", "[车牌]"),
    ("湘 A 12345", "[车牌]"),
    ("湘a12345", "[车牌]"),
    ("湘Ａ１２３４５", "[车牌]"),
    ("湘AD12345", "[车牌]"),
    ("湘AF12345", "[车牌]"),
    ("湘A12345D", "[车牌]"),
    ("湘A1234警", "[车牌]"),
    ("湘A1234挂", "[车牌]"),
    ("车牌湘A8B999的车", "车牌[车牌]的车"),
    ("6222021234567890128", "[银行卡]"),
    ("6222 0212 3456 7890 128", "[银行卡]"),
    ("6222-0212-3456-7890-128", "[银行卡]"),
    ("６２２２０２１２３４５６７８９０１２８", "[银行卡]"),
    ("4111 1111 1111 1111", "[银行卡]"),
    ("卡号6222 0212 3456 7890 123", "卡号[银行卡]"),
    ("张三13812345678", "张三[电话]"),
    ("13812345678一直没人接", "[电话]一直没人接"),
    ("一三八一二三四五六七八一直没人接", "[电话]一直没人接"),
    ("138零零138000一直没人接", "[电话]一直没人接"),
    ("0731-82345678三次都占线", "[电话]三次都占线"),
    ("430102199001011234二楼", "[身份证]二楼"),
    ("李四430102199001011234", "李四[身份证]"),
    ("6222021234567890128一张", "[银行卡]一张"),
    ("壹叁捌壹贰叁肆伍陆柒捌", "[电话]"),
    ("幺三八幺两三四五六拐八", "[电话]"),
    ("¹³⁸¹²³⁴⁵⁶⁷⁸", "[电话]"),
    ("❶❸❽❶❷❸❹❺❻❼❽", "[电话]"),
    ("⑴⑶⑻⑴⑵⑶⑷⑸⑹⑺⑻", "[电话]"),
    ("138\u00ad1234\u00ad5678", "[电话]"),
    ("138\u202e1234\u20665678", "[电话]"),
    ("138\x001234\x1b5678", "[电话]"),
    ("138\u03011234\ufe005678", "[电话]"),
    ("138\U000e00201234\u31645678", "[电话]"),
    ("138    1234    5678", "[电话]"),
    ("13800138000x2", "[电话]x2"),
    ("138001380001390013900013700137000", "[电话]"),
    ("zhang.san＠qq．com", "[邮箱]"),
    ("138、1234、5678", "[电话]"),
    ("138。1234。5678", "[电话]"),
    ("138:1234:5678", "[电话]"),
    ("138：1234：5678", "[电话]"),
    ("138*1234*5678", "[电话]"),
    ("138+1234+5678", "[电话]"),
    ("138~1234~5678", "[电话]"),
    ("138|1234|5678", "[电话]"),
    ("138=1234=5678", "[电话]"),
    ("１３８：１２３４：５６７８", "[电话]"),
    ("一三八、一二三四、五六七八", "[电话]"),
    ("138、12345678", "[电话]"),
    ("1、3、8、1、2、3、4、5、6、7、8", "[电话]"),
    ("138      1234      5678", "[电话]"),
    ("13O12345678", "[电话]"),
    ("138OO138000", "[电话]"),
    ("13o 1234 5678", "[电话]"),
    ("１３Ｏ１２３４５６７８", "[电话]"),
    ("0731、8234、5678", "[电话]"),
    ("0731：82345678", "[电话]"),
    ("430102、19900101、1234", "[身份证]"),
    ("110105：19491231：002x", "[身份证]"),
    ("6222、0212、3456、7890、128", "[银行卡]"),
    ("QQ：1234567890", "QQ：[社交号]"),
    ("qq号是1234567890", "qq号是[社交号]"),
    ("ＱＱ１２３４５６７", "ＱＱ[社交号]"),
    ("微信号wxid_abc123xyz", "微信号[社交号]"),
    ("加微信zhang_san", "加微信[社交号]"),
    ("微信：zhangsan", "微信：[社交号]"),
    ("wxid_abc123xyz", "[社交号]"),
    ("护照E12345678", "护照[护照]"),
    ("护照号：EA1234567", "护照号：[护照]"),
    ("港澳通行证C12345678", "港澳通行证[护照]"),
    ("台胞证12345678", "台胞证[护照]"),
    ("zhang.san(at)qq.com", "[邮箱]"),
    ("zhang.san（at）qq（dot）com", "[邮箱]"),
    ("zhangsan [at] qq.com", "[邮箱]"),
    ("ｚｈａｎｇ＠ｑｑ．ｃｏｍ", "[邮箱]"),
    ("zhang.san@qq.com", "[邮箱]"),
    ("123456789@qq.com", "[邮箱]"),
    ("1三8一二三4五6七8", "[电话]"),
    ("138幺贰3肆5六七8", "[电话]"),
    ("43零102一九九〇01011234", "[身份证]"),
    ("138的1234的5678", "[电话]"),
    ("一三八转一二三四转五六七八", "[电话]"),
    ("138一1234一5678", "[电话]"),
    ("138-中间四位1234-5678", "[电话]"),
    ("138，中间是1234，最后四位是5678", "[电话]"),
    ("138，后面是12345678", "[电话]"),
    ("138后边是12345678", "[电话]"),
    ("１３８１２３４后四位５６７８", "[电话]"),
    ("430102然后19900101再1234", "[身份证]"),
    ("138****5678，中间四位是1234", "[电话]"),
    ("138xxxx5678 隐去的是1234", "[电话]"),
]
INNOCENT = [
    "2024年1月13日",
    "2024-01-13 08:30:45",
    "2024/01/13",
    "2024.01.13-2024.02.15",
    "2024-01-13 812345678",
    "1998.05.13-100",
    "工单20240113000123",
    "GD202401130001",
    "WT-2024-0113-0001",
    "430102202401130001",
    "430102240113001",
    "2401130000123456",
    "430102001003",
    "620102 20260305 0001",
    "150102-00001",
    "137381-10000",
    "19980513-202",
    "6201022026030500",
    "13,800,000,000元",
    "1234567.89元",
    "192.168.100.10",
    "113.123456,28.123456",
    "拨打12345热线",
    "一二三四五六七八九十",
    "来电反映1、3、5、7、9、11、13、15栋",
    "拨打12345-2",
    "致电95588",
    "400-123-4567",
    "110、119、120",
    "G5513高速京G4段",
    "新建A栋1234室",
    "最新A区最新B12栋",
    "云A座",
    "一二三四五六七八九十",
    "二〇二六年三月五日",
    "3栋2单元1501",
    "1709600000000",
    "平信受字〔2026〕12号",
    "面积1200平方米，预算350万元，涉及1300户",
    "2024.10.12、2024.10.13",
    "2024-10-12：2024-10-13",
    "1、2、3",
    "价格12:30",
    "10:30-11:30、14:00-16:30",
    "1301、1302、403室",
    "1300、1500、1600元",
    "130*1500=195000元",
    "2、4、6、8、10、12、14、16栋",
    "许可证号JY14301020012345",
    "统一社会信用代码91430100MA4L16JQ7B",
    "（2024）湘0102民初1234号",
    "工单号：20240113：0001",
    "户号：1234567890",
    "QQ音乐、QQ群、QQ20260305",
    "微信小程序、微信app、微信公众号",
    "护照20240113办结，通行证2024年到期",
    "车辆通行证20240001号",
    "编号138：20260305",
    "一百二十三号",
    "二〇二六年十一月二十三日十点三十分",
    "138户1234户5678户",
    "从138转1234路，再转5678路",
    "138点12345678万元",
    "138中间隔着1234栋和5678栋",
    "138****5678",
    "中间四位1234",
    "430102然后20260305再0002",
]
UNIFORM = ["", " ", "-", "－", "\u3000", "\u200b", "–", "_"]


@pytest.mark.parametrize(("text", "masked"), PERSONAL)
def test_personal_forms_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked
    around = f"本小区三号楼，{text}，请处理"
    assert mask(around) == f"本小区三号楼，{masked}，请处理"


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_numbers_stay(text: str) -> None:
    assert mask(text) == text
    assert mask(f"居民反映{text}一事") == f"居民反映{text}一事"


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
chinese = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, exclude_characters="零一二三四五六七八九幺")
)


@given(mobiles, st.sampled_from(UNIFORM), st.sampled_from([(3, 4, 4), (3, 3, 5), (7, 4), (1,) * 11]), chinese)
def test_a_mobile_is_masked_in_any_usual_grouping(
    number: str, between: str, groups: tuple[int, ...], around: str
) -> None:
    pieces, at = [], 0
    for size in groups:
        pieces.append(number[at : at + size])
        at += size
    text = f"{around}手{between.join(pieces)}机{around}"
    assert mask(text) == f"{around}手[电话]机{around}"


@given(st.sampled_from([110105, 430102, 650102]), st.dates(date(1930, 1, 1), date(2025, 12, 31)), st.integers(0, 999))
def test_a_valid_card_is_masked_and_a_wrong_check_digit_only_in_the_past(county: int, born: date, number: int) -> None:
    body = f"{county}{born:%Y%m%d}{number:03d}"
    card = next(body + last for last in "0123456789X" if valid_id_card(body + last))
    assert mask(f"证{card}。") == "证[身份证]。"
    wrong = body + ("0" if card[-1] != "0" else "1")
    assert (mask(f"单{wrong}。") == f"单{wrong}。") == (born.year >= 2015)


@given(st.dates(date(1990, 1, 1), date(2039, 12, 31)), st.integers(0, 86_399), st.sampled_from(["-", "/", ".", ""]))
def test_dates_and_times_stay(day: date, second: int, between: str) -> None:
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    text = f"于{day:%Y}{between}{day:%m}{between}{day:%d} {clock}至{day:%Y}年{day:%m}月{day:%d}日"
    assert mask(text) == text


@given(st.text(alphabet="0123456789 -、：*+=O微信QQ护照号wxid_a(at).com电话卡", max_size=60))
def test_masking_twice_is_once_in_texts_of_its_own_signs(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(st.text())
def test_masking_never_fails_and_twice_is_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(st.text(alphabet="0123456789 -.,()Xx京A·@零一三八\u200b１３８+、：*O(at)", max_size=60))
def test_spans_are_ordered_and_apart_on_adversarial_text(text: str) -> None:
    spans = find_personal(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(chinese)
def test_text_without_numbers_is_untouched(text: str) -> None:
    assert mask(text) is text


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [
        ("13812345678", Kind.PHONE),
        ("GD13812345678", Kind.PHONE),
        ("138-1234-5678", Kind.PHONE),
        ("0731-82345678", Kind.PHONE),
        ("11010519491231002X", Kind.ID_CARD),
        ("6222021234567890128", Kind.BANK_CARD),
        ("zhang@qq.com", Kind.EMAIL),
        ("0102345678", Kind.PHONE),
        ("零一零-二三四五六七八", Kind.PHONE),
        ("RX-2026-000123", None),
        ("430102202603050001", None),
        ("430102260305001", None),
        ("6201022026030500", None),
        ("4999999999999999", None),
        ("0312-20260305", None),
        ("150102-00001", None),
        ("1-3-8-1-2-3-4-5-6-7-8", None),
        ("1709600000000", None),
        ("湘A12345", Kind.PLATE),
        ("GD-湘A12345", Kind.PLATE),
        ("豫C20240113", None),
        ("豫C12345-2026", None),
        ("QQ12345678", Kind.ACCOUNT),
        ("QQ-20260305-001", None),
        ("护照E12345678", Kind.PASSPORT),
        ("13O12345678", Kind.PHONE),
        ("138:1234:5678", Kind.PHONE),
        ("WX-2026-000123", None),
    ],
)
def test_identifiers_are_refused_only_when_surely_personal(identifier: str, kind: Kind | None) -> None:
    assert looks_personal(identifier) == kind


@given(st.text(alphabet="0123456789-X一〇①@湘AQ:O护照", max_size=24))
def test_counting_an_identifiers_digits_first_changes_no_answer(identifier: str) -> None:
    quick = looks_personal(identifier)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patterns, "FEWEST", 0)
        assert looks_personal(identifier) == quick


@pytest.mark.parametrize("unit", ["1 ", "1-", "0 7 3 1 ", "零 一 ", "① ", "4 3 0 1 "])
def test_a_text_of_nothing_but_digits_costs_little(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    look = numbers._window

    def counted(*arguments: Any) -> numbers.Window:
        nonlocal looks
        looks += 1
        return look(*arguments)

    monkeypatch.setattr(numbers, "_window", counted)
    text = (unit * 4_000)[:4_000]
    assert mask(text) == text
    assert looks <= 2 * len(text)  # it was fifteen for every digit, and one post held the door for minutes


MOST_CALLS = 150  # for a sign; `mask` made 890 for each of a text of Chinese numerals, 6.4 s for 10,000


def calls_of(text: str) -> int:
    """How many calls masking makes, of Python and of C: a count of work that no load on the machine changes."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        mask(text)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    "unit", ["九", "一", "零", "一3", "九九九 ", "138 ", "1、", "13O", "138的", "138后1234", "138***"]
)
def test_the_work_for_a_text_of_nothing_but_numerals_grows_with_its_length(unit: str) -> None:
    once, twice = calls_of((unit * 10_000)[:10_000]), calls_of((unit * 20_000)[:20_000])
    assert once <= MOST_CALLS * 10_000
    assert twice <= 2.5 * once
