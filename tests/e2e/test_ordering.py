"""`wufang merge`, `restore`, `move`, `keep-apart` on the whole system: what a person orders, and what is then found."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Shell
from tests.e2e.telling import event, numbers, sent, told, wait_for
from tests.support.deployment import until
from wufang.cli import local

COUNTY = "990305"
MADE_ONE = "990307"
TOLD = (
    ("OR-1", "青禾小区电梯停运", "青禾小区六栋电梯停运三天，老人上下楼困难，希望尽快维修电梯。"),
    ("OR-2", "望江路隧道积水", "望江路下穿隧道每逢下雨就积水，水深过膝，车辆熄火，排水泵常年不开。"),
    ("OR-3", "望江路隧道积水无人管", "望江路下穿隧道每逢下雨就积水，水深过膝，排水泵不开，请派人抽水。"),
)


@pytest.fixture
def cases(shell: Shell) -> list[str]:
    """The lift's case and the tunnel's, of one and two reports; sent by the first test, found by the others."""
    events = [event(*told) | {"jurisdiction": COUNTY} for told in TOLD]
    (shell.folder / "a.json").write_text(json.dumps(events))
    receipts = [answer["receipt"] for answer in shell.json("send", "hotline", "a.json")]
    states = [shell.json("receipt", "hotline", receipt, "--jurisdiction", COUNTY, "--wait") for receipt in receipts]
    lift, tunnel, again = (state["case_id"] for state in states)
    assert (tunnel == again, lift == tunnel) == (True, False)
    return [lift, tunnel]


def found(shell: Shell, words: str) -> list[str]:
    return [case["case_id"] for case in shell.json("search", words, "--area", COUNTY)["cases"]]


def test_put_together_found_as_one_and_taken_apart_as_they_were(shell: Shell, cases: list[str]) -> None:
    lift, tunnel = cases
    before = {name: shell.json("case", name) for name in cases}
    done = shell.json("merge", lift, tunnel, "--reason", "同一施工引起，已电话13812345678核实")
    assert done["state"] == "done"

    merged = wait_for(shell, lift, "parts", [tunnel])
    assert sorted(numbers(merged)) == ["OR-1", "OR-2", "OR-3"]
    until("the entry on the timeline", lambda: told(shell, lift)[-1] == "cases_merged")
    assert told(shell, lift).count("case_opened") == 2
    until("the search finds the one", lambda: found(shell, "隧道积水") == [lift])
    old = shell.json("case", tunnel)["case"]
    assert (old["state"], old["leads_to"]) == ("merged", lift)
    shown = shell.run("case", lift).stdout
    assert ("同一施工引起" in shown, "13812345678" in shown + json.dumps(merged)) == (True, False)

    shell.run("restore", lift, tunnel, "--reason", "现场核查是两处")
    after = {name: wait_for(shell, name, "parts", []) for name in cases}
    for name in cases:
        assert numbers(after[name]) == numbers(before[name])
        assert {**after[name]["case"], "version": 0} == {**before[name]["case"], "version": 0}


def test_a_report_set_apart_by_hand_stands_alone_and_says_why(shell: Shell, cases: list[str]) -> None:
    _, tunnel = cases
    (second,) = [r["report_id"] for r in shell.json("case", tunnel)["reports"]["reports"] if r["number"] == "OR-3"]
    apart = shell.json("move", tunnel, second, "--reason", "说的是另一条隧道")["case_id"]
    view = wait_for(shell, apart, "reports", 1)
    assert view["reports"]["reports"][0]["hand"]["reason"] == "说的是另一条隧道"
    assert numbers(wait_for(shell, tunnel, "reports", 1)) == ["OR-2"]
    shell.run("move", apart, second, "--reason", "只剩一件", code=1)

    shell.run("merge", tunnel, apart, "--reason", "核实确为一处")
    assert numbers(wait_for(shell, tunnel, "reports", 2)) == ["OR-2", "OR-3"]
    assert shell.json("reconcile")["balanced"]


LAMPS = "柳叶巷从菜场到小学的路灯全部熄灭，夜里漆黑一片，上周有老人摔伤送医，灯杆锈蚀开裂。"
SCHOOL = "孩子晚自习后放学，没有一点亮光，只能打手电，家长轮流去接，盼着早点装上照明。"
BOTH = "路灯全部熄灭，夜里漆黑一片，有老人摔伤送医。孩子晚自习后放学，没有一点亮光，家长轮流去接。"
MAYBE = "孩子晚自习后只能打手电，家长轮流去接，路灯熄灭，灯杆锈蚀。"


def test_what_may_be_one_matter_is_asked_and_answered_and_what_surely_is_one_is_made_one(shell: Shell) -> None:
    lamps, school = sent(shell, ("BR-1", "柳叶巷路灯整条街不亮", LAMPS), ("BR-2", "柳叶巷放学孩子摸黑走夜路", SCHOOL))
    (maybe,) = sent(shell, ("BR-3", "放学孩子摸黑走夜路，柳叶巷路灯不亮", MAYBE))
    assert maybe == school
    until("the question", lambda: asked(shell) == {(school, lamps)})
    assert "keep-apart" in shell.run("suggestions", lamps).stdout
    shell.run("keep-apart", lamps, school, "--reason", "一处是路灯坏了，一处是没有路灯")
    until("the answer", lambda: asked(shell) == set())
    sent(shell, ("BR-4", "柳叶巷路灯整条街不亮，放学孩子摸黑走夜路", BOTH))
    assert {shell.json("case", name)["case"]["state"] for name in (lamps, school)} == {"open"}

    shell.run("merge", lamps, school, "--reason", "核实确为一处")
    wait_for(shell, lamps, "parts", [school])
    shell.run("restore", lamps, school, "--reason", "再核是两处")
    wait_for(shell, lamps, "parts", [])


def test_what_surely_is_one_matter_is_made_one(shell: Shell) -> None:
    told_first = (("BR-1", "柳叶巷路灯整条街不亮", LAMPS), ("BR-2", "柳叶巷放学孩子摸黑走夜路", SCHOOL))
    first, second = sent(shell, *told_first, county=MADE_ONE)
    (joined,) = sent(shell, ("BR-3", "柳叶巷路灯整条街不亮，放学孩子摸黑走夜路", BOTH), county=MADE_ONE)
    assert joined == first
    merged = wait_for(shell, first, "parts", [second])
    assert sorted(numbers(merged)) == ["BR-1", "BR-2", "BR-3"]
    until("the entry on the timeline", lambda: told(shell, first)[-1] == "cases_bridged")
    assert shell.json("reconcile")["balanced"]


def test_a_gas_leak_is_called_for_and_a_person_decides_its_lane(shell: Shell) -> None:
    (leak,) = sent(
        shell, ("GL-1", "青石巷燃气泄漏", "青石巷3号楼燃气管道正在漏气，味道很大，请赶快来人！"), county="990308"
    )
    view = shell.json("case", leak)
    assert (view["case"]["danger"], view["case"]["lane"]) == ("119", "urgent")
    assert view["timeline"]["entries"][0]["triage"]["why"]
    assert "转接119" in shell.run("case", leak).stdout
    shell.run("lane", leak, "最急", "--reason", "没有这种办法", code=2)
    shell.run("lane", leak, "专办", "--tag", "联办", "--reason", "管道老化，三家同办")
    decided = wait_for(shell, leak, "lane", "dedicated")["case"]
    assert (decided["tags"], decided["danger"], decided["decided"]["reason"]) == (
        ["joint"],
        "119",
        "管道老化，三家同办",
    )
    assert shell.json("search", "燃气", "--area", "990308")["facets"]["lane"] == [{"value": "dedicated", "count": 1}]
    assert shell.json("reconcile")["balanced"]


def asked(shell: Shell) -> set[tuple[str, str]]:
    page = shell.json("suggestions")["suggestions"]
    pairs = {(one["case"]["case_id"], one["other"]["case_id"]) for one in page}
    return {pair for pair in pairs if pair[0].startswith("990311")}


def test_refused_when_the_case_changed_since_it_was_seen_or_is_out_of_reach(shell: Shell, cases: list[str]) -> None:
    lift, tunnel = cases
    settings, base = shell.system.settings(), shell.system.url("ledger-service")

    def order(token: str, **changed: Any) -> httpx.Response:
        body = {"merged": tunnel, "seen": {lift: 1, tunnel: 1}, "reason": "同一件事"} | changed
        headers = {"authorization": f"Bearer {token}", "Idempotency-Key": "once-1"}
        return httpx.post(f"{base}/v1/cases/{lift}/merge", json=body, headers=headers)

    desk = local.issue(settings, name="测试", role="supervisor")
    answer = order(desk, seen={lift: 999, tunnel: 999})
    assert answer.status_code == 202
    receipt = answer.json()["receipt"]
    told = follow(base, desk, receipt)
    assert (told["state"], told["reason"]) == ("refused", "changed")
    stranger = local.issue(settings, name="外县", role="supervisor", jurisdiction="110101")
    assert order(stranger).status_code == 404
    warden = local.issue(settings, name="网格员", role="warden", organisation="某网格")
    assert order(warden).status_code == 403
    assert order(desk, reason="").status_code == 422


def follow(base: str, token: str, receipt: str) -> dict[str, Any]:
    told: dict[str, Any] = {}

    def settled() -> bool:
        headers = {"authorization": f"Bearer {token}"}
        told.update(httpx.get(f"{base}/v1/commands/{receipt}", headers=headers).raise_for_status().json())
        return bool(told["state"] != "pending")

    until("the command's fate", settled)
    return told
