"""`wufang suggestions`: pairs of cases that may be one matter, with what speaks for it and how to answer."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Table
from rich.text import Text

from wufang.cli import people_api
from wufang.cli.output import AsJson, out, print_json
from wufang.cli.people_api import Cursor, Token, Url
from wufang.cli.words import channel_counts

app = typer.Typer()
SHOWN = 5  # reports of a side
PLAIN = re.compile("[0-9A-Za-z][0-9A-Za-z._-]*")
Asked = tuple[Table, list[str]]  # what is seen, and a line for each answer


@app.command()
def suggestions(
    case_id: Annotated[str | None, typer.Argument(help="只看与这个事项有关的", metavar="[CASE]")] = None,
    split: Annotated[bool, typer.Option("--split", help="看疑似两个事项的")] = False,
    size: Annotated[int, typer.Option(min=1, max=100, help="最多看几个事项的")] = 20,
    cursor: Cursor = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """疑似同一事项（--split：疑似两个事项）：列出待人判断的。两边并列，附依据。"""
    asked = [("size", str(size)), *([("cursor", cursor)] if cursor else [])]
    kind = "splits" if split else "suggestions"
    path = f"/v1/{kind}" if case_id is None else f"/v1/cases/{quote(case_id, safe='')}/{kind}"
    page = people_api.get(path, asked if case_id is None else [], url, token)
    if as_json:
        print_json(page)
        return
    for one in page[kind]:
        table, answers = _apart(one) if split else _pair(one)
        out.print(table)
        for answer in answers:  # to be copied whole, so the terminal's own wrapping alone
            out.print(Text(answer), soft_wrap=True)
    if not page[kind]:
        out.print("没有待判断的。")
    elif page["next"]:
        out.print(f"还有更多：--cursor {page['next']}")


def _pair(pair: dict[str, Any]) -> Asked:
    """Two cases side by side, what speaks for it, and how to answer."""
    case, other, link = pair["case"], pair["other"], pair["link"]
    table = Table(case["case_id"], other["case_id"], caption_justify="left", expand=True)
    table.add_row(Text(case["title"]), Text(other["title"]))
    table.add_row(*(f"{one['reports']} 件 · {channel_counts(one['channels']).plain}" for one in (case, other)))
    table.add_row(*(Text(one["excerpt"][:80]) for one in (case, other)))
    reasons = "；".join(reason["detail"] for reason in link["reasons"])
    older, younger = sorted((case["case_id"], other["case_id"]), key=lambda name: int(name.split("-")[1]))
    table.caption = Text(f"把握 {link['score']:.0%}：{reasons}")
    answers = (("是", "merge"), ("不是", "keep-apart"))
    return table, [f"{answer}：wufang {verb} {older} {younger} --reason …" for answer, verb in answers]


def _apart(split: dict[str, Any]) -> Asked:
    """Two groups of one case side by side, why, and how to answer."""
    case_id, sides = split["case"]["case_id"], split["sides"]
    heads = (f"{name}：{len(side['reports'])} 件" for name, side in zip(("留在本事项", "拟另立"), sides, strict=True))
    table = Table(*heads, title=Text(f"{case_id} {split['case']['title']}"), caption_justify="left", expand=True)
    table.add_row(*(Text("、".join(side["places"])) for side in sides))
    table.add_row(*(Text("、".join(side["words"])) for side in sides))
    table.add_row(*(Text("\n".join(map(_shown, side["reports"][:SHOWN]))) for side in sides))
    table.caption = Text("；".join(reason["detail"] for reason in split["reasons"]))
    leave, both = (_named(split[answer]["reports"], sides) for answer in ("move", "keep_together"))
    return table, [
        f"是两个：wufang move {case_id} {leave} --reason …",
        f"确为一事：wufang keep-together {case_id} {both} --reason …",
    ]


def _shown(report: dict[str, Any]) -> str:
    return f"{report['number']} {report['title']}"


def _named(reports: list[str], sides: list[dict[str, Any]]) -> str:
    """Reports by their numbers where these are plain words of a shell and one report's alone, else by their ids."""
    numbers = {report["report_id"]: report["number"] for side in sides for report in side["reports"]}
    counts = Counter(numbers.values())
    plain = {one: number for one, number in numbers.items() if counts[number] == 1 and PLAIN.fullmatch(number)}
    return " ".join(plain.get(one, one) for one in reports)
