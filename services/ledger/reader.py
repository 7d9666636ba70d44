"""Reads cases out of the index for one person's scope; what is outside it must not show, nor that it exists."""

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from services.ledger.views import (
    BestReport,
    CaseHead,
    CaseSummary,
    FacetValue,
    LinkView,
    OutcomeView,
    ReportView,
    SideView,
    SplitReport,
    SplitView,
    SuggestionView,
    TimelineEntry,
    marked_html,
)
from wufang.adapters.elastic_index import ElasticIndex, Found
from wufang.domain.ids import event_id, jurisdiction_of
from wufang.readmodel import queries
from wufang.readmodel.queries import FACETS, Search
from wufang.readmodel.scope import Scope, allows
from wufang.readmodel.timeline import arrival_entry

_CASE_ID = re.compile(r"[0-9]{6}-[1-9][0-9]{0,17}-[0-9]{1,9}")
_REPORT_ID = re.compile(r"[0-9a-f]{64}")

EXCERPT = 120  # characters of a report beside others
MOST_ROUNDS = 8  # of pages of which all is out of reach
MOST_TURNS = 8  # of the way from a case to where its matter is now; each is one more look
Hit = Mapping[str, Any]
After = tuple[Any, ...]


class Cases(NamedTuple):
    """A page of cases."""

    total: int
    exact: bool
    cases: list[CaseSummary]
    facets: dict[str, list[FacetValue]]
    after: list[Any] | None


class Entries(NamedTuple):
    """A page of a timeline."""

    total: int
    entries: list[TimelineEntry]
    after: list[Any] | None


class Hidden(NamedTuple):
    """What a timeline leaves out: entries by their id, and whatever tells of some reports."""

    entries: frozenset[str] = frozenset()
    reports: frozenset[str] = frozenset()


NOTHING_HIDDEN = Hidden()


class Suggestions(NamedTuple):
    """A page of what a person is asked; no total, which would count what the scope does not reach."""

    suggestions: list[SuggestionView]
    after: list[Any] | None


class SplitsFound(NamedTuple):
    """A page of cases that may be two matters."""

    splits: list[SplitView]
    after: list[Any] | None


class Reports(NamedTuple):
    """A page of reports."""

    total: int
    reports: list[ReportView]
    after: list[Any] | None


class CaseReader:
    """Every question the service asks."""

    def __init__(self, index: ElasticIndex) -> None:
        self._index = index

    async def search(self, search: Search, scope: Scope) -> Cases:
        """Two steps: reports that hold the text bring in their cases; the cases are filtered, counted, sorted."""
        found = await self._report_cases(search, scope) if search.text else {}
        answer = await self._index.search("cases", queries.cases_step(search, scope, found))
        hits, after = _cut(answer["hits"]["hits"], search.size)
        best = await self._best_reports(search, hits)
        total = answer["hits"]["total"]
        cases = [_summary(hit, best.get(hit["_id"])) for hit in hits]
        return Cases(total["value"], total["relation"] == "eq", cases, _facets(answer), after)

    async def _report_cases(self, search: Search, scope: Scope) -> dict[str, float]:
        answer = await self._index.search("reports", queries.reports_step(search, scope))
        return {hit["fields"]["case_id"][0]: hit["_score"] for hit in answer["hits"]["hits"]}

    async def _best_reports(self, search: Search, hits: Sequence[Hit]) -> dict[str, BestReport]:
        if not search.text or not hits:
            return {}
        body = queries.best_reports(search.text, [hit["_id"] for hit in hits])
        answer = await self._index.search("reports", body)
        return {hit["_source"]["case_id"]: _best(hit) for hit in answer["hits"]["hits"]}

    async def case(self, case_id: str, scope: Scope) -> CaseHead | None:
        """A case as last written; None when there is none or the scope does not reach it: nobody can tell which."""
        found = await self._allowed(case_id, scope)
        return None if found is None else _head(found)

    async def standing(self, case_id: str, scope: Scope) -> CaseHead | None:
        """The case of that number, or the one its matter stands in by now; None as in `case`."""
        found = await self.case(case_id, scope)
        for _ in range(MOST_TURNS):
            if found is None or found.leads_to is None:
                break
            found = await self.case(found.leads_to, scope)
        return found

    async def _allowed(self, case_id: str, scope: Scope) -> Found | None:
        if not _CASE_ID.fullmatch(case_id):
            return None
        found = (await self._index.get("cases", [case_id])).get(case_id)
        if found is None or not allows(scope, found.document):
            return None
        return found if await self._leads_into_reach(found, scope) else None

    async def _leads_into_reach(self, case: Found, scope: Scope) -> bool:
        """Whether what a case was put into is in reach too: where it leads would tell an organisation that there is a
        case it may not see. Asked of an organisation alone, for an area is the same all the way."""
        if not scope.organisation:
            return True
        for _ in range(MOST_TURNS):
            further = case.document.get("leads_to")
            if further is None:
                return True
            found = (await self._index.get("cases", [further])).get(further)
            if found is None or not allows(scope, found.document):
                return False
            case = found
        return False

    async def timeline(self, case: CaseHead, scope: Scope, size: int, after: After = ()) -> Entries:
        """A page of a case that the caller may see, with what happened to the cases put into it.

        What names another case that the scope does not reach is left out, and whatever tells of a report that stands in
        one by now: nobody learns here that there is one.
        """
        named = (case.case_id, *case.parts)
        hidden = await self._hidden(named, scope) if scope.organisation else NOTHING_HIDDEN
        answer = await self._index.search("timeline", queries.timeline_page(named, size, after, *hidden), "reports")
        hits, following = _cut(answer["hits"]["hits"], size)
        return Entries(answer["hits"]["total"]["value"], [_entry(hit, hidden.reports) for hit in hits], following)

    async def _hidden(self, named: Sequence[str], scope: Scope) -> Hidden:
        """The entries of these cases that tell of one which the scope does not reach, and the reports put there.

        A report may have left with no entry here: out of the case that this one was put into for a time.
        """
        hits = (await self._index.search("timeline", queries.timeline_of_two(named)))["hits"]["hits"]
        told = {hit["_id"]: hit["_source"].get("from_to", ()) for hit in hits}
        named_too = sorted({name for hit in hits for name in hit["_source"].get("reports", ())})
        found = await self._index.get("reports", named_too) if named_too else {}
        stand = {name: one.document["case_id"] for name, one in found.items()}
        left = (await self._index.search("reports", queries.left_for(named)))["hits"]["hits"]
        others = {name for names in told.values() for name in names} | {hit["_source"]["case_id"] for hit in left}
        away = await self._out_of_reach(others | set(stand.values()), scope)
        return Hidden(
            frozenset(entry for entry, names in told.items() if not away.isdisjoint(names)),
            frozenset(name for name, where in stand.items() if where in away) | await self._arrived(named, away),
        )

    async def _out_of_reach(self, cases: Collection[str], scope: Scope) -> frozenset[str]:
        """Those of the cases that the scope does not reach; what is not in the index yet may be one."""
        read = await self._index.get("cases", sorted(cases))
        return frozenset(name for name in cases if name not in read or not allows(scope, read[name].document))

    async def _arrived(self, named: Sequence[str], away: Collection[str]) -> frozenset[str]:
        """The reports that came into these cases and stand in one of those by now."""
        if not away:
            return frozenset()
        answer = await self._index.search("reports", queries.arrived_and_left(named, away))
        return frozenset(hit["_id"] for hit in answer["hits"]["hits"])

    async def suggestions(
        self, scope: Scope, size: int, case: CaseHead | None = None, after: After = ()
    ) -> Suggestions:
        """Pairs of cases that may be one matter, of which the scope reaches both; of one case only when it is given."""
        about = None if case is None else (case.case_id, *case.parts)
        told: list[tuple[list[SuggestionView], list[Any]]] = []
        for _ in range(MOST_ROUNDS):
            answer = await self._index.search("cases", queries.suggestions_step(scope, size, about, after))
            hits = answer["hits"]["hits"]
            told += await self._asked(hits, case, scope)
            if len(hits) <= size or len(told) > size:
                break
            after = tuple(hits[-1]["sort"])
        shown = told[:size]
        following = shown[-1][1] if len(told) > size else None
        return Suggestions([pair for pairs, _ in shown for pair in pairs], following)

    async def _asked(
        self, hits: Sequence[Hit], case: CaseHead | None, scope: Scope
    ) -> list[tuple[list[SuggestionView], list[Any]]]:
        """What is asked of each of these cases, with its sort values; of one case only when it is given."""
        others = await self._others({name for hit in hits for name in hit["_source"]["suggested"]}, scope)
        told = [([pair for pair in _pairs(hit, others) if _tells(pair, case)], hit["sort"]) for hit in hits]
        return [(pairs, sort) for pairs, sort in told if pairs]

    async def _others(self, names: Collection[str], scope: Scope) -> dict[str, CaseSummary]:
        """For each case where its matter is now, if the scope reaches it."""
        found = dict(await self._index.get("cases", sorted(names)))
        ways = {name: name for name in names}
        for _ in range(MOST_TURNS):
            ways = {name: _lead(found, to) for name, to in ways.items()}
            further = sorted(set(ways.values()) - found.keys())
            if not further:
                break
            found |= await self._index.get("cases", further)
        live = {name: found[to] for name, to in ways.items() if to in found}
        return {
            name: _summarised(one)
            for name, one in live.items()
            if one.document["state"] == "open" and allows(scope, one.document)
        }

    async def splits(self, scope: Scope, size: int, case: str | None = None, after: After = ()) -> SplitsFound:
        """Cases that the scope reaches and that may be two matters, each with the reports of both sides."""
        answer = await self._index.search("cases", queries.splits_step(scope, size, case, after))
        hits, following = _cut(answer["hits"]["hits"], size)
        named = sorted({name for hit in hits for side in hit["_source"]["split"]["sides"] for name in side["reports"]})
        found = await self._index.get("reports", named) if named else {}
        told = [_split(hit, {name: one.document for name, one in found.items()}) for hit in hits]
        return SplitsFound([split for split in told if split is not None], following)

    async def category_answers(self, scope: Scope) -> dict[str, int]:
        """How many cases had their suggested category kept, corrected, or none to answer, by the last decision."""
        answer = await self._index.search("cases", queries.category_answers(scope))
        return {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"]["answers"]["buckets"]}

    async def reports(self, case_id: str, size: int, after: After = ()) -> Reports:
        """A page of the reports of a case that the caller may see, each with its own end."""
        answer = await self._index.search("reports", queries.reports_page(case_id, size, after))
        hits, following = _cut(answer["hits"]["hits"], size)
        ended = await self._conclusions({hit["_id"]: hit["_source"]["case_id"] for hit in hits})
        reports = [_report(hit["_id"], hit["_source"], ended) for hit in hits]
        return Reports(answer["hits"]["total"]["value"], reports, following)

    async def reports_named(self, case_id: str, report_ids: Collection[str]) -> dict[str, ReportView]:
        """Of these reports those that stand in a case that the caller may see, each with its own end.

        An id is no leave to read: what a timeline names may stand in another case, of another county too.
        """
        found = await self._index.get("reports", sorted(report_ids))
        here = {name: item.document for name, item in found.items() if item.document["case_id"] == case_id}
        ended = await self._conclusions(dict.fromkeys(here, case_id))
        return {name: _report(name, document, ended) for name, document in here.items()}

    async def _conclusions(self, cases: Mapping[str, str]) -> dict[str, OutcomeView]:
        """The outcome that stands for each report (by id, with its case): the last of its own county's ledger."""
        if not cases:
            return {}
        answer = await self._index.search("timeline", queries.conclusions(list(cases)))
        entries = [hit["_source"] for hit in answer["hits"]["hits"]]
        own = [entry for entry in entries if _of_one_county(entry["case_id"], cases[entry["report_id"]])]
        return {entry["report_id"]: OutcomeView(**entry["outcome"]) for entry in own}

    async def report(self, report_id: str, scope: Scope) -> ReportView | None:
        """One report; None as in `case`: it is seen when its case is."""
        if not _REPORT_ID.fullmatch(report_id):
            return None
        found = (await self._index.get("reports", [report_id])).get(report_id)
        if found is None or await self._allowed(found.document["case_id"], scope) is None:
            return None
        ended = await self._conclusions({report_id: found.document["case_id"]})
        return _report(report_id, found.document, ended)

    async def whole(self, case_id: str, scope: Scope, size: int) -> tuple[CaseHead, Entries, Reports] | None:
        """A case with the first pages of its timeline and its reports."""
        head = await self.case(case_id, scope)
        if head is None:
            return None
        entries, reports = await asyncio.gather(self.timeline(head, scope, size), self.reports(case_id, size))
        return head, entries, reports


def _lead(found: Mapping[str, Found], name: str) -> str:
    """Where a case leads, itself when it stands or is not known."""
    one = found.get(name)
    return name if one is None else one.document.get("leads_to", name)


def _pairs(hit: Hit, others: Mapping[str, CaseSummary]) -> list[SuggestionView]:
    """What is still asked of a case: the index may be a moment behind, two may be one by now."""
    case = _summary(hit, None)
    asked = [(others.get(one["link"]["case_id"]), one) for one in hit["_source"]["suggestions"]]
    return [
        SuggestionView(case=case, other=other, report_id=one["report_id"], link=LinkView(**one["link"]))
        for other, one in asked
        if other is not None and other.case_id != case.case_id
    ]


def _split(hit: Hit, reports: Mapping[str, Mapping[str, Any]]) -> SplitView | None:
    """What is suggested of a case: the index may be a moment behind, its reports may stand elsewhere by now."""
    case, split = _summary(hit, None), hit["_source"]["split"]
    sides = []
    for side in split["sides"]:
        here = {name: reports[name] for name in side["reports"] if name in reports}
        own = [_beside(name, document) for name, document in here.items() if document["case_id"] == case.case_id]
        sides.append(SideView(reports=own, places=side["places"], words=side["words"]))
    if not all(side.reports for side in sides):
        return None
    stay, leave = ([report.report_id for report in side.reports] for side in sides)
    seen = {case.case_id: case.version}
    return SplitView(
        case=case,
        sides=sides,
        score=split["score"],
        reasons=split["reasons"],
        rules=split["rules"],
        move={"reports": leave, "seen": seen},
        keep_together={"reports": stay + leave, "seen": seen},
    )


def _beside(report_id: str, document: Mapping[str, Any]) -> SplitReport:
    return SplitReport(report_id=report_id, excerpt=document["text"][:EXCERPT], **document)


def _tells(pair: SuggestionView, case: CaseHead | None) -> bool:
    return case is None or case.case_id in (pair.case.case_id, pair.other.case_id)


def _summarised(found: Found) -> CaseSummary:
    return CaseSummary(**_shared(found.document, found.version))


def _of_one_county(case_id: str, other: str) -> bool:
    """A report keeps its end when its case is put into another; that one is never another county's."""
    return jurisdiction_of(case_id) == jurisdiction_of(other)


def _cut(hits: Sequence[Hit], size: int) -> tuple[Sequence[Hit], list[Any] | None]:
    """The page, and the sort values of its last when a further hit shows that more follow."""
    return (hits[:size], list(hits[size - 1]["sort"])) if len(hits) > size else (hits, None)


def _facets(answer: Mapping[str, Any]) -> dict[str, list[FacetValue]]:
    counted = answer.get("aggregations", {})
    return {facet: [_value(bucket) for bucket in counted[facet]["values"]["buckets"]] for facet in FACETS if counted}


def _value(bucket: Mapping[str, Any]) -> FacetValue:
    return FacetValue(value=bucket.get("key_as_string", bucket["key"]), count=bucket["doc_count"])


def _highlight(hit: Hit) -> dict[str, list[str]]:
    return {name: [marked_html(text) for text in texts] for name, texts in hit.get("highlight", {}).items()}


def _shared(document: Mapping[str, Any], version: int) -> dict[str, Any]:
    excerpts = document["text"]
    return {
        **document,
        "version": version,
        "channels": document["channel_reports"],
        "excerpt": excerpts[0] if excerpts else "",
    }


def _summary(hit: Hit, best: BestReport | None) -> CaseSummary:
    shared = _shared(hit["_source"], hit["_version"])
    return CaseSummary(**shared, highlight=_highlight(hit), best_report=best)


def _head(found: Found) -> CaseHead:
    return CaseHead(**_shared(found.document, found.version), excerpts=found.document["text"])


def _best(hit: Hit) -> BestReport:
    return BestReport(report_id=hit["_id"], highlight=_highlight(hit), **hit["_source"])


def _report(report_id: str, document: Mapping[str, Any], ended: Mapping[str, OutcomeView]) -> ReportView:
    return ReportView(report_id=report_id, outcome=ended.get(report_id), **document)


def _entry(hit: Hit, hidden: Collection[str]) -> TimelineEntry:
    told, event = hit["_source"], hit["_id"]
    if "arrived_in" in told:
        event, told = event_id(told["jurisdiction"], told["seq"], told["index"]), arrival_entry(event, told)
    named = [name for name in told.get("reports", ()) if name not in hidden]
    return TimelineEntry(event_id=event, **{**told, "reports": named})
