"""A case that has come apart, on the whole system: what a person is asked, and what either answer makes of it."""

from __future__ import annotations

from typing import Any

from tests.e2e.conftest import Shell
from tests.e2e.telling import numbers, sent, told, wait_for
from tests.support.deployment import until
from tests.support.matters import BOTH, LIFT, LIFT_AGAIN, POOL, POOL_AGAIN


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
