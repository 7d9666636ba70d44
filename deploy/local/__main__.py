"""`python -m deploy.local fetch | up | down | status | logs`: the local stack, all by itself."""

from __future__ import annotations

import typer

from deploy.local.artifacts import ArtifactError
from deploy.local.stack import fetch as fetch_all


def fetch() -> None:
    """下载 Kafka 与 Elasticsearch 到缓存（可续传、有校验）。"""
    try:
        fetch_all(lambda text: typer.echo(text, err=True))
    except ArtifactError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    from deploy.local.commands import app

    app.command()(fetch)
    app()
