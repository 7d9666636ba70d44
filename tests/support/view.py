"""Made-up events as the documents an indexer would write of them."""

from collections.abc import Sequence
from typing import Any

from tests.support.samples import DAY, START, a_link, a_report, an_origin, an_outcome
from wufang.domain.case import Case, evolve
from wufang.domain.categories import Suggestion
from wufang.domain.commands import Actor
from wufang.domain.events import (
    CaseOpened,
    CategoryDecided,
    Event,
    Offered,
    ReportConcluded,
    ReportLinked,
    WarningRaised,
    WarningScored,
)
from wufang.domain.notice import Notice
from wufang.domain.report import Report
from wufang.domain.warning import About
from wufang.readmodel.actions import Action, case_action, record_actions, warning_action
from wufang.readmodel.timeline import Origin

TEXTS: dict[str, dict[str, Any]] = {
    "lift": {"title": "芙蓉小区电梯停运", "text": "三栋电梯停运三天，老人上下楼困难。", "category": "电梯"},
    "lift_again": {"channel": "petition", "title": "来信反映电梯", "text": "芙蓉小区电梯仍未修好。", "number": "XF-7"},
    "noise": {"channel": "grid", "title": "夜间施工噪音扰民", "text": "桃园新村旁工地夜间施工。", "category": "噪音"},
    "water": {"title": "停水", "text": "石桥镇自来水停了两天。", "occurred_at": START + 40 * DAY},
    "meeting": {"title": "工人大会", "text": "厂区召开工人大会，通知不到位。", "accused": "清河物业公司"},
}
HOSTILE = [
    "*",
    "_exists_:phone",
    "phone:138*",
    ") OR (*:*",
    "/.*/",
    "\x00",
    "../_all/_delete_by_query",
    '{"match_all":{}}',
    "a" * 100_000,
    " ".join(["噪音"] * 10_000),
    "\ud800",
    "‮噪音",
    "~1 -a +b | (c)",
]


class Ledger:
    """Folds made-up events into the actions an indexer would write."""

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self.cases: dict[str, Case] = {}
        self._seqs: dict[str, int] = {}

    def open(self, report: Report, place: str | None = None) -> str:
        seq = self._seqs.get(report.jurisdiction, 0) + 1
        case_id = f"{report.jurisdiction}-{seq}-0"
        self._apply(report.jurisdiction, CaseOpened(case_id, report, place=place), case_id)
        return case_id

    def link(self, case_id: str, report: Report, place: str | None = None) -> None:
        self._apply(report.jurisdiction, ReportLinked(case_id, report, a_link(case_id), place=place), case_id)

    def conclude(self, case_id: str, report: Report, **outcome: Any) -> None:
        event = ReportConcluded(case_id, report.id, an_outcome(**outcome), True)
        self._apply(report.jurisdiction, event, case_id)

    def suggest(self, case_id: str, report: Report, code: str, path: str) -> None:
        """A further report of the case, with a suggested category."""
        suggestion = Suggestion(code, path, 830, "category-1", "tree-1", ("噪音",))
        event = ReportLinked(case_id, report, a_link(case_id), suggested_category=suggestion)
        self._apply(report.jurisdiction, event, case_id)

    def file(self, case_id: str, code: str, path: str) -> None:
        """A person's decision of the category."""
        told = self.cases[case_id].suggested_category
        offered = None if told is None else Offered(told.code, told.rules, told.tree)
        by = Actor("desk-7", "operator", "青禾县12345")
        event = CategoryDecided(case_id, code, path, "tree-1", by, START, "test:x", offered=offered)
        self._apply(case_id[:6], event, case_id)

    def _apply(self, jurisdiction: str, event: Event, case_id: str) -> None:
        seq = self._seqs[jurisdiction] = self._seqs.get(jurisdiction, 0) + 1
        self.cases[case_id] = evolve(self.cases.get(case_id), event, seq)
        origin = Origin(f"{jurisdiction}{seq:058x}", jurisdiction, seq, an_origin(seq).position)
        self.actions += [*record_actions([event], origin), case_action(self.cases[case_id])]


def reports_of(county: str) -> dict[str, Report]:
    """One of each text, in a county."""
    first = int(county) * 1_000
    return {
        name: a_report(serial, id=f"{first + serial:064x}", jurisdiction=county, **fields)
        for serial, (name, fields) in enumerate(TEXTS.items(), start=1)
    }


def many(county: str, count: int, **fields: Any) -> list[Report]:
    """So many alike."""
    first = int(county) * 1_000
    serials = range(1, count + 1)
    return [a_report(serial, id=f"{first + serial:064x}", jurisdiction=county, **fields) for serial in serials]


def raised(name: str, about: About, case_id: str, members: Sequence[Report], **changed: Any) -> WarningRaised:
    fields: dict[str, Any] = {
        "warning": name,
        "about": about,
        "sign": "burst",
        "case_id": case_id,
        "at": START,
        "since": START - DAY,
        "window": 7,
        "expected": 0.3,
        "seen": len(members),
        "further": 3,
        "members": tuple(report.id for report in members),
        "method": "gamma-poisson-scan",
        "rules": "warn-1",
        "surprise": 4.2,
    }
    return WarningRaised(**fields | changed)


def written(county: str, event: WarningRaised, scored: bool | None = None) -> Action:
    told = None
    if scored is not None:
        told = WarningScored(event.warning, event.about, event.sign, START + 9 * DAY, scored, 4, event.further)
    return warning_action(Notice(county, 9, event, event.at, event.seen, told))
