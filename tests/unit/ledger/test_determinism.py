"""One ledger, one state: other batch sizes, hash seeds, time zones and locales give the same bytes (issue, item 3)."""

import os
import random
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.support.events import MATTERS, as_input, outcome_event, report_data, report_event, rules
from tests.support.foldings import fold
from wufang.domain.report import CHANNELS
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Input, draft


def made_inputs(count: int = 240) -> list[Input]:
    """A county's weeks: repeats, links by words and persons and numbers, outcomes, duplicates, conflicts."""
    chance = random.Random(20260102)
    made = []
    for number in range(count):
        channel = CHANNELS[number % len(CHANNELS)]
        title, text = MATTERS[chance.randrange(len(MATTERS))]
        data = report_data(title=title, text=text + "补充" * chance.randrange(4), number=f"WO-{number}")
        if chance.random() < 0.3:
            data["reporter"] = {"pseudonym": f"{chance.randrange(9):032x}", "basis": "phone"}
        if number and chance.random() < 0.1:
            data["related"] = [f"WO-{chance.randrange(number)}"]
        event = report_event(number, channel, data=data, jurisdiction=f"43010{2 + number % 3}")
        if number and chance.random() < 0.2:
            earlier = chance.randrange(number)
            event = outcome_event(
                number, f"R{earlier - earlier % 5 + number % 5}", channel, jurisdiction=event["jurisdiction"]
            )
        made.append(as_input(event, number))
        if chance.random() < 0.1:
            made.append(as_input(event | {"contentmac": "k:other"} if chance.random() < 0.5 else event, 1_000 + number))
    return made


def ledger_of(batch: int) -> list[bytes]:
    """The ledger a writer makes of the inputs when it takes `batch` at a time."""
    state, items, values = LedgerState(), made_inputs(), list[bytes]()
    for start in range(0, len(items), batch):
        made = draft(state, items[start : start + batch], rules())
        state.commit()
        values += [value for _, value in made.records]
    return values


@pytest.fixture(scope="module")
def ledger() -> list[bytes]:
    values = ledger_of(500)
    text = b"".join(values)
    for kind in ("case_opened", "report_linked", "report_concluded", "submission_conflicted", "outcome_refused"):
        assert text.count(kind.encode()) >= 3, f"the ledger folded here has too few {kind}"
    return values


@pytest.mark.parametrize("batch", [1, 7])
def test_decisions_do_not_depend_on_the_batch_size(ledger: list[bytes], batch: int) -> None:
    assert ledger_of(batch) == ledger


@pytest.mark.parametrize("every", [1, 7, 100_000])
def test_fold_does_not_depend_on_where_it_commits(ledger: list[bytes], every: int, tmp_path: Path) -> None:
    assert fold(ledger, every, tmp_path / "state.db") == fold(ledger, 50)


def test_fold_does_not_depend_on_the_cache(ledger: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = fold(ledger, 7)
    from wufang.ledger.storage.tables import Table

    def forget(self: Table[str, object], written: object = ()) -> None:
        """Keep nothing in memory: every read comes from the file."""
        self._values.clear()

    monkeypatch.setattr(Table, "_trim", forget)
    assert fold(ledger, 7) == plain


ELSEWHERE = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4294967295", "TZ": "America/St_Johns", "LC_ALL": "C"},
]


def test_fold_does_not_depend_on_hash_seed_time_zone_and_locale(ledger: list[bytes], tmp_path: Path) -> None:
    path = tmp_path / "ledger.msgpack"
    path.write_bytes(msgspec.msgpack.encode(ledger))
    command = [sys.executable, "-m", "tests.support.foldings", str(path), "13"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **other}) for other in ELSEWHERE]
    answers = [process.communicate(timeout=300)[0] for process in running]
    assert [msgspec.json.decode(answer) for answer in answers] == [fold(ledger, 50)] * len(ELSEWHERE)


def test_other_ledger_gives_other_hashes(ledger: list[bytes]) -> None:
    """The comparison above can fail."""
    assert fold(ledger[:-1], 50) != fold(ledger, 50)
