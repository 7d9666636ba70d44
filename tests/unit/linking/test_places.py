"""Names of places are found by their form."""

import pytest

from wufang.domain.linking.places import alike, places, subject_words
from wufang.domain.text import normalise, tokens


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("青杉里小区电梯停运", ("estate", "青杉里")),
        ("反映石门渡小学乱收费", ("school", "石门渡")),
        ("望槐大道坑洼不平", ("road", "望槐")),
        ("鹿岭村自来水发黄", ("village", "鹿岭")),
        ("地铁19号线何时开通", ("line", "地铁19")),
        ("C3区电梯停运", ("region", "c3区")),
        ("第九幼儿园伙食差", ("school", "第九")),
        ("Ｂ市到A市的公交", ("region", "b市")),
    ],
)
def test_found(text: str, place: tuple[str, str]) -> None:
    assert place in places(tokens(normalise(text)))[0]


@pytest.mark.parametrize(
    "text",
    ["附近小区停水", "一家公司欠薪", "我们学校补课", "这条路不平", "请问医院在哪里", "另一条路", "七点到十点广场吵"],
)
def test_a_kind_without_a_name_is_no_place(text: str) -> None:
    assert places(tokens(normalise(text)))[0] == []


@pytest.mark.parametrize(
    ("one", "other"), [("青杉里", "青杉里"), ("中建青杉里", "青杉里"), ("聚飞迈网络", "飞聚迈网络")]
)
def test_alike(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("青杉里", "白榆湾"), ("地铁3", "地铁7"), ("金茂", "金贸"), ("石门渡", "石桥")]
)
def test_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)


def test_the_subject_ends_at_the_predicate() -> None:
    found = subject_words(tokens(normalise("C3区青杉一卡通充值失败")))
    assert "失败" not in found
    assert found


def test_a_region_code_does_not_swallow_the_name_behind_it() -> None:
    assert ("c3区", "coded") in tokens(normalise("C3区洞槐村修路"))
