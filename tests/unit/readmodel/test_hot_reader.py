"""The hot-topic report's reader over an index that answers what a test says: what it refuses, and in which words."""

import re
from collections.abc import Mapping
from typing import Any, cast

import pytest

from services.ledger import hot
from services.ledger.hot import HotReader
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.http_problems import Refusal
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
