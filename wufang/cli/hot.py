"""`wufang hot`: the hot-topic report (沂蒙同心云, seed row Y02), with its formula."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from wufang.cli import operating
from wufang.cli.failure import Failure, county_of
from wufang.cli.output import AsJson, out, print_json
from wufang.cli.progress import shown
from wufang.domain.shanghai import date_of, day_of
from wufang.domain.warning import HotTopics
from wufang.domain.warning.heat import Share
from wufang.domain.warning.window import Window
from wufang.importing.times import BadTime, to_time
from wufang.operations.hot import hot
from wufang.readmodel.labels import subject_label

app = typer.Typer()


@app.command(name="hot")
def hot_command(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="时段天数，与前一段相比")] = 28,
    until: Annotated[str | None, typer.Option("--to", help="最后一天，默认今天")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="只看这个区县（六位代码）")] = None,
    most: Annotated[int, typer.Option(min=1, max=100, help="各列几行")] = 10,
    as_json: AsJson = False,
) -> None:
    """热点：一段时间内最热的事项、分类和地点，附计算公式。只有人数，没有人。"""
    window = Window(_last(until), days)
    settings = operating.settings("kafka")
    with shown(quiet=as_json) as progress:
        work = hot(settings, window, jurisdiction=county_of(jurisdiction), most=most, progress=progress)
        found = operating.run(work)
    if as_json:
        print_json(msgspec.to_builtins(found))
    else:
        _print(found, window)


def _last(until: str | None) -> int:
    if until is None:
        return day_of(round(datetime.now().timestamp() * 1000))
    try:
        return day_of(round(datetime.fromisoformat(to_time(until)).timestamp() * 1000))
    except BadTime:
        raise Failure(f"看不懂的日期“{until}”，请写作 2026-03-31", code=2) from None


def _print(found: HotTopics, window: Window) -> None:
    if not found.top:
        first, last = (date_of(day) for day in (window.last - window.days + 1, window.last))
        out.print(f"{first} 至 {last} 没有诉求件。更早的：加 --to 最后一天。")
        return
    table = Table("事项", "标题", "热度", "人数", "较前", title="热点事项", title_justify="left", box=None)
    for one in found.top:
        table.add_row(one.case_id, Text(one.title), str(one.heat), str(one.people), f"{one.growth:+d}")
    out.print(table)
    for title, shares in (("热点分类", found.categories), ("热点地点", found.places)):
        out.print(_shares(title, shares) if shares else f"{title}：没有。")
    out.print(found.formula, style="dim")


def _shares(title: str, shares: tuple[Share, ...]) -> Table:
    table = Table("名称", "热度", "事项", "人数", "此前", title=title, title_justify="left", box=None)
    for one in shares:
        name = subject_label("place", one.name) if title == "热点地点" else one.name
        table.add_row(Text(name), str(one.heat), str(one.cases), str(one.people), str(one.before))
    return table
