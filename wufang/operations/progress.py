"""How an operation tells how far it is; it must not print."""

from collections import Counter
from collections.abc import Callable

Progress = Callable[[str, int, int], None]  # stage, done, total


def silent(_stage: str, _done: int, _total: int) -> None:
    """For callers that show nothing."""


class Steps:
    """Counts what is done of each stage and passes it on."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done: Counter[str] = Counter()

    def add(self, stage: str, done: int, total: int) -> None:
        self._done[stage] += done
        self._progress(stage, self._done[stage], total)
