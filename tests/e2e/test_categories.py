"""`wufang category` on the whole system: a suggestion, a person's correction, and the next suggestion after it."""

from __future__ import annotations

import json
from functools import partial

from tests.e2e.conftest import Shell
from tests.e2e.telling import event, sent, told, wait_for
from tests.support.deployment import until

COUNTY, FILED, REFUSED = "990321", "990322", "990323"
DANCE = "每天晚上有人跳广场舞，音响声音很大，老人孩子没法休息，劝了也不听。"
TUNNEL = "望江路下穿隧道每逢下雨就积水，水深过膝，车辆熄火，排水泵常年不开。"
FEES = "幼儿园春季学费多收八百元，没有发票，家长并没有报名兴趣班。"
STAGE, NOISE = "030501", "050301"  # 文化场馆与活动, 噪声


def test_what_people_correct_is_suggested_next(shell: Shell) -> None:
    others = sent(shell, ("CT-1", "望江路隧道积水", TUNNEL), ("CT-2", "东湖幼儿园收费", FEES), county=COUNTY)
    for case_id, code in zip(others, ("排水与井盖", "0301"), strict=True):
        assert shell.json("category", case_id, code)["state"] == "done"
    for number, place in enumerate(("青禾小区", "柳叶巷", "石桥镇")):
        dance = (f"CD-{number}", f"{place}广场舞音响吵闹", f"{place}{DANCE}")
        (case_id,) = sent(shell, dance, county=COUNTY)
        suggested = shell.json("case", case_id)["case"]["suggested_category"]
        assert suggested["code"] == STAGE if number == 0 else suggested["code"] in (STAGE, NOISE)
        shell.run("category", case_id, NOISE, "--reason", "说的是吵，不是活动")
        wait_for(shell, case_id, "category", "生态环境 / 噪声与辐射 / 噪声")
        until(f"the timeline of {case_id} says so", partial(decided_last, shell, case_id))
    (last,) = sent(shell, ("CD-9", "白鹭洲广场舞音响吵闹", f"白鹭洲{DANCE}"), county=COUNTY)
    view = shell.json("case", last)["case"]
    assert view["suggested_category"]["code"] == NOISE
    assert "建议分类：生态环境 / 噪声与辐射 / 噪声" in shell.run("case", last).stdout
    until("a search counts them by their category", lambda: counted(shell).get("生态环境 / 噪声与辐射 / 噪声") == 3)
    assert shell.json("reconcile")["balanced"]


def decided_last(shell: Shell, case_id: str) -> bool:
    """The timeline is another index, refreshed by itself."""
    return told(shell, case_id)[-1] == "category_decided"


def counted(shell: Shell) -> dict[str, int]:
    found = shell.json("search", "广场舞", "--area", COUNTY)["facets"]["category"]
    return {one["value"]: one["count"] for one in found}


def test_a_category_of_the_sender_is_left_alone_and_a_person_may_still_change_it(shell: Shell) -> None:
    filed = event("CF-1", "望江路隧道积水", TUNNEL, category="排水与井盖") | {"jurisdiction": FILED}
    (shell.folder / "a.json").write_text(json.dumps([filed]))
    (receipt,) = [answer["receipt"] for answer in shell.json("send", "hotline", "a.json")]
    case_id = shell.json("receipt", "hotline", receipt, "--jurisdiction", FILED, "--wait")["case_id"]
    head = shell.json("case", case_id)["case"]
    assert (head["category"], head["suggested_category"]) == ("排水与井盖", None)
    shell.run("category", case_id, "道路桥梁养护")
    decided = wait_for(shell, case_id, "category", "住房城建 / 市政设施 / 道路桥梁养护")["case"]["decided_category"]
    assert (decided["answer"], decided["reason"]) == ("unasked", None)


def test_a_code_that_no_tree_has_is_refused_and_the_tree_is_found_by_words(shell: Shell) -> None:
    (case_id,) = sent(shell, ("CR-1", "望江路隧道积水", TUNNEL), county=REFUSED)
    assert "分类目录里没有代码 999999" in shell.run("category", case_id, "999999", code=1).stderr
    assert "wufang categories" in shell.run("category", case_id, "没有这一类", code=2).stderr
    found = shell.json("categories", "井盖")["categories"]
    assert {"code": "010202", "path": "住房城建 / 市政设施 / 排水与井盖"} in found
