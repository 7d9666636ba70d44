"""Identities of the ledger, all derived by hashing or counting; nothing here may be random."""

import hashlib
import json

HASH_LENGTH = 64


_array = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _digest(*parts: str) -> str:
    """SHA-256 over a JSON array: no two different lists of parts share an encoding."""
    return hashlib.sha256(_array(parts).encode()).hexdigest()


def cause(source: str, event_id: str, jurisdiction: str) -> str:
    """The identity of an input, kept for ever; `source` is the registered name, never the sender's word.

    The county is part of it: what one county's record is named after, another county's input cannot reach.
    """
    return _digest(source, event_id, jurisdiction)


def conflict_cause(original: str, content: str) -> str:
    """The identity of a submission that repeats an id with other content."""
    return _digest(original, content)


def genesis(jurisdiction: str) -> str:
    """The `prev` of a jurisdiction's first ledger record."""
    return hashlib.sha256(f"wufang:{jurisdiction}".encode()).hexdigest()


def case_id(jurisdiction: str, seq: int, index: int) -> str:
    """Case id: the record and the place in it that opened the case; never reused."""
    return f"{jurisdiction}-{seq}-{index}"


def age(case_id: str) -> tuple[int, int]:
    """By which a county's cases stand in the order they were opened."""
    _, seq, index = case_id.split("-")
    return int(seq), int(index)


def jurisdiction_of(case_id: str) -> str:
    """The county whose record opened the case."""
    return case_id.partition("-")[0]


def event_id(jurisdiction: str, seq: int, index: int) -> str:
    """Id of one domain event, and of its document on the timeline."""
    return f"{jurisdiction}-{seq}-{index}"
