"""What one report costs at the door and in the ledger stream, part by part, without servers: processor time.

python -m bench.decision [--reports 6000] [--cases 4000] [--counties 3] [--json OUT.json] [--profile door|ledger]

Made-up reports (bench.corpus) go through the channels' own `Door.prepare`, and what it publishes through the worker's
`draft`, with the default profile's rules, over snapshots on disk that are written every 1,000 records as the worker
does. Each part's time is its own, without the parts asked within it. The digests are those of all published events and
of all ledger records: a change that is to decide nothing else must leave the second as it is. On a machine that others
use too, run both sides in turn and compare the least of several runs.
"""

import argparse
import cProfile
import gc
import hashlib
import json
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.corpus import COUNTIES, Corpus
from streams.ledger.worker import MOST_BEHIND
from wufang.adapters import door as door_module
from wufang.adapters.door import Door, Ready, Unsealed
from wufang.adapters.key_file import ApiKey
from wufang.adapters.profile_files import category_tree, triage_rules
from wufang.domain.report import CHANNELS, Channel
from wufang.ledger import writer
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Input, Rules, draft
from wufang.privacy.keyring import make_secrets, read_secrets
from wufang.wire import inputs, record
from wufang.wire.inputs import wire_time
from wufang.wire.position import Position

BEGAN = datetime(2026, 3, 29, tzinfo=UTC)
STEP_MS = 70_000  # between two posts
LINKING = 0.3  # of the measured reports
BATCH = 100  # reports of one county in one post
RECORD_LIMIT = 524_288  # as the settings have it
RECEIPT = "r" * 40
DOOR_PARTS = {"take_conduct": "screening", "names_conduct": "screening", "clean": "cleaning"}


class Meter:
    """Processor time of wrapped functions by part, each without the parts called within it."""

    def __init__(self) -> None:
        self.nanos: dict[str, int] = defaultdict(int)
        self._inner: list[int] = []
        self._before: list[tuple[Any, str, Any]] = []

    def wrapped(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        clock, inner, nanos = time.thread_time_ns, self._inner, self.nanos

        def timed(*given: Any, **named: Any) -> Any:
            inner.append(0)
            started = clock()
            try:
                return function(*given, **named)
            finally:
                spent = clock() - started
                nanos[part] += spent - inner.pop()
                if inner:
                    inner[-1] += spent

        return timed

    def wrap(self, owner: Any, name: str, part: str) -> None:
        """Put the timed function in the place of an owner's, until `restore`."""
        self._before.append((owner, name, getattr(owner, name)))
        setattr(owner, name, self.wrapped(part, getattr(owner, name)))

    def restore(self) -> None:
        """Put back what was there, the last wrapped first."""
        while self._before:
            setattr(*self._before.pop())


class Doors:
    """The doors of all channels, with keys and chance made from a number."""

    def __init__(self, meter: Meter) -> None:
        calls = iter(range(2**40))

        def chance(size: int) -> bytes:
            return hashlib.shake_256(b"%d" % next(calls)).digest(size)

        ring, rules = read_secrets(make_secrets(chance)), triage_rules()
        self.sealed, self.digest = 0, hashlib.sha256()
        self._doors, self._keys = {}, {}
        for channel in CHANNELS:
            spec = import_module(f"services.{channel}").SPEC
            self._doors[channel] = Door(spec, ring, chance, rules)
            source = f"{channel}-desk"
            self._keys[channel] = ApiKey(channel, "1", "0" * 64, source, (channel,), "9901", "990100", BEGAN)
        for name, part in DOOR_PARTS.items():
            meter.wrap(door_module, name, part)
        self._prepare = meter.wrapped("other", self._prepared)

    def published(self, channel: Channel, event: dict[str, Any], at: int) -> Ready:
        """What goes onto the topic; a part to seal is given a receipt at once."""
        made = self._prepare(channel, event, wire_time(at))
        if not isinstance(made, Ready):
            raise SystemExit(f"a door refused a made-up report: {made}")
        return made

    def _prepared(self, channel: Channel, event: dict[str, Any], accepted_at: str) -> Any:
        door = self._doors[channel]
        made = door.prepare(event, self._keys[channel], accepted_at)
        if isinstance(made, Unsealed):
            self.sealed += 1
            made = door.sealed(made, RECEIPT)
        return made


class Ledgers:
    """A state for each county, as if each had a partition of its own."""

    def __init__(self, folder: Path, counties: Sequence[str], meter: Meter) -> None:
        self._places = {county.encode(): place for place, county in enumerate(counties)}
        self._rules = Rules(RECORD_LIMIT, self._places.__getitem__)
        self._states = [LedgerState(folder / f"{county}.db", triage_rules(), category_tree()) for county in counties]
        self._offsets: dict[str, int] = defaultdict(int)
        self.digest = hashlib.sha256()
        meter.wrap(inputs, "decode", "decode")
        meter.wrap(record, "encode", "encode")
        for state in self._states:
            _meter_state(state, meter)
        self._decide = meter.wrapped("other", self._decided)
        self._commit = meter.wrapped("commit", LedgerState.commit)

    def take(self, county: str, share: Sequence[tuple[Channel, Ready]]) -> None:
        """Decide and fold a batch; write the snapshot when it is due."""
        place = self._places[county.encode()]
        state, batch = self._states[place], [self._input(place, *one) for one in share]
        made = self._decide(state, batch)
        if made.poison or len(made.records) != len(batch):
            raise SystemExit(f"{len(made.poison)} inputs could not be used, {made.duplicates} were known")
        for _, value in made.records:
            self.digest.update(value)
        if state.behind >= MOST_BEHIND:
            self._commit(state)
            gc.collect(1)
            gc.freeze()  # as the worker does

    def _decided(self, state: LedgerState, batch: Sequence[Input]) -> writer.Draft:
        made = draft(state, batch, self._rules)
        state.settle()
        return made

    def _input(self, place: int, channel: Channel, one: Ready) -> Input:
        topic = f"reports.{channel}"
        self._offsets[topic] += 1
        return Input(Position(topic, place, self._offsets[topic]), one.key, one.value)


def _meter_state(state: LedgerState, meter: Meter) -> None:
    for name in ("find", "triage", "category", "splits"):
        meter.wrap(state, name, name)
    meter.wrap(state, "warnings", "warnings: decide")
    meter.wrap(state._fold, "fold", "fold: cases")
    meter.wrap(state._links, "opened", "fold: linker")
    meter.wrap(state._links, "joined", "fold: linker")
    meter.wrap(state._watch, "placed", "fold: warnings")


def measure(reports: int, cases: int, counties: Sequence[str], profiled: str | None, say: Callable[[str], None]) -> Any:
    """Microseconds a report by part, after a preload of so many cases a county."""
    at_door, in_ledger = Meter(), Meter()
    corpus = Corpus(7, linking=0.0, counties=tuple(counties))
    with tempfile.TemporaryDirectory(prefix="wufang-decision-") as folder:
        doors, ledgers = Doors(at_door), Ledgers(Path(folder), counties, in_ledger)
        run = _Run(doors, ledgers, corpus, counties)
        for done in run.go(cases * len(counties)):
            say(f"{done:,} reports before")
        corpus.linking = LINKING
        gc.collect()
        gc.freeze()
        at_door.nanos.clear()
        in_ledger.nanos.clear()
        ledgers.digest, doors.digest, doors.sealed = hashlib.sha256(), hashlib.sha256(), 0
        run.profiled = profiled
        for done in run.go(reports):
            say(f"{done:,} reports measured")
    at_door.restore()
    in_ledger.restore()
    if profiled is not None:
        pstats.Stats(run.profile, stream=sys.stderr).sort_stats("tottime").print_stats(45)
    return {
        "reports": reports,
        "before": cases * len(counties),
        "sealed_share": round(doors.sealed / reports, 4),
        "door_us": _told(at_door, reports),
        "ledger_us": _told(in_ledger, reports),
        "published": doors.digest.hexdigest(),
        "records": ledgers.digest.hexdigest(),
    }


class _Run:
    """Reports through the doors, then through the ledger, in batches of one county each."""

    def __init__(self, doors: Doors, ledgers: Ledgers, corpus: Corpus, counties: Sequence[str]) -> None:
        self._doors, self._ledgers, self._corpus, self._counties = doors, ledgers, corpus, counties
        self._at = int(BEGAN.timestamp() * 1000)
        self.profile = cProfile.Profile(time.thread_time)
        self.profiled: str | None = None

    def go(self, count: int) -> Iterator[int]:
        done = 0
        while done < count:
            county = self._counties[done // BATCH % len(self._counties)]
            events = list(self._corpus.events(min(BATCH, count - done), county))
            share = self._under("door", self._through, events)
            self._under("ledger", self._ledgers.take, county, share)
            done += len(events)
            if done % (10 * BATCH) == 0 or done == count:
                yield done

    def _through(self, events: Sequence[tuple[Channel, dict[str, Any]]]) -> list[tuple[Channel, Ready]]:
        share = []
        self._at += STEP_MS
        for channel, event in events:
            share.append((channel, self._doors.published(channel, event, self._at)))
            self._doors.digest.update(share[-1][1].value)
        return share

    def _under(self, part: str, function: Callable[..., Any], *given: Any) -> Any:
        if self.profiled != part:
            return function(*given)
        return self.profile.runcall(function, *given)


def _told(meter: Meter, reports: int) -> dict[str, float]:
    parts = {part: round(nanos / reports / 1_000, 1) for part, nanos in sorted(meter.nanos.items())}
    return {"all": round(sum(meter.nanos.values()) / reports / 1_000, 1), **parts}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=6_000, help="that are measured")
    parser.add_argument("--cases", type=int, default=4_000, help="open cases of each county before")
    parser.add_argument("--counties", type=int, default=3, choices=range(1, len(COUNTIES) + 1), metavar="N")
    parser.add_argument("--profile", choices=("door", "ledger"), help="where the time goes, function by function")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    gc.set_threshold(50_000, 20, 100)  # as the streams have it

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    found = measure(options.reports, options.cases, COUNTIES[: options.counties], options.profile, say)
    told = json.dumps(found, indent=1)
    if options.json is not None:
        options.json.write_text(told + "\n")
    sys.stdout.write(told + "\n")


if __name__ == "__main__":
    main()
