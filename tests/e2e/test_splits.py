"""A case that has come apart, on the whole system: what a person is asked, and what either answer makes of it."""

from __future__ import annotations

from typing import Any

from tests.e2e.conftest import Shell
from tests.e2e.test_ordering import numbers, sent, told, wait_for
from tests.support.deployment import until

LIFT = ("青杉里小区电梯停运三天无人修", "青杉里小区六栋的电梯坏了三天，老人上下楼只能爬楼梯，物业说在等配件。")
LIFT_AGAIN = ("青杉里小区六栋电梯一直没修好", "电梯停运好几天了，物业还在等配件，老人出不了门，六栋的住户都着急。")
POOL = ("望槐路下穿隧道积水熄火", "望槐路下穿隧道每逢下雨就积水，水深过膝，车辆熄火，排水泵常年不开。")
POOL_AGAIN = ("望槐路下穿隧道积水排水泵不开", "望槐路隧道一下雨就积水过膝，排水泵没有人开，车辆熄火，请派人抽水。")
BOTH = ("青杉里小区电梯停运无人修，望槐路下穿隧道积水", LIFT[1] + POOL[1])


def test_a_case_that_came_apart_is_asked_about_and_either_answer_ends_it(shell: Shell) -> None:
    yes, no = mixed(shell, "990331"), mixed(shell, "990332")
    pages = {case_id: asked(shell, case_id) for case_id in (yes, no)}
    shown = shell.run("suggestions", "--split", yes).stdout
    assert (f"wufang move {yes}" in shown, "keep-together" in shown) == (True, True)

    leaving = pages[yes]["move"]["reports"]
    moved = shell.json("move", yes, *leaving, "--reason", "隧道积水是另一回事")["case_id"]
    assert numbers(wait_for(shell, moved, "reports", 2)) == ["SP-2", "SP-4"]
    assert numbers(wait_for(shell, yes, "reports", 3)) == ["SP-1", "SP-3", "SP-5"]

    kept = pages[no]["keep_together"]["reports"]
    shell.run("keep-together", no, *kept, "--reason", "同一处地下室的水")
    until("the answer", lambda: not shell.json("suggestions", "--split", no)["splits"])
    until("the entry on the timeline", lambda: told(shell, no)[-1] == "case_kept_together")
    assert not any(one["case"]["case_id"] in (yes, no) for one in shell.json("suggestions", "--split")["splits"])
    assert shell.json("reconcile")["balanced"]


def mixed(shell: Shell, county: str) -> str:
    """A case of two matters, made one by a report that tells of both."""
    stories = (LIFT, POOL, LIFT_AGAIN, POOL_AGAIN, BOTH)
    homes = [sent(shell, (f"SP-{number}", *story), county=county)[0] for number, story in enumerate(stories, 1)]
    assert homes == [homes[0], homes[1], homes[0], homes[1], homes[0]]
    return homes[0]


def asked(shell: Shell, case_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    def there() -> bool:
        found[:] = [one for one in shell.json("suggestions", "--split")["splits"] if one["case"]["case_id"] == case_id]
        return bool(found)

    until("the question", there)
    assert [[report["number"] for report in side["reports"]] for side in found[0]["sides"]] == [
        ["SP-1", "SP-3"],
        ["SP-2", "SP-4"],
    ]
    return found[0]
