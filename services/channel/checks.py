"""Checks across fields that every channel shares; each says what is wrong, none changes the report."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from services.channel.authors import names_author
from services.channel.errors import FieldError
from services.channel.report import CommonReport, ReportOfPerson, Submission

Check = Callable[[Any], Iterator[FieldError]]

_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_ID_CARD = re.compile(
    r"(?<![0-9])[1-8][0-9]{5}(?:19[0-9]{2}|20[01][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9])"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def personal_number(value: str) -> bool:
    """Whether an identifier holds a mobile number or a valid resident id number."""
    if len(value) < 11:
        return False
    return bool(_MOBILE.search(value)) or any(_checks_out(found[0]) for found in _ID_CARD.finditer(value))


def _checks_out(card: str) -> bool:
    """GB 11643: the last character is a checksum, so an order number is rarely taken for a card."""
    remainder = sum(int(digit) * weight for digit, weight in zip(card, _WEIGHTS, strict=False)) % 11
    return "10X98765432"[remainder] == card[-1].upper()


def clean_identifiers(field: str, values: Iterable[str | None]) -> Iterator[FieldError]:
    """Identifiers go into topics and indices as they are: a person's number must not be one."""
    if any(value is not None and personal_number(value) for value in values):
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
    """来源编号, 关联编号, 网格编码 hold no person's number."""
    yield from clean_identifiers("data.number", [report.number])
    yield from clean_identifiers("data.related", report.related)
    yield from clean_identifiers("data.grid_code", [report.grid_code])


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
