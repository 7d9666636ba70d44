"""A burst posted through the door is a warning on the console, on its case and on the command line."""

from __future__ import annotations

import json

import httpx

from tests.e2e.conftest import Shell
from tests.e2e.telling import event
from tests.support.deployment import until
from wufang.cli import local

COUNTY = "990306"
TITLE = "桐花苑二期整夜施工"
TEXTS = (
    "桐花苑二期工地整夜打桩，震得楼板发抖，老人孩子无法入睡。",
    "桐花苑二期工地凌晨两点还在打桩施工，噪音太大无法入睡。",
    "桐花苑二期工地整夜打桩施工，孩子第二天上课打瞌睡。",
    "桐花苑二期工地夜里打桩，老人心脏受不了，请制止夜间施工。",
    "桐花苑二期工地通宵打桩施工，投诉多次没有人管。",
    "桐花苑二期工地又是整夜打桩，整栋楼都在抖。",
)


def test_a_burst_is_warned_of_where_people_look(shell: Shell) -> None:
    told = [
        event(
            f"WA-{number}",
            TITLE,
            text,
            occurred_at=f"2026-03-0{number + 1}T09:30:00+08:00",
            reporter=f"1391234{number:04d}",
        )
        | {"jurisdiction": COUNTY}
        for number, text in enumerate(TEXTS)
    ]
    (shell.folder / "a.json").write_text(json.dumps(told))
    receipts = [answer["receipt"] for answer in shell.json("send", "hotline", "a.json")]
    states = [shell.json("receipt", "hotline", receipt, "--jurisdiction", COUNTY, "--wait") for receipt in receipts]
    (case_id,) = {state["case_id"] for state in states}

    until("the warning is listed", lambda: bool(shell.json("warnings", "--area", COUNTY)["warnings"]))
    (warning,) = shell.json("warnings", "--area", COUNTY, "--kind", "matter")["warnings"]
    assert (warning["case_id"], warning["label"], warning["state"]) == (case_id, TITLE, "open")
    assert warning["expected"] < warning["seen"] == len(warning["reports"])
    assert warning["words"] in shell.run("warnings", "--area", COUNTY).stdout.replace("\n", "")

    def entries() -> list[str]:
        return [entry["type"] for entry in shell.json("case", case_id)["timeline"]["entries"]]

    until("the case's timeline says so", lambda: "warning_raised" in entries())

    token = local.issue(shell.system.settings(), name="测试", role="supervisor")
    with httpx.Client(base_url=shell.system.url("ledger-service"), timeout=60) as browser:
        browser.post("/console/login", data={"token": token})
        page = browser.get("/console/warnings", params={"area": COUNTY}).text
        assert TITLE in page
        assert warning["words"] in page
        assert warning["words"] in browser.get(f"/console/cases/{case_id}").text

    hot = shell.json("hot", "--to", "2026-03-06", "--days", "7", "--jurisdiction", COUNTY)
    assert [(one["case_id"], one["people"], one["growth"]) for one in hot["top"]] == [(case_id, 6, 6)]
    asked = {"since": "2026-02-28", "until": "2026-03-06", "jurisdiction": COUNTY}
    with httpx.Client(base_url=shell.system.url("ledger-service"), timeout=60) as reader:
        read = reader.get("/v1/hot-topics", params=asked, headers={"authorization": f"Bearer {token}"}).json()
    assert (read["top"], read["formula"]) == (hot["top"], hot["formula"])
    for name in ("categories", "places"):
        assert [{key: one[key] for key in one if key != "label"} for one in read[name]] == hot[name]
    assert ("桐花" in hot["places"][0]["name"], hot["places"][0]["people"]) == (True, 6)
    shown = shell.run("hot", "--to", "2026-03-06", "--days", "7", "--jurisdiction", COUNTY).stdout
    assert (TITLE in shown.replace("\n", ""), "热度 =" in shown) == (True, True)
    quiet = shell.json("hot", "--to", "2026-02-01", "--days", "7", "--jurisdiction", COUNTY)
    assert (quiet["top"], quiet["places"]) == ([], [])
    shell.run("hot", "--to", "昨天", code=2)
