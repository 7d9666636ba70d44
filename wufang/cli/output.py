"""How commands speak: tables and sentences for people, one JSON document for programs; never both on one stream."""

from typing import Annotated, Any

import typer
from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def _remember(ctx: typer.Context, value: bool) -> bool:
    ctx.meta["wufang.json"] = value
    return value


AsJson = Annotated[bool, typer.Option("--json", callback=_remember, help="输出 JSON，供程序读取")]


def print_json(document: Any) -> None:
    """One document on standard output, Chinese as it is."""
    import json

    typer.echo(json.dumps(document, ensure_ascii=False, indent=1, default=str))
