"""Search bodies for Elasticsearch, each within a scope (scope.py); a person's words are in wording.py."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from wufang.readmodel.scope import Body, Scope, in_area, scope_filter
from wufang.readmodel.wording import CASE_FIELDS, REPORT_FIELDS, Text, any_of, highlight, matches, reports_matching

Sort = Literal["relevance", "newest", "oldest", "updated", "most_reports"]
Facet = Literal[
    "channel", "jurisdiction", "state", "progress", "category", "danger", "lane", "tag", "link_kind", "month"
]
FACETS: tuple[Facet, ...] = get_args(Facet)
SORTS: tuple[Sort, ...] = get_args(Sort)

REPORT_CASES = 200  # cases the reports' own texts may bring in
OF_TWO = ("cases_merged", "case_restored", "reports_moved", "cases_kept_apart", "cases_bridged")  # `from_to`
COUNTING = ("warning_raised", "warning_scored")  # count people of a case without naming their reports
MOST_OF_TWO = 1_000
MOST_LEFT = 10_000  # reports put elsewhere: what one search gives
HIDDEN_STATES = ("merged", "moved")  # outside default search: they lead to another case
ZONE = "Asia/Shanghai"

_FACET_FIELDS: dict[Facet, str] = {
    "channel": "channels",
    "jurisdiction": "jurisdiction",
    "state": "state",
    "progress": "progress",
    "category": "category",
    "danger": "danger",
    "lane": "lane",
    "tag": "tags",
    "link_kind": "link_kinds",
    "month": "first_occurred_at",
}
_SORTS: dict[Sort, list[Body]] = {
    "relevance": [{"_score": "desc"}],
    "newest": [{"last_occurred_at": "desc"}],
    "oldest": [{"first_occurred_at": "asc"}],
    "updated": [{"last_accepted_at": "desc"}],
    "most_reports": [{"reports": "desc"}, {"last_occurred_at": "desc"}],
}
_UNSHOWN = ["areas", "link_kinds", "accused_keys", "withheld", "category_answer"]
_OF_A_CASE = ["suggestions", "suggested", "split", "coming_apart", "suggested_category", "decided_category"]
_CASE_SOURCE = {"excludes": [*_UNSHOWN, *_OF_A_CASE]}


@dataclass(frozen=True)
class Search:
    """One search for cases; times are UTC milliseconds, `until` is left out of the range."""

    text: Text = field(default_factory=Text)
    facets: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    area: str = ""
    grid: str = ""
    since: int | None = None
    until: int | None = None
    reports_at_least: int = 0
    channels_at_least: int = 0
    sort: Sort = "relevance"
    size: int = 20
    after: tuple[Any, ...] = ()


@dataclass(frozen=True)
class WarningSearch:
    """A list of warnings, the newest first; times are UTC milliseconds, `until` is left out of the range."""

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    area: str = ""
    since: int | None = None
    until: int | None = None
    size: int = 20
    after: tuple[Any, ...] = ()


# --- the steps of a search


def reports_step(search: Search, scope: Scope) -> Body:
    """Step one, on reports: the cases whose reports hold the text best; a fortieth report finds its case."""
    inside = [in_area(area) for area in (scope.area, search.area) if area]
    return {
        "size": REPORT_CASES,
        "query": {"bool": {"must": [reports_matching(search.text)], "filter": inside}},
        "collapse": {"field": "case_id"},
        "_source": False,
        "docvalue_fields": ["case_id"],
        "track_total_hits": False,
    }


def cases_step(search: Search, scope: Scope, found: Mapping[str, float] | None = None) -> Body:
    """Step two, on cases: those whose own fields hold the text, or in `found` (id to score of step one)."""
    body: Body = {
        "size": search.size + 1,  # one more than shown tells whether there is a next page
        "query": _cases_query(search, scope, found or {}),
        "post_filter": {"bool": {"filter": list(_facet_filters(search).values())}},
        "aggs": _facet_counts(search),
        "sort": [*_SORTS[_sort(search)], {"case_id": "asc"}],
        "track_total_hits": 10_000,
        "track_scores": False,
        "version": True,
        "_source": _CASE_SOURCE,
    }
    if search.text:
        body["highlight"] = highlight(search.text, CASE_FIELDS)
    if search.after:
        body["search_after"] = list(search.after)
        del body["aggs"]
    return body


def _sort(search: Search) -> Sort:
    """Without words nothing is more relevant than the newest."""
    return "newest" if search.sort == "relevance" and not search.text else search.sort


def _cases_query(search: Search, scope: Scope, found: Mapping[str, float]) -> Body:
    clauses: Body = {"filter": [scope_filter(scope), *_plain_filters(search)]}
    if scope.organisation or not search.facets.get("state"):  # to an organisation one may lead where it sees nothing
        clauses["must_not"] = [{"terms": {"state": list(HIDDEN_STATES)}}]
    if search.text:
        own = matches(search.text, CASE_FIELDS)
        clauses["must"] = [{"dis_max": {"queries": [own, *_by_score(found)]}}]
    return {"bool": clauses}


def _by_score(found: Mapping[str, float]) -> list[Body]:
    """The cases of step one with the score their best report had there; equal scores share a clause."""
    groups: dict[float, list[str]] = {}
    for case_id, score in found.items():
        groups.setdefault(round(score, 1), []).append(case_id)
    return [{"constant_score": {"filter": {"ids": {"values": ids}}, "boost": score}} for score, ids in groups.items()]


def _plain_filters(search: Search) -> list[Body]:
    filters = [in_area(search.area)] if search.area else []
    if search.grid:
        filters.append({"term": {"grid_codes": search.grid}})
    if search.reports_at_least > 1:
        filters.append({"range": {"reports": {"gte": search.reports_at_least}}})
    if search.channels_at_least > 1:
        filters.append({"range": {"channel_count": {"gte": search.channels_at_least}}})
    return [*filters, *_occurred(search.since, search.until)]


def _occurred(since: int | None, until: int | None) -> list[Body]:
    """Cases with a report inside the range: the case's own span touches it."""
    filters: list[Body] = []
    if since is not None:
        filters.append({"range": {"last_occurred_at": {"gte": since}}})
    if until is not None:
        filters.append({"range": {"first_occurred_at": {"lt": until}}})
    return filters


def _facet_filters(search: Search) -> dict[Facet, Body]:
    return {facet: _chosen(facet, values) for facet, values in search.facets.items() if values}


def _chosen(facet: Facet, values: Iterable[str]) -> Body:
    if facet != "month":
        return {"terms": {_FACET_FIELDS[facet]: list(values)}}
    return {"bool": {"should": [_month(value) for value in values], "minimum_should_match": 1}}


def _month(month: str) -> Body:
    start = f"{month}-01||"
    bounds = {"gte": start, "lt": start + "+1M", "format": "yyyy-MM-dd", "time_zone": ZONE}
    return {"range": {"first_occurred_at": bounds}}


def _facet_counts(search: Search) -> Body:
    """Each facet counted under the other facets' choices, so that a second value can still be chosen."""
    chosen = _facet_filters(search)
    return {
        facet: {
            "filter": {"bool": {"filter": [query for other, query in chosen.items() if other != facet]}},
            "aggs": {"values": _counted(facet)},
        }
        for facet in FACETS
    }


def _counted(facet: Facet) -> Body:
    name = _FACET_FIELDS[facet]
    if facet == "month":
        interval = {"calendar_interval": "month", "time_zone": ZONE, "format": "yyyy-MM", "min_doc_count": 1}
        return {"date_histogram": {"field": name, **interval}}
    return {"terms": {"field": name, "size": 30}}


def best_reports(text: Text, case_ids: Sequence[str]) -> Body:
    """For the cases of one page: the report of each that holds the text best, with its hits marked."""
    return {
        "size": len(case_ids),
        "query": {"bool": {"must": [reports_matching(text)], "filter": [{"terms": {"case_id": list(case_ids)}}]}},
        "collapse": {"field": "case_id"},
        "_source": ["case_id", "channel", "number", "title", "occurred_at"],
        "highlight": highlight(text, REPORT_FIELDS),
        "track_total_hits": False,
    }


# --- what a person is asked


def suggestions_step(scope: Scope, size: int, about: Sequence[str] | None = None, after: Sequence[Any] = ()) -> Body:
    """Cases that may be one matter with another, those told of last first; `about`: only this case's and its parts'."""
    asked: list[Body] = [scope_filter(scope), {"exists": {"field": "suggested"}}]
    if about is not None:
        asked.append(any_of([{"ids": {"values": list(about)}}, {"terms": {"suggested": list(about)}}]))
    return _asked(asked, size, after)


def splits_step(scope: Scope, size: int, case_id: str | None = None, after: Sequence[Any] = ()) -> Body:
    """Cases that may be two matters, those told of last first; or one case, if it may be."""
    asked: list[Body] = [scope_filter(scope), {"term": {"coming_apart": True}}]
    if case_id is not None:
        asked.append({"ids": {"values": [case_id]}})
    return _asked(asked, size, after)


def _asked(asked: Sequence[Body], size: int, after: Sequence[Any]) -> Body:
    body: Body = {
        "size": size + 1,
        "query": {"bool": {"filter": list(asked), "must_not": [{"terms": {"state": list(HIDDEN_STATES)}}]}},
        "sort": [*_SORTS["updated"], {"case_id": "asc"}],
        "track_total_hits": 10_000,
        "version": True,
        "_source": {"excludes": _UNSHOWN},
    }
    return body | ({"search_after": list(after)} if after else {})


def category_answers(scope: Scope) -> Body:
    """Cases whose category a person decided, counted by what they answered to the suggested one."""
    decided = [scope_filter(scope), {"exists": {"field": "category_answer"}}]
    return {
        "size": 0,
        "query": {"bool": {"filter": decided, "must_not": [{"terms": {"state": list(HIDDEN_STATES)}}]}},
        "aggs": {"answers": {"terms": {"field": "category_answer"}}},
        "track_total_hits": False,
    }


# --- one case


def timeline_page(
    case_ids: Sequence[str],
    size: int,
    after: Sequence[Any] = (),
    without: Collection[str] = (),
    reports: Collection[str] = (),
) -> Body:
    """The events of a case and of those put into it, in the order of the ledger, but for some entries.

    Nor what tells of some reports: warnings may have counted them, so none of those either. Asked of timeline and
    reports at once: that a report came is told by its own document.
    """
    names = list(case_ids)
    entries = {"bool": {"filter": [{"terms": {"case_id": names}}, {"exists": {"field": "type"}}]}}
    left_out: list[Body] = [{"ids": {"values": sorted({*without, *reports})}}] if without or reports else []
    if reports:
        left_out += [{"terms": {"report_id": sorted(reports)}}, {"terms": {"type": list(COUNTING)}}]
    query = {"bool": {"filter": [any_of([entries, {"terms": {"arrived_in": names}}])], "must_not": left_out}}
    return _page(query, ["seq", "index"], size, after) | {"_source": {"excludes": ["text", "details"]}}


def timeline_of_two(case_ids: Sequence[str]) -> Body:
    """The entries on a case's timeline that name another case too, or reports that may stand in one by now."""
    of_two = [{"terms": {"case_id": list(case_ids)}}, {"terms": {"type": [*OF_TWO, "case_kept_together"]}}]
    return {
        "size": MOST_OF_TWO,
        "query": {"bool": {"filter": of_two}},
        "_source": ["from_to", "reports"],
        "track_total_hits": False,
    }


def left_for(case_ids: Sequence[str]) -> Body:
    """The other cases in which reports stand by now that came into these: of each case one report."""
    names = list(case_ids)
    came = {"filter": [{"terms": {"arrived_in": names}}], "must_not": [{"terms": {"case_id": names}}]}
    return {
        "size": MOST_OF_TWO,
        "query": {"bool": came},
        "collapse": {"field": "case_id"},
        "_source": ["case_id"],
        "track_total_hits": False,
    }


def arrived_and_left(case_ids: Sequence[str], others: Collection[str]) -> Body:
    """The reports that came into these cases and stand in one of the others."""
    came = [{"terms": {"arrived_in": list(case_ids)}}, {"terms": {"case_id": sorted(others)}}]
    return {"size": MOST_LEFT, "query": {"bool": {"filter": came}}, "_source": False, "track_total_hits": False}


def reports_page(case_id: str, size: int, after: Sequence[Any] = ()) -> Body:
    """A case's reports in the order they happened."""
    return _page({"term": {"case_id": case_id}}, ["occurred_at", "seq"], size, after)


def warnings_page(search: WarningSearch, scope: Scope, size: int, after: Sequence[Any] = ()) -> Body:
    """Warnings of an area. Whom their cases accuse is not in them: who shows them asks the cases."""
    filters = [in_area(area) for area in (scope.area, search.area) if area]
    filters += [
        {"terms": {name: list(values)}} for name, values in (("kind", search.kinds), ("state", search.states)) if values
    ]
    bounds = {name: at for name, at in (("gte", search.since), ("lt", search.until)) if at is not None}
    filters += [{"range": {"at": bounds}}] if bounds else []
    body: Body = {
        "size": size,
        "query": {"bool": {"filter": filters}},
        "sort": [{"at": "desc"}, {"warning_id": "asc"}],
        "_source": {"excludes": ["areas"]},
        "track_total_hits": False,
    }
    return body | ({"search_after": list(after)} if after else {})


def hot_rows(
    bounds: tuple[int, int, int], areas: Sequence[str], size: int, after: Mapping[str, Any] | None = None
) -> Body:
    """Who told of which case through which channel, of which place, and how often, in a window and in the one before.

    Times are UTC milliseconds: where the window before begins, where it ends and the window begins, where that ends.
    Exact: a row for each, in pages. Of cases the scope does not reach too: who shows them asks `cases_told_of`.
    """
    before, since, until = bounds
    asked = [in_area(area) for area in areas if area]
    sources: list[Body] = [{name: {"terms": {"field": name}}} for name in ("case_id", "told_by", "channel")]
    rows: Body = {"size": size, "sources": [*sources, {"place": {"terms": {"field": "place", "missing_bucket": True}}}]}
    if after is not None:
        rows["after"] = dict(after)
    within = {"filter": {"range": {"told_at": {"gte": since}}}}
    return {
        "size": 0,
        "query": {"bool": {"filter": [*asked, {"range": {"told_at": {"gte": before, "lt": until}}}]}},
        "aggs": {"rows": {"composite": rows, "aggs": {"within": within}}},
        "track_total_hits": False,
    }


def cases_told_of(case_ids: Sequence[str], scope: Scope) -> Body:
    """Of these cases those that the scope reaches."""
    return {
        "size": len(case_ids),
        "query": {"bool": {"filter": [scope_filter(scope), {"ids": {"values": list(case_ids)}}]}},
        "_source": ["title", "category"],
        "track_total_hits": False,
    }


def newest_case(areas: Sequence[str], scope: Scope) -> Body:
    """Of the cases that the scope reaches in an area, the one whose newest report happened last."""
    asked = [scope_filter(scope), *(in_area(area) for area in areas if area)]
    return {
        "size": 1,
        "query": {"bool": {"filter": asked, "must_not": [{"terms": {"state": list(HIDDEN_STATES)}}]}},
        "sort": [*_SORTS["newest"], {"case_id": "asc"}],
        "_source": ["last_occurred_at", "last_accepted_at"],
        "track_total_hits": False,
    }


def members(report_ids: Sequence[str]) -> Body:
    """The reports of some warnings, each with the case it stands in now."""
    return {
        "size": len(report_ids),
        "query": {"ids": {"values": list(report_ids)}},
        "_source": ["case_id", "channel", "number", "title", "occurred_at"],
        "track_total_hits": False,
    }


def conclusions(report_ids: Sequence[str]) -> Body:
    """How the reports ended, in the order of the ledger: the last of a report stands."""
    ended = [{"terms": {"report_id": list(report_ids)}}, {"term": {"type": "report_concluded"}}]
    return {**_page({"bool": {"filter": ended}}, ["seq", "index"], 1_000, ()), "track_total_hits": False}


def _page(query: Body, order: Sequence[str], size: int, after: Sequence[Any]) -> Body:
    body: Body = {
        "size": size + 1,
        "query": query,
        "sort": [{name: "asc"} for name in order],
        "_source": {"excludes": ["areas"]},
        "track_total_hits": True,
    }
    return body | ({"search_after": list(after)} if after else {})
