"""`wufang merge`, `lane`, `category` and their like: what a person orders of the ledger, and what became of it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer

from wufang.cli import people_api, words
from wufang.cli.case import whole_case
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, out, print_json
from wufang.cli.people_api import Token, Url
from wufang.readmodel.labels import LANES, TAGS

app = typer.Typer(no_args_is_help=True, help="处置：并案、撤销并案、改归、不得并案、确为一事、定办、定类。")
PATIENCE = 30.0  # seconds; a command is done within one or two when nothing is behind
EVERY = 0.3
REPORT_ID = re.compile("[0-9a-f]{64}")
Reason = Annotated[str, typer.Option("--reason", help="理由，记入台账")]
CaseId = Annotated[str, typer.Argument(help="事项编号", metavar="CASE")]


@app.command()
def merge(
    case_id: CaseId,
    merged: Annotated[str, typer.Argument(help="并入前者的事项", metavar="MERGED")],
    reason: Reason,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """并案：把一个事项并入另一个。"""
    body = {"merged": merged, "seen": _seen((case_id, merged), url, token), "reason": reason}
    _order(case_id, "merge", body, url, token, as_json)


@app.command()
def restore(
    case_id: CaseId,
    restored: Annotated[str, typer.Argument(help="恢复的事项", metavar="RESTORED")],
    reason: Reason,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """撤销并案：把并入的事项恢复为独立事项。"""
    body = {"restored": restored, "seen": _seen((case_id, restored), url, token), "reason": reason}
    _order(case_id, "restore", body, url, token, as_json)


@app.command()
def move(
    case_id: CaseId,
    reports: Annotated[
        list[str], typer.Argument(help="诉求件的编号，见 wufang case；或其 report_id", metavar="REPORT")
    ],
    reason: Reason,
    to: Annotated[str | None, typer.Option("--to", help="归入的事项；不填则另立事项")] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """改归：把诉求件移到另一事项，或另立事项。"""
    named = (case_id,) if to is None else (case_id, to)
    seen = _seen(named, url, token)  # before the reports: what joins or leaves in between is refused
    body = {"reports": _reports(case_id, reports, url, token), "to": to, "seen": seen, "reason": reason}
    _order(case_id, "move", body, url, token, as_json)


@app.command("keep-apart")
def keep_apart(
    case_id: CaseId,
    other: Annotated[str, typer.Argument(help="另一事项", metavar="OTHER")],
    reason: Reason,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """不得并案：两个事项不是一回事，以后不再建议，也不自动并案。"""
    body = {"other": other, "seen": _seen((case_id, other), url, token), "reason": reason}
    _order(case_id, "keep-apart", body, url, token, as_json)


@app.command("keep-together")
def keep_together(
    case_id: CaseId,
    reason: Reason,
    reports: Annotated[
        list[str] | None, typer.Argument(help="诉求件的编号或 report_id；不填则为事项中的全部", metavar="[REPORT]")
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """确为一事：这些件是同一事项，以后不再建议分开。"""
    seen = _seen((case_id,), url, token)
    body = {"reports": _reports(case_id, reports or [], url, token), "seen": seen, "reason": reason}
    _order(case_id, "keep-together", body, url, token, as_json)


@app.command()
def lane(
    case_id: CaseId,
    lane: Annotated[str, typer.Argument(help="速办、专办、一般，或 urgent、dedicated、ordinary", metavar="LANE")],
    reason: Reason,
    tag: Annotated[list[str] | None, typer.Option(help="研办、联办，或 study、joint，可多次")] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """定办：定一个事项的办理方式和标签；以后规则的建议不再改动它。"""
    tags = [words.code_of(each, TAGS, "--tag") for each in tag or []]
    told = {"lane": words.code_of(lane, LANES, "LANE"), "tags": tags}
    body = {**told, "seen": _seen((case_id,), url, token), "reason": reason}
    _order(case_id, "lane", body, url, token, as_json)


@app.command()
def category(
    case_id: CaseId,
    code: Annotated[str, typer.Argument(help="分类的代码或名称，见 wufang categories", metavar="CODE")],
    reason: Annotated[str | None, typer.Option("--reason", help="理由，可不填；填了记入台账")] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """定类：定一个事项的内容分类，采纳或更正建议。以后的建议由此学习。"""
    told = {"code": code if code.isdecimal() else _category(code), "reason": reason}
    _order(case_id, "category", {**told, "seen": _seen((case_id,), url, token)}, url, token, as_json)


def _category(name: str) -> str:
    from wufang.cli.categories import tree

    code = tree().code_of(name)
    if code is None:
        raise Failure(f"CODE 不认得“{name}”，或不止一类叫这个名字；可用 wufang categories {name} 查代码", code=2)
    return code


def _reports(case_id: str, named: Sequence[str], url: str | None, token: str | None) -> list[str]:
    """The ids of a case's reports, named by id or by the number that `wufang case` shows. Raises Failure."""
    if all(map(REPORT_ID.fullmatch, named)):
        return list(named)
    listed = whole_case(case_id, url, token)["reports"]["reports"]
    return [one if REPORT_ID.fullmatch(one) else _numbered(case_id, one, listed) for one in named]


def _numbered(case_id: str, number: str, listed: Sequence[Mapping[str, Any]]) -> str:
    found: list[str] = [report["report_id"] for report in listed if report["number"] == number]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Failure(f"事项 {case_id} 中没有编号为“{number}”的件；各件的编号见 wufang case {case_id}", code=2)
    raise Failure(f"事项 {case_id} 中编号为“{number}”的有 {len(found)} 件，请写明是哪一件：{'、'.join(found)}", code=2)


def _seen(case_ids: tuple[str, ...], url: str | None, token: str | None) -> dict[str, int]:
    """The versions as they are now: what changes before the ledger decides is refused."""
    return {name: people_api.get(_path(name), [], url, token)["case"]["version"] for name in case_ids}


def _path(case_id: str) -> str:
    return f"/v1/cases/{quote(case_id, safe='')}"


def _order(case_id: str, verb: str, body: dict[str, Any], url: str | None, token: str | None, as_json: bool) -> None:
    receipt = people_api.post(f"{_path(case_id)}/{verb}", body, url, token)["receipt"]
    state = _followed(receipt, url, token)
    if as_json:
        print_json(state | {"receipt": receipt})
    if state["state"] != "done":
        raise Failure(state["label"] + (f"；回执 {receipt}" if state["state"] == "pending" else ""))
    if not as_json:
        out.print(f"{state['label']}：事项 {state['case_id']}")


def _followed(receipt: str, url: str | None, token: str | None) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while True:
        state = people_api.get(f"/v1/commands/{quote(receipt, safe='')}", [], url, token)
        if state["state"] != "pending" or time.monotonic() > deadline:
            return state
        time.sleep(EVERY)
