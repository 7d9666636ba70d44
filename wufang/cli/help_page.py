"""What Typer itself says on a help page, in Chinese: the titles of its frames, its notes, its own option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typer._click.core import Command, Context

ASKING = frozenset({"--help", "-h"})
OWN_OPTION = "显示本说明"
FRAMES = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认 {}]",
    "REQUIRED_LONG_STRING": "[必填]",
    "ENVVAR_STRING": "[环境变量 {}]",
}


def frames_for(args: Sequence[str]) -> None:
    """Put the titles in Chinese where a help page will be shown; elsewhere rich is not even imported."""
    if args and ASKING.isdisjoint(args):
        return
    from typer import rich_utils

    for name, words in FRAMES.items():
        setattr(rich_utils, name, words)


def own_option(command: Command, ctx: Context) -> None:
    """The line of --help, of this command and those within it."""
    option = command.get_help_option(ctx)
    if option is not None:
        option.help = OWN_OPTION
    inner: dict[str, Any] = getattr(command, "commands", {})
    for one in inner.values():
        own_option(one, ctx)
