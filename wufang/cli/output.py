"""How commands speak: tables and sentences for people, one JSON document for programs; never both on one stream."""

import sys
from typing import Annotated, Any

import typer
from rich.console import Console

WIDE = 140  # columns where nobody's window limits them


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else WIDE)


out = _console(stderr=False)
err = _console(stderr=True)


def _remember(ctx: typer.Context, value: bool) -> bool:
    ctx.meta["wufang.json"] = value
    return value


AsJson = Annotated[bool, typer.Option("--json", callback=_remember, help="输出 JSON，供程序读取")]


def print_json(document: Any) -> None:
    """One document on standard output, Chinese as it is."""
    import json

    typer.echo(json.dumps(document, ensure_ascii=False, indent=1, default=str))
