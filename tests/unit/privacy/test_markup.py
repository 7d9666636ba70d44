"""Numbers in texts out of web forms and posts: tags, entities and pictures between digits hide nothing."""

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufang.privacy.markup import joined, shown
from wufang.privacy.masking import mask

PHONE, CARD = "13812345678", "11010519491231002X"


@pytest.mark.parametrize(
    "written",
    [
        "138<br>1234<br>5678",
        "138<b>1234</b>5678",
        '<span style="color:red">138</span><span>1234</span><span>5678</span>',
        "138&nbsp;1234&nbsp;5678",
        "&shy;".join(PHONE),
        "".join(f"&#{ord(digit)};" for digit in PHONE),
        "".join(f"&#x{ord(digit):X};" for digit in PHONE),
        "".join(f"&amp;#{ord(digit)};" for digit in PHONE),
        "".join(f"&#{ord(digit)}" for digit in PHONE),
        "".join(f"\\u{ord(digit):04x}" for digit in PHONE),
        "".join(f"%{ord(digit):x}" for digit in PHONE),
        "&#19968;三八一二三四五六七八",
        "1&#51;捌&#49;二3四5六7八",
        "138\\n1234\\n5678",
        "138📞1234📞5678",
        "😀".join(PHONE),
        "[138][1234][5678]",
        "138】【1234】【5678",
        "138'1234'5678",
        "138#1234#5678",
        f"138{' ' * 9}1234{' ' * 9}5678",
        "138ー1234ー5678",
        "138 1234│5678",
        "138∙12345678",
        "138\u28001234\u28005678",
        "110105<br/>19491231<br/>002X",
        "&nbsp;".join(CARD),
    ],
)
def test_no_digit_of_it_is_left(written: str) -> None:
    masked = mask(f"我的号码 {written} 请回")
    assert "[电话]" in masked or "[身份证]" in masked
    assert not any(sign.isdigit() for sign in masked)


@pytest.mark.parametrize(
    "text",
    [
        "1<2，3&4",
        "<td>2026</td><td>3</td><td>18</td>",
        "第1<b>3</b>栋，2026&nbsp;年 3 月，共 138<br>件",
        "尺寸 138'×1234'",
        "文件在 C:\\new\\2026\\report",
        "价格&#165;138，余1234",
        "&#1114112;&#xDFFF;&#0;",
        "135%！2024%！202",
        "完成100%38户、1234户",
        "😀".join("123812345678"),
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="1<br>/&nbsp;#49x\\n8 3", max_size=60))
def test_what_is_shown_keeps_its_places(text: str) -> None:
    found = shown(text)
    if found is None:
        return
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert found.starts[0] == 0
    assert found.ends[-1] == len(text)
    assert found.starts[1:] == found.ends[:-1]
    for sign, start, end in zip(found.text, found.starts, found.ends, strict=True):
        written = text[start:end]
        assert sign == written or sign == " " or html.unescape(written).strip() == sign.strip()


@given(st.text(alphabet="王收红包。！、 \n<b>&shy;", max_size=60))
def test_what_is_read_in_one_piece_keeps_its_places(text: str) -> None:
    found = joined(text)
    if found is None:
        return
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert found.starts == sorted(found.starts)
    for sign, start, end in zip(found.text, found.starts, found.ends, strict=True):
        assert text[start:end] == sign


@pytest.mark.parametrize("unit", ["王。", "王主任。", "王、", "王" * 6 + "。", "。", "王 。"])
def test_reading_in_one_piece_costs_as_the_length_does(unit: str) -> None:
    def seconds(signs: int) -> float:
        text, least = (unit * signs)[:signs], 9.0
        for _ in range(3):
            since = time.process_time()
            joined(text)
            least = min(least, time.process_time() - since)
        return least

    assert seconds(50_000) < 20 * seconds(5_000) + 0.05


@pytest.mark.parametrize("unit", ["1<", "1<a>", "&#", "1\\", "1&nbsp;", "1" + " " * 8 + "<" + "a" * 199, "1!!3"])
def test_a_text_of_nothing_else_costs_as_its_length_does(unit: str) -> None:
    def seconds(signs: int) -> float:
        text, least = (unit * signs)[:signs], 9.0
        for _ in range(3):
            since = time.process_time()
            mask(text)
            least = min(least, time.process_time() - since)
        return least

    assert seconds(10_000) < 20 * seconds(1_000) + 0.05
