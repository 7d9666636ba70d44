"""The hot-topic report's reader over an index that answers what a test says: what it refuses, and what it offers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any, cast

import pytest

from services.ledger import hot
from services.ledger.console.routes import _Console
from services.ledger.hot import HotReader
from services.ledger.params import HotList
from tests.support.listed import ListedIndex
from tests.support.samples import DAY, START, a_report
from tests.support.view import Ledger
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import Person
from wufang.domain.warning.window import Window
from wufang.readmodel.scope import Scope

COUNTY = "430102"


class FullIndex:
    """Has a page of rows more, however often it is asked."""

    async def search(self, _kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        row = {
            "key": {"case_id": f"{COUNTY}-1-0", "told_by": 1, "channel": "grid", "place": None},
            "doc_count": 1,
            "within": {"doc_count": 1},
        }
        size = body["aggs"]["rows"]["composite"]["size"]
        return {"aggregations": {"rows": {"buckets": [row] * size, "after_key": row["key"]}}}


async def test_too_much_tells_how_to_ask_for_less_and_not_how_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of cases that the reader may not see are among those: their number is nobody's to know."""
    monkeypatch.setattr(hot, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(hot, "MOST_ROWS", 4)
    with pytest.raises(Refusal) as refused:
        await HotReader(cast(ElasticIndex, FullIndex())).page(Window(20_000, 28), "", 10, Scope(COUNTY))
    assert refused.value.status == 413
    assert "请缩短时段" in refused.value.detail
    assert "区划" in refused.value.detail
    assert not re.search(r"\d|件|多|条", refused.value.detail)


class QuietIndex(ListedIndex):
    """Holds cases, and no report in any window."""

    async def search(self, kind: str, body: Mapping[str, Any], *beside: str) -> dict[str, Any]:
        if "aggs" in body:
            return {"aggregations": {"rows": {"buckets": []}}}
        answer = await super().search(kind, body)
        hits = answer["hits"]["hits"]
        for order in reversed(body["sort"]):
            ((field, way),) = order.items()
            hits.sort(key=lambda hit: hit["_source"][field], reverse=way == "desc")
        return {"hits": {"hits": hits[: body["size"]]}}


def a_day(day: int) -> dict[str, int]:
    return {"occurred_at": START + day * DAY, "accepted_at": START + day * DAY + 1_000}


@pytest.fixture
def quiet() -> Ledger:
    """Cases of three days of January; the newest accuses a firm, and the newest of all lies in another county."""
    ledger = Ledger()
    for number, day, more in (
        (1, 4, {}),
        (2, 9, {}),
        (3, 19, {"accused": "清河物业公司"}),
        (4, 24, {"jurisdiction": "430103"}),
    ):
        ledger.open(a_report(number, **{"jurisdiction": COUNTY, **more, **a_day(day)}))
    return ledger


async def shown(ledger: Ledger, asked: Mapping[str, Any], organisation: str = "", at: int = 200) -> str:
    """The page of the console, so many days after New Year."""
    index = cast(ElasticIndex, QuietIndex(ledger.actions))
    now = datetime.fromtimestamp((START + at * DAY) / 1000, UTC)
    unused = cast(Any, None)
    console = _Console(unused, unused, HotReader(index), unused, lambda: now, unused)
    person = Person("u1", "李明", "handler" if organisation else "supervisor", organisation, COUNTY)
    return unescape(bytes((await console.hot(person, HotList.model_validate(asked))).body).decode())


async def test_where_the_last_days_hold_nothing_the_newest_that_one_may_see_is_offered(quiet: Ledger) -> None:
    page = await shown(quiet, {})
    assert "最近 28 天没有诉求件" in page
    assert "最近一件在 2026-01-20" in page
    assert 'href="/console/hot?since=2025-12-24&until=2026-01-20"' in page
    page = await shown(quiet, {"size": 20}, "清河物业公司")
    assert 'href="/console/hot?size=20&since=2025-12-14&until=2026-01-10"' in page
    assert "2026-01-20" not in page


async def test_nothing_is_offered_where_a_window_was_chosen_or_nothing_is_older(quiet: Ledger) -> None:
    for asked, ledger, at in (
        ({"since": "2026-06-01", "until": "2026-06-30"}, quiet, 200),
        ({}, Ledger(), 200),
        ({}, quiet, 20),
    ):
        page = await shown(ledger, asked, at=at)
        assert "这段时间没有诉求件" in page
        assert "最近一件" not in page
