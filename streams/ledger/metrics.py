"""What the ledger stream counts; each metric is named once, with a line on what it counts."""

from dataclasses import dataclass

from prometheus_client import Counter


@dataclass(frozen=True)
class Metrics:
    """Counters since this worker started."""

    records: Counter
    duplicates: Counter
    redelivered: Counter
    quarantined: Counter
    contested: Counter
    warnings: Counter
    categories: Counter


METRICS = Metrics(
    records=Counter(
        "wufang_ledger_records", "Ledger records this worker appended and saw acked at the expected offset"
    ),
    duplicates=Counter("wufang_ledger_duplicates", "Inputs that repeat a recorded cause with equal content"),
    redelivered=Counter("wufang_ledger_redelivered", "Inputs the broker handed out again after they were recorded"),
    quarantined=Counter("wufang_ledger_quarantined", "Inputs kept on the quarantine topic"),
    contested=Counter("wufang_ledger_contested", "Batches decided again because another worker wrote in between"),
    warnings=Counter("wufang_warnings", "Early warnings raised, by what they are of", ["kind"]),
    categories=Counter(
        "wufang_category_decisions",
        "Categories people decided, by whether the suggested one was kept, corrected, or none was suggested",
        ["answer"],
    ),
)
