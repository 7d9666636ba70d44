"""`wufang search`: cases by Chinese text, with the hits marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from wufang.cli import local, people_api, words
from wufang.cli.days import day_ended, day_started
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, out, print_json
from wufang.cli.people_api import Cursor, Token, Url
from wufang.readmodel.labels import SORTS

if TYPE_CHECKING:
    from datetime import datetime

app = typer.Typer()


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="要找的文字；空格分开的都要有，引号内按原文", metavar="文字")],
    channel: Annotated[list[str] | None, typer.Option(help="只看这些渠道，可多次")] = None,
    since: Annotated[str | None, typer.Option("--from", help="发生时间起，如 2026-03-01")] = None,
    until: Annotated[str | None, typer.Option("--to", help="发生时间止（含当日）")] = None,
    area: Annotated[str | None, typer.Option(help="行政区划代码前缀")] = None,
    sort: Annotated[str, typer.Option(help=f"{words.coded(SORTS)}")] = "relevance",
    size: Annotated[int, typer.Option(min=1, max=100, help="最多列出几个")] = 10,
    cursor: Cursor = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """按文字查找事项，标出命中处。"""
    began, ended = day_started(since) if since else "", day_ended(until) if until else ""
    if began and ended and _moment(began) >= _moment(ended):
        raise Failure(f"起止日期写反了：--from {since} 晚于 --to {until}", code=2)
    asked = [("q", text), ("sort", words.code_of(sort, SORTS, "--sort")), ("size", str(size))]
    asked += [("channel", local.channel_of(each)) for each in channel or []]
    asked += [("since", began)] if began else []
    asked += [("until", ended)] if ended else []
    asked += [(name, value) for name, value in (("area", area), ("cursor", cursor)) if value]
    page = people_api.get("/v1/cases", asked, url, token)
    if as_json:
        print_json(page)
        return
    out.print(cases_table(page["cases"]) if page["cases"] else "没有找到。可减少文字，或用更短的词。")
    _print_foot(page)


def _moment(rfc3339: str) -> datetime:
    from datetime import datetime

    return datetime.fromisoformat(rfc3339)


def cases_table(cases: list[dict[str, Any]]) -> Table:
    """One row a case: where the words were found, which channels, how many reports."""
    from wufang.cli import words

    table = Table("事项", "标题与命中", "渠道", "件", "最近", box=None, padding=(0, 2, 1, 0))
    for case in cases:
        table.add_row(
            case["case_id"],
            Text("\n").join([title_of(case), *hits_of(case)]),
            words.channel_counts(case["channels"]),
            str(case["reports"]),
            words.moment(case["last_occurred_at"]),
        )
    return table


def title_of(case: dict[str, Any]) -> Text:
    """The title, hits marked where there are any."""
    from wufang.cli import words

    found = case.get("highlight", {}).get("title")
    title = words.marked(found[0], not out.is_terminal) if found else Text(case["title"])
    title.stylize("bold")
    return title


def hits_of(case: dict[str, Any], most: int = 2) -> list[Text]:
    """Marked fragments of the case's own text, else of the report that fits best."""
    from wufang.cli import words

    best = (case.get("best_report") or {}).get("highlight", {})
    own = case.get("highlight", {})
    fragments = own.get("text") or best.get("text") or own.get("other_titles") or best.get("title") or []
    return [
        Text("…", style="dim").append_text(words.marked(fragment, not out.is_terminal)) for fragment in fragments[:most]
    ]


def _print_foot(page: dict[str, Any]) -> None:
    more = "" if page["total_is_exact"] else " 以上"
    out.print(f"共 {page['total']}{more} 个事项。" if page["cases"] else "")
    if page.get("next"):
        out.print(f"下一页：--cursor {page['next']}", soft_wrap=True)
