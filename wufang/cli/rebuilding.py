"""`wufang rebuild`: new indices from the ledger, verified, then served; and what is to be done afterwards."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from wufang.cli import operating
from wufang.cli.books import DIFFERENCES, comparison_document
from wufang.cli.output import AsJson, err, out, print_json
from wufang.cli.progress import shown
from wufang.operations.rebuild import NotVerified, Rebuilt, rebuild

app = typer.Typer()


@app.command(name="rebuild")
def rebuild_command(
    follow: Annotated[float, typer.Option(min=0, help="索引流接手之前最多代写几秒")] = 120.0,
    as_json: AsJson = False,
) -> None:
    """由台账重建索引：旧索引照常服务，新索引逐件核验后一次切换。核验不符时不切换，退出码为 1。"""
    try:
        with shown(quiet=as_json) as progress:
            result = operating.run(rebuild(operating.settings(), follow=follow, progress=progress))
    except NotVerified as failed:
        _print(failed.rebuilt, as_json)
        raise typer.Exit(1) from None
    _print(result, as_json)


def rebuilt_document(result: Rebuilt) -> dict[str, Any]:
    """For programs."""
    comparison = result.comparison
    return {
        "generation": result.generation,
        "before": result.before,
        "served": result.served,
        "handed_over": result.handed_over,
        "records": result.records,
        "documents": result.documents,
        "loading_seconds": round(result.loading_seconds, 3),
        "verifying_seconds": round(result.verifying_seconds, 3),
        "serving_seconds": round(result.serving_seconds, 3),
        "records_per_second": _rate(result),
        "comparison": None if comparison is None else comparison_document(comparison),
    }


def _rate(result: Rebuilt) -> int:
    return round(result.records / result.loading_seconds) if result.loading_seconds else 0


def _print(result: Rebuilt, as_json: bool) -> None:
    if as_json:
        print_json(rebuilt_document(result))
        return
    out.print(
        f"第 {result.generation} 代：台账记录 {result.records}，文档 {result.documents}，"
        f"写入 {result.loading_seconds:.1f} 秒（每秒 {_rate(result)} 条），核验 {result.verifying_seconds:.1f} 秒"
    )
    if result.comparison is not None:
        for difference, count in result.comparison.counts.items():
            err.print(f"  {DIFFERENCES[difference]} {count}：{'、'.join(result.comparison.named[difference])}")
    if not result.served:
        err.print("[red]新索引与台账不符，没有切换，已丢弃。[/]")
    elif result.handed_over:
        out.print("[green]已切换，索引流已接手。[/]")
    else:
        out.print(f"已切换；还没有索引流接手：请启动或重启 streams.indexer，它会从第 {result.generation} 代接着写。")
