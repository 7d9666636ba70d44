"""`wufang relink` and `wufang triage --back-test`: what other rules would do; nothing is written."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from wufang.cli import operating
from wufang.cli.days import day_ended, day_started
from wufang.cli.failure import Failure, county_of
from wufang.cli.output import AsJson, out, print_json
from wufang.cli.progress import shown
from wufang.readmodel.labels import DANGERS, LANES, LINKS, TAGS, reason_words

if TYPE_CHECKING:
    from wufang.ledger.trials.back_test import BackTested, Change, Proposed, Reason
    from wufang.ledger.trials.homes import Span
    from wufang.ledger.trials.orders import Order
    from wufang.ledger.trials.relink import Evidence
    from wufang.operations.relinking import Asked, Counts, JoinedExample, PartedExample, Relinked

app = typer.Typer()

NO_DRY_RUN = (
    "relink 只试算，不改台账。加 --dry-run 看另立的规则会并、会拆哪些；加 --orders 打印照此处置的命令"
    "（wufang merge、wufang move），由人逐条看过再执行，每条都是新的事件。"
)
REASONS_SHOWN = 4  # facts of one side of an example

Jurisdiction = Annotated[str | None, typer.Option(help="只看这个县区，六位代码")]
Since = Annotated[str | None, typer.Option(help="受理日起，如 2026-03-01")]
Until = Annotated[str | None, typer.Option(help="受理日止（含当日）")]


@app.command()
def relink(
    rules: Annotated[Path, typer.Option("--rules", help="规则文件 TOML，须有 version")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="试算并列出结果")] = False,
    orders: Annotated[bool, typer.Option("--orders", help="打印处置命令，不执行")] = False,
    jurisdiction: Jurisdiction = None,
    since: Since = None,
    until: Until = None,
    examples: Annotated[int, typer.Option(min=0, help="每类最多举几例")] = 10,
    as_json: AsJson = False,
) -> None:
    """试算：另一套关联规则会并、会拆哪些事项；不改台账。"""
    if not (dry_run or orders):
        raise Failure(NO_DRY_RUN, code=2)
    from wufang.adapters.linking_files import BadRules, linking_rules
    from wufang.operations.relinking import relink as run

    try:
        found = linking_rules(rules)
    except BadRules as error:
        raise Failure(str(error), code=2) from error
    span, county = _span(since, until), county_of(jurisdiction)
    known = operating.settings("kafka")
    with shown(quiet=as_json) as progress:
        work = run(known, found, jurisdiction=county, span=span, examples=examples, progress=progress)
        result = operating.run(work)
    if as_json:
        print_json(_relinked_document(result, orders))
    elif dry_run:
        _print_relinked(result)
    if orders and not as_json:
        for line in order_lines(result.orders, result.rules, result.titles):
            typer.echo(line)


@app.command()
def triage(
    back_test: Annotated[Path, typer.Option("--back-test", help="另一个分流规则文件")],
    jurisdiction: Jurisdiction = None,
    since: Since = None,
    until: Until = None,
    examples: Annotated[int, typer.Option(min=0, help="每种变化最多举几例")] = 3,
    as_json: AsJson = False,
) -> None:
    """试算：另一套分流规则会有什么建议，与当时的和人定的相比。"""
    from wufang.adapters.profile_files import LIKENESS_FILE, BadProfile, triage_rules_in
    from wufang.operations.back_testing import back_test as run

    try:
        rules = triage_rules_in(back_test, back_test.parent / LIKENESS_FILE)
    except BadProfile as error:
        raise Failure(str(error), code=2) from error
    span, county = _span(since, until), county_of(jurisdiction)
    known = operating.settings("kafka")
    with shown(quiet=as_json) as progress:
        result = operating.run(run(known, rules, jurisdiction=county, span=span, examples=examples, progress=progress))
    if as_json:
        print_json(_tested_document(result))
    else:
        _print_tested(result)


def _span(since: str | None, until: str | None) -> Span:
    began = None if since is None else _milliseconds(day_started(since))
    ended = None if until is None else _milliseconds(day_ended(until))
    if began is not None and ended is not None and began >= ended:
        raise Failure(f"起止日期写反了：--since {since} 晚于 --until {until}", code=2)
    return began, ended


def _milliseconds(rfc3339: str) -> int:
    from datetime import datetime

    return round(datetime.fromisoformat(rfc3339).timestamp() * 1000)


# --- relink


def _relinked_document(result: Relinked, with_orders: bool) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(result)
    given = {name: document.pop(name) for name in ("orders", "titles")}
    return document | (given if with_orders else {})


def _print_relinked(result: Relinked) -> None:
    out.print(
        f"规则 {result.rules}：{result.reports} 件，现有事项 {result.cases} 个，重算后 {result.other.cases} 个"
        + (f"；{result.by_people} 件有人的决定，重算不得违反" if result.by_people else "")
    )
    out.print(f"  按另立的规则重算：{_counts(result.other)}")
    out.print(f"  按现行规则重算：　{_counts(result.present)}（与现账的差别另有来由：人的处置、旧版规则）")
    out.print(f"  现账待人判断的疑似同一事项 {result.asked} 对")
    for title, lines in (
        ("会并", map(_joined_told, result.joined)),
        ("会拆", map(_parted_told, result.parted)),
        ("新的疑似同一事项", map(_asked_told, result.suggested)),
    ):
        for number, told in enumerate(lines):
            if not number:
                out.print(f"\n{title}，举例：")
            for line in told:
                out.print(line, soft_wrap=True, markup=False)


def _counts(counts: Counts) -> str:
    return (
        f"会并 {counts.joined} 组（涉及事项 {counts.joined_cases} 个），会拆 {counts.parted} 个，"
        f"疑似同一事项 {counts.asked} 对"
    )


def _joined_told(one: JoinedExample) -> Iterable[str]:
    yield (
        "· "
        + " ＋ ".join(
            case_id + (f"（{of} 件）" if reports == of else f"（{of} 件中的 {reports} 件）")
            for case_id, _, reports, of, _ in one.cases
        )
        + _anyway(one.anyway)
    )
    for case_id, title, *_ in one.cases:
        yield f"    {case_id} {title}"
    for evidence in one.evidence[:REASONS_SHOWN]:
        yield f"    依据：{_evidence(evidence)}"


def _parted_told(one: PartedExample) -> Iterable[str]:
    yield f"· {one.case_id} {one.title}：留 {one.keeps} 件{_anyway(one.anyway)}"
    for reports, first in one.leaves:
        yield f"    分出 {reports} 件："
        for told in first:
            why = "人的决定" if told.by_hand else "立项" if told.link is None else _link(told.link)
            yield f"      {told.number} {told.title}（原归入：{why}）"


def _asked_told(one: Asked) -> Iterable[str]:
    yield f"· {one.one[0]} {one.one[1]} ／ {one.other[0]} {one.other[1]}"
    yield f"    依据：{_evidence(one.evidence)}"


def _anyway(anyway: bool) -> str:
    return "　［按现行规则重算也如此］" if anyway else ""


def _evidence(evidence: Evidence) -> str:
    return _link(evidence.link)


def _link(link: Any) -> str:
    reasons = "；".join(reason_words(reason.detail) for reason in link.reasons)
    return f"{LINKS[link.kind]} {link.score:.0%}：{reasons}"


def order_lines(orders: Sequence[Order], rules: str, titles: Mapping[str, str]) -> Iterator[str]:
    """Shell lines that order it, to be read by a person first; a new case that others join is named by a variable.

    Before each stands what it is about, as a comment: a title in one line, whatever signs it has.
    """
    from wufang.ledger.trials.orders import MergeOrder, named

    reason = shlex.quote(f"按关联规则 {rules} 试算")
    joined = {order.to_new for order in orders if not isinstance(order, MergeOrder)}
    yield "# 逐条看过再执行；每条都记入台账。提示“有变化”时稍候再试。"
    for order in orders:
        yield "# " + " ← ".join(f"{case_id} {_one_line(titles.get(case_id, ''))}".strip() for case_id in named(order))
        if isinstance(order, MergeOrder):
            yield f"wufang merge {order.case_id} {order.merged} --reason {reason}"
            continue
        line = f"wufang move {order.case_id} {' '.join(order.reports)} --reason {reason}"
        if order.new is None:
            yield f"{line} --to {order.to or f'$case{order.to_new}'}"
        elif order.new in joined:
            yield f'case{order.new}=$({line} --json | grep -o -m1 \'"case_id": "[^"]*"\' | cut -d\'"\' -f4)'
        else:
            yield line


def _one_line(title: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in title)


# --- triage


def _tested_document(result: BackTested) -> dict[str, Any]:
    return {
        **{name: getattr(result, name) for name in ("rules", "reports", "cases", "changed")},
        "lanes": _changes(result.lanes),
        "dangers": _changes(result.dangers),
        "tags": {"added": dict(result.tags_added), "dropped": dict(result.tags_dropped)},
        "decided": {
            "cases": result.decided,
            "lane": {"before": result.lane_before, "after": result.lane_after},
            "tags": {"before": result.tags_before, "after": result.tags_after},
        },
        "examples": msgspec.to_builtins(result.examples),
    }


def _changes(counts: Any) -> list[dict[str, Any]]:
    return [{"before": before, "after": after, "cases": count} for (before, after), count in counts.most_common()]


def _print_tested(result: BackTested) -> None:
    out.print(f"规则 {result.rules}：{result.reports} 件，事项 {result.cases} 个，建议会变的 {result.changed} 个")
    for (before, after), count in result.lanes.most_common():
        out.print(f"  {LANES[before]} → {LANES[after]}：{count}")
    for (called, calls), count in result.dangers.most_common():
        out.print(f"  {_danger(called)} → {_danger(calls)}：{count}")
    for sign, counted in (("新增", result.tags_added), ("不再有", result.tags_dropped)):
        for tag, count in counted.most_common():
            out.print(f"  {sign}标签{TAGS[tag]}：{count}")
    if result.decided:
        lanes = f"办理方式当时 {result.lane_before} 个、另立的规则 {result.lane_after} 个"
        tags = f"标签当时 {result.tags_before} 个、另立的规则 {result.tags_after} 个"
        out.print(f"人定办的事项 {result.decided} 个，与人一致的：{lanes}，{tags}")
    out.print("封存的部分不在台账中，认定违纪的规则不能这样试算。")
    for change in result.examples:
        for line in _change_told(change):
            out.print(line, soft_wrap=True, markup=False)


def _danger(danger: str | None) -> str:
    return "不转接" if danger is None else DANGERS[danger]


def _change_told(change: Change) -> Iterable[str]:
    decided = "" if change.decided is None else f"；人定：{_lane(change.decided.lane, change.decided.tags)}"
    yield f"· {change.case_id} {change.title}：{_told(change.before)} → {_told(change.after)}{decided}"
    yield from _reasons_told("原据", change.reasons_before)
    yield from _reasons_told("新据", change.reasons_after)


def _told(one: Proposed) -> str:
    return (f"{DANGERS[one.danger]}、" if one.danger else "") + _lane(one.lane, one.tags)


def _lane(lane: str, tags: Iterable[str]) -> str:
    return "、".join((LANES[lane], *(TAGS[tag] for tag in tags)))


def _reasons_told(name: str, reasons: tuple[Reason, ...]) -> Iterable[str]:
    for reason in reasons[:REASONS_SHOWN]:
        fact = reason.fact
        quoted = f"“{fact.matched}”" if fact.matched else ""
        yield f"    {name}：{reason.number} {fact.rule} {quoted}{fact.why}"
