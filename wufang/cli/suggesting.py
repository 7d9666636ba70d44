"""`wufang suggestions`: pairs of cases that may be one matter, with what speaks for it and how to answer."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Table

from wufang.cli import people_api
from wufang.cli.output import AsJson, out, print_json
from wufang.cli.people_api import Cursor, Token, Url
from wufang.cli.words import channel_counts

app = typer.Typer()
SHOWN = 5  # reports of a side


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
        out.print(_apart(one) if split else _pair(one))
    if not page[kind]:
        out.print("没有待判断的。")
    elif page["next"]:
        out.print(f"还有更多：--cursor {page['next']}")


def _pair(pair: dict[str, Any]) -> Table:
    """Two cases side by side, what speaks for it, and how to answer."""
    case, other, link = pair["case"], pair["other"], pair["link"]
    table = Table(case["case_id"], other["case_id"], caption_justify="left", expand=True)
    table.add_row(case["title"], other["title"])
    table.add_row(*(f"{one['reports']} 件 · {channel_counts(one['channels']).plain}" for one in (case, other)))
    table.add_row(*(one["excerpt"][:80] for one in (case, other)))
    reasons = "；".join(reason["detail"] for reason in link["reasons"])
    older, younger = sorted((case["case_id"], other["case_id"]), key=lambda name: int(name.split("-")[1]))
    table.caption = (
        f"把握 {link['score']:.0%}：{reasons}\n"
        f"是：wufang merge {older} {younger} --reason …\n不是：wufang keep-apart {older} {younger} --reason …"
    )
    return table


def _apart(split: dict[str, Any]) -> Table:
    """Two groups of one case side by side, why, and how to answer."""
    case_id, sides = split["case"]["case_id"], split["sides"]
    heads = (f"{name}：{len(side['reports'])} 件" for name, side in zip(("留在本事项", "拟另立"), sides, strict=True))
    table = Table(*heads, title=f"{case_id} {split['case']['title']}", caption_justify="left", expand=True)
    table.add_row(*("、".join(side["places"]) for side in sides))
    table.add_row(*("、".join(side["words"]) for side in sides))
    table.add_row(*("\n".join(report["title"] for report in side["reports"][:SHOWN]) for side in sides))
    reasons = "；".join(reason["detail"] for reason in split["reasons"])
    leave, both = (" ".join(split[answer]["reports"]) for answer in ("move", "keep_together"))
    table.caption = (
        f"{reasons}\n是两个：wufang move {case_id} {leave} --reason …\n"
        f"确为一事：wufang keep-together {case_id} {both} --reason …"
    )
    return table
