"""`python -m demo` and `wufang demo`: the whole way of a county's day, on real servers, with nothing left behind."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from demo import accounts, showing
from demo.day import Day, load_day
from demo.freshness import Freshness, summary
from demo.stage import Stage, Stopwatch, on_stage
from demo.telling import Told, doors, resolve, tell
from wufang.cli import case as case_command
from wufang.cli import people_api
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, err, out, print_json

app = typer.Typer()
PATIENCE = 60.0  # seconds until everything that was sent must be accounted for
PACE = 0.04  # seconds between reports, for eyes


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="演示完即结束；每一件都有着落才以 0 退出")] = False,
    state: Annotated[Path | None, typer.Option(help="系统所在目录，结束后保留；默认用临时目录，结束即删")] = None,
    as_json: AsJson = False,
) -> None:
    """演示：起整套系统，走完平川县的一天。"""
    day = load_day()
    watch = Stopwatch(lambda text: err.print(text, highlight=False))
    watch(f"{day.name}（虚构，{day.code}）的一天：{len(day.reports)} 件诉求，五个渠道")
    with on_stage(day, state, watch) as stage:
        watch("全部就绪")
        result = asyncio.run(_day(day, stage, watch, quiet=as_json))
        if as_json:
            print_json(result)
        if once:
            raise typer.Exit(0 if result["accounted"] else 1)
        _stay(stage, watch)


async def _day(day: Day, stage: Stage, watch: Stopwatch, *, quiet: bool) -> dict[str, Any]:
    freshness = Freshness(stage.system.url("ledger-service"), stage.token)
    async with doors(stage) as clients:
        with showing.ticker(day, err if quiet else out) as show:

            def on_told(one: Told) -> None:
                freshness.accepted(one)
                show(one)

            told = await tell(day, clients, on_told, PACE)
        watch("一天报送完毕")
        try:
            await resolve(told, clients, PATIENCE)
            seconds = await freshness.seconds(PATIENCE)
        except TimeoutError:
            raise Failure(
                f"{PATIENCE:.0f} 秒内没有全部入账：{showing.fates_line(told)}；见 {stage.system.folder}/logs"
            ) from None
    watch("全部可检索")
    balanced = await _balanced(stage)
    watch("账目已核对")
    view = await asyncio.to_thread(_view, day, stage)
    result = _result(day, stage, told, seconds, balanced, view)
    if not quiet:
        _show(day, told, seconds, view, result)
    return result


async def _balanced(stage: Stage) -> bool:
    from wufang.operations.reconcile import reconcile

    return (await reconcile(stage.system.settings(), patience=PATIENCE)).balanced


def _view(day: Day, stage: Stage) -> dict[str, Any]:
    """What is shown at the end, all of it through the people's API."""
    url = stage.system.url("ledger-service")
    asked = [("sort", "most_reports"), ("reports_at_least", "2"), ("size", "20")]
    joined = people_api.get("/v1/cases", asked, url, stage.token)["cases"]
    found = people_api.get("/v1/cases", [("q", day.search), ("size", "5")], url, stage.token)
    whole = {case["case_id"]: case_command.whole_case(case["case_id"], url, stage.token) for case in joined}
    widest = max(joined, key=lambda case: (len(case["channels"]), case["reports"]), default=None)
    return {"joined": joined, "found": found, "whole": whole, "widest": widest}


def _result(
    day: Day, stage: Stage, told: list[Told], seconds: list[float], balanced: bool, view: dict[str, Any]
) -> dict[str, Any]:
    surprises = accounts.surprises(told, stage.fresh)
    joins = accounts.joins(accounts.case_of(told), day.reports) if not surprises else None
    return {
        "accounted": not surprises and balanced,
        "balanced": balanced,
        "surprises": [{"id": one.step.id, "kind": one.step.kind, "fate": one.fate} for one in surprises],
        "reports": len(day.reports),
        "cases": {one.step.id: one.state.get("case_id") for one in told if one.step.kind == "report"},
        "joined": len(view["joined"]),
        "meant": joins.meant if joins else None,
        "made": joins.made if joins else None,
        "merged": dict(joins.merged) if joins else None,
        "strays": list(joins.strays) if joins else None,
        "searchable_seconds": [round(value, 3) for value in seconds],
    }


def _show(day: Day, told: list[Told], seconds: list[float], view: dict[str, Any], result: dict[str, Any]) -> None:
    out.rule("一天下来")
    out.print(showing.joined_table(view["joined"]))
    out.rule("为什么归在一起", align="left")
    for case in view["joined"][:6]:
        out.print(showing.evidence_lines(case, view["whole"][case["case_id"]]["reports"]["reports"]))
    if view["widest"] is not None:
        out.rule(f"一个事项的经过：{view['widest']['title']}", align="left")
        whole = view["whole"][view["widest"]["case_id"]]
        out.print(case_command.timeline_table(whole["timeline"]["entries"], whole["reports"]["reports"], whole=False))
    out.rule("检索", align="left")
    out.print(showing.found_lines(day.search, view["found"]))
    out.rule("账", align="left")
    out.print(f"{len(told)} 次报送：{showing.fates_line(told)}")
    if result["meant"] is not None:
        out.print(showing.joins_line(accounts.joins(accounts.case_of(told), day.reports), day.reports))
    out.print(summary(seconds))
    _print_verdict(result)


def _print_verdict(result: dict[str, Any]) -> None:
    for surprise in result["surprises"]:
        out.print(f"[red]没有按预期收场：{surprise['id']}（{surprise['kind']}）→ {surprise['fate']}[/]")
    if result["accounted"]:
        out.print("[bold green]每一件都有着落，账目平衡。[/]")
    else:
        out.print("[bold red]有件没有着落，或账目不平。[/]")


def _wufang() -> str:
    """How this very command is called from here."""
    here = Path(sys.prefix) / "bin" / "wufang"
    if shutil.which("wufang") == str(here) or not here.exists():
        return "wufang"
    return str(here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here)


def _stay(stage: Stage, watch: Stopwatch) -> None:
    """Until Ctrl-C."""
    console = stage.system.url("ledger-service") + "/console"
    out.rule(f"已就绪，用时 {watch.seconds:.0f} 秒")
    out.print(f"控制台：{console}", soft_wrap=True)
    out.print(f"登录链接（只给自己用）：{console}/login#token={stage.token}", soft_wrap=True)
    told = ('search "停水"', "case 事项编号", "import --help", "reconcile", "status")
    out.print(f"另开一个终端可用：{'、'.join(f'{_wufang()} {one}' for one in told)}", soft_wrap=True)
    out.print("按 Ctrl-C 结束并清理。")
    try:
        while True:
            asyncio.run(asyncio.sleep(3600))
    except KeyboardInterrupt:
        watch("正在结束 …")
