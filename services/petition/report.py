"""信访件: the fields of a petition as its office registers it."""

from typing import Annotated

from pydantic import Field

from services.channel.fields import Day, Flag, Labelled, Number, Organisation, Prose, Time, optional, required
from services.channel.report import Details, Model, ReportOfPerson

Persons = Annotated[int, Field(strict=True, ge=1, le=100_000)]


class Form(Labelled):
    """信访形式."""

    LETTER = "letter", "来信"
    VISIT = "visit", "来访"
    ONLINE = "online", "网上"
    PHONE = "phone", "电话"


class Purpose(Labelled):
    """信访目的."""

    SUGGESTION = "suggestion", "建议意见"
    ACCUSATION = "accusation", "检举控告"
    APPEAL = "appeal", "申诉求决"


class Occurrence(Labelled):
    """初重件."""

    FIRST = "first", "初件"
    REPEAT = "repeat", "重件"


class Procedure(Labelled):
    """办理程序."""

    FORWARDED = "forwarded", "转送"
    ASSIGNED = "assigned", "交办"


class Paper(Model):
    """One official paper of the procedure: its number and day, and what it says."""

    number: Number = required("文书编号", "平信受字〔2026〕12号")
    issued_on: Day = required("出具日期", "2026-03-12")
    summary: Prose | None = optional("内容摘要", "决定受理，由县自然资源局办理。")


class PetitionDetails(Details):
    """信访专有字段."""

    form: Form | None = optional("信访形式", "visit")
    purpose: Purpose | None = optional("信访目的", "appeal")
    occurrence: Occurrence | None = optional("初重件", "first")
    first_on: Day | None = optional("初次信访日期", "2026-01-15")
    persons: Persons | None = optional("人数", 3)
    joint: Flag | None = optional("是否联名", False)
    registered_by: Organisation | None = optional("登记机构", "平川县信访局")
    procedure: Procedure | None = optional("办理程序", "assigned")
    due_at: Time | None = optional("限办截止", "2026-05-04T18:00:00+08:00")
    law_related: Flag | None = optional("是否涉法涉诉", False)
    backlog: Flag | None = optional("是否积案", False)
    acceptance: Paper | None = optional("受理告知书", {"number": "平信受字〔2026〕12号", "issued_on": "2026-03-12"})
    decision: Paper | None = optional("处理意见书", {"number": "平信处字〔2026〕9号", "issued_on": "2026-04-20"})
    review: Paper | None = optional("复查意见", {"number": "信复查字〔2026〕3号", "issued_on": "2026-05-20"})
    final_review: Paper | None = optional("复核意见", {"number": "信复核字〔2026〕1号", "issued_on": "2026-06-20"})


class PetitionReport(ReportOfPerson[PetitionDetails]):
    """信访件."""
