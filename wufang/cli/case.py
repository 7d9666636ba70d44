"""`wufang case`: one case, why its reports stand together, and what happened when."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from wufang.cli import people_api, words
from wufang.cli.output import AsJson, out, print_json
from wufang.cli.people_api import Token, Url
from wufang.readmodel import labels

app = typer.Typer()
WIDE_TABLE = 110  # columns from which numbers and times of entry have room


@app.command()
def case(
    case_id: Annotated[str, typer.Argument(help="事项编号", metavar="ID")],
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """查看一个事项：概况、各件归入依据、经过。"""
    view = whole_case(case_id, url, token)
    if as_json:
        print_json(view)
        return
    out.print(head_panel(view["case"]))
    out.print(evidence_table(view["reports"]["reports"]))
    out.print(timeline_table(view["timeline"]["entries"], view["reports"]["reports"]))


def whole_case(case_id: str, url: str | None, token: str | None) -> dict[str, Any]:
    """The case with all pages of its timeline and reports."""
    from urllib.parse import quote

    path = f"/v1/cases/{quote(case_id, safe='')}"
    view = people_api.get(path, [], url, token)
    for part, listed in (("timeline", "entries"), ("reports", "reports")):
        page = view[part]
        while cursor := page.get("next"):
            page = people_api.get(f"{path}/{part}", [("cursor", cursor), ("size", "100")], url, token)
            view[part][listed] += page[listed]
        view[part]["next"] = None
    return view


def head_panel(head: dict[str, Any]) -> Panel:
    """What the case is."""
    grid = Table.grid(padding=(0, 2))
    for label, value in (
        ("渠道", words.channel_counts(head["channels"])),
        ("件数", f"{head['reports']} 件，{labels.PROGRESS[head['progress']]}（{head['concluded']} 件）"),
        ("地点", "；".join(head["addresses"])),
        ("被反映单位", "；".join(head["accused"])),
        ("时间", f"{words.moment(head['first_occurred_at'])} 至 {words.moment(head['last_occurred_at'])}"),
        ("办理", lane_told(head, head.get("decided"))),
        ("分类", category_told(head)),
        ("去向", head.get("leads_to") or ""),
        ("并入的事项", "、".join(head.get("parts") or ())),
    ):
        if value:
            grid.add_row(Text(label, style="dim"), value if isinstance(value, Text) else Text(value))
    return Panel(grid, title=Text(f"{head['title']}  {head['case_id']}", style="bold"), title_align="left")


def evidence_table(reports: list[dict[str, Any]]) -> Table:
    """Each report with its own number and the reasons why it stands here."""
    table = Table(box=None, title="归入依据", title_justify="left")
    for heading in ("渠道", "编号", "标题", "归入", "把握", "依据"):
        table.add_column(heading, no_wrap=heading in ("渠道", "归入", "把握"), overflow="fold")
    for report in reports:
        link, hand = report.get("link"), report.get("hand")
        table.add_row(
            words.channel_label(report["channel"]),
            Text(report["number"]),
            Text(report["title"]),
            "人工" if hand else labels.LINKS.get(link["kind"], link["kind"]) if link else "立项",
            labels.percent(link["score"]) if link and not hand else "",
            Text(hand["reason"] if hand else "；".join(reason["detail"] for reason in link["reasons"]) if link else ""),
        )
    return table


def timeline_table(entries: list[dict[str, Any]], reports: list[dict[str, Any]], *, whole: bool = True) -> Table:
    """What happened, in the order of the ledger; the time is that of the trouble, or of the report's end.

    `whole`: long reasons go on in further lines; else they end in dots.
    """
    wide = out.width >= WIDE_TABLE
    table = Table(box=None, title="经过", title_justify="left")
    for heading in ("时间", "", "渠道", "内容", *(("编号", "入账") if wide else ())):
        fixed = heading in ("时间", "渠道", "编号", "入账")
        table.add_column(heading, no_wrap=fixed, overflow="fold" if whole and not fixed else "ellipsis")
    of_report = {report["report_id"]: report for report in reports}
    for entry in entries:
        report = of_report.get(entry.get("report_id") or "", entry)
        more = (Text(report.get("number") or ""), words.moment(entry["at"])) if wide else ()
        table.add_row(
            words.moment(_when(entry)),
            labels.EVENTS.get(entry["type"], entry["type"]),
            words.channel_label(report["channel"]) if report.get("channel") else "",
            Text(_told(entry)),
            *more,
        )
    return table


def lane_told(told: dict[str, Any], decided: object) -> str:
    """Danger, lane and tags of a case or an entry; empty for a plain one that nobody decided."""
    named = [labels.DANGERS[told["danger"]]] if told.get("danger") else []
    lane = told.get("lane") or "ordinary"
    named += [labels.LANES[lane]] if lane != "ordinary" or decided else []
    named += [labels.TAGS[tag] for tag in told.get("tags") or ()]
    return "、".join(named) + ("" if decided or not named else "（规则建议）")


def category_told(head: dict[str, Any]) -> str:
    """The decided category, else what the sender wrote and what is suggested."""
    decided, suggested = head.get("decided_category"), head.get("suggested_category")
    if decided:
        return f"{decided['path']}（{decided['code']}，{labels.ANSWERS[decided['answer']]}）"
    return "　".join(filter(None, (head.get("category"), suggested and suggested["told"])))


def _triaged(entry: dict[str, Any], told: dict[str, Any]) -> str:
    title = entry.get("title") or ""
    why = entry.get("reason") or "；".join(told.get("why") or ())
    return f"{title}{'　' if title else ''}{lane_told(told, entry['type'] == 'lane_decided')}：{why}"


def _filed(category: dict[str, str], reason: str | None) -> str:
    return f"{category['path']}（{category['code']}）：{reason or labels.ANSWERS[category['answer']]}"


def _reasons(link: dict[str, Any] | None) -> str:
    return "；".join(reason["detail"] for reason in link["reasons"]) if link else ""


def _when(entry: dict[str, Any]) -> str:
    outcome = entry.get("outcome")
    when: str = outcome["concluded_at"] if outcome else entry.get("occurred_at") or entry["at"]
    return when


def _told(entry: dict[str, Any]) -> str:
    outcome = entry.get("outcome")
    if entry["type"] == "conduct_released":
        return str(entry.get("reply") or "此前封存的内容已送回本件")
    if entry.get("words"):
        return str(entry["words"])
    if entry.get("from_to"):
        before, after = entry["from_to"]
        moved = f"{len(entry['reports'])} 件，" if entry.get("reports") else ""
        return f"{moved}{before} → {after}：{entry.get('reason') or _reasons(entry.get('link'))}"
    if entry.get("triage"):
        return _triaged(entry, entry["triage"])
    if entry.get("category"):
        return _filed(entry["category"], entry.get("reason"))
    if outcome is None:
        return entry.get("title") or ""
    satisfied = {True: "，满意", False: "，不满意"}.get(outcome.get("satisfied"), "")
    reply = outcome.get("reply")
    return f"{labels.RESULTS[outcome['result']]}{satisfied}{'：' + reply if reply else ''}"
