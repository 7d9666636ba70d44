"""Reads early warnings for one person's scope: one whose reports accuse the person's own organisation is not there.

Whom a warning's reports accuse may be said after it was raised, and they may be put elsewhere: the cases they stand in
now are asked, and in doubt it is hidden. So there is no total, and a page is filled from as many as it takes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.ledger.watch_views import WarningReport, WarningView
from wufang.adapters.elastic_index import ElasticIndex
from wufang.readmodel import queries
from wufang.readmodel.labels import subject_label
from wufang.readmodel.queries import WarningSearch
from wufang.readmodel.scope import Scope, allows

AT_ONCE = 50  # warnings of 64 members at most: 3,200 reports in one answer

Hit = Mapping[str, Any]
Document = Mapping[str, Any]


SEVERAL_CASES = ("place", "category")
SEASONS = ("season", "above_season")  # they count years of a category and name no report
MOST_ROUNDS = 20  # of AT_ONCE warnings of which all are out of reach


class Warnings(NamedTuple):
    """A page, and the sort values of its last when more follow."""

    warnings: list[WarningView]
    after: list[Any] | None


class WarningReader:
    """Every question about warnings."""

    def __init__(self, index: ElasticIndex) -> None:
        self._index = index

    async def page(self, search: WarningSearch, scope: Scope) -> Warnings:
        """The newest warnings that the scope reaches."""
        found: list[tuple[WarningView, list[Any]]] = []
        after: Sequence[Any] = search.after
        for _ in range(MOST_ROUNDS):
            body = queries.warnings_page(search, scope, AT_ONCE, after)
            hits = (await self._index.search("warnings", body))["hits"]["hits"]
            found += await self._shown(hits, scope)
            if len(hits) < AT_ONCE or len(found) > search.size:
                break
            after = hits[-1]["sort"]
        shown = found[: search.size]
        return Warnings([view for view, _ in shown], shown[-1][1] if len(found) > search.size else None)

    async def _shown(self, hits: Sequence[Hit], scope: Scope) -> list[tuple[WarningView, list[Any]]]:
        reports = await self._reports(sorted({name for hit in hits for name in hit["_source"]["members"]}))
        named = {report["case_id"] for report in reports.values()} | {hit["_source"]["case_id"] for hit in hits}
        cases = {name: found.document for name, found in (await self._index.get("cases", sorted(named))).items()}
        return [
            (_view(hit["_source"], reports, cases), hit["sort"])
            for hit in hits
            if _reaches(scope, hit["_source"], reports, cases)
        ]

    async def _reports(self, names: Sequence[str]) -> dict[str, Document]:
        if not names:
            return {}
        answer = await self._index.search("reports", queries.members(names))
        return {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}


def _reaches(scope: Scope, warning: Document, reports: Mapping[str, Document], cases: Mapping[str, Document]) -> bool:
    """Whether the scope reaches every case it tells of; whose organisation nobody can accuse needs not all of them."""
    known = [reports[name]["case_id"] for name in warning["members"] if name in reports]
    named = {*known, warning["case_id"]}
    if scope.organisation and (len(known) < len(warning["members"]) or not named <= cases.keys()):
        return False
    if scope.unit and warning["kind"] in SEASONS:
        return False
    if scope.unit and warning["kind"] in SEVERAL_CASES and _counted(warning) > len(warning["members"]):
        return False
    return all(allows(scope, cases[name]) for name in named if name in cases)


def _counted(warning: Document) -> int:
    """The reports that a warning counts; of many only some are named, and a case behind the others may be hidden."""
    return int(max(warning.get("seen", 0), warning.get("most", 0)) + warning.get("again", 0))


def _view(warning: Document, reports: Mapping[str, Document], cases: Mapping[str, Document]) -> WarningView:
    told = [WarningReport(report_id=name, **reports[name]) for name in warning["members"] if name in reports]
    return WarningView(**warning, label=_label(warning, cases), reports=told)


def _label(warning: Document, cases: Mapping[str, Document]) -> str:
    if warning["kind"] in ("matter", "growing"):
        case = cases.get(warning["case_id"])
        return warning["subject"] if case is None else str(case["title"])
    return subject_label(warning["kind"], warning["subject"])
