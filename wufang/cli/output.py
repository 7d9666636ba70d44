"""How commands speak: tables and sentences for people, one JSON document for programs; never both on one stream."""

import re
import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

WIDE = 140  # columns where nobody's window limits them


# Signs a JSON string may hold as they are and a terminal may act upon: control characters, direction overrides.
_ACTING = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


# Not `isprintable` and harmless: the end of a line, and the full-width space of Chinese text, two columns wide.
_LAID_OUT = "\n\u3000"


class SafeConsole(Console):
    """Prints words of strangers: what would steer the terminal is left out, whatever renderable holds it."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Rich's own escape codes are styles and control segments, never a segment's text."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment("".join(c for c in segment.text if c in _LAID_OUT or c.isprintable()), segment.style)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return SafeConsole(stderr=stderr, highlight=False, width=None if stream.isatty() else WIDE)


out = _console(stderr=False)
err = _console(stderr=True)


def _remember(ctx: typer.Context, value: bool) -> bool:
    ctx.meta["wufang.json"] = value
    return value


AsJson = Annotated[bool, typer.Option("--json", callback=_remember, help="输出 JSON，供程序读取")]


def print_json(document: Any) -> None:
    """One document on standard output, Chinese as it is."""
    import json

    told = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    typer.echo(_ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", told))
