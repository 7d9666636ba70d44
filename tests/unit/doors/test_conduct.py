"""What is taken out of a submission and what is left: nothing sealed is left, nothing else is lost."""

from pathlib import Path
from typing import Any

import pytest
import rjieba
from hypothesis import given
from hypothesis import strategies as st

from bench.triage import rows
from services.discipline.contract import MOST_PARTS as TAKES
from services.discipline.contract import Entry
from tests.support.events import COUNTY, encoded, report_data, report_event, topic_of
from tests.support.sealing import HOPE, LAMP, TAKEN
from wufang.adapters.conduct import FILES, KEPT, MARK, MOST_PARTS, Taken, matter_of, names_conduct, take_conduct
from wufang.adapters.profile_files import triage_rules
from wufang.catalogue.channels import channel_specs
from wufang.domain.decisions import ReportSubmitted, matter
from wufang.domain.report import Channel
from wufang.wire.inputs import decode

RULES = triage_rules()
PROSE = {spec.name: spec.prose for spec in channel_specs()}
PLAIN = {"title": "青石巷路灯不亮", "text": f"{LAMP}{HOPE}", "occurred_at": "2026-03-05T11:30:00.000Z"}


def taken(channel: str = "hotline", **more: Any) -> Taken | None:
    return take_conduct(channel, {**PLAIN, **more}, PROSE[channel], RULES)


def sealed(channel: str = "hotline", **more: Any) -> Taken:
    found = taken(channel, **{"text": f"{LAMP}{TAKEN}{HOPE}", **more})
    assert found is not None
    return found


def test_a_report_without_such_a_part_is_left_alone() -> None:
    details = {"request_type": "complaint", "expectation": "尽快修好", "lead": "平川县住建局"}
    assert taken(category="路灯照明", accused="平川县住建局", details=details) is None


@pytest.mark.parametrize(
    ("channel", "details"),
    [
        ("hotline", {"request_type": "tip_off"}),
        ("petition", {"purpose": "accusation"}),
        ("party_building", {"kind": "rectification"}),
        ("grid", {}),
    ],
)
def test_the_door_and_the_ledger_make_the_same_matter_of_a_report(channel: Channel, details: dict[str, str]) -> None:
    told = report_data(category="路灯照明", accused="平川县住建局", details=details)
    event = report_event(1, channel, data=told)
    submitted = decode(topic_of(event), COUNTY.encode(), encoded(event))
    assert isinstance(submitted, ReportSubmitted)
    assert matter_of(channel, told) == matter(submitted.report)


def test_the_rest_of_the_words_stays_as_it_was() -> None:
    assert sealed().data == {**PLAIN, "text": f"{LAMP}{MARK}{HOPE}"}


def test_a_title_that_is_sealed_whole_is_made_of_what_is_left() -> None:
    found = sealed(title="举报住建局王局长收受好处费")
    assert found.data["title"] == LAMP.rstrip("。")
    assert {"field": "title", "start": 0, "text": "举报住建局王局长收受好处费"} in found.parts
    only = taken(title="举报住建局王局长收受好处费", text=TAKEN)
    assert only is not None
    assert (only.data["title"], only.data["text"]) == (MARK, MARK)


def test_no_search_finds_what_stands_in_place_of_a_sealed_part() -> None:
    """The index keeps letters, digits and characters; a word of ours would list every sealed report."""
    assert not any(sign.isalnum() for sign in MARK)


def test_a_named_organisation_goes_only_where_the_part_names_it() -> None:
    details = {"lead": "平川县城管局", "supporting": ["县住建局", "平川县水务局"]}
    found = sealed(details=details)
    assert found.data["details"] == {"lead": "平川县城管局", "supporting": ["平川县水务局"]}
    assert {"field": "details.supporting.0", "start": 0, "text": "县住建局"} in found.parts


@pytest.mark.parametrize(
    ("channel", "details", "left"),
    [
        ("hotline", {"request_type": "tip_off", "urgency": "ordinary"}, {"urgency": "ordinary"}),
        ("petition", {"purpose": "accusation", "form": "visit"}, {"form": "visit"}),
        ("party_building", {"kind": "criticism", "reason": "作风问题", "post": "局长岗"}, {}),
        ("grid", {"major": "干部作风", "minor": "收受好处", "found_by": "patrol"}, {"found_by": "patrol"}),
        ("sentiment", {"involved": ["县住建局"], "level": "ordinary"}, {"involved": [], "level": "ordinary"}),
        ("petition", {"acceptance": {"number": "一号", "summary": "关于王局长"}}, {"acceptance": {"number": "一号"}}),
    ],
)
def test_fields_that_tell_what_kind_of_matter_it_is_go_along(
    channel: str, details: dict[str, Any], left: dict[str, Any]
) -> None:
    assert sealed(channel, details=details).data["details"] == left


def test_the_names_that_may_stay_are_fields_of_words() -> None:
    assert set().union(*PROSE.values()) >= KEPT


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["expectation", "reply"]))
def test_what_is_sealed_is_not_left_and_everything_is_in_one_of_the_two(before: str, after: str, name: str) -> None:
    text = f"{before}\n{TAKEN}\n{after}"
    found = taken(text=text, details={name: after or "无"})
    if found is None:  # words around it may say that nothing of it is so
        return
    spans = [part for part in found.parts if part["field"] == "text"]
    rebuilt, at = "", 0
    for part in sorted(spans, key=lambda one: one["start"]):
        assert text[part["start"] : part["start"] + len(part["text"])] == part["text"]
        rebuilt += text[at : part["start"]] + MARK
        at = part["start"] + len(part["text"])
    assert found.data["text"] == rebuilt + text[at:]
    assert name not in found.data["details"]


# more parts than the store takes


def entry_of(found: Taken) -> Entry:
    """Raises ValidationError where the store would refuse it for ever."""
    head = {"jurisdiction": "990101", "channel": "hotline", "source": "s", "number": "n", "rules": RULES.version}
    return Entry.model_validate({**head, "up": found.up, "parts": found.parts})


@pytest.mark.parametrize(
    "more", [{}, {"title": "举报住建局王局长收受好处费", "category": "干部作风", "accused": "县住建局"}]
)
def test_a_text_in_more_pieces_than_the_store_takes_goes_to_the_office_whole(more: dict[str, Any]) -> None:
    text = ("王局长收红包。路灯坏了。" * 900)[:9_990]
    found = taken(text=text, **more)
    assert found is not None
    assert found.data["text"].count(MARK) > MOST_PARTS, "what is published stays cut as finely"
    assert "红包" not in str(found.data)
    assert [part for part in found.parts if part["field"] == "text"] == [{"field": "text", "start": 0, "text": text}]
    assert len(entry_of(found).parts) == 1 + bool(more) * 3


def test_as_many_pieces_as_the_store_takes_are_left_as_they_are() -> None:
    found = taken(text="王局长收红包。路灯坏了。" * MOST_PARTS)
    assert found is not None
    assert len(entry_of(found).parts) == MOST_PARTS
    assert MOST_PARTS == TAKES


# files and numbers


NAMED = "photos/2026/王局长_收红包.jpg"


def test_every_field_of_file_references_is_known_here() -> None:
    strings = {name: field for spec in channel_specs() for name, field in _fields(spec.report.model_json_schema())}
    of_files = {name for name, field in strings.items() if "https://" in str(field.get("items", field).get("pattern"))}
    assert (of_files - {"link"}) | {"images"} == FILES


def _fields(schema: Any) -> Any:
    for each in [schema, *schema.get("$defs", {}).values()]:
        yield from each.get("properties", {}).items()


@pytest.mark.parametrize(
    ("channel", "name"), [("grid", "photos_before"), ("grid", "photos_after"), ("party_building", "evidence")]
)
def test_files_go_along_and_a_files_name_is_read_too(channel: str, name: str) -> None:
    found = sealed(channel, details={name: ["photos/0001.jpg"]})
    assert found.data["details"] == {name: []}
    assert {"field": f"details.{name}.0", "start": 0, "text": "photos/0001.jpg"} in found.parts
    alone = taken(channel, details={name: ["photos/0001.jpg", NAMED]})
    assert alone is not None
    assert alone.data == {**PLAIN, "details": {name: []}}
    assert taken(channel, details={name: ["photos/2026/路灯.jpg"]}) is None


@pytest.mark.parametrize(
    ("number", "telling"),
    [
        ("王局长收红包一事", True),
        ("RX-王局长-收受贿赂", True),
        ("RX-2026-000123", False),
        ("平信受字〔2026〕12号", False),
        ("举报〔2026〕12号", False),
    ],
)
def test_a_number_that_says_what_an_official_did_is_known(number: str, telling: bool) -> None:
    assert names_conduct("hotline", number, RULES) is telling


@pytest.mark.parametrize(
    "accused",
    ["平川县住建局局长李某收受贿赂", "王局长（收受好处费）", "和平建筑公司给王局长送红包", "王局长 收 受 贿 赂"],
)
def test_what_they_did_beside_the_accused_is_sealed_too(accused: str) -> None:
    """It went to topic and index as it stood: the field was kept for whom it names, and asked for nothing else."""
    found = taken(accused=accused)
    assert found is not None
    assert found.data == PLAIN
    assert found.parts == [{"field": "accused", "start": 0, "text": accused}]


@pytest.mark.parametrize("accused", ["平川县住建局", "王局长", "平川县纪委监委", "和平建筑公司", "青石巷派出所民警"])
def test_whom_it_accuses_alone_seals_nothing(accused: str) -> None:
    assert taken(accused=accused) is None


@pytest.mark.parametrize(
    "written",
    [
        "街 道 办 王 主 任 收 了 包 工 头 五 万 元 红 包。",
        "\u200b".join("街道办王主任收了包工头五万元红包。"),
        "街道办王主任受&shy;贿五万元。",
        "街道办王主任受<b>贿</b>五万元。",
        "".join(f"&#{ord(sign)};" for sign in "街道办王主任收了包工头五万元红包。"),
    ],
)
def test_words_that_are_cut_up_are_read_as_they_are_shown(written: str) -> None:
    found = taken(text=f"{LAMP}{written}{HOPE}")
    assert found is not None
    assert found.data == {**PLAIN, "text": f"{LAMP}{MARK}{HOPE}"}
    assert found.parts == [{"field": "text", "start": len(LAMP), "text": written}]


@pytest.mark.parametrize(
    "written",
    [
        "王主任。收了。红包。",
        "王主任！！收了！红包！",
        "王主任\n收了\n红包\n",
        "王。主。任。收。了。红。包。",
        "王、主、任、收、了、红、包。",
        "村支书。把。集体的钱。装进。自己口袋。",
        "派出所。<br>副所长。<br>上班。<br>打麻将。",
        "街道办的王主任。收了包工头。五万块钱的。大红包。",
    ],
)
def test_a_run_of_sentences_of_one_word_is_read_as_one(written: str) -> None:
    found = taken(text=f"{LAMP}{written}{HOPE}")
    assert found is not None
    assert found.data == {**PLAIN, "text": f"{LAMP}{MARK}{HOPE}"}
    assert found.parts == [{"field": "text", "start": len(LAMP), "text": written}]


def cut_up(words: str, size: int) -> str:
    """So many words a sentence."""
    told = [word for word in rjieba.cut(words) if any(map(str.isalnum, word))]
    return "".join("".join(told[at : at + size]) + "。" for at in range(0, len(told), size))


@pytest.mark.parametrize(("size", "least"), [(1, 1.0), (2, 1.0), (3, 0.98)])
def test_what_the_tables_seal_is_sealed_when_it_is_cut_up(size: int, least: float) -> None:
    """Of spans that are sealed alone as one sentence; three words are often more than seven signs."""
    tables = ("dev", "lot_a", "lot_b", "lot_c", "lot_d", "lot_e")
    spans = [f"{span.rstrip('。！？')}。" for name in tables for span in _spans(name)]
    sealed_alone = [span for span in spans if take_conduct("hotline", {"title": "", "text": span}, {"text"}, RULES)]
    found = [take_conduct("hotline", {"title": "", "text": cut_up(one, size)}, {"text"}, RULES) for one in sealed_alone]
    assert len(sealed_alone) > 150
    assert sum(one is not None for one in found) >= least * len(found)


def _spans(name: str) -> list[str]:
    table = Path(__file__).parents[2] / "data" / "triage" / f"{name}.csv"
    return [row.spans[0] for row in rows(table) if len(row.spans) == 1]


def test_of_such_a_run_the_other_matter_is_left() -> None:
    found = taken(text="路灯坏了三天。王主任。收了。红包。楼上还漏水。")
    assert found is not None
    assert found.data["text"] == f"路灯坏了三天。{MARK}。楼上还漏水。"
    assert found.parts == [{"field": "text", "start": 7, "text": "王主任。收了。红包"}]
    between = taken(text="王主任。收了。红包。路灯坏了。副主任。也收了。")
    assert between is not None
    assert between.data["text"] == f"{MARK}。路灯坏了。{MARK}"
    payer = taken(text="施工队。给王主任。送了。红包。")
    assert payer is not None
    assert payer.data["text"] == MARK


@pytest.mark.parametrize("paid", ["电梯公司。", "路灯公司五万。", "路灯款三十万。", "水管施工队。"])
def test_of_such_a_run_neither_who_paid_nor_how_much_is_left(paid: str) -> None:
    found = taken(text=f"村主任。收了。{paid}红包。")
    assert found is not None
    assert found.data["text"] == MARK


def test_a_run_of_such_sentences_in_another_field_is_read_as_one_too() -> None:
    found = taken(details={"expectation": "王主任。收了。红包。"})
    assert found is not None
    assert found.parts == [{"field": "details.expectation", "start": 0, "text": "王主任。收了。红包。"}]


@pytest.mark.parametrize(
    "text", ["停电了。没人管。三天了。谁来管？", "路灯坏了。\n找过村主任。\n没修。", "水、电、气、暖、网都断了。"]
)
def test_short_sentences_alone_seal_nothing(text: str) -> None:
    assert taken(text=text) is None


def test_a_sentence_goes_on_behind_the_end_of_a_full_line() -> None:
    told = "听在场的几位邻居讲去年冬天街道办王主任当面收了\n包工头五万元红包就再也不来查看这段路了。"
    found = taken(text=f"{LAMP}\n{told}\n{HOPE}")
    assert found is not None
    assert not any(word in found.data["text"] for word in ("王主任", "包工头", "红包"))
    assert found.data["text"].startswith(LAMP)
    assert HOPE in found.data["text"]


def test_words_of_other_fields_are_read_as_they_are_shown() -> None:
    found = taken(details={"lead": "收 了 红 包 的 王 局 长", "expectation": "查 王 局 长 收 受 贿 赂"})
    assert found is not None
    assert found.data["details"] == {}
    assert {part["field"] for part in found.parts} == {"details.lead", "details.expectation"}


@pytest.mark.parametrize(
    "text",
    [
        "和平路 路灯 不亮，请 派人 来修。",
        "和平路的路灯从上个星期一开始就不亮了\n请派人来看",
        "路灯<br>不亮&nbsp;已三天",
    ],
)
def test_blanks_and_tags_alone_seal_nothing(text: str) -> None:
    assert taken(text=text) is None
