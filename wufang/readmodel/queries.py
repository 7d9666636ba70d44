"""Search bodies for Elasticsearch; a user's words enter only as the value of match, match_phrase or term."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from wufang.domain.case import MORE_ACCUSED
from wufang.readmodel.organisations import hides, own_keys, runs, spaced
from wufang.readmodel.pairs import pairs
from wufang.readmodel.text import words

Body = dict[str, Any]
Sort = Literal["relevance", "newest", "oldest", "updated", "most_reports"]
Facet = Literal[
    "channel", "jurisdiction", "state", "progress", "category", "danger", "lane", "tag", "link_kind", "month"
]
FACETS: tuple[Facet, ...] = get_args(Facet)
SORTS: tuple[Sort, ...] = get_args(Sort)

TEXT_LIMIT = 200  # characters of a query that are looked at
PARTS_LIMIT = 8  # blank-separated parts, each of which must be found
PAIRS_LIMIT = 32  # pairs of characters a part is found by; of a pasted sentence they are taken evenly
WORDY = 16  # pairs up to which a part is asked by its words too: no text has all words of a longer one and few pairs
REPORT_CASES = 200  # cases the reports' own texts may bring in
OF_TWO = ("cases_merged", "case_restored", "reports_moved", "cases_kept_apart", "cases_bridged")  # `from_to`
COUNTING = ("warning_raised", "warning_scored")  # count people of a case without naming their reports
MOST_OF_TWO = 1_000
HIDDEN_STATES = ("merged", "moved")  # outside default search: they lead to another case
ZONE = "Asia/Shanghai"

# Around hits until the text is escaped: Elasticsearch makes no HTML. Noncharacters, because no text holds them and
# because the highlighter trims control characters off a fragment's ends.
MARK_START, MARK_END = "\ufdd0", "\ufdd1"

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
_CASE_FIELDS = ["title^3", "other_titles^2", "text"]
_REPORT_FIELDS = ["title^3", "text"]
_UNSHOWN = ["areas", "link_kinds", "accused_keys", "withheld", "category_answer"]
_OF_A_CASE = ["suggestions", "suggested", "split", "coming_apart", "suggested_category", "decided_category"]
_CASE_SOURCE = {"excludes": [*_UNSHOWN, *_OF_A_CASE]}
_WIDE = {narrow: narrow + 0xFEE0 for narrow in range(0x21, 0x7F)}
_QUOTED = re.compile(r"[\"“”]([^\"“”]*)[\"“”]")


@dataclass(frozen=True)
class Scope:
    """What a person may see: an `area` (jurisdiction prefix of 2, 4 or 6 digits, empty for the country),
    but nothing in which their own `organisation`, its parent or its child is accused (organisations.py).
    A `unit` reads no case either whose accused may be with the discipline office: nobody else knows whom it names."""

    area: str
    organisation: str = ""
    unit: bool = False  # a handling unit or a warden, who may be accused of anything they see counted


@dataclass(frozen=True)
class Text:
    """A query's words: each phrase and part must be found, or the parts as one without blanks (`joined`)."""

    parts: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    joined: str = ""

    def __bool__(self) -> bool:
        return bool(self.parts or self.phrases)


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


def read_text(query: str, phrase: str = "") -> Text:
    """What a person typed: quoted runs are phrases, the rest is cut at blanks and control characters."""
    clean = _printable(query[:TEXT_LIMIT])
    phrases = [found.strip() for found in _QUOTED.findall(clean)] + [_printable(phrase[:TEXT_LIMIT]).strip()]
    rest = _QUOTED.sub(" ", clean).split()
    parts = [part for part in rest if _has_word(part)][:PARTS_LIMIT]
    kept = tuple(phrase for phrase in phrases if _has_word(phrase))
    nothing = () if parts or kept or not (query + phrase).strip() else (clean.strip() or "?",)
    return Text(tuple(parts) or nothing, kept, "".join(parts) if len(parts) > 1 else "")


def _printable(text: str) -> str:
    return "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def allows(scope: Scope, document: Mapping[str, Any]) -> bool:
    """The row filter for one case document; a property test holds `scope_filter` to the same rule."""
    inside = document["jurisdiction"].startswith(scope.area)
    if scope.unit and document.get("withheld", False):
        return False
    return inside and not hides(scope.organisation, document.get("accused", ()))


def scope_filter(scope: Scope) -> Body:
    """The row filter as a query over cases; every search carries it."""
    clauses: Body = {"filter": [_area(scope.area)]} if scope.area else {}
    own = own_keys(scope.organisation)
    withheld = [{"term": {"withheld": True}}] if scope.unit else []
    if own or withheld:
        clauses["must_not"] = [*withheld, *_accusing(scope.organisation, own)]
    return {"bool": clauses}


def _accusing(organisation: str, own: Sequence[str]) -> list[Body]:
    """Cases in which an organisation with these keys is accused."""
    if not own:
        return []
    within = [{"match_phrase": {"accused_keys": spaced(key)}} for key in own]
    exact = {"terms": {"accused": [organisation, MORE_ACCUSED]}}  # all that a generation without keys has
    return [{"terms": {"accused_keys": [*runs(organisation), MORE_ACCUSED]}}, *within, exact]


def _area(prefix: str) -> Body:
    return {"term": {"areas": prefix}}


# --- words


def _matches(text: Text, fields: Sequence[str]) -> Body:
    """Cases or reports whose fields hold the text; scores by BM25."""
    must: list[Body] = [_phrase(phrase, fields) for phrase in text.phrases]
    parts: list[Body] = [_part(part, fields) for part in text.parts]
    if text.joined:
        parts = [_any_of([_all_of(parts), _phrase(text.joined, fields)])]
    return _all_of([*must, *parts])


def _phrase(phrase: str, fields: Sequence[str]) -> Body:
    return {"multi_match": {"query": phrase, "type": "phrase", "fields": list(fields)}}


def _part(part: str, fields: Sequence[str]) -> Body:
    """Three quarters of the part's pairs of characters in one field, or all of its words; both is better than one."""
    cut = pairs(part)
    segmented = _longest(words([part]).split()) if len(cut) <= WORDY else []
    return _any_of([_pairs(_spread(cut, PAIRS_LIMIT), fields), *_all_words(segmented, fields)])


def _all_words(segmented: Sequence[str], fields: Sequence[str]) -> list[Body]:
    """Every word somewhere: it finds, and the pairs put in order. Scored, words that stand in many texts (的, 问) drew
    the best fit down: among the first ten in 83 of 100 tries in place of 89 (four characters of real messages)."""
    found = [_word(word, fields) for word in segmented]
    return [{"constant_score": {"filter": {"bool": {"filter": found}}, "boost": 1}}] if found else []


def _spread(cut: Sequence[str], most: int) -> list[str]:
    """At most so many of them, evenly over all."""
    step = max(1.0, len(cut) / most)
    return [cut[int(number * step)] for number in range(min(len(cut), most))]


def _pairs(cut: Sequence[str], fields: Sequence[str]) -> Body:
    if len(cut) == 1:
        return _phrase(cut[0], fields)
    return {"dis_max": {"queries": [_pairs_in(cut, *_boosted(name)) for name in fields]}}


def _pairs_in(cut: Sequence[str], name: str, boost: float) -> Body:
    found = [{"match_phrase": {name: {"query": pair}}} for pair in cut]
    return {"bool": {"should": found, "minimum_should_match": "2<75%", "boost": boost}}


def _boosted(name: str) -> tuple[str, float]:
    field, _, boost = name.partition("^")
    return field, float(boost or 1)


def _longest(segmented: Sequence[str]) -> list[str]:
    """Without the words that stand inside another: where the long one is found, they are."""
    return [word for word in segmented if not any(word in other and word != other for other in segmented)]


def _word(word: str, fields: Sequence[str]) -> Body:
    """A word is folded to half width; the text may hold it in full width."""
    return _any_of([_phrase(form, fields) for form in dict.fromkeys((word, word.translate(_WIDE)))])


def _all_of(clauses: Sequence[Body]) -> Body:
    return clauses[0] if len(clauses) == 1 else {"bool": {"must": list(clauses)}}


def _any_of(clauses: Sequence[Body]) -> Body:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def _reports_matching(text: Text) -> Body:
    """Reports by their words, or by the number their own office gave them."""
    exact = [{"term": {"number": {"value": part, "boost": 50}}} for part in (*text.parts, *text.phrases)]
    return _any_of([_matches(text, _REPORT_FIELDS), *exact])


# --- the steps of a search


def reports_step(search: Search, scope: Scope) -> Body:
    """Step one, on reports: the cases whose reports hold the text best; a fortieth report finds its case."""
    inside = [_area(area) for area in (scope.area, search.area) if area]
    return {
        "size": REPORT_CASES,
        "query": {"bool": {"must": [_reports_matching(search.text)], "filter": inside}},
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
        body["highlight"] = _highlight(search.text, _CASE_FIELDS)
    if search.after:
        body["search_after"] = list(search.after)
        del body["aggs"]
    return body


def _sort(search: Search) -> Sort:
    """Without words nothing is more relevant than the newest."""
    return "newest" if search.sort == "relevance" and not search.text else search.sort


def _cases_query(search: Search, scope: Scope, found: Mapping[str, float]) -> Body:
    clauses: Body = {"filter": [scope_filter(scope), *_plain_filters(search)]}
    if not search.facets.get("state"):
        clauses["must_not"] = [{"terms": {"state": list(HIDDEN_STATES)}}]
    if search.text:
        own = _matches(search.text, _CASE_FIELDS)
        clauses["must"] = [{"dis_max": {"queries": [own, *_by_score(found)]}}]
    return {"bool": clauses}


def _by_score(found: Mapping[str, float]) -> list[Body]:
    """The cases of step one with the score their best report had there; equal scores share a clause."""
    groups: dict[float, list[str]] = {}
    for case_id, score in found.items():
        groups.setdefault(round(score, 1), []).append(case_id)
    return [{"constant_score": {"filter": {"ids": {"values": ids}}, "boost": score}} for score, ids in groups.items()]


def _plain_filters(search: Search) -> list[Body]:
    filters = [_area(search.area)] if search.area else []
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
        "query": {"bool": {"must": [_reports_matching(text)], "filter": [{"terms": {"case_id": list(case_ids)}}]}},
        "collapse": {"field": "case_id"},
        "_source": ["case_id", "channel", "number", "title", "occurred_at"],
        "highlight": _highlight(text, _REPORT_FIELDS),
        "track_total_hits": False,
    }


def _highlight(text: Text, fields: Sequence[str]) -> Body:
    names = [name.split("^")[0] for name in fields]
    return {
        "type": "unified",
        "pre_tags": [MARK_START],
        "post_tags": [MARK_END],
        "highlight_query": _matches(text, fields),
        "boundary_scanner_locale": "zh-CN",
        "fragment_size": 100,
        "max_analyzed_offset": 20_000,
        "fields": {name: {"number_of_fragments": 0 if "title" in name else 2} for name in names},
    }


# --- what a person is asked


def suggestions_step(scope: Scope, size: int, about: Sequence[str] | None = None, after: Sequence[Any] = ()) -> Body:
    """Cases that may be one matter with another, those told of last first; `about`: only this case's and its parts'."""
    asked: list[Body] = [scope_filter(scope), {"exists": {"field": "suggested"}}]
    if about is not None:
        asked.append(_any_of([{"ids": {"values": list(about)}}, {"terms": {"suggested": list(about)}}]))
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

    Nor what tells of some reports: warnings may have counted them, so none of those either.
    """
    query: Body = {"terms": {"case_id": list(case_ids)}}
    left_out: list[Body] = [{"ids": {"values": sorted(without)}}] if without else []
    if reports:
        left_out += [{"terms": {"report_id": sorted(reports)}}, {"terms": {"type": list(COUNTING)}}]
    if left_out:
        query = {"bool": {"filter": [query], "must_not": left_out}}
    return _page(query, ["seq", "index"], size, after)


def timeline_of_two(case_ids: Sequence[str]) -> Body:
    """The entries on a case's timeline that name another case too, or reports that may stand in one by now."""
    of_two = [{"terms": {"case_id": list(case_ids)}}, {"terms": {"type": [*OF_TWO, "case_kept_together"]}}]
    return {
        "size": MOST_OF_TWO,
        "query": {"bool": {"filter": of_two}},
        "_source": ["from_to", "reports"],
        "track_total_hits": False,
    }


def reports_page(case_id: str, size: int, after: Sequence[Any] = ()) -> Body:
    """A case's reports in the order they happened."""
    return _page({"term": {"case_id": case_id}}, ["occurred_at", "seq"], size, after)


def warnings_page(search: WarningSearch, scope: Scope, size: int, after: Sequence[Any] = ()) -> Body:
    """Warnings of an area. Whom their cases accuse is not in them: who shows them asks the cases."""
    filters = [_area(area) for area in (scope.area, search.area) if area]
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
    asked = [_area(area) for area in areas if area]
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
