"""Checks of a party-building item across its own fields."""

from collections.abc import Iterator

from services.channel import OF_PERSONS, Check, FieldError
from services.channel.checks import clean_identifiers
from services.party_building.report import Kind, PartyBuildingReport

_DECISIONS = (Kind.COMMENDATION, Kind.CRITICISM)


def decided_by_an_organisation(report: PartyBuildingReport) -> Iterator[FieldError]:
    """表彰 and 通报 are recorded decisions of a named office with its reason (docs/domain.md, line 6)."""
    details = report.details
    if details is None or details.kind not in _DECISIONS:
        return
    if details.organisation is None:
        yield FieldError(
            "data.details.organisation", "missing", "表彰、通报须写明作出决定的党组织", "平川县青石社区党总支"
        )
    if details.reason is None:
        yield FieldError("data.details.reason", "missing", "表彰、通报须写明理由", "三日内解决居民反映的积水问题")


def due_after_occurred(report: PartyBuildingReport) -> Iterator[FieldError]:
    """A 时限 before the matter happened is a slip."""
    details = report.details
    if details is not None and details.due_at is not None and details.due_at < report.occurred_at:
        yield FieldError("data.details.due_at", "time_order", "时限早于发生时间", "2026-03-20T18:00:00+08:00")


def evidence_names(report: PartyBuildingReport) -> Iterator[FieldError]:
    """A file's name holds no person's number."""
    if report.details is not None:
        yield from clean_identifiers("data.details.evidence", report.details.evidence)


CHECKS: tuple[Check, ...] = (*OF_PERSONS, decided_by_an_organisation, due_after_occurred, evidence_names)
