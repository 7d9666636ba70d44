"""Danger first, one lane for what is left, tags; the ledger's facts count; nothing is told of what is sealed."""

import time

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wufang.adapters.profile_files import triage_rules
from wufang.domain.triage import Context, Matter, danger, propose, redacted, screen, sealed_text
from wufang.domain.triage.likeness import NONE

RULES = triage_rules()
PIECES = [
    "村主任挪用集体资金",
    "派出所副所长收了红包",
    "热线的接线员把我电话告诉了老板",
    "三楼正在着火冒浓烟",
    "老人昏迷叫不醒",
    "停水三天",
    "路灯坏了",
    "第五次反映",
    "燃气泄漏味道很大",
    "请尽快处理",
    "物业收费高",
    "１３号楼",
    "他还拿了钱",
    "书记",
    "\n",
    " ",
]
TEXTS = st.lists(st.sampled_from([*PIECES, "，", "。", "；", "！"]), max_size=14).map("".join) | st.text(max_size=80)
MATTERS = st.builds(Matter, st.sampled_from(["hotline", "grid", "petition"]), TEXTS, TEXTS)


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("五楼厨房着火了，浓烟很大，有人没下来，快来人", "119"),
        ("一楼有很浓的煤气味，闻着头晕", "119"),
        ("孩子掉进河里了，快救人", "119"),
        ("有人拿刀在菜市场砍人", "110"),
        ("奶奶有痴呆，早上出门到现在没回来", "110"),
        ("我爸突然倒地抽搐，叫不醒", "120"),
        ("没有闻到燃气味，就是打不着火", None),
        ("周五消防演练，模拟三楼着火疏散", None),
        ("急死了，证到底什么时候能办", None),
        ("去年仓库着火，赔偿还没到", None),
        ("消防栓没水压，建议检修", None),
    ],
)
def test_danger(text: str, whom: str | None) -> None:
    assert propose(Matter("hotline", "来电", text), RULES).danger == whom


@pytest.mark.parametrize(
    ("sentence", "handed_to"),
    [
        ("现在3号楼的楼道里正着火，浓烟上来了，楼上的老人下不来。", "119"),
        ("刚刚有人在地下室触电倒在水里，叫不应。", "120"),
        ("写这封信的时候楼下餐馆燃气罐正在漏气，味道很大，一楼的人都跑出来了。", "119"),
    ],
)
def test_danger_in_the_middle_of_a_long_letter_is_found(sentence: str, handed_to: str) -> None:
    before = (
        "我们小区的房产证拖了六年没有办下来，开发商说要等规划验收，住建局说要等开发商补材料，来回跑了十几趟。"
        "去年交的维修基金也查不到余额，物业费倒是年年涨，一平方从一块二涨到两块四，业主大会的签名我们都不认。"
    )
    after = "孩子上学要房产证，学校只给看购房合同，报名时被退了两回。希望领导能给个明确的时间，也请把维修基金的账公开。"
    letter = Matter("petition", "关于办理房产证和公开维修基金的请求", before + sentence + after)
    assert propose(letter, RULES).danger == danger(letter, RULES)[0] == handed_to
    assert propose(msgspec.structs.replace(letter, text=before + after), RULES).danger is None


def test_danger_is_not_delayed_by_conduct_and_its_words_stay_sealed() -> None:
    text = "所长收了厂里的钱就不管正着火冒浓烟的车间。"
    proposal = propose(Matter("hotline", "求助", text), RULES)
    assert proposal.conduct is not None
    assert proposal.danger == "119"
    assert {known.matched for known in proposal.facts if known.rule.startswith("danger")} == {""}
    assert proposal.lane == "urgent"


def test_the_ledger_can_make_a_matter_urgent_or_dedicated() -> None:
    matter = Matter("hotline", "路灯", "路灯坏了一盏。")
    lanes = [propose(matter, RULES, context).lane for context in (Context(), Context(repeats=2), Context(burst=True))]
    assert lanes == ["ordinary", "dedicated", "urgent"]


def test_the_lane_is_that_of_what_is_left() -> None:
    proposal = propose(Matter("hotline", "来信", "局长收了开发商的钱，故意把我家停了水。公厕灯不亮。"), RULES)
    assert proposal.conduct is not None
    assert proposal.lane == "ordinary"


def test_every_fact_has_a_sentence_for_officials() -> None:
    proposal = propose(Matter("hotline", "停水", "停水三天，每年夏天都这样，请提前检修。"), RULES)
    assert proposal.lane == "urgent"
    assert all(known.why for known in proposal.facts)
    assert proposal.rules == RULES.version


@given(MATTERS)
@settings(max_examples=100, deadline=None)
def test_what_is_sealed_is_in_no_part_of_what_others_see(matter: Matter) -> None:
    conduct = screen(matter, RULES)
    if conduct is None:
        return
    proposal = propose(matter, RULES)
    whole = {"title": matter.title, "text": matter.text}
    title, text = redacted(matter.title, matter.text, conduct)
    kept = {"title": title, "text": text}
    for span in conduct.spans:
        part = whole[span.field][span.start : span.end]
        assert part in sealed_text(matter.title, matter.text, conduct)
        outside = whole[span.field].replace(part, "")
        assert part not in kept[span.field] or part in outside or len(part) < 4
        for known in proposal.facts:
            inside = known.field == span.field and span.start < known.end and known.start < span.end
            assert not (inside and known.matched)


@given(MATTERS)
@settings(max_examples=60, deadline=None)
@example(Matter("hotline", "老人昏迷叫不醒", "村主任挪用集体资金" * 9 + "热线的接线员把我电话告诉了老板"))
def test_the_same_report_gets_the_same_proposal_and_a_door_the_same_danger(matter: Matter) -> None:
    """What the whole report tells of waits for nothing; where a part is sealed, the rest is asked as well."""
    first = propose(matter, RULES)
    assert propose(matter, RULES) == first
    assert danger(matter, RULES, first.conduct)[0] == first.danger
    assert danger(matter, RULES)[0] in (None, first.danger)


@pytest.mark.parametrize("piece", [*PIECES[:8], "村", "收", "的", "书记收", "，", "。"])
def test_the_work_grows_with_the_length_and_no_faster(piece: str) -> None:
    def cost(length: int) -> float:
        matter = Matter("hotline", "标题", (piece * length)[:length])
        began = time.process_time()
        propose(matter, RULES)
        return time.process_time() - began

    cost(1_000)
    assert cost(10_000) < 30 * max(cost(1_000), 0.002)


def test_without_weights_the_rule_written_first_says_who_goes() -> None:
    alone = msgspec.structs.replace(RULES, likeness=NONE)
    caught = "有人提着菜刀追着邻居砍，老人被困在二楼出不来，快来人"
    assert danger(Matter("hotline", "", caught), alone)[0] == "110"
    assert danger(Matter("hotline", "", caught + "，屋里起火了"), alone)[0] == "119"
    assert danger(Matter("hotline", "", caught.split("，", 1)[1]), alone)[0] == "119"
