"""`python -m bench.commits`: what a snapshot's commit of 1,000 records costs, by how surely SQLite writes it.

The ledger stream's own state over made-up records of one county, on the disk of the temporary folder (`TMPDIR`); the
modes take turns, so that a busy machine is busy for all of them. Processor time of this thread, and seconds passed: the
disk's part is in those only.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.restart import _chain
from streams.ledger.worker import MOST_BEHIND
from wufang.ledger.state import LedgerState

COUNTY = "990101"
COMMITS = 8
MODES = ("OFF", "NORMAL", "FULL")


def measure(records: Sequence[bytes], folder: Path) -> dict[str, list[tuple[float, float]]]:
    """(processor, passed) milliseconds of every commit in each mode."""
    states = {mode: _state(folder / f"{mode}.db", mode) for mode in MODES}
    spent: dict[str, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    for start in range(0, len(records), MOST_BEHIND):
        for mode, state in states.items():
            for offset, value in enumerate(records[start : start + MOST_BEHIND], start):
                state.fold(offset, value)
            passed, used = time.perf_counter(), time.thread_time()
            state.commit()
            spent[mode].append(((time.thread_time() - used) * 1e3, (time.perf_counter() - passed) * 1e3))
    for state in states.values():
        state.close()
    return spent


def _state(path: Path, mode: str) -> LedgerState:
    state = LedgerState(path)
    state._fold.snapshot.connection.execute(f"PRAGMA synchronous={mode}")
    return state


def main() -> None:
    """Print a line for each mode."""
    records = list(_chain(COUNTY, MOST_BEHIND * COMMITS))
    with tempfile.TemporaryDirectory(prefix="wufang-commits-") as folder:
        for mode, spent in measure(records, Path(folder)).items():
            used, passed = zip(*spent, strict=True)
            sys.stdout.write(
                f"{mode:7}processor {median(used):6.1f} ms, passed {median(passed):6.1f} ms (median of {len(spent)}),"
                f" longest {max(passed):6.1f} ms; {median(passed) / MOST_BEHIND * 1e3:.0f} µs a record\n"
            )


if __name__ == "__main__":
    main()
