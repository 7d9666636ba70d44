"""What a released version wrote is on the log for ever: today's reader takes all of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.events import a_record
from wufang.catalogue.generate import ROOT, release
from wufang.ledger.folding.fold import Unfoldable
from wufang.ledger.state import LedgerState
from wufang.wire import inputs, record
from wufang.wire.inputs import Unusable

RELEASED = ROOT / "schemas/released/examples"
VERSIONS = sorted(path.name for path in RELEASED.iterdir())
EVENTS = sorted(RELEASED.glob("*/events/*/*/*.json"))


def read_event(path: Path) -> object:
    """The event as the ledger stream reads it. Raises Unusable."""
    event = json.loads(path.read_text())
    return inputs.decode(f"reports.{path.parent.parent.name}", event["jurisdiction"].encode(), path.read_bytes())


def records(folder: Path) -> Iterator[record.Envelope]:
    """The example records of a release, in their order."""
    read = [record.envelope(path.read_bytes()) for path in (folder / "ledger/record").glob("*.json")]
    yield from sorted((raw for raw in read if raw is not None), key=lambda raw: raw.seq)


def fold(folder: Path) -> LedgerState:
    """The ledger a release's example records make, chained again: they stand indented. Raises Unfoldable."""
    state = LedgerState()
    for offset, raw in enumerate(records(folder)):
        head = state.head(raw.jurisdiction)
        value = a_record(head, [], raw.cause, offset, raw.jurisdiction).replace(b"[]", bytes(raw.events))
        assert state.fold(offset, value) is not None
    return state


def test_something_was_released() -> None:
    assert VERSIONS
    assert len(EVENTS) >= 20


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: "/".join(path.relative_to(RELEASED).parts))
def test_a_released_event_is_read(path: Path) -> None:
    read_event(path)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_released_ledger_folds_to_its_case(version: str) -> None:
    found = list(records(RELEASED / version))
    assert len(found) >= 5
    case = fold(RELEASED / version).case(f"{found[0].jurisdiction}-1-0")
    assert case is not None
    assert (case.reports, case.concluded) == (2, 1)


def test_an_event_and_a_record_that_today_cannot_read_are_found(tmp_path: Path) -> None:
    release(tmp_path)
    (folder,) = (tmp_path / "schemas/released/examples").iterdir()
    event = folder / "events/hotline/report/minimal.json"
    event.write_text(event.read_text().replace('"title"', '"headline"'))
    with pytest.raises(Unusable):
        read_event(event)
    opened = folder / "ledger/record/case_opened.json"
    opened.write_text(opened.read_text().replace("case_opened.v1", "case_opened.v0"))
    with pytest.raises(Unfoldable):
        fold(folder)
