"""Records of the quarantine topic: the bytes as they came, and in the headers where they stood and why; both ways."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from wufang.wire.position import Position

Stage = Literal["ledger", "indexer"]
REFUSED_BY_INDEX = "refused_by_index"  # the reason of a ledger record with a document Elasticsearch will never take


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What is kept of an unusable record: its bytes as they came, where, and why."""

    position: Position
    key: bytes | None
    value: bytes | None
    reason: str
    detail: str
    stage: Stage

    def headers(self) -> list[tuple[str, bytes]]:
        """Everything but the bytes; `read_label` is the inverse."""
        named = Label(str(self.position), self.reason, self.detail, self.stage)._asdict()
        return [(name, text.encode()) for name, text in named.items()]


class Label(NamedTuple):
    """What the headers say; `position` is text, for the record may be of another hand."""

    position: str
    reason: str
    detail: str
    stage: str

    def place(self) -> Position | None:
        """Where the bytes stood, None when `position` is no position."""
        try:
            return Position.parse(self.position)
        except ValueError:
            return None


def read_label(headers: Iterable[tuple[str, bytes]]) -> Label | None:
    """What the last header of each name says; None for a stray, which names no position."""
    named = {name: value.decode("utf-8", "replace") for name, value in headers}
    label = Label(*(named.get(name, "") for name in Label._fields))
    return label if label.position else None


def refused_by_index(
    position: Position, key: bytes | None, value: bytes | None, document: str, why: str
) -> Quarantined:
    """A ledger record one of whose documents (`<kind> <id>`) the index refused; `why` must hold no colon."""
    return Quarantined(position, key, value, REFUSED_BY_INDEX, f"{document}: {why}", "indexer")


def refused_document(label: Label) -> tuple[str, str] | None:
    """Kind and id of the document the index refused, None for a label that tells of none."""
    if (label.stage, label.reason) != ("indexer", REFUSED_BY_INDEX):
        return None
    kind, _, name = label.detail.rpartition(": ")[0].partition(" ")
    return kind, name
