"""Brings the whole system up for the demo, in a folder of its own, and takes all of it away again, however it ends."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from demo.day import Day
from deploy.local.credentials import local_token
from deploy.local.system import System
from wufang.cli import local

Say = Callable[[str], None]
PREFIX = "demo."


@dataclass(frozen=True)
class Stage:
    """A running system with the day's keys; `fresh` says that its ledger began empty."""

    system: System
    keys: dict[str, str]
    token: str
    fresh: bool


class Stopwatch:
    """Says each step with the seconds since the start and since the step before."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.began = self._last = time.monotonic()

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        self._say(f"[dim]{now - self.began:5.1f} s  +{now - self._last:4.1f}[/]  {text}")
        self._last = now

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


@contextmanager
def on_stage(day: Day, folder: Path | None, say: Say) -> Iterator[Stage]:
    """The running system; a folder that was not asked for is removed at the end."""
    with _ends_on_signals(), _folder(folder) as place:
        fresh = not (place / "system.json").exists()
        with System(place, prefix=PREFIX, quick=True, say=say) as system, _announced(place):
            yield Stage(system, _keys(system, day), _token(system, day), fresh)


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given.absolute()
        return
    made = Path(tempfile.mkdtemp(prefix="wufang-demo-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _announced(folder: Path) -> Iterator[None]:
    """Other commands on this machine find the demo while it runs, the newest first; another one stays announced."""
    pointer = local.pointer()
    pointer.parent.mkdir(parents=True, exist_ok=True)
    _told(pointer, [str(folder), *_others(pointer, folder)])
    try:
        yield
    finally:
        _told(pointer, _others(pointer, folder))


def _others(pointer: Path, folder: Path) -> list[str]:
    """Folders of other demos: of one that was killed the folder may stay, what has no folder is forgotten."""
    listed = pointer.read_text().splitlines() if pointer.exists() else []
    return [line for line in listed if line != str(folder) and Path(line).is_dir()]


def _told(pointer: Path, folders: list[str]) -> None:
    if folders:
        pointer.write_text("".join(f"{line}\n" for line in folders))
    else:
        pointer.unlink(missing_ok=True)


@contextmanager
def _ends_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the demo like Ctrl-C does: in order; so does SIGINT for a demo in the background."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    handlers = {signal.SIGTERM: end, signal.SIGHUP: end, signal.SIGINT: signal.default_int_handler}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _keys(system: System, day: Day) -> dict[str, str]:
    return {
        channel: local_token(system.folder, channel, day.code, source)  # type: ignore[arg-type]
        for channel, source in day.sources.items()
    }


def _token(system: System, day: Day) -> str:
    return local.issue(system.settings(), name="演示督办员", role="supervisor", jurisdiction=day.code, hours=24)
