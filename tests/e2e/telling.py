"""What is told to the whole system, and what a case shows of it."""

import json
from typing import Any

from tests.e2e.conftest import Shell
from tests.support.deployment import until

COUNTY = "990301"


def event(name: str, title: str, text: str, **data: Any) -> dict[str, Any]:
    """A report of the hotline's."""
    told = {"title": title, "text": text, "occurred_at": "2026-03-05T09:30:00+08:00", **data}
    return {"specversion": "1.0", "id": name, "type": "wufang.hotline.report.v1", "jurisdiction": COUNTY, "data": told}


def numbers(view: dict[str, Any]) -> list[str]:
    """The reports of a case as it is shown."""
    return [report["number"] for report in view["reports"]["reports"]]


def told(shell: Shell, case_id: str) -> list[str]:
    """A case's timeline."""
    return [entry["type"] for entry in shell.json("case", case_id)["timeline"]["entries"]]


def sent(shell: Shell, *reports: tuple[str, str, str], county: str = "990311") -> list[str]:
    """The cases they went to."""
    (shell.folder / "b.json").write_text(json.dumps([event(*one) | {"jurisdiction": county} for one in reports]))
    receipts = [answer["receipt"] for answer in shell.json("send", "hotline", "b.json")]
    states = [shell.json("receipt", "hotline", receipt, "--jurisdiction", county, "--wait") for receipt in receipts]
    return [state["case_id"] for state in states]


def wait_for(shell: Shell, case_id: str, field: str, value: Any) -> dict[str, Any]:
    """The case once the index shows it: a search sees a write within a second."""
    view: dict[str, Any] = {}

    def shown() -> bool:
        view.update(shell.json("case", case_id))
        listed = view["case"]["reports"] == len(view["reports"]["reports"])
        return bool(view["case"][field] == value and listed)

    until(f"{field} of {case_id}", shown)
    return view
