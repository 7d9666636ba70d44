"""`wufang send` and `wufang receipt`: one submission by hand, and what became of it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from wufang.adapters.unread import unread
from wufang.cli import local, words
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, out, print_json
from wufang.domain.report import CHANNEL_LABELS

app = typer.Typer()
Channel = Annotated[str, typer.Argument(help=f"渠道： {words.coded(CHANNEL_LABELS)}", metavar="CHANNEL")]
Key = Annotated[str | None, typer.Option(help="机构密钥，默认 WUFANG_API_KEY 或本机系统的密钥")]
Url = Annotated[str | None, typer.Option(help="受理服务地址，默认本机")]
Jurisdiction = Annotated[str | None, typer.Option(help="县级行政区划代码，六位；用本机密钥时须给出")]


@app.command()
def send(
    channel: Channel,
    file: Annotated[str, typer.Argument(help="JSON 文件（一件、数组或一行一件），- 为标准输入", metavar="FILE.json|-")],
    jurisdiction: Jurisdiction = None,
    key: Key = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """报送一件或一批（JSON、JSON 数组或 NDJSON）。"""
    name = local.channel_of(channel)
    events = _events(file)
    county = jurisdiction or next((event.get("jurisdiction") for event in events), None)
    answers = asyncio.run(_post(local.address(name, url), local.agency_key(name, county, key), events))
    if as_json:
        print_json(answers)
    else:
        _print_answers(answers)
    if any(answer["receipt"] is None for answer in answers):
        raise typer.Exit(1)


def _events(file: str) -> list[dict[str, Any]]:
    import orjson

    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Failure(f"读不了 {file}：{unread(error)}") from None
    try:
        documents = orjson.loads(raw)
    except orjson.JSONDecodeError:
        documents = _lines(raw, file)
    events = documents if isinstance(documents, list) else [documents]
    if not events or not all(isinstance(event, dict) for event in events):
        raise Failure(f"{file} 里须是一件或一批 CloudEvents JSON 对象")
    return events


def _lines(raw: bytes, file: str) -> list[Any]:
    import orjson

    events = []
    for place, line in enumerate(raw.splitlines(), start=1):
        try:
            events += [orjson.loads(line)] if line.strip() else []
        except orjson.JSONDecodeError as error:
            raise Failure(f"{file} 不是 JSON：第 {place} 行第 {error.colno} 个字符处写法不对") from None
    return events


async def _post(url: str, key: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    import orjson

    from wufang.importing.batches import batches
    from wufang.importing.door_client import DoorClient
    from wufang.importing.reading import Item

    items = [Item(index, str(event.get("id", "")), orjson.dumps(event)) for index, event in enumerate(events)]
    told: list[dict[str, Any]] = []
    async with DoorClient(url, key, patience=20) as client:
        for batch in batches(items):
            answers = await client.post([item.line for item in batch])
            pairs = zip(batch, answers, strict=True)
            told += [{"id": item.id, "receipt": answer.receipt, "errors": answer.errors} for item, answer in pairs]
    return told


def _print_answers(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        if answer["receipt"] is not None:
            out.print(Text.assemble(("收下", "green"), " ", answer["id"]), soft_wrap=True)
            out.print(f"  回执 {answer['receipt']}", soft_wrap=True)
        else:
            out.print(Text.assemble(("未收下", "red"), " ", answer["id"]))
            for error in answer["errors"]:
                out.print(Text("  " + "：".join(filter(None, (error["field"], error["message"])))))


@app.command()
def receipt(
    channel: Channel,
    receipt: Annotated[str, typer.Argument(help="回执", metavar="RECEIPT")],
    jurisdiction: Jurisdiction = None,
    key: Key = None,
    url: Url = None,
    wait: Annotated[bool, typer.Option("--wait", help="等到有去向为止")] = False,
    as_json: AsJson = False,
) -> None:
    """凭回执查一件的去向。"""
    name = local.channel_of(channel)
    own = local.agency_key(name, jurisdiction, key, new=_never_sent)
    found = asyncio.run(_follow(local.address(name, url), own, receipt, wait))
    if as_json:
        print_json(found)
        return
    table = Table.grid(padding=(0, 2))
    for label, value in (
        ("去向", found.get("label", found["state"])),
        ("事项", found.get("case_id")),
        ("原因", found.get("reason")),
    ):
        if value:
            table.add_row(label, Text(value))
    out.print(table)


def _never_sent(source: str, _others: list[str]) -> None:
    """A new key would see no receipt: they are its source's own."""
    raise Failure(f"本机没有以来源 {source} 报送过，看不到它的回执；请核对渠道与 --jurisdiction，或用 --key")


async def _follow(url: str, key: str, receipt: str, wait: bool) -> dict[str, Any]:
    from wufang.importing.door_client import DoorClient

    async with DoorClient(url, key, patience=20) as client:
        while True:
            found = await client.receipt(receipt)
            if not wait or found["state"] != "pending":
                return found
            await asyncio.sleep(0.25)
