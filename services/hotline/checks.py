"""Checks of a hotline work order across its own fields."""

from collections.abc import Iterator

from services.channel import OF_PERSONS, Check, FieldError
from services.hotline.report import Call, HotlineDetails, HotlineReport


def lead_is_not_supporting(report: HotlineReport) -> Iterator[FieldError]:
    """One organisation is either 主办 or 协办."""
    details = report.details
    if details is not None and details.lead is not None and details.lead in details.supporting:
        yield FieldError("data.details.supporting", "lead_twice", "主办单位不能同时列为协办单位", ["平川县城管局"])


def due_after_occurred(report: HotlineReport) -> Iterator[FieldError]:
    """A 时限 before the matter happened is a slip."""
    details = report.details
    if details is not None and details.due_at is not None and details.due_at < report.occurred_at:
        yield FieldError("data.details.due_at", "time_order", "办理时限早于发生时间", "2026-03-12T18:00:00+08:00")


def followed_up_when_reached(report: HotlineReport) -> Iterator[FieldError]:
    """Only somebody who was reached can say solved or satisfied."""
    for name, call in _calls(report.details):
        if not call.reached and (call.solved is not None or call.satisfied is not None):
            field = f"data.details.follow_up.{name}"
            yield FieldError(field, "not_reached", "未接通的回访不能填是否解决、是否满意", {"reached": False})


def _calls(details: HotlineDetails | None) -> Iterator[tuple[str, Call]]:
    follow_up = details.follow_up if details is not None else None
    if follow_up is not None:
        yield "first", follow_up.first
        if follow_up.final is not None:
            yield "final", follow_up.final


CHECKS: tuple[Check, ...] = (
    *OF_PERSONS,
    lead_is_not_supporting,
    due_after_occurred,
    followed_up_when_reached,
)
