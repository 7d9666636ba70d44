"""Checks of a public post across its own fields; nothing here looks at who wrote it."""

from collections.abc import Iterator

from services.channel import COMMON, Check, FieldError
from services.sentiment.report import SentimentReport


def found_after_published(report: SentimentReport) -> Iterator[FieldError]:
    """发现 comes after 发布."""
    details = report.details
    if details is None or details.published_at is None or details.found_at is None:
        return
    if details.found_at < details.published_at:
        yield FieldError("data.details.found_at", "time_order", "发现时间早于发布时间", "2026-03-05T10:10:00+08:00")


def no_contact(report: SentimentReport) -> Iterator[FieldError]:
    """Nobody handed the post in, so there is nobody to contact."""
    if report.contact_mode is not None:
        yield FieldError("data.contact_mode", "author", "舆情条目没有诉求人，不填联系方式")


CHECKS: tuple[Check, ...] = (*COMMON, found_after_published, no_contact)
