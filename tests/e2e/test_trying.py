"""`wufang relink --dry-run` and `wufang triage --back-test` on the whole system, while it runs."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from tests.e2e.conftest import Shell
from tests.e2e.telling import event
from tests.support.deployment import until
from tests.support.triage_file import SMALLEST

COUNTY, DECIDED = "990309", "990310"
TUNNEL = "望江路下穿隧道每逢下雨就积水，水深过膝，车辆熄火，排水泵常年不开。"
TOLD = (
    ("TR-1", "望江路隧道积水", TUNNEL),
    ("TR-2", "望江路隧道积水无人管", TUNNEL + "请派人抽水。"),
    ("TR-3", "青禾小区电梯停运", "青禾小区六栋电梯停运三天，老人上下楼困难，希望尽快维修电梯。"),
    ("TR-4", "梧桐里整栋楼停气", "梧桐里五栋从昨天起停气，没法做饭，燃气公司电话打不通。"),
)
OURS = ("--jurisdiction", COUNTY)
THEIRS = ("--jurisdiction", DECIDED)


def sent(shell: Shell, county: str) -> list[str]:
    """The case of each report: the first two tell of one tunnel."""
    (shell.folder / "a.json").write_text(json.dumps([event(*told) | {"jurisdiction": county} for told in TOLD]))
    receipts = [answer["receipt"] for answer in shell.json("send", "hotline", "a.json")]
    states = [shell.json("receipt", "hotline", receipt, "--jurisdiction", county, "--wait") for receipt in receipts]
    found = [state["case_id"] for state in states]
    assert (found[0], len(set(found))) == (found[1], 3)
    return found


@pytest.fixture
def shy(shell: Shell) -> str:
    """Rules by which no report belongs to any case."""
    (shell.folder / "shy.toml").write_text('version = "shy-1"\nbias = -60.0\n')
    return "shy.toml"


def look(shell: Shell, rules: str, *more: str) -> Any:
    return shell.json("relink", "--dry-run", "--rules", rules, *OURS, *more)


def test_what_other_rules_would_part_is_told_and_ordered_by_people(shell: Shell, shy: str) -> None:
    tunnel, _, lift, gas = sent(shell, COUNTY)
    told = look(shell, shy, "--orders")
    assert (told["reports"], told["cases"], told["other"]["cases"]) == (4, 3, 4)
    assert told["present"] == {"cases": 3, "joined": 0, "joined_cases": 0, "parted": 0, "asked": told["asked"]}
    (parted,) = told["parted"]
    assert (parted["case_id"], parted["keeps"], parted["anyway"]) == (tunnel, 1, False)
    shown = shell.run("relink", "--dry-run", "--rules", shy, *OURS).stdout
    assert all(word in shown for word in ("shy-1", "会拆 1 个", tunnel, "TR-2"))
    assert look(shell, shy, "--until", "2020-01-01")["reports"] == 0

    assert "wufang merge" in shell.run("relink", "--rules", shy, code=2).stderr
    lines = shell.run("relink", "--orders", "--rules", shy, *OURS).stdout.splitlines()
    (order,) = [line for line in lines if not line.startswith("#")]
    assert shlex.split(order)[:3] == ["wufang", "move", tunnel]
    shell.run(*shlex.split(order)[1:])
    until("the re-run agrees", lambda: look(shell, shy)["cases"] == 4)
    assert look(shell, shy)["parted"] == []

    shell.run("merge", lift, gas, "--reason", "同一栋楼的事")
    until("the merge", lambda: look(shell, shy)["cases"] == 3)
    after = look(shell, shy)
    assert (after["parted"], after["joined"], after["by_people"]) == ([], [], 4)
    shell.run("restore", lift, gas, "--reason", "再核是两件")
    assert shell.json("reconcile")["balanced"]


def test_rules_that_cannot_be_used_are_named(shell: Shell) -> None:
    (shell.folder / "bad.toml").write_text('version = "bad-1"\ntreshold = 0.5\n')
    assert "treshold" in shell.run("relink", "--dry-run", "--rules", "bad.toml", code=2).stderr


def test_what_other_triage_rules_would_propose(shell: Shell) -> None:
    gas = sent(shell, DECIDED)[3]
    (shell.folder / "few.toml").write_text(SMALLEST)
    assert shell.json("case", gas)["case"]["lane"] == "urgent"
    shell.run("lane", gas, "速办", "--reason", "停气")
    told: dict[str, Any] = {}

    def decided() -> bool:
        told.update(shell.json("triage", "--back-test", "few.toml", *THEIRS))
        return bool(told["decided"]["cases"])

    until("the decision on the log", decided)
    assert ("urgent", "ordinary") in {(one["before"], one["after"]) for one in told["lanes"] if one["cases"]}
    assert told["decided"] == {"cases": 1, "lane": {"before": 1, "after": 0}, "tags": {"before": 1, "after": 1}}
    (example,) = [one for one in told["examples"] if one["case_id"] == gas]
    assert example["reasons_before"][0]["fact"]["rule"]
    shown = shell.run("triage", "--back-test", "few.toml", *THEIRS).stdout
    assert all(word in shown for word in ("速办 → 一般", gas, "原据"))
