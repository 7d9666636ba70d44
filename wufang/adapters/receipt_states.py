"""What became of a report, asked of Elasticsearch in real time; when it is away, no guess."""

from typing import Any

from wufang.adapters.elastic_index import ElasticError, ElasticIndex, Found
from wufang.adapters.receipts import Receipt
from wufang.domain.ids import conflict_cause
from wufang.readmodel.document import Kind
from wufang.settings import Settings

Source = dict[str, Any] | None
ANSWER_SECONDS = 3.0
_LABELS = {
    "pending": "已收下，正在处理",
    "in_case": "已归入事项",
    "duplicate": "重复提交，以先前收下的为准",
    "conflicted": "同一编号先前已提交过不同内容，本次未采用",
    "refused": "未采用",
    "quarantined": "无法处理，已隔离待查",
    "recorded": "已记录",
    "done": "已执行",
}


class SearchAway(Exception):
    """Elasticsearch does not answer, or has no indices yet."""


class ReceiptReader:
    """Realtime gets over the index; made and closed with the service."""

    def __init__(self, settings: Settings) -> None:
        self._index = ElasticIndex.from_settings(settings, timeout=ANSWER_SECONDS)

    async def close(self) -> None:
        """Close the connections."""
        await self._index.close()

    async def state(self, receipt: Receipt) -> dict[str, Any]:
        """The state for the sender. Raises SearchAway."""
        place, cause = str(receipt.position), receipt.cause
        late = conflict_cause(cause, receipt.content)
        wanted: list[tuple[Kind, str]] = [
            ("receipts", place),
            ("reports", cause),
            ("receipts", cause),
            ("receipts", late),
        ]
        try:
            found = await self._index.get_any(wanted)
        except ElasticError:
            raise SearchAway from None
        by_place, report, by_cause, by_late = (_document(found.get(key)) for key in wanted)
        state = state_of(receipt, by_place, report, by_cause, by_late)
        return {**state, "label": _LABELS[state["state"]]}


def _document(found: Found | None) -> Source:
    return None if found is None else found.document


def state_of(
    receipt: Receipt, by_place: Source, report: Source, by_cause: Source, by_late: Source = None
) -> dict[str, Any]:
    """What the documents say; a re-driven report is in its case, whatever its first place says.

    `by_late` is of an outcome that was refused for it came before its report, and sent again.
    """
    if report is not None and report.get("content") == receipt.content:
        return _of_report(receipt, by_place, report)
    if by_place is not None:
        return _told(by_place)
    if report is not None:
        return {"state": "conflicted"}
    if by_cause is not None:
        return _of_cause(receipt, by_cause, by_late)
    return {"state": "pending"}


def _of_report(receipt: Receipt, by_place: Source, report: dict[str, Any]) -> dict[str, Any]:
    first = report.get("position") == str(receipt.position)
    redriven = by_place is not None and by_place.get("state") == "quarantined"
    return {"state": "in_case" if first or redriven else "duplicate", "case_id": report["case_id"]}


def _of_cause(receipt: Receipt, by_cause: dict[str, Any], by_late: Source) -> dict[str, Any]:
    places = [by_cause.get("position")]
    if by_cause["state"] == "refused" and by_late is not None and by_late["state"] == "recorded":
        by_cause, places = by_late, [*places, by_late.get("position")]
    told = _told(by_cause)
    again = str(receipt.position) not in places and told["state"] in ("recorded", "done")
    return {**told, "state": "duplicate"} if again else told


def _told(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in ("state", "case_id", "reason") if document.get(name) is not None}
