"""What the wording leans to counts beside the rules: it adds answers, takes back those of rules that are not firm."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.triage import Row, answer, rows
from bench.triage_likeness import LOTS, cases, chosen, crossed, learnt, main, meanings
from wufang.adapters.profile_files import BadProfile, triage_rules
from wufang.domain.triage import Matter, Rules, Triage, danger, look_over, propose, redacted, screen
from wufang.domain.triage.likeness import NONE, QUESTIONS, REACH, Leaning, Likeness, Question, runs
from wufang.domain.triage.proposing import LIKE, LIKE_DANGER, LONG, NOT_DANGER, UNLIKE
from wufang.domain.triage.sealing import LIKE as LIKE_CONDUCT
from wufang.domain.triage.sealing import screen_field, screen_with

RULES = triage_rules()
ALONE = msgspec.structs.replace(RULES, likeness=NONE)
TABLES = Path(__file__).parents[2] / "data" / "triage"
PROFILE = Path(__file__).parents[3] / "profiles" / "default"


def leaning(**weights: dict[str, int]) -> Rules:
    """The rules with weights for a few runs; a question holds from more than nought, the rules count ten."""
    signs = {one: tuple(of.get(asked, 0) for asked in QUESTIONS) for one, of in weights.items()}
    questions = dict.fromkeys(QUESTIONS, Question(0, 10, 0))
    return msgspec.structs.replace(RULES, likeness=Leaning(Likeness("l-1", questions, signs)))


def proposed(text: str, rules: Rules, title: str = "") -> Triage:
    return propose(Matter("hotline", title, text), rules)


def test_all_sums_are_made_at_once_and_apart() -> None:
    signs = {"甲": tuple(range(-5, 6)), "乙丙": (7,) * 11, "丙丁戊": (-1000,) * 11}
    questions = {asked: Question(place - 3, 0, 0) for place, asked in enumerate(QUESTIONS)}
    sums = Leaning(Likeness("l", questions, signs)).sums
    assert list(sums("甲乙丙").values()) == [place - 3 + place - 5 + 7 for place in range(11)]
    assert list(sums("丙丁戊甲").values()) == [place - 3 + place - 5 - 1000 for place in range(11)]
    assert list(sums("").values()) == [place - 3 for place in range(11)]


@given(st.text("甲乙丙丁，。0７9\n［］", max_size=12))
def test_what_is_looked_up_is_every_run_with_a_weight(text: str) -> None:
    known = {one: (1,) * len(QUESTIONS) for one in ("甲", "，乙", "甲乙丙", "丙丁丙丁", "0", "丁，甲")}
    sums = Leaning(Likeness("l", dict.fromkeys(QUESTIONS, Question(0, 0, 0)), known)).sums(text)
    assert sums["joint"] == len(runs(text) & known.keys())


def test_marks_are_one_mark_and_a_number_one_sign() -> None:
    assert runs("1：2") == runs("17，，9")
    assert runs("甲［此处内容已另行转交］乙") == runs("甲。乙")
    assert runs("") == frozenset({"，，"})


@pytest.mark.parametrize("asked", ["urgent", "dedicated"])
def test_wording_gives_a_lane_and_says_by_which_words(asked: Any) -> None:
    rules = leaning(种花={asked: 30}, 路边={asked: 5}, 早上={asked: -5})
    one = proposed("早上有人在路边种花。", rules)
    assert (one.lane, proposed("早上有人在那里种树。", rules).lane) == (asked, "ordinary")
    assert [(fact.rule, fact.matched, fact.why) for fact in one.facts] == [
        (f"like-{asked}", "种花", f"{LIKE[asked]}（“种花”“路边”）")
    ]


def test_wording_takes_a_lane_back_unless_the_rule_is_firm() -> None:
    rules = leaning(演习={"urgent": -30})
    text = "路口井盖没了。今天演习。"
    assert (proposed(text, ALONE).lane, proposed(text, rules).lane) == ("urgent", "ordinary")
    assert [fact.why for fact in proposed(text, rules).facts] == [UNLIKE["urgent"]]
    assert proposed("全村停水三天。今天演习。", rules).lane == "urgent"


def test_one_sentence_that_tells_of_danger_is_enough_where_the_whole_leans_that_way() -> None:
    """Without a rule a whole report must lean ten hundredths to danger here; one sentence of it is heard sooner."""
    rules = leaning(种花={"danger": 31}, 路灯={"danger": -29}, 演习={"danger": -32})
    assert proposed("路灯坏了。有人在路边种花。", rules).danger is not None
    assert proposed("路灯坏了。演习。有人在路边种花。", rules).danger is None
    less = leaning(种花={"danger": 30}, 路灯={"danger": -25})
    assert proposed("路灯坏了。有人在路边种花。", less).danger is None


def test_of_two_lanes_the_surer_one_unless_a_firm_rule_of_urgent_holds() -> None:
    rules = leaning(种花={"urgent": 30, "dedicated": 40})
    assert proposed("有人在路边种花。", rules).lane == "dedicated"
    assert proposed("全村停水三天。有人在路边种花。", rules).lane == "urgent"
    assert proposed("有人在路边种花。", leaning(种花={"urgent": 40, "dedicated": 40})).lane == "urgent"


def test_a_firm_rule_of_a_lane_is_held_back_where_all_speaks_against_it() -> None:
    lanes = [proposed("全村停水三天。演习。", leaning(演习={"urgent": one})).lane for one in (-49, -50)]
    assert lanes == ["urgent", "ordinary"]


def test_the_lanes_are_learnt_as_one_choice() -> None:
    rows_of = {"ordinary": "甲", "urgent": "乙", "dedicated": "丙"}
    examples = [({signs: 1.0, "丁": 1.0}, lane) for lane, signs in rows_of.items() for _ in range(20)]
    urgent, dedicated = chosen(examples, tuple(rows_of))
    for own, other, (_, weights) in (("乙", "丙", urgent), ("丙", "乙", dedicated)):
        assert weights[own] > max(weights["甲"], weights[other])
        assert weights[own] > 0 > weights["甲"]


def test_of_a_sealed_report_of_which_nothing_is_left_the_whole_says_the_lane() -> None:
    rules = leaning(种花={"conduct": 30, "sentence": 30, "urgent": 40, "study": 40})
    whole = "派出所的人又在那里种花"
    told = proposed(f"{whole}。", rules)
    assert told.conduct is not None
    assert (told.lane, told.tags) == ("urgent", ("study",))
    assert all("种花" not in fact.matched + fact.why for fact in told.facts)
    assert proposed(f"{whole}。{'路灯坏了，' * 4}", rules).lane == "ordinary"


@pytest.mark.parametrize("asked", ["study", "joint"])
def test_wording_gives_a_tag(asked: Any) -> None:
    assert proposed("有人在路边种花。", leaning(种花={asked: 30})).tags == (asked,)


def test_wording_calls_for_help_and_says_whom() -> None:
    rules = leaning(种花={"danger": 30, "119": 5, "120": 9})
    one = proposed("有人在路边种花。", rules)
    assert (one.danger, one.lane) == ("120", "urgent")
    assert one.facts[0].why == f"{LIKE_DANGER}（“种花”）"
    assert danger(Matter("hotline", "", "有人在路边种花。"), rules)[0] == "120"


def test_a_firm_rule_of_danger_is_never_taken_back() -> None:
    rules = leaning(演习={"danger": -900})
    firm = Matter("hotline", "", "有人提着菜刀追着邻居砍。演习。")
    other = Matter("hotline", "", "仓库着火了，火很大，门口堆的纸箱和塑料筐也都烧了起来，演习。")
    assert danger(firm, ALONE)[0] == danger(firm, rules)[0] == "110"
    assert (danger(other, ALONE)[0], danger(other, rules)[0]) == ("119", None)
    assert [fact.why for fact in danger(other, rules)[1]] == [NOT_DANGER]


@pytest.mark.parametrize(
    "text", ["燃气泄漏", "楼着火了", "有人溺水了", "老人晕倒没有呼吸", "一氧化碳中毒", "天然气漏气了"]
)
def test_a_rule_of_danger_in_a_few_signs_is_never_taken_back(text: str) -> None:
    """A warden's three words: there is no wording that could speak against them."""
    for matter in (Matter("grid", "", text), Matter("grid", text, "")):
        assert danger(matter, RULES)[0] == propose(matter, RULES).danger is not None


def test_wording_seals_and_unseals_sentences() -> None:
    rules = leaning(种花={"conduct": 5, "sentence": 30, "up": 30}, 警示={"conduct": -900})
    named = "派出所的人又在那里种花。路灯坏了。"
    conduct = screen(Matter("hotline", "路灯", named), rules)
    assert conduct is not None
    assert (conduct.up, [(one.rule, one.why) for one in conduct.facts]) == (True, [("like-conduct", LIKE_CONDUCT)])
    assert "种花" not in "".join(redacted("路灯", named, conduct))
    assert "路灯坏了" in redacted("路灯", named, conduct)[1]
    ruled = Matter("hotline", "来信", "所长收了厂里的红包。")
    assert screen(ruled, rules) is not None
    assert screen(msgspec.structs.replace(ruled, text=ruled.text + "这是警示。"), rules) is None


def test_of_other_fields_the_wording_only_takes_back() -> None:
    rules = leaning(种花={"conduct": 900, "sentence": 900}, 警示={"conduct": -900})
    of = look_over(Matter("hotline", "", "路灯坏了。"), rules)
    assert screen_with(of, None, "派出所的人又在那里种花", rules) == (None, None)
    found, beside = screen_with(of, None, "所长收了厂里的红包", rules)
    assert (found, beside is not None) == (None, True)
    assert screen_with(of, None, "所长收了厂里的红包，这是警示", rules) == (None, None)
    assert screen_field("hotline", "派出所种花", rules) is None


def test_a_long_report_is_asked_for_more_unless_a_firm_rule_holds() -> None:
    signs = {"种花": tuple(30 if asked in ("conduct", "sentence") else 0 for asked in QUESTIONS)}
    questions = dict.fromkeys(QUESTIONS, Question(0, 10, 0, 20))
    rules = msgspec.structs.replace(RULES, likeness=Leaning(Likeness("l-1", questions, signs)))
    short, long = "派出所的人又在那里种花。", "我们家住在城东。" * 80
    assert screen(Matter("hotline", "", short), rules) is not None
    assert screen(Matter("hotline", "", short + long), rules) is None
    assert screen(Matter("hotline", "", "所长收了厂里的红包。种花。" + long), rules) is not None


def test_a_firm_rule_of_danger_in_a_long_letter_asks_the_sentences_round_it() -> None:
    rules = leaning(去年={"danger": -200}, 商铺={"danger": -900})
    long = "那几间商铺一直空着。" * 20
    now, past = "有人提着菜刀追着邻居砍。", "有人提着菜刀追着邻居砍，那是去年的事。"
    assert len(past) < LONG < len(long)
    assert [danger(Matter("hotline", "", one), rules)[0] for one in (now, past)] == ["110", "110"]
    told = [danger(Matter("hotline", "", f"{long}我姓李。{one}请管一管。{long}"), rules)[0] for one in (now, past)]
    assert told == ["110", None]


@pytest.mark.parametrize(("number", "up"), [("12345", True), ("13812345678", False), ("0123456", False)])
def test_the_desk_is_no_part_of_another_number(number: str, up: bool) -> None:
    conduct = screen(Matter("hotline", "", f"王局长收了好处费两万元，电话{number}的人知道。"), ALONE)
    assert conduct is not None
    assert conduct.up == up


def test_a_common_view_is_told_no_word_of_what_is_sealed() -> None:
    rules = leaning(种花={"conduct": 30, "sentence": 30, "danger": 30, "urgent": 40, "joint": 40})
    one = proposed("派出所的人又在那里种花。路灯坏了。", rules, "路灯")
    assert one.conduct is not None
    assert one.danger == "110"
    assert all("种花" not in fact.matched + fact.why for fact in one.facts)


def test_the_version_names_both(tmp_path: Path) -> None:
    assert RULES.version == "triage-4+likeness-6"
    (tmp_path / "default").mkdir()
    shutil.copy(PROFILE / "triage.toml", tmp_path / "default")
    alone = triage_rules(folder=tmp_path)
    assert (alone.version, alone.likeness) == ("triage-4", NONE)


GOOD: dict[str, Any] = {
    "version": "x",
    "questions": {asked: {"start": 0, "rule": 0, "over": 0} for asked in QUESTIONS},
    "weights": {"甲乙": [0] * len(QUESTIONS)},
}


@pytest.mark.parametrize(
    ("changed", "fine"),
    [
        ({}, True),
        ({"weights": {"甲乙": [0]}}, False),
        ({"weights": {"甲乙": ["much"] * len(QUESTIONS)}}, False),
        ({"questions": {"danger": {"start": 0, "rule": 0, "over": 0}}}, False),
        ({"more": 1}, False),
    ],
)
def test_a_bad_file_of_weights_is_refused(tmp_path: Path, changed: dict[str, Any], fine: bool) -> None:
    (tmp_path / "default").mkdir()
    shutil.copy(PROFILE / "triage.toml", tmp_path / "default")
    (tmp_path / "default" / "triage-likeness.json").write_text(json.dumps(GOOD | changed), "utf-8")
    if fine:
        assert triage_rules(folder=tmp_path).version == "triage-4+x"
        return
    with pytest.raises(BadProfile, match="likeness"):
        triage_rules(folder=tmp_path)


def labelled(place: int, text: str, sealed: bool) -> Row:
    labels = {"danger": "none", "sealed": "yes" if sealed else "no", "lane": "ordinary", "tags": ""}
    return Row(f"T{place}", Matter("hotline", "", text), labels, (text,) if sealed else ())


def test_what_is_learnt_is_what_sets_the_rows_apart_and_the_same_each_time() -> None:
    table = [labelled(place, "社区的人昨天下午在门口种花", True) for place in range(8)]
    table += [labelled(place, "社区的人昨天下午在门口扫地", False) for place in range(8, 16)]
    written = learnt(table)
    assert written == learnt(table)
    place = QUESTIONS.index("conduct")
    assert written.weights["种花"][place] > 0 > written.weights["扫地"][place]
    crossing = crossed({"one": table[::2], "other": table[1::2]}, [], RULES)
    assert {name: part["sealed"]["right"] for name, part in crossing.items()} == {"one": 8, "other": 8}


def test_words_that_mean_alike_share_what_is_learnt() -> None:
    def row(place: int, text: str, lane: str) -> Row:
        return Row(f"T{place}", Matter("hotline", "", text), {"danger": "none", "sealed": "no", "lane": lane}, ())

    table = [row(place, "又来信了", "dedicated") for place in range(8)]
    table += [row(place, "开会", "ordinary") for place in range(8, 16)]
    alone, shared = learnt(table, {}), learnt(table, {"来信": ("。told",), "写信": ("。told",)})
    place = QUESTIONS.index("dedicated")
    assert "写信" not in alone.weights
    assert shared.weights["写信"][place] > 0
    assert not any(signs.startswith("。") for signs in shared.weights)


def test_a_list_of_words_is_spelt_out(tmp_path: Path) -> None:
    file = tmp_path / "meanings.txt"
    file.write_text("# said: 不算\nagain: {第|又}{一|二}次 再次\ntold: 再次 一个长词语 单\n", "utf-8")
    assert meanings(file) == {
        "第一次": ("。again",),
        "第二次": ("。again",),
        "又一次": ("。again",),
        "又二次": ("。again",),
        "再次": ("。again", "。told"),
    }


def test_the_file_is_written_as_it_is_read(tmp_path: Path) -> None:
    table = tmp_path / "small.csv"
    lines = (TABLES / "lot_b.csv").read_text("utf-8").splitlines()
    table.write_text("\n".join(lines[:20]) + "\n", "utf-8")
    assert main(["--table", str(table), "--out", str(tmp_path / "out.json")]) == 0
    written = msgspec.json.decode((tmp_path / "out.json").read_bytes(), type=Likeness)
    assert written.version == "likeness-6"
    assert Leaning(written).known


def test_a_case_marks_what_is_sealed(tmp_path: Path) -> None:
    file = tmp_path / "made.txt"
    file.write_text("# said\nnone|yes|ordinary||路灯坏了。【所长收了钱】。\nnone|yes|ordinary||甲。乙。\n", "utf-8")
    (one,) = cases(file)
    assert (one.spans, one.matter.text) == (("所长收了钱",), "路灯坏了。所长收了钱。")


def test_what_is_held_is_not_learnt_from() -> None:
    assert {"held.csv", "lot_h.csv", "lot_p.csv"}.isdisjoint(LOTS)
    assert len(LOTS) == len(set(LOTS))


@pytest.mark.parametrize(("report", "sealed"), [(10 - REACH, False), (11 - REACH, True)])
def test_one_sentence_counts_for_no_more_than_so_much(report: int, sealed: bool) -> None:
    rules = leaning(种花={"conduct": report, "sentence": 9_000})
    assert (screen(Matter("hotline", "", "有人在路边种花。"), rules) is not None) == sealed


def test_it_finds_some_that_the_rules_miss() -> None:
    missed = [row for row in rows(TABLES / "lot_d.csv", False) if row.spans and answer(row, ALONE).conduct is None]
    assert len([row for row in missed if answer(row, RULES).conduct is None]) < len(missed) / 2


EMERGENCIES = (
    "家里煤气泄漏，老人晕倒了。",
    "青石巷18号楼道里燃气泄漏，味道很大。",
    "闻到很浓的煤气味，头晕。",
    "孩子掉进河里了。",
    "有人触电倒地。",
    "老人摔倒昏迷不醒。",
    "邻居打老婆，一直喊救命。",
    "三楼厨房着火了，火很大，人还在里面。",
)
BESIDE = (
    "物业公司去年开始收停车费，每月一百五十元，没有公示收费标准，也没有开业主大会。",
    "希望有关部门核实收费依据，督促物业公示，给业主一个说法。谢谢。",
    "咨询一下医保报销比例和社保缴费年限。",
    "村支书收了施工队两万块钱才让他们进场。",
)


@pytest.mark.parametrize("text", EMERGENCIES)
def test_another_matter_beside_it_delays_no_danger(text: str) -> None:
    """A gas leak is handed over whatever else its caller tells of, an accusation of an official too."""
    assert propose(Matter("hotline", "求助", text), RULES).danger is not None
    for beside in BESIDE:
        for whole in (text + beside, beside + text):
            matter = Matter("hotline", "停车收费", whole)
            proposal = propose(matter, RULES)
            assert danger(matter, RULES, proposal.conduct)[0] == proposal.danger is not None, whole
