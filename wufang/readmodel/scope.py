"""Whose cases a person may see: the row filter that every search carries, and the same rule for one document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wufang.domain.case import MORE_ACCUSED
from wufang.readmodel.organisations import hides, own_keys, runs, spaced

Body = dict[str, Any]


@dataclass(frozen=True)
class Scope:
    """What a person may see: an `area` (jurisdiction prefix of 2, 4 or 6 digits, empty for the country),
    but nothing in which their own `organisation`, its parent or its child is accused (organisations.py).
    A `unit` reads no case either whose accused may be with the discipline office: nobody else knows whom it names."""

    area: str
    organisation: str = ""
    unit: bool = False  # a handling unit or a warden, who may be accused of anything they see counted


def allows(scope: Scope, document: Mapping[str, Any]) -> bool:
    """The row filter for one case document; a property test holds `scope_filter` to the same rule."""
    inside = document["jurisdiction"].startswith(scope.area)
    if scope.unit and document.get("withheld", False):
        return False
    return inside and not hides(scope.organisation, document.get("accused", ()))


def scope_filter(scope: Scope) -> Body:
    """The row filter as a query over cases; every search carries it."""
    clauses: Body = {"filter": [in_area(scope.area)]} if scope.area else {}
    own = own_keys(scope.organisation)
    withheld = [{"term": {"withheld": True}}] if scope.unit else []
    if own or withheld:
        clauses["must_not"] = [*withheld, *_accusing(scope.organisation, own)]
    return {"bool": clauses}


def _accusing(organisation: str, own: Sequence[str]) -> list[Body]:
    """Cases in which an organisation with these keys is accused."""
    if not own:
        return []
    within = [{"match_phrase": {"accused_keys": spaced(key)}} for key in own]
    exact = {"terms": {"accused": [organisation, MORE_ACCUSED]}}  # all that a generation without keys has
    return [{"terms": {"accused_keys": [*runs(organisation), MORE_ACCUSED]}}, *within, exact]


def in_area(prefix: str) -> Body:
    """What lies under a jurisdiction prefix."""
    return {"term": {"areas": prefix}}
