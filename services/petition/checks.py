"""Checks of a petition across its own fields."""

from collections.abc import Iterator

from services.channel import OF_PERSONS, Check, FieldError
from services.petition.report import PetitionReport
from wufang.domain.shanghai import SHANGHAI


def joint_of_several(report: PetitionReport) -> Iterator[FieldError]:
    """联名 takes at least two."""
    details = report.details
    if details is not None and details.joint and details.persons == 1:
        yield FieldError("data.details.persons", "joint_of_one", "联名件人数至少为 2", 3)


def first_before_this(report: PetitionReport) -> Iterator[FieldError]:
    """初次日期 is not after this petition's own day."""
    details = report.details
    if details is None or details.first_on is None:
        return
    if details.first_on > report.occurred_at.astimezone(SHANGHAI).date():
        yield FieldError("data.details.first_on", "time_order", "初次信访日期晚于本次日期", "2026-01-15")


def papers_in_order(report: PetitionReport) -> Iterator[FieldError]:
    """复核 follows 复查, 复查 follows 处理意见 (信访工作条例, check)."""
    details = report.details
    if details is None:
        return
    if details.final_review is not None and details.review is None:
        yield FieldError("data.details.review", "missing", "填了复核意见，须同时填复查意见")
    if details.review is not None and details.decision is None:
        yield FieldError("data.details.decision", "missing", "填了复查意见，须同时填处理意见书")


CHECKS: tuple[Check, ...] = (*OF_PERSONS, joint_of_several, first_before_this, papers_in_order)
