"""`wufang send`, `receipt`, `search`, `case`, `status` on the whole system."""

from __future__ import annotations

import json

from tests.e2e.conftest import Shell
from tests.e2e.telling import COUNTY, event

LEAK = event("CM-1", "白塔街水管爆裂停水", "白塔街主水管爆裂，整条街停水，请自来水公司抢修。", address="平川县白塔街")
AGAIN = event("CM-2", "白塔街水管爆裂还没修好", "白塔街主水管爆裂，停水到现在没修好。", related=["CM-1"])


def test_sent_followed_found_and_shown(shell: Shell) -> None:
    (shell.folder / "a.json").write_text(json.dumps([LEAK, AGAIN]))
    receipts = [answer["receipt"] for answer in shell.json("send", "hotline", "a.json")]
    states = [shell.json("receipt", "hotline", receipt, "--jurisdiction", COUNTY, "--wait") for receipt in receipts]
    assert [state["state"] for state in states] == ["in_case", "in_case"]
    (case_id,) = {state["case_id"] for state in states}

    page = shell.json(
        "search", "水管 爆裂", "--area", COUNTY, "--channel", "热线", "--from", "2026-03-05", "--to", "2026-03-05"
    )
    assert [case["case_id"] for case in page["cases"]] == [case_id]
    assert "<mark>" in json.dumps(page["cases"][0]["highlight"])

    view = shell.json("case", case_id)
    assert view["case"]["reports"] == 2
    assert [report["number"] for report in view["reports"]["reports"]] == ["CM-1", "CM-2"]
    assert view["reports"]["reports"][1]["link"]["kind"] == "reference"

    shown = shell.run("case", case_id).stdout
    assert all(word in shown for word in ("CM-1", "CM-2", "编号引用", "归入依据", "经过"))
    assert "【水管爆裂】" in shell.run("search", "水管爆裂", "--area", COUNTY).stdout


def test_a_day_outside_finds_nothing(shell: Shell) -> None:
    assert shell.json("search", "水管", "--area", COUNTY, "--to", "2026-03-04")["total"] == 0


def test_refused_item_says_why(shell: Shell) -> None:
    bad = event("CM-9", "题", "文", callerLabel="老户")
    told = shell.json("send", "hotline", "-", code=1, text=json.dumps(bad))
    assert told[0]["receipt"] is None
    assert told[0]["errors"][0]["rule"] == "person_label"


def test_unknown_case(shell: Shell) -> None:
    assert "没有找到" in shell.run("case", "990301-999-0", code=1).stderr


def test_status_names_every_process(shell: Shell) -> None:
    names = {row["name"] for row in shell.json("status")}
    assert {"kafka", "elasticsearch", "hotline", "ledger-service"} <= names
