"""Reports, links and cases made up for the read model's tests."""

from typing import Any

from wufang.domain.case import Case, evolve
from wufang.domain.events import CaseOpened, Event, ReportConcluded, ReportLinked
from wufang.domain.linking import Link, Reason
from wufang.domain.report import Outcome, Report, Reporter, Sealed
from wufang.readmodel.timeline import Origin

DAY = 86_400_000
START = 1_767_225_600_000  # 2026-01-01T00:00:00Z


def a_report(serial: int = 1, **changed: Any) -> Report:
    fields: dict[str, Any] = {
        "id": f"{serial:064x}",
        "source": "hotline-12345",
        "number": f"RX-2026-{serial:05d}",
        "channel": "hotline",
        "jurisdiction": "430102",
        "occurred_at": START + serial * 60_000,
        "accepted_at": START + serial * 60_000 + 5_000,
        "content": "c1:" + "ab" * 32,
        "title": "芙蓉小区电梯停运",
        "text": "芙蓉小区三栋电梯停运三天，老人上下楼困难，希望尽快维修。",
        "reporter": Reporter("5eed" * 8, "phone"),
        "sealed": Sealed("d" * 32, "bm9uY2U=", "Y2lwaGVydGV4dA=="),
    }
    return Report(**(fields | changed))


def a_link(case_id: str) -> Link:
    return Link(case_id, "same_matter", 0.7321, (Reason("text", 0.7321, "文字相近"),), "linking-1")


def an_outcome(**changed: Any) -> Outcome:
    fields: dict[str, Any] = {
        "result": "solved",
        "content": "c1:" + "cd" * 32,
        "concluded_at": START + DAY,
        "accepted_at": START + DAY + 1_000,
    }
    return Outcome(**(fields | changed))


def a_case(*reports: Report, concluded: int = 0) -> Case:
    """A case that the reports joined one after the other, of which the first `concluded` ended."""
    case = evolve(None, opened(reports[0]), 1)
    for seq, report in enumerate(reports[1:], start=2):
        case = evolve(case, ReportLinked(case.id, report, a_link(case.id)), seq)
    for offset in range(concluded):
        ended = ReportConcluded(case.id, reports[offset].id, an_outcome(), True)
        case = evolve(case, ended, len(reports) + offset + 1)
    return case


def opened(report: Report, seq: int = 1) -> CaseOpened:
    return CaseOpened(f"{report.jurisdiction}-{seq}-0", report)


def an_origin(seq: int = 1, cause: str = "c" * 64) -> Origin:
    return Origin(cause, "430102", seq, f"reports.hotline/3/{seq}")


def events_of(report: Report) -> list[Event]:
    case_id = f"{report.jurisdiction}-1-0"
    return [
        CaseOpened(case_id, report),
        ReportLinked(case_id, report, a_link(case_id)),
        ReportConcluded(case_id, report.id, an_outcome(), True),
    ]
