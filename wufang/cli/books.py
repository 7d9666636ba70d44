"""`wufang reconcile`: whether the books balance, as tables for people and one document for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from wufang.cli import operating
from wufang.cli.output import AsJson, err, out, print_json
from wufang.cli.progress import shown
from wufang.cli.words import channel_label
from wufang.ledger.proofs.books import Sums
from wufang.ledger.proofs.rebuild import Comparison
from wufang.operations.reconcile import Balance, reconcile
from wufang.operations.sealed_parts import Orphans

app = typer.Typer()

GAP = 1  # exit status when something does not balance
NAMED = 20
SHOWN = 5  # ids of documents on a terminal; --json names more
FAULTS = {
    "gap": "输入没有去向",
    "unfoldable": "台账有本版本无法归并的记录",
    "truncated": "主题开头已被截去",
    "cause_twice": "同一起因记了两次",
    "report_twice": "同一件归入两处",
    "broken_chain": "记录链中断",
    "wrong_partition": "不在应在的分区",
    "record_without_input": "记录所指输入不存在",
    "record_of_another": "记录与所指输入不符",
    "input_recorded_twice": "同一输入记了两次",
    "quarantine_differs": "隔离的字节与原输入不同",
    "sealed_part_missing": "台账有凭据而封存库没有",
    "release_not_ordered": "台账已解除封存而封存库没有解除",
}
INDEXED = {"cases": "事项", "reports": "诉求件", "timeline": "经过", "receipts": "回执", "warnings": "预警"}
DIFFERENCES = {
    "missing": "缺失",
    "extra": "多出",
    "older": "较旧",
    "newer": "较新",
    "different": "内容不同",
    "refused": "索引拒收（已隔离）",
    "moving": "核对期间又有更新",
}


@app.command(name="reconcile")
def reconcile_command(
    index: Annotated[bool, typer.Option("--index/--no-index", help="是否核对索引与台账")] = True,
    timeout: Annotated[float, typer.Option(min=0, help="最多等流处理几秒")] = 60.0,
    partitions: Annotated[bool, typer.Option("--partitions", help="逐分区列出")] = False,
    as_json: AsJson = False,
) -> None:
    """核对账目：每件输入恰有一个去向，台账逐县成链，索引与台账一致。有缺口时退出码为 1。"""
    known = operating.settings() if index else operating.settings("kafka")
    with shown(quiet=as_json) as progress:
        balance = operating.run(reconcile(known, index=index, patience=timeout, progress=progress))
    if as_json:
        print_json(balance_document(balance))
    else:
        _print(balance, partitions)
    if not balance.balanced:
        raise typer.Exit(GAP)


def balance_document(balance: Balance) -> dict[str, Any]:
    """Everything that was counted, for programs."""
    documents = balance.documents
    return {
        "balanced": balance.balanced,
        "settled": balance.settled,
        "topics": {topic: asdict(sums) for topic, sums in balance.by_topic().items()},
        "partitions": {f"{topic}/{number}": asdict(sums) for (topic, number), sums in sorted(balance.sums.items())},
        "ledger": {
            "records": balance.records,
            "voids": balance.voids,
            "jurisdictions": balance.jurisdictions,
            "shared_numbers": balance.shared_numbers,
            "cases": balance.cases,
            "hash": balance.ledger_hash,
        },
        "quarantine": {
            "open": sum(balance.quarantine.values()),
            "closed": balance.closed,
            "strays": balance.strays,
            "reasons": dict(sorted(balance.quarantine.items())),
        },
        "sealed": {
            "checked": not balance.sealed.unchecked,
            "unpublished": [one._asdict() for one in balance.sealed.unpublished],
            "missing": [one._asdict() for one in balance.sealed.missing],
            "held": balance.sealed.held,
            "waiting": [one._asdict() for one in balance.sealed.waiting],
        },
        "index": None if documents is None else {"generation": balance.generation, **comparison_document(documents)},
        "faults": {
            "counts": dict(Counter(fault.kind for fault in balance.faults)),
            "named": [fault._asdict() for fault in balance.faults[:NAMED]],
        },
    }


def comparison_document(documents: Comparison) -> dict[str, Any]:
    """How documents agree and differ, for programs."""
    return {"agree": documents.agree, "differences": dict(documents.counts), "named": dict(documents.named)}


def _print(balance: Balance, partitions: bool) -> None:
    out.print(_sums_table(balance, partitions))
    out.print(
        f"台账：有效记录 {balance.records}，作废 {balance.voids}，县区 {balance.jurisdictions}，事项 {balance.cases}"
    )
    out.print(f"台账指纹：{balance.ledger_hash}")
    if balance.shared_numbers:
        out.print(f"同一来源的同一编号见于多个县区：{balance.shared_numbers} 个，各县各算一件，可能是改了县区重报的")
    if balance.quarantine or balance.closed or balance.strays:
        reasons = "、".join(f"{reason} {count}" for reason, count in balance.quarantine.most_common())
        opened = sum(balance.quarantine.values())
        out.print(f"隔离：未处理 {opened}（{reasons or '无'}），已重新投递 {balance.closed}，无来源 {balance.strays}")
    _print_index(balance)
    _print_sealed(balance.sealed)
    _print_faults(balance)


def _sums_table(balance: Balance, partitions: bool) -> Table:
    table = Table("渠道", title="每件输入的去向", title_justify="left")
    for heading in ("输入", "入账", "重复", "隔离", "其中已重投", "缺口"):
        table.add_column(heading, justify="right")
    for topic, sums in balance.by_topic().items():
        _add_row(table, _label(topic), sums)
        if partitions:
            for (name, number), part in sorted(balance.sums.items()):
                if name == topic:
                    _add_row(table, Text(f"  {number}", style="dim"), part)
    table.add_section()
    _add_row(table, Text("合计", style="bold"), sum(balance.by_topic().values(), Sums()))
    return table


def _label(topic: str) -> Text:
    channel = topic.removeprefix("reports.")
    return channel_label(channel) if channel != topic else Text({"commands": "指令"}.get(topic, topic))


def _add_row(table: Table, label: Text, sums: Sums) -> None:
    gap = Text(str(sums.gap), style="bold red" if sums.gap else "")
    counts = (sums.inputs, sums.record, sums.duplicate, sums.quarantined, sums.closed)
    table.add_row(label, *map(str, counts), gap)


def _print_index(balance: Balance) -> None:
    documents = balance.documents
    if documents is None:
        return
    agree = "，".join(f"{INDEXED.get(kind, kind)} {count}" for kind, count in sorted(documents.agree.items()))
    out.print(f"索引（第 {balance.generation} 代）：一致 {agree or 0}")
    for difference, count in documents.counts.items():
        named = "、".join(documents.named[difference][:SHOWN]) + ("…" if count > SHOWN else "")
        style = "yellow" if difference in ("moving", "refused") else "red"
        out.print(Text(f"  {DIFFERENCES[difference]} {count}：{named}", style=style))


def _print_sealed(sealed: Orphans) -> None:
    """Only what does not fit: how many parts there are is nobody's."""
    if sealed.unchecked:
        out.print(Text(f"封存库没有应答（{sealed.unchecked}），封存凭据未核对。", style="yellow"))
    if sealed.unpublished:
        out.print(f"封存库有而未见报送：{len(sealed.unpublished)} 份，多为答复 503 后未重发的，或正在途中")
        for one in sealed.unpublished[:NAMED]:
            out.print(f"  {one.receipt} {one.cause}")
    if sealed.waiting:
        out.print(Text(f"已解除、尚未送回台账：{len(sealed.waiting)} 份，由封存库自行送回", style="yellow"))
        for one in sealed.waiting[:NAMED]:
            out.print(f"  {one.receipt} {one.cause}")
    if sealed.held:
        out.print(Text(f"待移交封存库：{len(sealed.held)} 件，请执行 wufang handover", style="yellow"))


def _print_faults(balance: Balance) -> None:
    if not balance.settled:
        out.print(Text("流处理在限定时间内没有赶上，以下是此刻的账。", style="yellow"))
    for kind, count in Counter(fault.kind for fault in balance.faults).items():
        err.print(Text(f"{FAULTS[kind]}：{count}", style="red"))
    for fault in balance.faults[:NAMED]:
        err.print(f"  {fault.where} {fault.detail}")
    if balance.balanced:
        out.print(Text("账目平衡。", style="bold green"))
    else:
        err.print(Text("账目不平。", style="bold red"))
