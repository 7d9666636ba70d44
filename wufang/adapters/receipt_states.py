"""What became of a report, asked of Elasticsearch in real time; when it is away, no guess."""

from typing import Any

import httpx
import orjson

from wufang.adapters.receipts import Receipt
from wufang.readmodel.indices import index_prefix, serving_alias
from wufang.settings import Settings

Source = dict[str, Any] | None
_TIMEOUT = httpx.Timeout(3.0, connect=1.0)
_LABELS = {
    "pending": "已收下，正在处理",
    "in_case": "已归入事项",
    "duplicate": "重复提交，以先前收下的为准",
    "conflicted": "同一编号先前已提交过不同内容，本次未采用",
    "refused": "未采用",
    "quarantined": "无法处理，已隔离待查",
    "recorded": "已记录",
}


class SearchAway(Exception):
    """Elasticsearch does not answer, or has no indices yet."""


class ReceiptReader:
    """One HTTP client for realtime gets; made and closed with the service."""

    def __init__(self, settings: Settings) -> None:
        user = settings.elastic_user
        self._client = httpx.AsyncClient(
            base_url=settings.elastic_url,
            auth=(user, settings.elastic_password) if user else None,
            timeout=_TIMEOUT,
            trust_env=False,
        )
        prefix = index_prefix(settings.prefix)
        self._receipts = serving_alias(prefix, "receipts")
        self._reports = serving_alias(prefix, "reports")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def state(self, receipt: Receipt) -> dict[str, Any]:
        """The state for the sender. Raises SearchAway."""
        by_place, report, by_cause = await self._get(
            [
                {"_index": self._receipts, "_id": str(receipt.position)},
                {
                    "_index": self._reports,
                    "_id": receipt.cause,
                    "_source": ["case_id", "position", "content"],
                },
                {"_index": self._receipts, "_id": receipt.cause},
            ]
        )
        found = state_of(receipt, by_place, report, by_cause)
        return {**found, "label": _LABELS[found["state"]]}

    async def _get(self, wanted: list[dict[str, Any]]) -> list[Source]:
        try:
            answer = await self._client.post(
                "/_mget", content=orjson.dumps({"docs": wanted}), headers={"content-type": "application/json"}
            )
            documents = answer.raise_for_status().json()["docs"]
        except (httpx.HTTPError, ValueError, KeyError):
            raise SearchAway from None
        if any("error" in document for document in documents):
            raise SearchAway
        return [document["_source"] if document.get("found") else None for document in documents]


def state_of(receipt: Receipt, by_place: Source, report: Source, by_cause: Source) -> dict[str, Any]:
    """What the three documents say; a re-driven report is in its case, whatever its first place says."""
    if report is not None and report.get("content") == receipt.content:
        return _of_report(receipt, by_place, report)
    if by_place is not None:
        return _told(by_place)
    if report is not None:
        return {"state": "conflicted"}
    if by_cause is not None:
        return _of_cause(receipt, by_cause)
    return {"state": "pending"}


def _of_report(receipt: Receipt, by_place: Source, report: dict[str, Any]) -> dict[str, Any]:
    first = report.get("position") == str(receipt.position)
    redriven = by_place is not None and by_place.get("state") == "quarantined"
    return {"state": "in_case" if first or redriven else "duplicate", "case_id": report["case_id"]}


def _of_cause(receipt: Receipt, by_cause: dict[str, Any]) -> dict[str, Any]:
    told = _told(by_cause)
    again = by_cause.get("position") != str(receipt.position) and told["state"] == "recorded"
    return {**told, "state": "duplicate"} if again else told


def _told(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in ("state", "case_id", "reason") if document.get(name) is not None}
