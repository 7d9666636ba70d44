"""`python -m tests.golden`: what a fixed ledger folds to, filed under the numbers that say it may change.

Bytes that change under the number they had are two truths in one deployment: a snapshot that goes on under other code,
an index whose older documents nobody writes again. So the command refuses to file them and names the number to raise;
`--another-ledger` says that the ledger folded here was changed on purpose.
"""

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson

from tests.support.events import COUNTY, START, a_link, a_record, a_report, an_outcome, linked, opened
from tests.support.foldings import fold
from wufang.domain import ids
from wufang.domain.categories import Suggestion
from wufang.domain.commands import Actor
from wufang.domain.events import (
    CaseKeptTogether,
    CaseRestored,
    CasesBridged,
    CasesKeptApart,
    CasesMerged,
    CategoryDecided,
    CommandRefused,
    ConductReleased,
    EarlierYear,
    Event,
    LaneDecided,
    LinkSuggested,
    Offered,
    OutcomeRefused,
    Proposal,
    ReportConcluded,
    ReportsMoved,
    SplitSuggested,
    SubmissionConflicted,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.domain.linking import RULES, Reason, Side, Split
from wufang.domain.report import CHANNELS, Point, Report, Reporter, Restored, Sealed, SealedPart
from wufang.domain.triage import Fact
from wufang.domain.warning import About
from wufang.ledger.folding.fold import FORMAT, Fold
from wufang.ledger.proofs.rebuild import case_actions, final_actions
from wufang.ledger.state import LedgerState
from wufang.readmodel.actions import Action
from wufang.readmodel.document import content_hash
from wufang.readmodel.indices import DOCUMENTS, KINDS
from wufang.readmodel.mapping import index_body
from wufang.wire import record

FILE = Path(__file__).parent / "data/golden.json"
LINKER = ("words", "postings", "profiles", "made")
PROPOSED = Proposal("119", "urgent", ("joint",), (Fact("gas", "漏气", "text", 0, 2, "燃气泄漏，危及人身"),), "triage-0")
LIKELY = Suggestion("0102", "城建 / 市容", 700, "category-0", "tree-0", ("占道经营",), ("摊贩",))
COUNTIES = (COUNTY, "430103")
RAISE = {
    "ledger": "VERSION in wufang/wire/record.py, or a new version in an event's tag (wufang/domain/events.py)",
    "state": "FORMAT in wufang/ledger/folding/fold.py",
    "linker": "version in wufang/domain/linking/rules.py",
    "links": "version in wufang/domain/linking/rules.py",
    "documents": "DOCUMENTS in wufang/readmodel/indices.py",
}
REMEDY = "then `python -m tests.golden`"


class Part(NamedTuple):
    """One thing that is made: the numbers that may change it, and the SHA-256 of its bytes by name."""

    numbers: Mapping[str, str | int]
    hashes: Mapping[str, str]


Golden = dict[str, Part]


def ledger() -> list[bytes]:
    """Every event of two counties, a void record and a tombstone; no rule of the linker has a say in it."""
    values: list[bytes] = []
    for county in COUNTIES:
        head = record.first_head(county)
        for number, (cause, events) in enumerate(_happened(county)):
            values.append(a_record(head, events, cause, number, county))
            head = record.Head(head.seq + 1, record.digest(values[-1]))
    return [*values, values[0], b""]


def _happened(county: str) -> Iterable[tuple[str, tuple[Event, ...]]]:
    case = ids.case_id(county, 1, 0)
    reports = [_report(number, county) for number in range(24)]
    yield reports[0].id, (msgspec.structs.replace(opened(reports[0], case), place="estate:青杉里"),)
    for number, report in enumerate(reports[1:], 2):
        told_before = number % 3 == 0
        event = linked(report, case) if told_before else opened(report, ids.case_id(county, number, 0))
        yield report.id, (event,)
    for number, first in ((0, True), (2, True), (0, False)):
        outcome = an_outcome(reply=f"已办{number}", satisfied=first, concluded_at=START + number)
        cause = ids.conflict_cause(reports[number].id, f"outcome-{first}")
        yield cause, (ReportConcluded(case, reports[number].id, outcome, first=first),)
    yield ids.conflict_cause(reports[0].id, "k:1"), (SubmissionConflicted(reports[0].id, "k:1", "d" * 32),)
    yield ids.conflict_cause(reports[1].id, "k:2"), (OutcomeRefused("e" * 64, "unknown_report", "k:2"),)
    other, own = ids.case_id(county, 2, 0), ids.case_id(county, 4, 0)
    told = (Actor("desk-7", "operator", "青禾县12345"), "同一件事", START)
    yield ids.conflict_cause(case, "k:3"), (CasesMerged(case, other, *told, "k:3"),)
    yield ids.conflict_cause(case, "k:4"), (CasesMerged(case, own, *told, "k:4"),)
    yield ids.conflict_cause(case, "k:5"), (CaseRestored(other, case, *told, "k:5"),)
    apart, seq = (reports[2].id, reports[5].id), len(reports) + 9
    new = ids.case_id(county, seq, 0)
    yield ids.conflict_cause(case, "k:6"), (ReportsMoved(case, new, True, apart, *told, "k:6"),)
    yield ids.conflict_cause(case, "k:7"), (ReportsMoved(case, other, False, (reports[8].id,), *told, "k:7"),)
    yield ids.conflict_cause(case, "k:8"), (CommandRefused("changed", "k:8"),)
    yield ids.conflict_cause(case, "k:10"), (LaneDecided(case, "dedicated", ("study",), *told, "k:10"),)
    filed = CategoryDecided(case, "010201", "城建 / 市容 / 摊贩", "tree-0", told[0], START, "k:13")
    yield ids.conflict_cause(case, "k:13"), (filed,)
    yield ids.conflict_cause(case, "k:9"), (CasesKeptApart(case, ids.case_id(county, 5, 0), *told, "k:9"),)
    yield from _sealed(county)
    more = [_report(number, county) for number in (24, 25)]
    fifth, near = ids.case_id(county, 5, 0), a_link(ids.case_id(county, 8, 0))
    pressing = msgspec.structs.replace(
        linked(more[0], fifth), triage=PROPOSED, suggested_category=LIKELY, place="grid:430102003017"
    )
    yield more[0].id, (pressing, LinkSuggested(fifth, more[0].id, near))
    yield more[1].id, (linked(more[1], fifth), CasesBridged(fifth, near.case_id, more[1].id, near, START))
    offered = Offered(LIKELY.code, LIKELY.rules, LIKELY.tree)
    again = CategoryDecided(fifth, "03", "教育", "tree-0", told[0], START, "k:14", "看过", offered)
    yield ids.conflict_cause(fifth, "k:14"), (again,)
    yield from _come_apart(case, fifth, reports, more, told)
    yield from _warned(case, county, seq + 14)


def _come_apart(
    case: str, other: str, reports: Sequence[Report], more: Sequence[Report], told: tuple[Actor, str, int]
) -> Iterable[tuple[str, tuple[Event, ...]]]:
    """Two groups of a case, one of which a person says are one matter; another's that stand."""
    here, there = (reports[0].id, reports[11].id), (reports[14].id, reports[17].id)
    reason = Reason("average", 0.03, "两组之间属同一事项的把握平均 3%")
    split = Split((Side(here, ("青禾",), ("电梯",)), Side(there, (), ())), 0.21, (reason,), "golden")
    kept = CaseKeptTogether(case, (here[0], there[1]), *told, "k:11")
    yield ids.conflict_cause(case, "k:11"), (kept,)
    aside = msgspec.structs.replace(split, sides=(Side((more[0].id,), (), ()), Side((more[1].id,), (), ())))
    yield (
        ids.conflict_cause(case, "k:12"),
        (
            LaneDecided(case, "urgent", (), *told, "k:12"),
            SplitSuggested(case, split),
            SplitSuggested(other, aside),
        ),
    )


def _sealed(county: str) -> Iterable[tuple[str, tuple[Event, ...]]]:
    """Two parts given back: of a report that joined a case which was put into another, and of an outcome's reply."""
    own, report = ids.case_id(county, 4, 0), _report(29, county)
    kept = msgspec.structs.replace(report, text="……请处理。", conduct=SealedPart("r" * 40))
    yield report.id, (linked(kept, own),)
    words, office = Restored(text=report.text, accused="青禾县某局"), Actor("office-1", "discipline", "青禾县纪委监委")
    released = ConductReleased(own, report.id, "r" * 40, words, office, START, "k:15", triage=PROPOSED)
    reply = ConductReleased(
        own, report.id, "s" * 40, Restored(reply="已办结。"), office, START, "k:16", outcome="f" * 64
    )
    yield ids.conflict_cause(own, "k:15"), (released,)
    yield ids.conflict_cause(own, "k:16"), (reply,)


def _warned(case: str, county: str, seq: int) -> Iterable[tuple[str, tuple[Event, ...]]]:
    """Behind further reports of a case: a burst, a growing matter, a season, another day of the burst, its end."""
    reports = [_report(number, county) for number in range(26, 29)]
    burst = WarningRaised(
        warning=ids.event_id(county, seq, 1),
        about=About("matter", case),
        sign="burst",
        case_id=case,
        at=reports[0].accepted_at,
        since=START,
        window=7,
        expected=1.2,
        seen=5,
        further=3,
        members=(reports[0].id, reports[1].id),
        method="gamma-poisson-scan",
        rules="golden",
        again=2,
        surprise=4.4,
    )
    growth = msgspec.structs.replace(burst, warning=ids.event_id(county, seq, 2), sign="growth", spans=(1, 2, 2))
    years = (EarlierYear(START - 365 * 86_400_000, 8, 20), EarlierYear(START - 730 * 86_400_000, 9, 21))
    season = msgspec.structs.replace(
        burst,
        warning=ids.event_id(county, seq, 3),
        about=About("category", "供热"),
        sign="season",
        seen=0,
        again=0,
        members=(),
        years=years,
    )
    of = (burst.warning, burst.about)
    yield reports[0].id, (linked(reports[0], case), burst, growth, season)
    yield reports[1].id, (linked(reports[1], case), WarningContinued(*of, reports[1].accepted_at, 7, 1.2, 6))
    yield reports[2].id, (linked(reports[2], case), WarningScored(*of, "burst", reports[2].accepted_at, True, 3, 3))


def _report(number: int, county: str) -> Report:
    full: dict[str, Any] = {
        "channel": CHANNELS[number % len(CHANNELS)],
        "received_at": START + number,
        "category": "住建",
        "address": "青禾小区6栋",
        "grid_code": f"{county}003{number:03d}",
        "point": Point(28.2, 112.9),
        "contact_mode": "confidential",
        "public": False,
        "enterprise": True,
        "accused": "平川县某物业公司",
        "related": (f"R{number // 2}",),
        "reporter": Reporter(f"{number % 5:032x}", "phone"),
        "sealed": Sealed("d" * 32, "bm9u", "Y2lw"),
        "details": {"urgency": "urgent", "tags": ["电梯", 1, 2.5, True]},
    }
    return a_report(number, jurisdiction=county, **(full if number % 2 == 0 else {}))


def computed() -> Golden:
    """What this code makes of the ledger."""
    values = ledger()
    tables = fold(values, every=7)
    linking: dict[str, str | int] = {"rules": RULES.version, "segmenter": f"rjieba {version('rjieba')}"}
    return {
        "ledger": Part({"record": record.VERSION}, {"bytes": _sha(values)}),
        "state": Part({"fold": FORMAT}, {name: tables[name] for name in sorted(tables) if name not in LINKER}),
        "linker": Part(linking, {name: tables[name] for name in sorted(tables) if name in LINKER}),
        "links": Part(linking, {"decisions": _sha(_decisions(values))}),
        "documents": Part({"documents": DOCUMENTS, "mapping": _mapping()}, _documents(values)),
    }


def _decisions(values: Iterable[bytes]) -> Iterable[bytes]:
    state = LedgerState()
    for offset, value in enumerate(values):
        state.fold(offset, value)
    for number in range(26, 58):
        told = {} if number % 4 else {"title": f"渡口木桥断了{number}根桩", "text": "过河要绕行二十里，船工已经停渡。"}
        asked = msgspec.structs.replace(_report(number, COUNTY), related=(), **told)
        yield orjson.dumps(repr(state.find(COUNTY, asked)))


def _documents(values: Iterable[bytes]) -> dict[str, str]:
    state, actions = Fold(), list[Action]()
    for offset, value in enumerate(values):
        applied = state.fold(offset, value)
        actions += [] if applied is None else final_actions(applied)
    state.commit()
    actions += case_actions(state)
    lines = {kind: sorted(_line(each) for each in actions if each.kind == kind) for kind in KINDS}
    return {kind: _sha(lines[kind]) for kind in KINDS}


def _line(action: Action) -> bytes:
    return f"{action.id} {action.version} {content_hash(action.document)}".encode()


def _mapping() -> str:
    bodies = {kind: index_body(kind) for kind in KINDS}
    return hashlib.sha256(orjson.dumps(bodies, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _sha(values: Iterable[bytes]) -> str:
    lengths_and_bytes = (b"%d:%s" % (len(value), value) for value in values)
    return hashlib.sha256(b"".join(lengths_and_bytes)).hexdigest()


def filed(path: Path = FILE) -> Golden:
    """What was filed before; nothing where no file is."""
    if not path.exists():
        return {}
    return {name: Part(part["numbers"], part["hashes"]) for name, part in orjson.loads(path.read_bytes()).items()}


def silent_changes(before: Golden, now: Golden) -> list[str]:
    """What changed under the numbers it had, and which to raise."""
    found = []
    for name in sorted(before.keys() & now.keys()):
        old, new = before[name], now[name]
        changed = sorted(key for key in {**old.hashes, **new.hashes} if old.hashes.get(key) != new.hashes.get(key))
        if changed and old.numbers == new.numbers:
            found.append(f"{name} ({', '.join(changed)}) changed under its old number: raise {RAISE[name]}, {REMEDY}")
    return found


def complaints(before: Golden, now: Golden) -> list[str]:
    """Silent changes, and what was made again under a new number and not filed yet."""
    stale = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    found = silent_changes(before, now)
    return found or [f"{name} has a new number and is not filed: run `python -m tests.golden`" for name in stale]


def main(arguments: list[str], path: Path = FILE) -> int:
    """File what is made now."""
    now = computed()
    refused = [] if arguments == ["--another-ledger"] else silent_changes(filed(path), now)
    if refused or arguments not in ([], ["--another-ledger"]):
        sys.stderr.write("\n".join(refused or ["python -m tests.golden [--another-ledger]"]) + "\n")
        return 1
    path.parent.mkdir(exist_ok=True)
    parts = {name: part._asdict() for name, part in now.items()}
    path.write_bytes(orjson.dumps(parts, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
