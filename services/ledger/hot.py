"""The hot-topic report for one person's scope: of cases that it does not reach nothing is counted, nor added up.

The index counts rows, the scope is asked of the cases they are of, and the report is made by the functions that
`wufang hot` uses. It is exact or refused: a window with too much in it is answered with a problem.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from services.ledger.watch_views import HotCase, HotPage, HotShare
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.http_problems import Refusal
from wufang.domain.shanghai import date_of, day_of
from wufang.domain.warning import CaseFigures, hot_topics
from wufang.domain.warning.heat import Share
from wufang.domain.warning.window import Told, Window, figures
from wufang.readmodel import queries
from wufang.readmodel.labels import subject_label
from wufang.readmodel.scope import Scope

ROWS_AT_ONCE = 30_000  # each page looks at the whole window again; two buckets a row, and Elasticsearch makes 65,536
MOST_ROWS = 120_000  # a county with 300 reports a day has 54,000 in two quarters
CASES_AT_ONCE = 5_000

Rows = Mapping[str, Sequence[Told]]


class HotReader:
    """Asks the index for one window."""

    def __init__(self, index: ElasticIndex) -> None:
        self._index = index

    async def page(self, window: Window, area: str, size: int, scope: Scope) -> HotPage:
        """The report. Raises Refusal when the window holds too much."""
        rows = await self._rows(window, area, scope)
        found = hot_topics(await self._cases(rows, scope), size)
        return HotPage(
            since=date_of(window.last - window.days + 1),
            until=date_of(window.last),
            before_since=date_of(window.last - 2 * window.days + 1),
            formula=found.formula,
            top=[HotCase(**msgspec.structs.asdict(one)) for one in found.top],
            categories=list(_shares("category", found.categories)),
            places=list(_shares("place", found.places)),
        )

    async def newest(self, area: str, scope: Scope) -> date | None:
        """The day of the newest report that the scope reaches; None where there is none."""
        hits = (await self._index.search("cases", queries.newest_case([area], scope)))["hits"]["hits"]
        told = [min(hit["_source"]["last_occurred_at"], hit["_source"]["last_accepted_at"]) for hit in hits]
        return date_of(day_of(told[0])) if told else None

    async def _rows(self, window: Window, area: str, scope: Scope) -> Rows:
        found: dict[str, list[Told]] = defaultdict(list)
        after: Mapping[str, Any] | None = None
        for _ in range(MOST_ROWS // ROWS_AT_ONCE):
            body = queries.hot_rows(window.bounds, (scope.area, area), ROWS_AT_ONCE, after)
            answer = (await self._index.search("reports", body))["aggregations"]["rows"]
            for bucket in answer["buckets"]:
                found[bucket["key"]["case_id"]].append(_told(bucket))
            after = answer.get("after_key")
            if after is None or len(answer["buckets"]) < ROWS_AT_ONCE:
                return found
        # Rows of cases that the scope does not reach are counted too, so nothing is said of how many there are.
        raise Refusal("too_large", "查询范围太大，请缩短时段，或指定更小的区划")

    async def _cases(self, rows: Rows, scope: Scope) -> list[CaseFigures]:
        """Of the cases that the scope reaches, whatever became of them."""
        names, found = sorted(rows), list[CaseFigures]()
        for start in range(0, len(names), CASES_AT_ONCE):
            body = queries.cases_told_of(names[start : start + CASES_AT_ONCE], scope)
            hits = (await self._index.search("cases", body))["hits"]["hits"]
            told = ((hit["_id"], hit["_source"]) for hit in hits)
            found += [figures(name, one["title"], one.get("category"), rows[name]) for name, one in told]
        return found


def _told(bucket: Mapping[str, Any]) -> Told:
    key, within = bucket["key"], bucket["within"]["doc_count"]
    return Told(key["told_by"], key["channel"], key["place"], within, bucket["doc_count"] - within)


def _shares(kind: str, shares: Sequence[Share]) -> Iterator[HotShare]:
    for one in shares:
        yield HotShare(label=subject_label(kind, one.name), **msgspec.structs.asdict(one))
