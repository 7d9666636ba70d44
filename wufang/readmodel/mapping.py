"""Strict mappings, from what every Elasticsearch 8 distribution has; a field no query uses is not indexed.

Chinese text goes in as single characters with their positions (`zh`) and as nothing else: a query's pairs and words
are asked as phrases (record 0303). Offsets are left out: the highlighter analyses the few texts of a page again.
"""

from typing import Any

from wufang.readmodel.document import Kind

Mapping = dict[str, Any]

ANALYSIS: Mapping = {
    "analyzer": {"zh": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]}},
}

_TEXT: Mapping = {"type": "text", "analyzer": "zh"}
_TITLE: Mapping = _TEXT
_FACET: Mapping = {"type": "keyword", "ignore_above": 256}
_EXACT: Mapping = {"type": "keyword", "ignore_above": 256, "doc_values": False}
# Each key as one word and as its characters: asked both ways, see organisations.py.
_KEYS: Mapping = {"type": "text", "analyzer": "whitespace", "norms": False}
_COUNTED: Mapping = {"type": "keyword", "index": False, "ignore_above": 256}  # counted by, never searched
_KEPT: Mapping = {"type": "keyword", "index": False, "doc_values": False}
_DATE: Mapping = {"type": "date", "format": "epoch_millis"}
_MOMENT: Mapping = {"type": "long"}  # UTC milliseconds like `_DATE`, without the cost of parsing one
_KEPT_MOMENT: Mapping = {**_MOMENT, "index": False, "doc_values": False}
_COUNT: Mapping = {"type": "integer"}
_KEPT_COUNT: Mapping = {"type": "integer", "index": False, "doc_values": False}
_ORDER: Mapping = {"type": "long", "index": False}
_OPAQUE: Mapping = {"type": "object", "enabled": False}

CASES: Mapping = {
    "case_id": {**_FACET, "index": False},
    "jurisdiction": _FACET,
    "areas": _EXACT,
    "state": _FACET,
    "progress": _FACET,
    "leads_to": _KEPT,
    "parts": _KEPT,
    "suggestions": _OPAQUE,
    "suggested": _EXACT,
    "split": _OPAQUE,
    "coming_apart": {"type": "boolean", "doc_values": False},
    "title": _TITLE,
    "other_titles": _TITLE,
    "text": _TEXT,
    "channels": _FACET,
    "channel_count": _COUNT,
    "channel_reports": _OPAQUE,
    "reports": _COUNT,
    "concluded": {"type": "integer", "index": False, "doc_values": False},
    "links": _OPAQUE,
    "link_kinds": _FACET,
    "danger": _FACET,
    "lane": _FACET,
    "tags": _FACET,
    "decided": _OPAQUE,
    "category": _FACET,
    "category_answer": _FACET,
    "suggested_category": _OPAQUE,
    "decided_category": _OPAQUE,
    "addresses": _KEPT,
    "grid_codes": _EXACT,
    "accused": _EXACT,
    "accused_keys": _KEYS,
    "withheld": {"type": "boolean", "doc_values": False},  # filtered by, never counted or shown
    "opened_at": _KEPT_MOMENT,
    "first_occurred_at": _DATE,  # counted by month
    "last_occurred_at": _MOMENT,
    "last_accepted_at": _MOMENT,
}

REPORTS: Mapping = {
    "case_id": _FACET,
    "jurisdiction": _KEPT,
    "areas": _EXACT,
    "channel": _COUNTED,
    "source": _KEPT,
    "number": _EXACT,
    "title": _TITLE,
    "text": _TEXT,
    "occurred_at": {**_MOMENT, "index": False},
    "accepted_at": _KEPT_MOMENT,
    "received_at": _KEPT_MOMENT,
    "category": _KEPT,
    "address": _KEPT,
    "grid_code": _KEPT,
    "point": _OPAQUE,
    "contact_mode": _KEPT,
    "public": {"type": "boolean", "index": False, "doc_values": False},
    "enterprise": {"type": "boolean", "index": False, "doc_values": False},
    "accused": _KEPT,
    "related": _KEPT,
    "details": _OPAQUE,
    "link": _OPAQUE,
    "hand": _OPAQUE,
    "place": _COUNTED,
    "told_at": _MOMENT,  # the day a report counts for: no later than its acceptance
    "told_by": _ORDER,
    "content": _KEPT,
    "position": _KEPT,
    "seq": _ORDER,
    "index": _ORDER,
    "arrived_in": _EXACT,
    "triage": _OPAQUE,
}

TIMELINE: Mapping = {
    "type": _EXACT,
    "case_id": _EXACT,
    "report_id": _EXACT,
    "seq": _ORDER,
    "index": _ORDER,
    "cause": _KEPT,
    "at": _KEPT_MOMENT,
    "occurred_at": _KEPT_MOMENT,
    "channel": _KEPT,
    "number": _KEPT,
    "title": _KEPT,
    "link": _OPAQUE,
    "triage": _OPAQUE,
    "category": _OPAQUE,
    "outcome": _OPAQUE,
    "from_to": _KEPT,
    "opened": {"type": "boolean", "index": False, "doc_values": False},
    "reports": _KEPT,
    "by": _OPAQUE,
    "reason": _KEPT,
    "warning": _KEPT,
    "words": _KEPT,
    "reply": _KEPT,
}

WARNINGS: Mapping = {
    "warning_id": {**_FACET, "index": False},
    "jurisdiction": _KEPT,
    "areas": _EXACT,
    "kind": _EXACT,
    "state": _EXACT,
    "subject": _EXACT,
    "case_id": _KEPT,
    "at": _MOMENT,
    "since": _KEPT_MOMENT,
    "lasted_until": _KEPT_MOMENT,
    "window": _KEPT_COUNT,
    "expected": {"type": "double", "index": False, "doc_values": False},
    "seen": _KEPT_COUNT,
    "most": _KEPT_COUNT,
    "again": _KEPT_COUNT,
    "spans": _KEPT_COUNT,
    "years": _OPAQUE,
    "surprise": {"type": "double", "index": False, "doc_values": False},
    "words": _KEPT,
    "members": _KEPT,
    "further": _KEPT_COUNT,
    "came": _KEPT_COUNT,
    "scored_at": _KEPT_MOMENT,
    "method": _KEPT,
    "rules": _KEPT,
}

RECEIPTS: Mapping = {
    "jurisdiction": _KEPT,
    "position": _KEPT,
    "content": _KEPT,
    "state": _KEPT,
    "reason": _KEPT,
    "case_id": _KEPT,
    "report_id": _KEPT,
}

_FIELDS: dict[Kind, Mapping] = {
    "cases": CASES,
    "reports": REPORTS,
    "timeline": TIMELINE,
    "receipts": RECEIPTS,
    "warnings": WARNINGS,
}


def mappings(kind: Kind) -> Mapping:
    """The strict mapping of one kind of index: an unknown field refuses its document."""
    return {
        "dynamic": "strict",
        "date_detection": False,
        "numeric_detection": False,
        "properties": _FIELDS[kind],
    }


def settings(shards: int = 1, replicas: int = 0) -> Mapping:
    """Index settings; one second from write to search, also after a pause in searching."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "refresh_interval": "1s",
        "analysis": ANALYSIS,
    }


def index_body(kind: Kind, shards: int = 1, replicas: int = 0) -> Mapping:
    """The body that creates an index."""
    return {"settings": settings(shards, replicas), "mappings": mappings(kind)}
