"""What links and what does not."""

import re
from typing import Any

import msgspec
import pytest

from services.channel.report import LINKED_BY
from tests.support.linking import (
    DAY,
    LESSONS,
    LIFT,
    LIFT_AGAIN,
    LIFT_ELSEWHERE,
    NOISE_SAME_PLACE,
    NOON,
    County,
    subject,
)
from wufang.domain.linking import RULES, Link, Subject, find, rank
from wufang.domain.linking.reading import HEADLINE_LENGTH, NUMBERS_KEPT, headline
from wufang.readmodel.labels import reason_words

CHINESE = re.compile(r"[一-鿿]")


def linked(link: Link | None) -> Link:
    assert link is not None
    return link


def test_same_place_and_problem_by_another_person_is_the_same_matter() -> None:
    county = County()
    case = county.take(subject(LIFT, reporter="a" * 32))
    link = linked(county.link(subject(LIFT_AGAIN, "HL-0002", reporter="b" * 32)))
    assert (link.case_id, link.kind, link.rules) == (case, "same_matter", RULES.version)
    assert link.score >= RULES.threshold


def test_same_person_and_problem_is_a_repeat() -> None:
    county = County()
    case = county.take(subject(LIFT, reporter="a" * 32))
    link = linked(county.link(subject(LIFT_AGAIN, "HL-0002", reporter="a" * 32)))
    assert (link.case_id, link.kind) == (case, "repeat")
    assert "reporter" in {reason.feature for reason in link.reasons}


def test_a_shared_pseudonym_alone_links_nothing() -> None:
    county = County()
    county.take(subject(LIFT, reporter="a" * 32))
    assert county.link(subject(LESSONS, "HL-0002", reporter="a" * 32)) is None


def test_a_shared_pseudonym_and_place_with_another_problem_link_nothing() -> None:
    county = County()
    county.take(subject(LIFT, reporter="a" * 32))
    assert county.link(subject(NOISE_SAME_PLACE, "HL-0002", reporter="a" * 32)) is None


def test_another_estate_in_the_same_words_is_another_matter() -> None:
    county = County()
    county.take(subject(LIFT))
    assert county.link(subject(LIFT_ELSEWHERE, "HL-0002")) is None


def test_another_estate_named_in_the_text_only_is_another_matter() -> None:
    county = County()
    county.take(subject(("电梯停运三天无人修", LIFT[1])))
    assert county.link(subject(("电梯停运三天无人修", LIFT_ELSEWHERE[1]), "HL-0002")) is None


def test_another_coded_district_in_the_same_words_is_another_matter() -> None:
    county = County()
    county.take(subject(("C3区广场舞音响太吵", "每晚七点到十点广场舞音响开到最大，学生没法写作业。")))
    assert county.link(subject(("D5区广场舞音响太吵", "每晚七点到十点广场舞音响开到最大，学生没法写作业。"))) is None


def test_a_post_without_a_title_finds_the_case_of_a_titled_report() -> None:
    county = County()
    case = county.take(subject(LIFT))
    post = subject(("", f"{LIFT_AGAIN[0]}。{LIFT_AGAIN[1]}"), "YQ-1", channel="sentiment")
    assert linked(county.link(post)).case_id == case


def test_what_stands_for_a_title_is_the_first_sentence_and_short() -> None:
    assert headline("电梯停运三天!物业说在等配件。") == "电梯停运三天"
    assert len(headline("电梯停运" * 50)) == HEADLINE_LENGTH


@pytest.mark.parametrize("days", [RULES.window_days + 1, -RULES.window_days - 1])
def test_outside_the_window_is_another_matter(days: int) -> None:
    county = County()
    county.take(subject(LIFT))
    assert county.link(subject(LIFT, "HL-0002", occurred_at=NOON + days * DAY)) is None
    assert county.link(subject(LIFT, "HL-0002", occurred_at=NOON + (days // 2) * DAY)) is not None


def test_a_quoted_number_links_whatever_the_words() -> None:
    county = County()
    case = county.take(subject(LIFT, "HL-0001"))
    petition = subject(LESSONS, "XF-0001", channel="petition", references=(" hl－0001 ",), occurred_at=NOON + 999 * DAY)
    link = linked(county.link(petition))
    assert (link.case_id, link.kind, link.score) == (case, "reference", RULES.reference_score)


def test_a_number_quoted_before_it_comes_links_when_it_comes() -> None:
    county = County()
    case = county.take(subject(LIFT, "XF-0001", references=("HL-0777",)))
    link = linked(county.link(subject(LESSONS, "HL-0777")))
    assert (link.case_id, link.kind) == (case, "reference")


def test_a_number_quoted_in_the_text_links() -> None:
    county = County()
    case = county.take(subject(LIFT, "HL2025110800123"))
    told = (LESSONS[0], "此前的工单HL2025110800123没有下文。" + LESSONS[1])
    link = linked(county.link(subject(told, "XF-0001")))
    assert (link.case_id, link.kind) == (case, "reference")


def test_a_number_known_in_two_cases_is_no_evidence() -> None:
    county = County()
    county.open(subject(LIFT, "HL-0001"))
    county.open(subject(LESSONS, "HL-0001"))
    told = ("鹿岭渡口夜间没有照明", "渡口晚上一片漆黑，下船的人踩空过。")
    assert county.link(subject(told, "XF-0001", references=("HL-0001",))) is None


def test_an_ambiguous_number_leaves_the_words_their_say() -> None:
    county = County()
    case = county.open(subject(LIFT, "HL-0001"))
    county.open(subject(LESSONS, "HL-0001"))
    link = linked(county.link(subject(LIFT_AGAIN, "XF-0001", references=("HL-0001",))))
    assert (link.case_id, link.kind) == (case, "same_matter")


def test_a_short_number_is_no_evidence() -> None:
    county = County()
    county.take(subject(LIFT, "17"))
    assert county.link(subject(LESSONS, "XF-0001", references=("17",))) is None


def test_the_stock_phrases_of_one_writer_stop_counting() -> None:
    """One person asks for many things in the same words."""

    def wish(what: str, writer: str) -> Subject:
        told = (
            f"请加快推进{what}刻不容缓",
            f"本地{what}长期滞后，在全力倡导高质量发展的大背景下，恳请尽早拿出{what}的具体行动和时间表。",
        )
        return subject(told, f"HL-{what}", reporter=writer)

    county = County()
    for what in ("冷链仓储", "养老驿站", "共享农机", "河道清淤", "乡村书屋"):
        county.open(wish(what, "c" * 32))
    assert county.link(wish("职业培训", "c" * 32)) is None
    assert linked(county.link(wish("养老驿站", "c" * 32))).kind == "repeat"


def test_reasons_are_there_and_in_chinese() -> None:
    county = County()
    county.take(subject(LIFT, reporter="a" * 32, references=("HL-0009",)))
    links = [
        county.link(subject(LIFT_AGAIN, "HL-0002", reporter="a" * 32)),
        county.link(subject(LIFT_AGAIN, "HL-0003")),
        county.link(subject(LESSONS, "HL-0009")),
    ]
    for link in links:
        assert linked(link).reasons
        assert all(CHINESE.search(reason.detail) for reason in linked(link).reasons)


@pytest.mark.parametrize(
    ("hours", "said"), [(0, "相隔不到一天"), (11, "相隔不到一天"), (24, "相隔 1 天"), (240, "相隔 10 天")]
)
def test_no_days_apart_are_said_in_words(hours: int, said: str) -> None:
    county = County()
    county.take(subject(LIFT))
    link = linked(county.link(subject(LIFT_AGAIN, "HL-0002", occurred_at=NOON + hours * DAY // 24)))
    assert reason_words(link.reasons[-1].detail).endswith(said)


@pytest.mark.parametrize(
    ("number", "before", "links"),
    [("RX-7", 3, True), ("RX-7", 4, False), ("RX7", 0, False)],
)
def test_what_the_contract_says_of_named_numbers_is_what_links(number: str, before: int, links: bool) -> None:
    """It was told nowhere that short numbers, and those behind the fourth, are kept and link nothing."""
    assert [int(found) for found in re.findall(r"[0-9]+", LINKED_BY)] == [NUMBERS_KEPT, RULES.reference_length]
    county = County()
    county.take(subject(LIFT, number))
    named = (*(f"OTHER-{place}" for place in range(before)), number)
    assert (county.link(subject(LESSONS, "HL-0002", references=named)) is not None) is links


def test_reasons_quote_no_person() -> None:
    county = County()
    told = (
        "青杉里小区住户何满囤举报电梯停运",
        "我叫何满囤，电话一三九，青杉里小区六栋的电梯坏了三天，物业说在等配件。",
    )
    county.take(subject(told, reporter="a" * 32))
    link = linked(county.link(subject(told, "HL-0002", reporter="a" * 32)))
    text = "".join(reason.detail for reason in link.reasons)
    assert "何满囤" not in text
    assert "a" * 32 not in text


def test_a_shared_grid_and_spot_are_evidence() -> None:
    county = County()
    here: dict[str, Any] = {"grid_code": "990101001002", "point": (31.2345, 121.4321)}
    county.take(subject(LIFT, **here))
    plain = linked(county.link(subject(LIFT_AGAIN, "WG-1")))
    spotted = linked(county.link(subject(LIFT_AGAIN, "WG-1", **here)))
    assert spotted.score > plain.score
    assert "spot" in {reason.feature for reason in spotted.reasons}


def test_the_threshold_decides() -> None:
    county = County()
    county.take(subject(LIFT))
    reading = county.read(subject(LIFT_AGAIN, "HL-0002"))
    score = linked(find(reading, county.index).link).score
    stricter = msgspec.structs.replace(RULES, threshold=score + (1 - score) / 2)
    assert find(reading, county.index, stricter).link is None


def test_a_report_that_says_nothing_links_to_nothing() -> None:
    county = County([("", ""), ("？？", "……")])
    assert county.link(subject(("", ""))) is None
    assert county.link(subject(("的", "了。"))) is None


def test_rank_puts_quoted_cases_first_and_the_rest_by_weight() -> None:
    keys = ["n:hl-0001", "p:青杉里", "w:电梯", "w:配件"]
    found = [["c9"], ["c2", "c1"], ["c3", "c2"], ["c3", "c2"]]
    assert rank(keys, found).case_ids == ("c9", "c2", "c1", "c3")
    assert rank(keys, found).referenced == ("c9",)


def test_rank_drops_a_word_that_fills_its_list() -> None:
    crowd = [f"c{number:02}" for number in range(RULES.postings_read)]
    assert rank(["w:电梯"], [crowd]).case_ids == ()
    assert rank(["w:电梯"], [crowd[:2]]).case_ids == ("c00", "c01")
