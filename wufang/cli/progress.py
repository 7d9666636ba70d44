"""Progress of an operation on a terminal: one bar a stage, on standard error, gone when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from wufang.cli.output import err
from wufang.operations.progress import Progress as Tell
from wufang.operations.progress import silent


@contextmanager
def shown(*, quiet: bool = False) -> Iterator[Tell]:
    """What an operation calls with (stage, done, total); nothing is drawn when quiet or not on a terminal."""
    if quiet or not err.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=total)
            progress.update(bars[stage], completed=done, total=total)

        yield tell
