"""Input events, submissions, domain objects and ledger records made up for tests; nothing here is drawn by chance."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from wufang.domain import ids
from wufang.domain.commands import Actor
from wufang.domain.decisions import OutcomeSubmitted, ReportSubmitted
from wufang.domain.events import CaseOpened, CategoryDecided, Event, Offered, ReportLinked
from wufang.domain.linking import Link, Reason
from wufang.domain.report import Channel, Outcome, Report
from wufang.ledger.writer import Input, Rules
from wufang.wire import record
from wufang.wire.position import Position
from wufang.wire.record import Head

COUNTY = "430102"
START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
MINUTE = 60_000
CASE = f"{COUNTY}-1-0"
BY = Actor("desk-7", "operator", "青禾县12345")

# (title, text): the same matter told twice links, different matters do not
MATTERS = (
    ("青禾小区电梯停运", "青禾小区六栋电梯停运三天，老人上下楼困难，物业电话没有人接，希望尽快维修电梯。"),
    ("望江路积水", "望江路下穿隧道每逢下雨就积水，水深过膝，车辆熄火，行人无法通行，排水泵常年不开。"),
    ("云岭村垃圾焚烧", "云岭村村口有人焚烧垃圾，黑烟呛人，田里的稻子落满灰，请环保部门来检查。"),
    ("星河广场噪音", "星河广场晚上十一点还有音响放歌跳舞，噪音吵得孩子睡不着觉，影响高三学生备考。"),
    ("东湖幼儿园收费", "东湖幼儿园春季学费多收八百元，没有发票，园长说是兴趣班费用，家长并没有报名。"),
    ("北塘街道路灯", "北塘街道柳叶巷路灯全部不亮，夜里漆黑，已经有人摔伤，灯杆锈蚀倾斜。"),
    ("白鹭公司欠薪", "白鹭公司拖欠二十名工人工资四个月，老板联系不上，厂房大门上锁，工人生活困难。"),
    ("梅溪医院挂号", "梅溪医院网上挂号系统总是崩溃，专家号一放出来就显示约满，号贩子在门口倒卖。"),
)


def rules(limit: int = 524_288) -> Rules:
    """The writer's rules where every key belongs in partition 0."""
    return Rules(limit, lambda _key: 0)


def report_data(number: int = 1, /, **changed: Any) -> dict[str, Any]:
    """`data` of a report as the door publishes it; equal numbers give equal data."""
    title, text = MATTERS[number % len(MATTERS)]
    told = {"title": title, "text": f"{text}第{number}号来件。", "occurred_at": "2026-01-02T03:04:05.678Z"}
    return told | changed


def outcome_data(report: str, /, **changed: Any) -> dict[str, Any]:
    """`data` of an outcome of the report event `report`."""
    return {"report": report, "result": "solved", "concluded_at": "2026-01-09T01:00:00.000Z"} | changed


def report_event(number: int = 1, channel: Channel = "hotline", **changed: Any) -> dict[str, Any]:
    """A whole report event; `changed` replaces envelope fields, `data` among them."""
    return _event(f"R{number}", channel, "report", report_data(number), changed)


def outcome_event(number: int = 1, report: str = "R1", channel: Channel = "hotline", **changed: Any) -> dict[str, Any]:
    """A whole outcome event about the report event `report` of the same source."""
    return _event(f"O{number}", channel, "outcome", outcome_data(report), changed)


def _event(name: str, channel: Channel, kind: str, data: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": name,
        "source": f"{channel}-desk",
        "type": f"wufang.{channel}.{kind}.v1",
        "time": "2026-01-02T03:04:05.678Z",
        "datacontenttype": "application/json",
        "dataschema": f"schemas/events/{channel}/{kind}.v1.schema.json",
        "jurisdiction": COUNTY,
        "acceptedat": "2026-01-02T03:05:00.000Z",
        "data": data,
    } | changed
    return {"contentmac": content_of(event["data"])} | event


def command_event(number: int, kind: str, data: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A whole command event of a desk's operator."""
    by = {"subject": "desk-7", "role": "operator", "organisation": "青禾县12345"}
    event = {
        "specversion": "1.0",
        "id": f"C{number}",
        "source": "ledger-service",
        "type": f"wufang.command.{kind}.v1",
        "time": "2026-01-03T03:04:05.678Z",
        "datacontenttype": "application/json",
        "dataschema": f"schemas/commands/{kind}.v1.schema.json",
        "jurisdiction": COUNTY,
        "acceptedat": "2026-01-03T03:05:00.000Z",
        "data": {"by": by, "reason": "同一件事"} | data,
    } | changed
    return {"contentmac": content_of(event["data"])} | event


def content_of(data: dict[str, Any]) -> str:
    """A content code: equal for equal data (the door's is keyed; the ledger only compares)."""
    return "test:" + hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def encoded(event: dict[str, Any]) -> bytes:
    """The bytes a door would publish."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def topic_of(event: dict[str, Any]) -> str:
    """The input topic of an event."""
    family = event["type"].split(".")[1]
    return "commands" if family == "command" else f"reports.{family}"


def as_input(event: dict[str, Any], offset: int, partition: int = 0) -> Input:
    """The event as the ledger stream reads it."""
    position = Position(topic_of(event), partition, offset)
    return Input(position, event["jurisdiction"].encode(), encoded(event))


def inputs(*events: dict[str, Any]) -> list[Input]:
    """The events at offsets 0, 1, 2, … of their topics' partition 0."""
    return [as_input(event, offset) for offset, event in enumerate(events)]


def cause_of(event: dict[str, Any]) -> str:
    """The cause of an event."""
    return ids.cause(event["source"], event["id"], event["jurisdiction"])


def a_report(number: int = 1, /, **changed: Any) -> Report:
    """A report as the ledger keeps it."""
    title, text = MATTERS[number % len(MATTERS)]
    fields: dict[str, Any] = {
        "id": ids.cause("hotline-desk", f"R{number}", changed.get("jurisdiction", COUNTY)),
        "source": "hotline-desk",
        "number": f"R{number}",
        "channel": "hotline",
        "jurisdiction": COUNTY,
        "occurred_at": START + number * MINUTE,
        "accepted_at": START + number * MINUTE + 5_000,
        "content": f"test:{number}",
        "title": title,
        "text": text,
    }
    return Report(**(fields | changed))


def an_outcome(**changed: Any) -> Outcome:
    """A report that was solved."""
    fields: dict[str, Any] = {
        "result": "solved",
        "concluded_at": START + MINUTE,
        "accepted_at": START + 2 * MINUTE,
        "content": "test:outcome",
    }
    return Outcome(**(fields | changed))


def a_link(case_id: str, **changed: Any) -> Link:
    """A link to a case with one reason."""
    fields: dict[str, Any] = {
        "case_id": case_id,
        "kind": "same_matter",
        "score": 0.71,
        "reasons": (Reason("text", 0.71, "文字相似度 71%"),),
        "rules": "test-1",
    }
    return Link(**(fields | changed))


def submitted(report: Report) -> ReportSubmitted:
    """The report handed in."""
    return ReportSubmitted(report.id, report.jurisdiction, report.content, report)


def outcome_submitted(report_id: str, outcome: Outcome, event_id: str = "O1") -> OutcomeSubmitted:
    """The outcome handed in."""
    return OutcomeSubmitted(ids.cause("hotline-desk", event_id, COUNTY), COUNTY, outcome.content, report_id, outcome)


def opened(report: Report, case_id: str = f"{COUNTY}-1-0") -> CaseOpened:
    return CaseOpened(case_id, report)


def linked(report: Report, case_id: str = f"{COUNTY}-1-0", **changed: Any) -> ReportLinked:
    return ReportLinked(case_id, report, a_link(case_id, **changed))


def a_record(head: Head, events: Sequence[Event], cause: str, offset: int = 0, county: str = COUNTY) -> bytes:
    """The bytes of the record that follows `head`."""
    return record.encode(record.chained(head, cause, county, Position("reports.hotline", 0, offset), events))


def a_chain(count: int, county: str = COUNTY) -> list[bytes]:
    """`count` records, each opening a case of its own."""
    head, values = record.first_head(county), []
    for number in range(1, count + 1):
        report = a_report(number, jurisdiction=county)
        event = opened(report, ids.case_id(county, head.seq + 1, 0))
        values.append(a_record(head, [event], report.id, number, county))
        head = Head(head.seq + 1, record.digest(values[-1]))
    return values


def filed(code: str, offered: str | None = None) -> CategoryDecided:
    """A category decided of a case for which `offered` was suggested."""
    told = None if offered is None else Offered(offered, "category-1", "t-1")
    return CategoryDecided(CASE, code, f"名称{code}", "t-1", BY, START, "test:x", offered=told)
