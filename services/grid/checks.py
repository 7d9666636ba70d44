"""Checks of a grid event across its own fields."""

from collections.abc import Iterator

from services.channel import OF_PERSONS, Check, FieldError
from services.channel.checks import clean_identifiers
from services.grid.report import GridReport, Handling, Verification


def minor_has_major(report: GridReport) -> Iterator[FieldError]:
    """小类 stands under a 大类."""
    details = report.details
    if details is not None and details.minor is not None and details.major is None:
        yield FieldError("data.details.major", "missing", "填了小类，须同时填大类", "市容环境")


def verified_when_handled(report: GridReport) -> Iterator[FieldError]:
    """What was only reported up has not been handled, so nothing can be verified as done."""
    details = report.details
    if details is None or details.handling is not Handling.REPORTED_UP:
        return
    if details.verification is Verification.DONE:
        yield FieldError("data.details.verification", "not_handled", "上报事件尚未处置，核查结果不能为通过", "pending")


def photo_names(report: GridReport) -> Iterator[FieldError]:
    """A photo's name holds no person's number."""
    if report.details is not None:
        yield from clean_identifiers("data.details.photos_before", report.details.photos_before)
        yield from clean_identifiers("data.details.photos_after", report.details.photos_after)


CHECKS: tuple[Check, ...] = (*OF_PERSONS, minor_has_major, verified_when_handled, photo_names)
