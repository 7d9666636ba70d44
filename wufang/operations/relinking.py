"""`wufang relink`: what other linking rules would make of the ledger; it writes nothing, and the system goes on.

Every partition is read three times: once folded, for where reports stand and what people said; then re-run by the
present rules, and by the others. So what only the others do can be told from what any re-run would do.
"""

from collections.abc import Sized
from dataclasses import dataclass, field

from wufang.domain import ids
from wufang.domain.case import Member, placement
from wufang.domain.decisions import subject
from wufang.domain.linking import RULES, Link, Rules
from wufang.domain.linking.rerun import Rerun
from wufang.ledger.folding.fold import Fold
from wufang.ledger.trials.homes import ALWAYS, Homes, Span
from wufang.ledger.trials.orders import Order, named, orders
from wufang.ledger.trials.relink import Evidence, Joined, Outcome, Parted, Rejoining
from wufang.operations.ledger_pass import LedgerPass, ledger_pass, opened
from wufang.operations.progress import Progress, Steps, silent
from wufang.settings import Settings
from wufang.wire import record


@dataclass(frozen=True, slots=True)
class Told:
    """A report as an example shows it, and the link that the ledger recorded for it."""

    report_id: str
    number: str
    title: str
    link: Link | None
    by_hand: bool


@dataclass(frozen=True, slots=True)
class JoinedExample:
    """Cases that would be one: id, title, how many of its reports of how many, whether its name stays; and why.

    `anyway`: a re-run by the present rules puts the same reports together too.
    """

    cases: tuple[tuple[str, str, int, int, bool], ...]
    evidence: tuple[Evidence, ...]
    anyway: bool


@dataclass(frozen=True, slots=True)
class PartedExample:
    """A case that would be several: how many reports keep its name, and the first that leave with each part."""

    case_id: str
    title: str
    keeps: int
    leaves: tuple[tuple[int, tuple[Told, ...]], ...]
    anyway: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Two present cases of which a person would be asked if they are one, and was not."""

    one: tuple[str, str]
    other: tuple[str, str]
    evidence: Evidence


@dataclass(slots=True)
class Counts:
    """What a re-run makes of the cases that are shown."""

    cases: int = 0
    joined: int = 0  # groups of present cases, or parts of them, that would be one
    joined_cases: int = 0  # the cases in them
    parted: int = 0
    asked: int = 0


@dataclass(slots=True)
class Relinked:
    """`present` and `other` are the re-runs by the present rules and by those on trial; `asked` pairs as of now."""

    rules: str
    reports: int = 0
    cases: int = 0
    asked: int = 0
    by_people: int = 0  # reports of which a person said anything
    present: Counts = field(default_factory=Counts)
    other: Counts = field(default_factory=Counts)
    joined: list[JoinedExample] = field(default_factory=list)
    parted: list[PartedExample] = field(default_factory=list)
    suggested: list[Asked] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)  # of the cases that the orders name


REPORTS_SHOWN = 3  # of each part that leaves a case


async def relink(
    settings: Settings,
    rules: Rules,
    *,
    jurisdiction: str | None = None,
    span: Span = ALWAYS,
    examples: int = 10,
    progress: Progress = silent,
) -> Relinked:
    """The ledger as of now against the rules. Raises KafkaError, LogTruncated, LogSilent, Unfoldable."""
    async with ledger_pass(settings, jurisdiction) as ledger:
        run = _Run(ledger, rules, span, examples, Steps(progress))
        for number in ledger.partitions:
            await run.partition(number)
        return run.result


class _Run:
    """One look, a partition at a time."""

    def __init__(self, ledger: LedgerPass, rules: Rules, span: Span, examples: int, steps: Steps) -> None:
        self._ledger, self._rules, self._span = ledger, rules, span
        self._examples, self._steps = examples, steps
        self.result = Relinked(rules.version)

    async def partition(self, number: int) -> None:
        fold = self._ledger.fold(number)
        try:
            counties = await self._fold(number, fold)
            now = {name: county.now() for name, county in counties.items()}
            before = await self._rerun(number, fold, RULES, "按现行规则重算", counties, now)
            after = await self._rerun(number, fold, self._rules, "按另立的规则重算", counties, now)
            for name, county in counties.items():
                self._add(fold, county, now[name], before[name], after[name])
        finally:
            fold.close()

    async def _fold(self, number: int, fold: Fold) -> dict[str, Homes]:
        counties: dict[str, Homes] = {}
        async for batch in self._ledger.batches(number, self._steps, "归并台账"):
            for message in batch:
                applied = fold.fold(message.offset, message.value)
                if applied is not None and self._ledger.wanted(applied.envelope.jurisdiction):
                    name = applied.envelope.jurisdiction
                    if name not in counties:
                        counties[name] = Homes(fold, self._span)
                    counties[name].add(applied)
            fold.commit()
        return counties

    async def _rerun(
        self,
        number: int,
        fold: Fold,
        rules: Rules,
        stage: str,
        counties: dict[str, Homes],
        now: dict[str, dict[str, str]],
    ) -> dict[str, Outcome]:
        runs = {name: Rejoining(Rerun(rules, one.said.people()), now[name]) for name, one in counties.items()}
        async for batch in self._ledger.batches(number, self._steps, stage):
            for message in batch:
                if not fold.was_void(message.offset):
                    self._feed(runs, message.value)
        return {name: run.outcome(counties[name].shown) for name, run in runs.items()}

    def _feed(self, runs: dict[str, Rejoining], value: bytes | None) -> None:
        raw = opened(value)
        run = runs.get(raw.jurisdiction)
        if run is None:
            return
        for event in record.events(raw):
            placed = placement(event)
            if placed is not None:
                new = ids.case_id(raw.jurisdiction, raw.seq, 0)
                run.add(run.rerun.feed(new, subject(placed.report)))

    def _add(self, fold: Fold, county: Homes, now: dict[str, str], before: Outcome, after: Outcome) -> None:
        result, found = self.result, after.compared
        asked = county.asked()
        result.reports += found.reports
        result.cases += found.cases_now
        result.asked += len(asked)
        result.by_people += len(county.said.people().units)
        _count(result.present, before)
        _count(result.other, after)
        given = orders(found)
        result.orders += given
        result.titles |= {name: _title(fold, name) for order in given for name in named(order)}
        for joined in found.joined[: self._room(result.joined)]:
            result.joined.append(_joined_example(fold, joined, before.joins(joined)))
        for parted in found.parted[: self._room(result.parted)]:
            result.parted.append(_parted_example(fold, parted, before.parts(parted)))
        new = [(two, evidence) for two, evidence in after.asked.items() if two not in asked and two[0] != two[1]]
        for (one, other), evidence in new[: self._room(result.suggested)]:
            result.suggested.append(Asked((one, _title(fold, one)), (other, _title(fold, other)), evidence))

    def _room(self, examples: Sized) -> int:
        return max(0, self._examples - len(examples))


def _count(counts: Counts, outcome: Outcome) -> None:
    found = outcome.compared
    counts.cases += found.cases_then
    counts.joined += len(found.joined)
    counts.joined_cases += sum(len(joined.parts) for joined in found.joined)
    counts.parted += len(found.parted)
    counts.asked += len(outcome.asked)


def _joined_example(fold: Fold, joined: Joined, anyway: bool) -> JoinedExample:
    cases = tuple(
        (part.case_id, _title(fold, part.case_id), len(part.reports), part.of, part.keeps) for part in joined.parts
    )
    return JoinedExample(cases, joined.evidence, anyway)


def _parted_example(fold: Fold, parted: Parted, anyway: bool) -> PartedExample:
    members = {member.report.id: member for member in fold.regroup.members(parted.case_id)}
    stays, *leaves = parted.parts
    told = tuple((len(part), tuple(_told(members[name]) for name in part[:REPORTS_SHOWN])) for part in leaves)
    return PartedExample(parted.case_id, _title(fold, parted.case_id), len(stays), told, anyway)


def _told(member: Member) -> Told:
    report = member.report
    return Told(report.id, report.number, report.title, member.link, member.hand is not None)


def _title(fold: Fold, case_id: str) -> str:
    case = fold.cases.get(case_id)
    return "" if case is None else case.title
