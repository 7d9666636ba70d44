"""`wufang import`: what a person sees of an import; the work is in wufang.importing."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import progress as bars
from rich.table import Table
from rich.text import Text

from wufang.cli import local, words
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, err, out, print_json
from wufang.domain.report import CHANNEL_LABELS

if TYPE_CHECKING:
    from collections import Counter

    from services.channel import ChannelSpec
    from wufang.importing.door_client import DoorClient
    from wufang.importing.fields import Field
    from wufang.importing.journal import Journal
    from wufang.importing.mapping import Columns
    from wufang.importing.run import Tally

app = typer.Typer()
SHOWN_ERRORS = 20
STATES = {
    "in_case": "已归入事项",
    "duplicate": "重复（此前已收下）",
    "conflicted": "同号异文，未采用",
    "refused": "未采用",
    "quarantined": "已隔离待查",
    "recorded": "已记录",
}


@app.command("import")
def import_(
    channel: Annotated[str, typer.Argument(help=f"渠道： {words.coded(CHANNEL_LABELS)}", metavar="CHANNEL")],
    file: Annotated[Path | None, typer.Argument(help="表格文件，.csv 或 .xlsx，第一行为表头", metavar="FILE")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="字段=列名，可多次；字段见 --fields", metavar="FIELD=COLUMN")
    ] = None,
    constant: Annotated[
        list[str] | None, typer.Option("--set", help="字段=固定值，每行相同，可多次", metavar="FIELD=VALUE")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="映射文件（TOML）：两表 columns 与 constants ，另加 jurisdiction")
    ] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="县级行政区划代码，六位")] = None,
    key: Annotated[str | None, typer.Option(help="机构密钥，默认取 WUFANG_API_KEY 或本机系统的密钥")] = None,
    url: Annotated[str | None, typer.Option(help="受理服务地址，默认本机")] = None,
    sheet: Annotated[str | None, typer.Option(help="XLSX 的工作表名，默认第一张")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="等到每件都有去向，按去向计数")] = False,
    parallel: Annotated[int, typer.Option(min=1, max=8, help="同时发送的批数；1 保持文件中的先后")] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="不询问，直接新建本机密钥")] = False,
    again: Annotated[bool, typer.Option("--again", help="不看以前的进度，全部重发")] = False,
    fields: Annotated[bool, typer.Option("--fields", help="只列出本渠道可用的字段")] = False,
    as_json: AsJson = False,
) -> None:
    """导入一个表格（CSV 或 XLSX），一行一件。

    可中断，再次运行接着做；同一文件导入两次不会多出一件。没有时区的时间按北京时间。
    """
    spec = _spec(local.channel_of(channel))
    if fields:
        _print_fields(_fields(spec), as_json)
        return
    if file is None:
        raise Failure("缺少文件：wufang import 渠道 文件.csv --column 字段=列名 …", code=2)
    columns = _columns(spec, column or [], constant or [], mapping, jurisdiction)
    job = _Job(spec, file, sheet, columns, local.address(spec.name, url), again=again, quiet=as_json)
    new_key = local.told if yes else _asked_in_json if as_json else _asked
    job.prepare(partial(local.agency_key, new=new_key), key)
    try:
        result = asyncio.run(job.run(parallel, wait))
    except KeyboardInterrupt:
        raise Failure("已停下；再次运行同一条命令会接着做", code=130) from None
    _print_result(result, as_json)
    if not result["complete"]:
        raise typer.Exit(1)


def _asked(source: str, others: list[str]) -> None:
    """A county beside those there are may be a slip of the pen: a person is asked, others are told."""
    local.told(source, others)
    if others and sys.stdin.isatty():
        typer.confirm("确定新建吗？", abort=True, err=True)


def _asked_in_json(source: str, others: list[str]) -> None:
    """A program cannot be asked: it must have said that it means a further county."""
    if others and not sys.stdin.isatty():
        raise Failure(f"{local.new_key_line(source, others)}；确实要新建请加 --yes", code=2)
    _asked(source, others)


def _spec(channel: str) -> ChannelSpec:
    from importlib import import_module

    spec: ChannelSpec = import_module(f"services.{channel}").SPEC
    return spec


def _fields(spec: ChannelSpec) -> dict[str, Field]:
    from wufang.importing.fields import report_fields

    return report_fields(spec.report.model_json_schema())


def _columns(
    spec: ChannelSpec, flags: list[str], fixed: list[str], file: Path | None, jurisdiction: str | None
) -> Columns:
    from wufang.importing import mapping

    fields = _fields(spec)
    base = mapping.from_file(file, spec.name, fields) if file is not None else mapping.Columns()
    columns, constants = mapping.from_flags(flags, fields), mapping.from_flags(fixed, fields)
    return mapping.combine(base, columns, constants, jurisdiction)


class _Job:
    """One run of the command: checks everything that can be checked before the first row leaves."""

    def __init__(
        self, spec: ChannelSpec, file: Path, sheet: str | None, columns: Columns, url: str, *, again: bool, quiet: bool
    ) -> None:
        self.spec, self.file, self.sheet, self.columns, self.url = spec, file, sheet, columns, url
        self.again, self.quiet = again, quiet
        self.total = 0
        self.key = ""

    def prepare(self, agency_key: Any, given: str | None) -> None:
        """Header, mapping and key; raises before anything is sent."""
        from services.channel.refusals import key_rule
        from wufang.importing import header, mapping
        from wufang.importing.tables import count_rows, open_table

        with open_table(self.file, self.sheet) as table:
            header.refuse_labels(table.header, key_rule)
            mapping.check(self.columns, table.header)
        self.total = count_rows(self.file, self.sheet)
        self.key = agency_key(self.spec.name, self.columns.jurisdiction, given)

    async def run(self, parallel: int, wait: bool) -> dict[str, Any]:
        """Send what is not acknowledged yet; with `wait` follow every receipt."""
        from wufang.importing.door_client import DoorClient
        from wufang.importing.error_file import write_errors

        with _bar(self.quiet) as bar, self._journal() as journal:
            async with DoorClient(self.url, self.key, on_wait=bar.pause) as client:
                tally = await self._send(client, journal, bar, parallel)
                states = await self._follow(client, journal, bar) if wait else None
        errors = write_errors(self.file, tally.errors)
        return _result(tally, states, errors if tally.errors else None)

    def _journal(self) -> Journal:
        from wufang.importing.journal import Journal, journal_folder, journal_name

        told = {
            "channel": self.spec.name,
            "columns": self.columns.canonical(),
            "sheet": self.sheet,
            "url": self.url,
            "key": self.key.rsplit("_", 1)[0],  # the public part: another ledger has other keys
        }
        path = journal_folder(os.environ) / journal_name(self.file, told)
        if self.again:
            path.unlink(missing_ok=True)
        return Journal(path)

    async def _send(self, client: DoorClient, journal: Journal, bar: _Bar, parallel: int) -> Tally:
        from wufang.importing.reading import Reader
        from wufang.importing.run import Import
        from wufang.importing.tables import open_table

        advance = bar.begin("导入", self.total)
        with open_table(self.file, self.sheet) as table:
            reader = Reader(self.spec.report_type, self.columns, _fields(self.spec), table.header)
            return await Import(reader, client, journal, advance).send(table.rows, parallel)

    async def _follow(self, client: DoorClient, journal: Journal, bar: _Bar) -> Counter[str]:
        from wufang.importing.run import follow

        advance = bar.begin("等待归并", len(journal.rows))
        return await follow(client, (entry.receipt for entry in journal.entries()), advance)


def _result(tally: Tally, states: Counter[str] | None, errors: Path | None) -> dict[str, Any]:
    return {
        "rows": tally.rows,
        "known": tally.known,
        "sent": tally.sent,
        "accepted": tally.accepted,
        "refused": tally.refused + tally.unread,
        "errors": [asdict(error) for error in tally.errors],
        "errors_file": None if errors is None else str(errors),
        "states": None if states is None else dict(states),
        "complete": tally.all_in(),
    }


class _Bar:
    """A progress bar with a line for pauses."""

    def __init__(self, progress: bars.Progress) -> None:
        self._progress = progress

    def begin(self, title: str, total: int) -> Any:
        """What is to be told of finished rows."""
        task = self._progress.add_task(title, total=total)
        return lambda count: self._progress.advance(task, count)

    def pause(self, why: str, seconds: float, left: float) -> None:
        """Say why nothing moves, which door it is, and how long this will be tried."""
        told = f"{why}，{seconds:.0f} 秒后重试；再等 {left:.0f} 秒仍不通就停下，以后可接着做"
        self._progress.console.print(told, style="yellow", markup=False, soft_wrap=True)


@contextmanager
def _bar(quiet: bool) -> Iterator[_Bar]:
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("行"),
        bars.TimeElapsedColumn(),
    )
    with bars.Progress(*columns, console=err, disable=quiet) as progress:
        yield _Bar(progress)


def _print_fields(fields: dict[str, Field], as_json: bool) -> None:
    from wufang.importing.mapping import REQUIRED

    if as_json:
        print_json([{**asdict(each), "required": each.path in REQUIRED} for each in fields.values()])
        return
    table = Table("字段", "名称", "必填", "类型", box=None)
    table.add_column("可选值", overflow="fold")
    kinds = {
        "text": "文字",
        "time": "时间",
        "day": "日期",
        "flag": "是否",
        "whole": "整数",
        "number": "数字",
        "choice": "选项",
    }
    for each in fields.values():
        shown = "、".join(label for label, value in each.choices.items() if label != value)
        needed = "必填" if each.path in REQUIRED else ""
        table.add_row(
            each.path,
            f"{each.within}：{each.label}" if each.within else each.label,
            needed,
            kinds[each.kind] + ("，可多个" if each.many else ""),
            shown,
        )
    out.print(table)
    out.print("县级行政区划代码用 --jurisdiction 给出，或每行一列；没有编号列时，以这一行的内容为编号。")


def _print_result(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    if result["errors"]:
        _print_errors(result["errors"], result["errors_file"])
    line = f"共 {result['rows']} 行：发送 {result['sent']}，收下 {result['accepted']}，"
    out.print(line + f"此前已收下 {result['known']}，未收下 {result['refused']}。")
    if result["states"] is not None:
        told = "，".join(f"{STATES.get(state, state)} {count}" for state, count in result["states"].items())
        out.print(f"去向：{told or '无'}。")


def _print_errors(errors: list[dict[str, Any]], file: str) -> None:
    table = Table("行", "列", "说明", box=None)
    for error in errors[:SHOWN_ERRORS]:
        column = "column" if error["column"] else "field"
        table.add_row(str(error["row"]), *(Text(error[name]) for name in (column, "message")))
    err.print(table)
    more = f"（此处列出前 {SHOWN_ERRORS} 条）" if len(errors) > SHOWN_ERRORS else ""
    err.print(f"[yellow]{len({e['row'] for e in errors})} 行未收下，{len(errors)} 处有误{more}，全部见 {file}[/]")
