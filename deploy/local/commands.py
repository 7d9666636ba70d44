"""`wufang up | down | status | logs`: the system on this machine."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from rich.console import Console
from rich.table import Table

from deploy.local.artifacts import ArtifactError
from deploy.local.health import look
from deploy.local.keeping import KeeperClient, KeeperError
from deploy.local.preflight import PreflightError
from deploy.local.programs import LABELS
from deploy.local.stack import StackError, last_lines
from deploy.local.system import System, home
from wufang.cli import local
from wufang.domain.report import CHANNEL_LABELS

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

ANSWERS = {"unready": "[yellow]未就绪[/]", "starting": "[yellow]启动中[/]", "silent": "[red]无应答[/]"}
WIDE_TABLE = 100  # columns from which memory and process ids have room

Folder = Annotated[Path | None, typer.Option("--folder", help="所在目录，默认 WUFANG_HOME 或 ./state")]
Looked = Annotated[Path | None, typer.Option("--folder", help="所在目录，默认 WUFANG_HOME 或 ./state ，其次是演示")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")]


@app.command()
def up(
    folder: Folder = None,
    workers: Annotated[int, typer.Option(min=1, max=12, help="每种流处理的进程数，首次启动时定")] = 1,
    as_json: AsJson = False,
) -> None:
    """启动整套系统，全部就绪后返回；系统在后台继续运行。"""
    place, began = folder or home(), time.monotonic()
    running = KeeperClient(place).alive()
    try:
        system = System.attach(place) if running else _opened(place, workers)
    except (ArtifactError, KeeperError, PreflightError, StackError) as error:
        _failed(str(error), as_json)
        raise typer.Exit(1) from None
    told = {
        "folder": str(system.folder),
        "already_running": running,
        "seconds": round(time.monotonic() - began, 1),
        "addresses": system.addresses(),
        "moved": {name: {"usual": usual, "port": port} for name, (usual, port) in system.moved().items()},
    }
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _print_up(system, told)


def _opened(folder: Path, workers: int) -> System:
    system = System(folder, workers=workers, usual_ports=True, say=_say).open()
    system.detach()
    return system


def _print_up(system: System, told: dict[str, Any]) -> None:
    console = f"{system.url('ledger-service')}/console，登录用的令牌由 wufang token 签发"
    if told["already_running"]:
        out.print(f"已在运行，什么都没有改动：{system.folder}。控制台：{console}", highlight=False, soft_wrap=True)
        for row in describe(system):
            if row["state"] != "running" or row["answer"] in ANSWERS:
                out.print(f"{row['label']} {_state(row)}，见 wufang status 与 wufang logs {row['name']}")
    else:
        out.print(f"全部就绪，{told['seconds']:.0f} 秒。控制台：{console}", highlight=False, soft_wrap=True)
    for channel in CHANNEL_LABELS:
        out.print(f"{LABELS[channel]}  {system.url(channel)}", highlight=False)
    for name, (usual, port) in system.moved().items():
        out.print(f"[yellow]{LABELS[name]} {name} 在端口 {port}：首次启动时常用端口 {usual} 被占用[/]", highlight=False)


@app.command()
def down(folder: Folder = None, as_json: AsJson = False) -> None:
    """停止整套系统，不留任何进程；数据保留在目录中。"""
    keeper = KeeperClient(folder or home())
    ran = keeper.alive()
    if ran:
        with nullcontext() if as_json else out.status("正在停止 …"):
            keeper.end()
    if as_json:
        typer.echo(json.dumps({"folder": str(keeper.folder), "stopped": ran}, ensure_ascii=False, indent=1))
    else:
        out.print("已停止。" if ran else "未在运行。")


@app.command()
def status(folder: Looked = None, as_json: AsJson = False) -> None:
    """列出各进程：状态、端口、内存、重启次数。没有运行时退出码为 3。"""
    try:
        rows = describe(System.attach(folder or _looked_at()))
    except KeeperError as error:
        _print_nothing_runs(str(error), as_json)
        if folder is None and not as_json and (other := local.running()) is not None:
            out.print(
                f"另有系统在运行：wufang status --folder {other.folder}", highlight=False, markup=False, soft_wrap=True
            )
        raise typer.Exit(3) from None
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        out.print(_table(rows, out.width))


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
    """One entry a process, as `status` shows it; `answer` is what it said just now, none of what does not run."""
    addresses, processes = system.addresses(), system.processes()
    asked = {name: addresses[name] for name, one in processes.items() if one["pid"] and name in addresses}
    ages = {name: time.time() - processes[name]["started_at"] for name in asked}
    answers = look(asked, ages, system.stack.elastic_auth)
    return [
        {
            "name": process["name"],
            "label": LABELS.get(process["name"]) or LABELS[process["name"].rsplit("-", 1)[0]],
            "state": process["state"],
            "answer": answers.get(process["name"]),
            "pid": process["pid"],
            "restarts": process["restarts"],
            "returncode": process["returncode"],
            "seconds": round(time.time() - process["started_at"]),
            "memory_mb": _memory_mb(process["pid"]),
            "address": addresses.get(process["name"], ""),
            "log": process["log"],
        }
        for process in processes.values()
    ]


def _memory_mb(pid: int | None) -> int:
    """Of the process and its children: Elasticsearch is a launcher and the server below it."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)] if pid else []
        return round(sum(member.memory_info().rss for member in family) / (1 << 20))
    except psutil.NoSuchProcess:
        return 0


def _table(rows: list[dict[str, Any]], width: int) -> Table:
    """Addresses are whole whatever else is left out: they are what people copy."""
    wide = width >= WIDE_TABLE
    table = Table("进程", "", "状态", box=None, padding=(0, 2, 0, 0))
    table.add_column("地址", no_wrap=True)
    for heading in ("运行", "重启", *(("内存 MB", "pid") if wide else ())):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        more = (str(row["memory_mb"] or ""), str(row["pid"] or "")) if wide else ()
        since = _duration(row["seconds"]) if row["pid"] else ""
        table.add_row(row["name"], row["label"], _state(row), row["address"], since, str(row["restarts"] or ""), *more)
    return table


def _state(row: dict[str, Any]) -> str:
    """A process that runs is shown by what it answers."""
    if row["state"] == "running" and row["answer"] in ANSWERS:
        return ANSWERS[row["answer"]]
    return STATES.get(row["state"], str(row["state"]))


def _duration(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _print_nothing_runs(why: str, as_json: bool) -> None:
    if as_json:
        typer.echo("[]")
    else:
        out.print(why, highlight=False)


def _failed(why: str, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"error": why}, ensure_ascii=False), err=True)
    else:
        err.print(why, style="red", highlight=False, markup=False, soft_wrap=True)


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
