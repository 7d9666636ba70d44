"""`wufang warnings`: what early warning found, and whether it came true."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from wufang.cli import people_api, words
from wufang.cli.days import day_ended, day_started
from wufang.cli.output import AsJson, out, print_json
from wufang.cli.people_api import Cursor, Token, Url
from wufang.readmodel import labels

app = typer.Typer()


@app.command()
def warnings(
    kind: Annotated[list[str] | None, typer.Option(help=f"种类，可多次： {words.coded(labels.WARNINGS)}")] = None,
    state: Annotated[list[str] | None, typer.Option(help=f"可多次： {words.coded(labels.WARNING_STATES)}")] = None,
    since: Annotated[str | None, typer.Option("--from", help="预警时间起，如 2026-03-01")] = None,
    until: Annotated[str | None, typer.Option("--to", help="预警时间止（含当日）")] = None,
    area: Annotated[str | None, typer.Option(help="行政区划代码前缀")] = None,
    size: Annotated[int, typer.Option(min=1, max=50, help="最多列出几个")] = 20,
    cursor: Cursor = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """列出预警：预期几位、来了几位、自何日起、是否应验。"""
    asked = [("size", str(size))]
    asked += [("kind", words.code_of(each, labels.WARNINGS, "--kind")) for each in kind or []]
    asked += [("state", words.code_of(each, labels.WARNING_STATES, "--state")) for each in state or []]
    asked += [("since", day_started(since))] if since else []
    asked += [("until", day_ended(until))] if until else []
    asked += [(name, value) for name, value in (("area", area), ("cursor", cursor)) if value]
    page = people_api.get("/v1/warnings", asked, url, token)
    if as_json:
        print_json(page)
        return
    out.print(warnings_table(page["warnings"]) if page["warnings"] else "没有符合条件的预警。")
    if page.get("next"):
        out.print(f"下一页：--cursor {page['next']}", soft_wrap=True)


def warnings_table(listed: list[dict[str, Any]]) -> Table:
    """One row a warning: of what, what came and was expected, since when, what became of it."""
    table = Table("预警", "种类", "对象", "说明", "自", "验证", box=None, padding=(0, 2, 1, 0))
    for warning in listed:
        matter = warning["kind"] in ("matter", "growing")
        table.add_row(
            words.moment(warning["at"]),
            labels.WARNINGS.get(warning["kind"], warning["kind"]),
            Text(f"{warning['label']}\n{warning['case_id']}" if matter else warning["label"]),
            Text(warning["words"]),
            words.moment(warning["since"])[:10],
            labels.WARNING_STATES.get(warning["state"], warning["state"]),
        )
    return table
