"""A part that was sealed at the door and given back by the discipline office, on the whole system, as people see it."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.e2e.conftest import Shell
from tests.e2e.telling import event
from tests.support.deployment import until
from wufang.cli import local

COUNTY = "990351"
NAME = "赫连玉堂"
CONDUCT = f"槐荫县水利局局长{NAME}收了抽水泵老板的好处费。"
TEXT = f"白杨路地道桥积水半米，抽水泵三个月没开。{CONDUCT}盼望早点抽水。"
UNIT = {"role": "handler", "organisation": "槐荫县城管局"}


def ask(shell: Shell, service: str, method: str, path: str, body: Any = None, **who: str) -> httpx.Response:
    token = local.issue(shell.system.settings(), name="测试", jurisdiction=COUNTY, **who)  # type: ignore[arg-type]
    headers = {"authorization": f"Bearer {token}"}
    return httpx.request(method, shell.system.url(service) + path, json=body, headers=headers, trust_env=False)


def office(shell: Shell, method: str, path: str, body: Any = None) -> Any:
    answer = ask(shell, "discipline", method, path, body, role="discipline", organisation="槐荫县纪委监委")
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(shell: Shell, **who: str) -> list[str]:
    page = ask(shell, "ledger-service", "GET", f"/v1/cases?q={NAME}", **who).json()
    return [case["case_id"] for case in page["cases"]]


def test_released_by_the_office_it_is_the_units_and_the_books_balance(shell: Shell) -> None:
    told = event("RL-1", "白杨路地道桥积水", TEXT, accused="槐荫县水利局") | {"jurisdiction": COUNTY}
    (shell.folder / "a.json").write_text(json.dumps([told]))
    (answer,) = shell.json("send", "hotline", "a.json")
    case_id = shell.json("receipt", "hotline", answer["receipt"], "--jurisdiction", COUNTY, "--wait")["case_id"]
    path = f"/v1/cases/{case_id}"
    assert ask(shell, "ledger-service", "GET", path, **UNIT).status_code == 404, "withheld from every unit"
    assert NAME not in shell.run("case", case_id).stdout

    (head,) = office(shell, "GET", "/v1/sealed?state=proposed")["sealed"]
    assert NAME in json.dumps(office(shell, "GET", f"/v1/sealed/{head['receipt']}"), ensure_ascii=False)
    office(shell, "POST", f"/v1/sealed/{head['receipt']}/release", {"reason": "属经济纠纷，不属监督范围"})

    until("the unit finds it by its words", lambda: found(shell, **UNIT) == [case_id])

    def standing() -> tuple[str, str | None, list[str]]:
        view = ask(shell, "ledger-service", "GET", path, **UNIT).json()
        (report,) = view["reports"]["reports"]
        return report["text"], report["accused"], [entry["type"] for entry in view["timeline"]["entries"]]

    whole = (TEXT, "槐荫县水利局", ["case_opened", "conduct_released"])
    until("report and timeline say so too, each index refreshed by itself", lambda: standing() == whole)
    view = ask(shell, "ledger-service", "GET", path, **UNIT).json()
    assert head["receipt"] not in json.dumps(view)
    assert found(shell, role="handler", organisation="槐荫县水利局") == [], "the accused"
    shown = shell.run("case", case_id).stdout
    assert ("封存解除" in shown, "已送回本件" in shown) == (True, True)

    def given_back() -> bool:
        return bool(office(shell, "GET", f"/v1/sealed/{head['receipt']}")["returned"] == "done")

    until("the office knows that the ledger has it", given_back)
    books = shell.json("reconcile")
    assert books["balanced"]
    assert books["sealed"]["waiting"] == []
