"""A link and the evidence it stands on; it must never quote personal data."""

from typing import Literal

import msgspec

Kind = Literal["repeat", "same_matter", "reference"]


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One feature of the decision: its value and a sentence for people."""

    feature: str
    value: float
    detail: str


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The case a report joins, how sure the rules are (0..1, four digits) and why."""

    case_id: str
    kind: Kind
    score: float
    reasons: tuple[Reason, ...]
    rules: str
