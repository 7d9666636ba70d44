"""Checks across fields that every channel shares; each says what is wrong, none changes the report."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from services.channel.authors import names_author
from services.channel.report import CommonReport, ReportOfPerson, Submission
from wufang.adapters.http_problems import FieldError
from wufang.privacy.patterns import looks_personal

Check = Callable[[Any], Iterator[FieldError]]


def clean_identifiers(field: str, values: Iterable[str | None]) -> Iterator[FieldError]:
    """Identifiers go into topics and indices as they are: a person's number must not be one."""
    if any(value is not None and looks_personal(value) is not None for value in values):
        yield FieldError(field, "personal_number", "编号中不得含有手机号或身份证号；请改用业务编号", "RX-2026-000123")


def authorless_identifiers(submission: Submission) -> Iterator[FieldError]:
    """No number of a public post says whose it is (docs/domain.md, line 2)."""
    data = getattr(submission, "data", None)
    for field in ("id", "data.number", "data.related", "data.report"):
        value = getattr(submission if field == "id" else data, field.rpartition(".")[2], None)
        values = value if isinstance(value, tuple) else (value,)
        if any(isinstance(one, str) and names_author(one) for one in values):
            yield FieldError(field, "author", "编号中不得含有作者、账号；请改用业务编号", "YQ-2026-0077")


def identifiers(report: CommonReport[Any]) -> Iterator[FieldError]:
    """来源编号, 关联编号 hold no person's number; a 网格编码 is looked at by the door, behind its county."""
    yield from clean_identifiers("data.number", [report.number])
    yield from clean_identifiers("data.related", report.related)


def time_order(report: CommonReport[Any]) -> Iterator[FieldError]:
    """受理 comes after 发生."""
    if report.received_at is not None and report.received_at < report.occurred_at:
        yield FieldError("data.received_at", "time_order", "受理时间早于发生时间", "2026-03-05T09:41:00+08:00")


def anonymity(report: ReportOfPerson[Any]) -> Iterator[FieldError]:
    """匿名 means it: no name, phone or card comes along (the account may, as a pseudonym)."""
    if report.contact_mode != "anonymous":
        return
    for name in ("reporter_name", "reporter_phone", "reporter_id_card"):
        if getattr(report, name) is not None:
            yield FieldError(f"data.{name}", "anonymous", "匿名件不得带诉求人姓名、电话或证件号")


COMMON: tuple[Check, ...] = (identifiers, time_order)
OF_PERSONS: tuple[Check, ...] = (*COMMON, anonymity)
