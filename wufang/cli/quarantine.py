"""`wufang quarantine`: what was set aside and why, its bytes only when asked for, and sending it again after a fix."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from wufang.cli import operating
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, out, print_json
from wufang.operations.quarantine import Entry, Redriven, State, entries, redrive
from wufang.wire.position import Position

app = typer.Typer(no_args_is_help=True, help="隔离区：列出、查看、修复后重新投递。")
STATES: dict[State, str] = {
    "open": "[red]未处理[/]",
    "redriven": "[yellow]已重投，待处理[/]",
    "closed": "[green]已了结[/]",
}
Place = Annotated[str, typer.Argument(help="位置，形如 reports.hotline/3/1234", metavar="POSITION")]
Reason = Annotated[str | None, typer.Option("--reason", help="只取这一原因，例如 undecodable")]
Topic = Annotated[str | None, typer.Option("--topic", help="只取这一主题，例如 reports.hotline 或 ledger")]


@app.command("list")
def list_(
    reason: Reason = None,
    topic: Topic = None,
    everything: Annotated[bool, typer.Option("--all", help="也列出已了结的")] = False,
    as_json: AsJson = False,
) -> None:
    """列出隔离区中未处理的记录。"""
    found = [
        entry
        for entry in operating.run(entries(operating.settings()))
        if _matches(entry, reason, topic) and (everything or entry.state != "closed")
    ]
    if as_json:
        print_json([entry_document(entry) for entry in found])
        return
    out.print(entries_table(found) if found else "隔离区没有这样的记录。")


def entries_table(found: list[Entry]) -> Table:
    """One row a record; the time is when it was set aside, by which old ones are told from new."""
    table = Table("隔离时间", "位置", "原因", "详情", "环节", "字节", "状态", box=None)
    table.columns[0].no_wrap = True
    for entry in found:
        size = len(entry.value or b"")
        told = (_when(entry.at), str(entry.position), entry.reason, entry.detail, entry.stage, str(size))
        table.add_row(*map(Text, told), STATES[entry.state])
    return table


def _when(at: int) -> str:
    """Milliseconds since 1970 as a person in China reads them."""
    from datetime import UTC, datetime

    from wufang.cli.words import moment

    return moment(datetime.fromtimestamp(at / 1000, UTC).isoformat())


@app.command()
def show(
    position: Place,
    with_bytes: Annotated[bool, typer.Option("--bytes", help="连同原始字节；其中可能有个人信息")] = False,
    as_json: AsJson = False,
) -> None:
    """查看一个位置上的记录。"""
    place = _position(position)
    found = [entry for entry in operating.run(entries(operating.settings())) if entry.position == place]
    if not found:
        raise Failure(f"隔离区没有 {position}，请用 wufang quarantine list --all 查看")
    documents = [entry_document(entry, with_bytes=with_bytes) for entry in found]
    if as_json:
        print_json(documents)
        return
    for entry in found:
        out.print(entry_grid(entry, with_bytes=with_bytes))


def entry_grid(entry: Entry, *, with_bytes: bool = False) -> Table:
    """An entry for people, in the words of the list."""
    table = Table.grid(padding=(0, 2))
    told = [
        ("隔离时间", Text(_when(entry.at))),
        ("位置", Text(str(entry.position))),
        ("原因", Text(entry.reason)),
        ("详情", Text(entry.detail)),
        ("环节", Text(entry.stage)),
        ("字节", Text("空" if entry.value is None else str(len(entry.value)))),
        ("状态", Text.from_markup(STATES[entry.state])),
        ("重投至", Text("、".join(map(str, entry.redrives)) or "未重投")),
    ]
    if with_bytes:
        told += [("键", Text(_readable(entry.key) or "空")), ("原文", Text(_readable(entry.value) or "空"))]
    for label, value in told:
        table.add_row(Text(label, style="dim"), value)
    return table


@app.command("redrive")
def redrive_command(
    positions: Annotated[list[str] | None, typer.Argument(help="要重新投递的位置", metavar="[POSITION]...")] = None,
    reason: Reason = None,
    topic: Topic = None,
    everything: Annotated[bool, typer.Option("--all", help="全部未处理的")] = False,
    again: Annotated[bool, typer.Option("--again", help="已投递过的也再投一次")] = False,
    as_json: AsJson = False,
) -> None:
    """修复之后，把原始字节按原样重新投递；同一位置不会投两次，除非加 --again。"""
    places = {_position(text) for text in positions or ()}
    if not (places or reason or topic or everything):
        raise Failure("没有说明重投哪些：请给出位置，或 --reason、--topic、--all", code=2)

    def wanted(entry: Entry) -> bool:
        return (not places or entry.position in places) and _matches(entry, reason, topic)

    done = operating.run(redrive(operating.settings(), wanted, again=again))
    missing = places - {one.position for one in done}
    if as_json:
        print_json({"redriven": [_done(one) for one in done], "skipped": sorted(map(str, missing))})
    else:
        _print(done, missing)
    if missing or any(one.refused for one in done):
        raise typer.Exit(1)


def entry_document(entry: Entry, *, with_bytes: bool = False) -> dict[str, Any]:
    """An entry for programs; the bytes as text where they are text, else as hex."""
    document: dict[str, Any] = {
        "position": str(entry.position),
        "reason": entry.reason,
        "detail": entry.detail,
        "stage": entry.stage,
        "state": entry.state,
        "redrives": list(map(str, entry.redrives)),
        "at": entry.at,
        "size": None if entry.value is None else len(entry.value),
    }
    if with_bytes:
        document |= {"key": _readable(entry.key), "value": _readable(entry.value)}
    return document


def _readable(raw: bytes | None) -> str | None:
    if raw is None:
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "hex:" + raw.hex()


def _matches(entry: Entry, reason: str | None, topic: str | None) -> bool:
    return (reason is None or entry.reason == reason) and (topic is None or entry.position.topic == topic)


def _position(text: str) -> Position:
    try:
        return Position.parse(text)
    except ValueError:
        raise Failure(f"“{text}”不是位置，应形如 reports.hotline/3/1234", code=2) from None


def _done(one: Redriven) -> dict[str, Any]:
    return {
        "position": str(one.position),
        "placed": None if one.placed is None else str(one.placed),
        "refused": [f"{item.action.kind} {item.action.id}: {item.reason}" for item in one.refused],
    }


def _print(done: list[Redriven], missing: set[Position]) -> None:
    for one in done:
        where = f"→ {one.placed}" if one.placed else "已重新写入索引" if not one.refused else "索引仍然拒收"
        out.print(f"{one.position} {where}")
        for item in one.refused:
            out.print(f"  {item.action.kind} {item.action.id}: {item.reason}", style="red")
    for position in sorted(missing):
        out.print(f"{position} 没有投递：不在隔离区，或已投递过（--again 可再投）", style="yellow")
    out.print(f"共重新投递 {len(done)} 条。")
