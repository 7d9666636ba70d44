"""What the indexer counts; each metric is named once, with a line on what it counts."""

from dataclasses import dataclass

from prometheus_client import Counter


@dataclass(frozen=True)
class Metrics:
    """Counters since this worker started."""

    records: Counter
    voids: Counter
    redelivered: Counter
    documents: Counter
    refused: Counter
    waits: Counter


METRICS = Metrics(
    records=Counter("wufang_indexer_records", "Valid ledger records folded into documents"),
    voids=Counter("wufang_indexer_voids", "Void ledger records, which change nothing"),
    redelivered=Counter(
        "wufang_indexer_redelivered", "Ledger records written again because the broker handed them out again"
    ),
    documents=Counter("wufang_indexer_documents", "Documents Elasticsearch took"),
    refused=Counter(
        "wufang_indexer_refused", "Documents Elasticsearch will never take; their records are in quarantine"
    ),
    waits=Counter("wufang_indexer_waits", "Waits for an Elasticsearch that did not take a write"),
)
