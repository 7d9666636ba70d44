"""`wufang erase`: the encrypted personal data of one report, gone for good; asked for twice before it is done."""

from __future__ import annotations

import getpass
import re
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from wufang.cli import operating
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, err, out, print_json
from wufang.cli.progress import shown
from wufang.domain import ids
from wufang.domain.report import CHANNEL_LABELS

if TYPE_CHECKING:
    from wufang.operations.erase import Found

app = typer.Typer()
COPIES = "报送的原件、它的台账记录、每次办结及其记录各算一份；重复报送的也算。"
CAUSE = re.compile(r"[0-9a-f]{64}")


@app.command()
def erase(
    cause: Annotated[str | None, typer.Option(help="起因（诉求件编号，64 位十六进制）")] = None,
    source: Annotated[str | None, typer.Option(help="来源，与 --id 或 --receipt 同用")] = None,
    event_id: Annotated[str | None, typer.Option("--id", help="来源给这一件的编号，与 --jurisdiction 同用")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="这一件所在的县级行政区划代码")] = None,
    receipt: Annotated[str | None, typer.Option(help="回执")] = None,
    why: Annotated[str, typer.Option(help="缘由，写入审计日志")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    as_json: AsJson = False,
) -> None:
    """擦除一件的加密个人信息，连同全部副本与其办结，不可恢复；假名与已遮盖的文字仍在。"""
    from wufang.operations.erase import NothingFound, look
    from wufang.operations.erase import erase as erase_report

    target = _cause(cause, source, (event_id, jurisdiction), receipt)
    settings = operating.settings("kafka")
    try:
        with shown(quiet=as_json) as progress:
            found = None if yes else operating.run(look(settings, target, progress))
        if found is not None:
            err.print(found_grid(target, found))
            typer.confirm("将永久销毁以上全部数据密钥，不可恢复，确定吗？", abort=True, err=True)
        with shown(quiet=as_json) as progress:
            work = erase_report(settings, target, by=getpass.getuser(), why=why, progress=progress)
            result = operating.run(work)
    except NothingFound:
        raise Failure(f"日志中没有起因为 {target} 的件") from None
    if as_json:
        print_json({"cause": result.cause, "copies": result.copies, "keys": list(result.keys)})
    else:
        out.print(f"已擦除：{result.copies} 份，数据密钥 {len(result.keys)} 个。密钥字节在压缩后（约一日）从磁盘消失。")
        out.print(COPIES)


def found_grid(cause: str, found: Found) -> Table:
    """Which report it is, so that a slip in a number is seen before it is too late; never its words."""
    table = Table.grid(padding=(0, 2))
    told = [
        ("来源", found.source or "日志中已没有原件"),
        ("编号", found.number),
        ("渠道", CHANNEL_LABELS.get(found.channel, "")),  # type: ignore[call-overload]
        ("县区", found.jurisdiction),
        ("起因", cause),
        ("份数", f"{found.copies} 份。{COPIES}"),
        ("数据密钥", keys_told(found)),
    ]
    for label, value in told:
        if value:
            table.add_row(Text(label, style="dim"), Text(value))
    return table


def keys_told(found: Found) -> str:
    """How many keys there are, and whether they are gone already."""
    if not found.keys:
        return "没有：这一件没有加密的个人信息"
    if not found.live:
        return f"{found.keys} 个，此前已擦除"
    return f"{found.keys} 个" + (f"，其中 {found.keys - found.live} 个此前已擦除" if found.live < found.keys else "")


def _cause(cause: str | None, source: str | None, numbered: tuple[str | None, str | None], receipt: str | None) -> str:
    """The one report that is meant; `numbered` is its id and its county. Raises Failure."""
    event_id, jurisdiction = numbered
    if cause and not (source or any(numbered) or receipt):
        if CAUSE.fullmatch(cause):
            return cause
        raise Failure("--cause 须为 64 位小写十六进制", code=2)
    if source and event_id and jurisdiction and not (cause or receipt):
        return ids.cause(source, event_id, jurisdiction)
    if source and receipt and not (cause or any(numbered)):
        return _from_receipt(source, receipt)
    raise Failure("请给出 --cause，或 --source 与 --id 与 --jurisdiction，或 --source 与 --receipt，三者之一", code=2)


def _from_receipt(source: str, receipt: str) -> str:
    """A receipt counts only with its signature: nobody is to erase another's report with an invented one."""
    from wufang.adapters.receipts import BadReceipt, read_receipt
    from wufang.adapters.secrets_file import load_key_ring

    try:
        return read_receipt(load_key_ring(operating.settings("kafka").secrets).receipt, source, receipt).cause
    except BadReceipt:
        raise Failure("回执无效，或不是这个来源的") from None
