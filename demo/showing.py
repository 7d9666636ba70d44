"""What the demo shows: the day as it comes in, then what came of it; tables only, no decisions."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from demo.accounts import Joins
from demo.day import Day, Step
from demo.telling import Told
from wufang.cli import words
from wufang.cli.search import hits_of, title_of
from wufang.readmodel import labels

RECENT = 12
KINDS = {"report": "", "again": "重发", "outcome": "办结", "refused": ""}


class Ticker:
    """The last lines of the day and a count a channel; plain lines where nobody watches."""

    def __init__(self, day: Day, live: Live | None, console: Console) -> None:
        self._day, self._live, self._console = day, live, console
        self._recent: deque[Text] = deque(maxlen=RECENT)
        self._counts: Counter[str] = Counter()

    def __call__(self, told: Told) -> None:
        self._counts[told.step.channel] += 1
        line = line_of(told)
        self._recent.append(line)
        if self._live is None:
            self._console.print(line)
        else:
            self._live.update(self._view())

    def _view(self) -> RenderableType:
        table = Table.grid()
        for line in self._recent:
            table.add_row(line)
        counts = Text("  ").join(words.channel_label(c).append(f" {n}") for c, n in sorted(self._counts.items()))
        return Group(table, Text(), Text(f"已报送 {self._counts.total()}/{len(self._day.steps)}  ").append_text(counts))


@contextmanager
def ticker(day: Day, console: Console) -> Iterator[Ticker]:
    """Live on a terminal, lines elsewhere."""
    if not console.is_terminal:
        yield Ticker(day, None, console)
        return
    with Live(console=console, refresh_per_second=12) as live:
        yield Ticker(day, live, console)


def line_of(told: Told) -> Text:
    """Time, channel, title, answer."""
    step = told.step
    line = Text(f"{step.at:%H:%M} ", style="dim", no_wrap=True, overflow="ellipsis")
    line.append_text(words.channel_label(step.channel)).append("  ")
    if KINDS[step.kind]:
        line.append(f"（{KINDS[step.kind]}）", style="italic")
    line.append(step.title)
    if told.receipt is None:
        line.append(f"  拒收：{'；'.join(error['message'] for error in told.errors)}", style="red")
    return line


def joined_table(cases: list[dict[str, Any]]) -> Table:
    """The cases that joined several reports."""
    table = Table("事项", "标题", "渠道", "件", "办结", title="归并成的事项", title_justify="left")
    for case in cases:
        table.add_row(
            case["case_id"],
            case["title"],
            words.channel_counts(case["channels"]),
            str(case["reports"]),
            str(case["concluded"] or ""),
        )
    return table


def evidence_lines(case: dict[str, Any], reports: list[dict[str, Any]], most: int = 3) -> Group:
    """Why reports stand in a case: those that say most, one of each kind and channel first."""
    chosen = sorted((r for r in reports if r.get("link")), key=lambda r: _telling(r, reports))[:most]
    lines: list[RenderableType] = [Text(case["title"], style="bold")]
    for report in chosen:
        link = report["link"]
        kind = labels.LINKS.get(link["kind"], link["kind"])
        lines.append(Text("  ← ").append_text(words.channel_label(report["channel"])).append(f" {report['title']}"))
        why = "；".join(reason["detail"] for reason in link["reasons"])
        lines.append(Padding(Text(f"{kind} {labels.percent(link['score'])}：{why}", style="dim"), (0, 0, 0, 9)))
    return Group(*lines)


def _telling(report: dict[str, Any], reports: list[dict[str, Any]]) -> tuple[int, int, float]:
    kinds = ("reference", "repeat", "same_matter")
    place = kinds.index(report["link"]["kind"]) if report["link"]["kind"] in kinds else len(kinds)
    same_channel = sum(other["channel"] == report["channel"] for other in reports)
    return place, same_channel, -report["link"]["score"]


def found_lines(text: str, page: dict[str, Any]) -> Group:
    """One search, hits marked."""
    lines: list[Text] = [Text(f"检索“{text}”：{page['total']} 个事项", style="bold")]
    for case in page["cases"]:
        lines += [Text("  ").append_text(title_of(case)), *(Text("    ").append_text(hit) for hit in hits_of(case, 1))]
    return Group(*lines)


def fates_line(told: list[Told]) -> str:
    """How the steps ended, counted."""
    fates = {
        "in_case": "归入事项",
        "duplicate": "重复（只计一次）",
        "recorded": "办结已记",
        "refused_at_door": "拒收",
    }
    counts = Counter(one.fate for one in told)
    return "，".join(f"{fates.get(fate, fate)} {count}" for fate, count in counts.most_common())


def joins_line(found: Joins, reports: Iterable[Step]) -> str:
    """How the cases compare with the story's intention, and which reports stand elsewhere."""
    merged = "；".join("、".join(matters) for matters in found.merged.values())
    told = f"与故事本意相符：该归并的 {found.meant} 件归并了 {found.made} 件"
    told += f"；不该合在一起的：{merged}" if merged else "；没有把两件事合在一起"
    strays = "、".join(step.title for step in reports if step.id in found.strays)
    return told + (f"\n没有归入本意事项的：{strays}" if strays else "")
