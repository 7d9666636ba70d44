"""A group whose commands are named in a table and imported when one is run; failures end in one sentence."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer import Abort
from typer._click.exceptions import ClickException
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from wufang.cli import help_page
from wufang.cli.failure import Failure, explain
from wufang.cli.usage import ABORTED, explained

if TYPE_CHECKING:
    from typer._click.core import Command, Context


@dataclass(frozen=True)
class Lazy:
    """Where a command lives (a module with a Typer `app`), its line in the help, and the panel it stands in."""

    module: str
    help: str
    panel: str


class Commands(TyperGroup):
    """Subclasses set `lazy`; help shows the table without importing anything."""

    lazy: ClassVar[Mapping[str, Lazy]] = {}

    def main(self, *given: Any, **extra: Any) -> Any:
        """What was written wrongly or broken off is said in Chinese here, and nowhere else."""
        alone = extra.pop("standalone_mode", True)
        extra["standalone_mode"] = False
        if not alone:
            return super().main(*given, **extra)
        args: Sequence[str] | None = given[0] if given else extra.get("args")
        asked = sys.argv[1:] if args is None else args
        as_json = "--json" in asked
        help_page.frames_for(asked)
        try:
            code = super().main(*given, **extra)
        except Abort:
            _print(Failure(ABORTED), as_json=as_json)
            sys.exit(1)
        except ClickException as error:
            if type(error).__name__ != "NoArgsIsHelpError":  # its help is printed already
                _print(Failure(explained(error)), as_json=as_json)
            sys.exit(error.exit_code)
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read this is gone: no trace at the flush either
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)

    def list_commands(self, ctx: Context) -> list[str]:
        """In the order of the table."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """For help: a stub with the table's line."""
        entry = self.lazy.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        return TyperCommand(cmd_name, help=entry.help, rich_help_panel=entry.panel)

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """For running: the real command."""
        name, stub, rest = super().resolve_command(ctx, args)
        entry = self.lazy.get(name or "")
        if entry is None:
            return name, stub, rest
        command = load(entry, ctx, name or "")
        help_page.own_option(command, ctx)
        return name, command, rest

    def get_help_option(self, ctx: Context) -> Any:
        """The line of --help on the first page."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = help_page.OWN_OPTION
        return option

    def invoke(self, ctx: Context) -> Any:
        """Failures of any command become one sentence and a non-zero exit."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            failure = explain(error)
            if failure is None:
                raise
            _print(failure, as_json=bool(ctx.meta.get("wufang.json")))
            raise typer.Exit(failure.code) from None


def load(entry: Lazy, ctx: Context, name: str) -> Command:
    """The command behind an entry; a module whose app has sub-commands of its own is a group."""
    found = get_group(import_module(entry.module).app)
    command = found.get_command(ctx, name)
    if command is None:
        found.name = name
        return found
    return command


def _print(failure: Failure, *, as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps({"error": str(failure)}, ensure_ascii=False), err=True)
    else:
        from rich.text import Text

        from wufang.cli.output import err

        err.print(Text(str(failure), style="red"), soft_wrap=True)
