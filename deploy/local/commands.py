"""`wufang up | down | status | logs`: the system on this machine."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from rich.console import Console
from rich.table import Table

from deploy.local.artifacts import ArtifactError
from deploy.local.keeping import KeeperClient, KeeperError
from deploy.local.preflight import PreflightError
from deploy.local.programs import LABELS
from deploy.local.stack import StackError, last_lines
from deploy.local.system import System, home
from wufang.cli import local

app = typer.Typer(no_args_is_help=True, help="本机整套系统：真实的 Kafka 与 Elasticsearch、各服务与流处理")
out = Console()
err = Console(stderr=True)
STATES = {
    "running": "[green]运行[/]",
    "restarting": "[yellow]重启中[/]",
    "stopped": "已停",
    "killed": "已杀",
    "ended": "[red]已退出[/]",
}

Folder = Annotated[Path | None, typer.Option("--folder", help="所在目录，默认 WUFANG_HOME 或 ./state")]
Looked = Annotated[Path | None, typer.Option("--folder", help="所在目录，默认 WUFANG_HOME 或 ./state ，其次是演示")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")]


@app.command()
def up(
    folder: Folder = None,
    workers: Annotated[int, typer.Option(min=1, max=12, help="每种流处理的进程数，首次启动时定")] = 1,
) -> None:
    """启动整套系统，全部就绪后返回；系统在后台继续运行。"""
    system = System(folder or home(), workers=workers, usual_ports=True, say=_say)
    began = time.monotonic()
    try:
        system.open()
        system.detach()
    except (ArtifactError, KeeperError, PreflightError, StackError) as error:
        err.print(f"[red]{error}[/]", highlight=False)
        raise typer.Exit(1) from None
    out.print(f"全部就绪，{time.monotonic() - began:.0f} 秒。控制台：{system.url('ledger-service')}")


@app.command()
def down(folder: Folder = None) -> None:
    """停止整套系统，不留任何进程；数据保留在目录中。"""
    keeper = KeeperClient(folder or home())
    if not keeper.alive():
        out.print("未在运行。")
        return
    with out.status("正在停止 …"):
        keeper.end()
    out.print("已停止。")


@app.command()
def status(folder: Looked = None, as_json: AsJson = False) -> None:
    """列出各进程：状态、端口、内存、重启次数。没有运行时退出码为 3。"""
    try:
        rows = describe(System.attach(folder or _looked_at()))
    except KeeperError as error:
        _print_nothing_runs(str(error), as_json)
        raise typer.Exit(3) from None
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        out.print(_table(rows))


@app.command()
def logs(
    name: Annotated[str | None, typer.Argument(help="进程名，见 status；不写则列出全部日志文件")] = None,
    folder: Looked = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="最后多少行")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="持续输出新的日志")] = False,
) -> None:
    """查看进程日志。"""
    logs_folder = (folder or _looked_at()) / "logs"
    if not logs_folder.is_dir():
        err.print(f"[red]没有日志目录 {logs_folder}[/]", highlight=False)
        raise typer.Exit(1)
    if name is None:
        for file in sorted(logs_folder.glob("*.log")):
            typer.echo(str(file))
        return
    file = logs_folder / f"{name}.log"
    if not file.exists():
        err.print(f"[red]没有名为 {name} 的日志[/]")
        raise typer.Exit(1)
    typer.echo(last_lines(file, lines))
    if follow:
        _follow(file)


def _looked_at() -> Path:
    """The system of this folder; where none was ever started, the one other commands would speak to: a demo, mostly."""
    if not (home() / "system.json").exists() and (system := local.running()) is not None:
        return system.folder
    return home()


def describe(system: System) -> list[dict[str, Any]]:
    """One entry a process, as `status` shows it."""
    addresses = {"kafka": system.stack.kafka, "elasticsearch": system.stack.elastic}
    addresses |= {name: system.url(name) for name in system.plan.ports}
    return [
        {
            "name": process["name"],
            "label": LABELS.get(process["name"]) or LABELS[process["name"].rsplit("-", 1)[0]],
            "state": process["state"],
            "pid": process["pid"],
            "restarts": process["restarts"],
            "returncode": process["returncode"],
            "seconds": round(time.time() - process["started_at"]),
            "memory_mb": _memory_mb(process["pid"]),
            "address": addresses.get(process["name"], ""),
            "log": process["log"],
        }
        for process in system.processes().values()
    ]


def _memory_mb(pid: int | None) -> int:
    """Of the process and its children: Elasticsearch is a launcher and the server below it."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)] if pid else []
        return round(sum(member.memory_info().rss for member in family) / (1 << 20))
    except psutil.NoSuchProcess:
        return 0


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("进程", "", "状态", "地址", "运行", "重启", "内存 MB", "pid", box=None)
    for row in rows:
        table.add_row(
            row["name"],
            row["label"],
            STATES.get(row["state"], row["state"]),
            row["address"],
            _duration(row["seconds"]) if row["pid"] else "",
            str(row["restarts"] or ""),
            str(row["memory_mb"] or ""),
            str(row["pid"] or ""),
        )
    return table


def _duration(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _print_nothing_runs(why: str, as_json: bool) -> None:
    if as_json:
        typer.echo("[]")
    else:
        out.print(why, highlight=False)


def _follow(file: Path) -> None:
    with file.open(errors="replace") as stream:
        stream.seek(0, 2)
        while True:
            if text := stream.read():
                typer.echo(text, nl=False)
            else:
                time.sleep(0.3)


def _say(text: str) -> None:
    err.print(text, highlight=False)
