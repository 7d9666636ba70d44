"""Examples of what stands on the topics, made by the real door from the named submissions, chance fixed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

import msgspec
import orjson

from wufang.adapters.door import Door, Ready, Unsealed
from wufang.adapters.key_file import ApiKey
from wufang.adapters.profile_files import triage_rules
from wufang.catalogue.channels import channel_specs
from wufang.contracts.registry import EventType, event_type, examples
from wufang.domain import events
from wufang.domain.categories import Suggestion
from wufang.domain.commands import (
    Actor,
    Command,
    DecideCategory,
    DecideLane,
    KeepApart,
    KeepTogether,
    Merge,
    Move,
    ReleaseConduct,
    Restore,
)
from wufang.domain.ids import case_id, cause, conflict_cause, event_id
from wufang.domain.linking import Link, Reason, Side, Split
from wufang.domain.report import Channel, Restored
from wufang.domain.shanghai import day_of, day_start
from wufang.domain.warning import About
from wufang.privacy.keyring import KeyRing, make_secrets, read_secrets
from wufang.wire import inputs, record
from wufang.wire.position import Position

JURISDICTION = "990101"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
RULES_OF_EXAMPLES = "triage-2"  # whatever the profile has today: examples need not change with it
ACCEPTED_AT = "2026-04-20T03:02:01.456Z"
_CONTENT = "content-1:" + "0" * 64
Files = dict[str, bytes]


def log_examples() -> Files:
    """Path under schemas/examples to bytes: each submission as the log holds it, and ledger records."""
    made: Files = {}
    for spec in channel_specs():
        rules = msgspec.structs.replace(triage_rules(), version=RULES_OF_EXAMPLES)
        door = Door(spec, example_ring(), counting_bytes(), rules)
        for kind in map(event_type, spec.events):
            for example in examples(spec.name, kind.event):
                made |= _accepted(door, kind, example.name, example.content)
    for name, value in _commands():
        made[f"commands/{name}.json"] = value
    for record_name, value in _ledger(made):
        made[f"ledger/{record_name}.json"] = value
    return {path: pretty(orjson.loads(value)) for path, value in made.items()}


def counting_bytes() -> Callable[[int], bytes]:
    """Bytes that are never the same twice and always the same in the next run; for examples only."""
    count = iter(range(1_000_000))
    return lambda size: b"".join(sha256(b"example%d" % next(count)).digest() for _ in range(-(-size // 32)))[:size]


def example_secrets() -> dict[str, Any]:
    """Secrets that everybody knows; they must not be used for anything but examples."""
    return make_secrets(counting_bytes())


def example_ring() -> KeyRing:
    """The key ring of `example_secrets`."""
    return read_secrets(example_secrets())


def example_key(channel: str) -> ApiKey:
    """An agency's key of the made-up county."""
    return ApiKey(
        id="example",
        prefix="example",
        sha256="0" * 64,
        source="pingchuan-" + _SOURCES[channel],
        channels=(cast(Channel, channel),),
        jurisdiction=JURISDICTION,
        authority=JURISDICTION,
        created_at=CREATED,
    )


OFFICE = Actor("example-official", "discipline", "平川县纪委监委")
RELEASED = Restored(
    title="青石巷路灯不亮", text="青石巷路灯坏了半年，城管局答复已派工，一直没有人来。", accused="平川县城管局"
)
RECEIPT = "example-receipt-of-the-discipline-office"
BY = Actor("example-operator", "operator", "平川县12345")
_SUGGESTED = Suggestion("0102", "住房城建 / 市政设施", 812, "example", "example", keywords=("积水",))
_ORDERED = """
    cases_merged case_restored reports_moved cases_kept_apart case_kept_together lane_decided
    category_decided conduct_released command_refused
""".split()
_TOPICS = dict.fromkeys(_ORDERED, "commands") | dict.fromkeys(
    ("report_linked", "link_suggested", "cases_bridged", "split_suggested"), "reports.petition"
)
_SOURCES = {
    "hotline": "12345",
    "grid": "grid",
    "sentiment": "opinion",
    "petition": "petition",
    "party_building": "party",
}


def _accepted(door: Door, kind: EventType, name: str, content: dict[str, Any]) -> Files:
    ready = door.prepare(content, example_key(kind.channel), ACCEPTED_AT)
    if isinstance(ready, Unsealed):
        ready = door.sealed(ready, RECEIPT)
    if not isinstance(ready, Ready):
        raise ValueError(f"the door refuses the example {kind.channel}/{kind.event}/{name}: {ready}")
    made = {f"events/{kind.channel}/{kind.event}/{name}.json": ready.value}
    if ready.encrypted is not None and kind.channel == "hotline" and name == "full" and kind.event == "report":
        made["data_keys/wrapped_key.json"] = ready.encrypted.wrapped
    return made


def _commands() -> Iterator[tuple[str, bytes]]:
    """What people order, as it stands on the topic."""
    case, other = case_id(JURISDICTION, 1, 0), case_id(JURISDICTION, 6, 0)
    seen = {case: 3, other: 6}
    sealed = cause("pingchuan-12345", "RX-9", JURISDICTION)
    told: list[tuple[str, Command | ReleaseConduct]] = [
        ("merge", Merge(case, other, seen, BY, "同一处积水，两家分别反映")),
        ("restore", Restore(case, other, {case: 7, other: 7}, BY, "现场核查是两处")),
        ("move", Move(case, (cause("pingchuan-petition", "XF-7", JURISDICTION),), {case: 8}, BY, "此件说的是另一条路")),
        ("decide_lane", DecideLane(case, "urgent", ("joint",), {case: 8}, BY, "老人被困，须当天办")),
        ("keep_apart", KeepApart(case, other, {case: 8, other: 7}, BY, "现场核查是两处")),
        ("keep_together", KeepTogether(case, {case: 8}, BY, "现场核查是同一处", _reports("XF-7", "XF-8"))),
        ("decide_category", DecideCategory(case, "010202", {case: 9}, BY)),
        ("release_conduct", ReleaseConduct(sealed, RECEIPT, RELEASED, OFFICE)),
    ]
    for number, (name, command) in enumerate(told, 1):
        yield (
            name,
            orjson.dumps(
                {
                    "specversion": "1.0",
                    "id": f"example-command-{number}",
                    "source": "ledger-service",
                    "type": f"wufang.command.{name}.v1",
                    "time": ACCEPTED_AT,
                    "datacontenttype": "application/json",
                    "dataschema": f"schemas/commands/{name}.v1.schema.json",
                    "jurisdiction": JURISDICTION,
                    "acceptedat": ACCEPTED_AT,
                    "contentmac": _CONTENT,
                    "data": msgspec.to_builtins(command),
                }
            ),
        )


def _reports(*numbers: str) -> tuple[str, ...]:
    return tuple(sorted(cause("pingchuan-petition", number, JURISDICTION) for number in numbers))


def _come_apart() -> Split:
    """Two puddles in one case."""
    here = Side(_reports("XF-7", "XF-8"), ("和平路",), ("积水",))
    there = Side(_reports("XF-9", "XF-10"), ("望江路",), ("积水", "车辆"))
    told = Reason("average", 0.03, "两组之间属同一事项的把握平均 3%")
    return Split((here, there), 0.21, (told,), "split-2")


def _regrouped(case: str, opened: Any, joined: Any) -> list[tuple[str, str, events.Event]]:
    """What the commands made, and one the ledger did not allow."""
    other, at = case_id(JURISDICTION, 6, 0), opened.accepted_at
    told = (BY, "同一处积水，两家分别反映", at, _CONTENT)
    causes = [cause("ledger-service", f"example-command-{number}", JURISDICTION) for number in range(1, 10)]
    return [
        ("cases_merged", causes[0], events.CasesMerged(case, other, *told)),
        ("case_restored", causes[1], events.CaseRestored(other, case, *told)),
        ("link_suggested", joined.id, events.LinkSuggested(case, joined.id, _likeness(other))),
        ("cases_bridged", joined.id, events.CasesBridged(case, other, joined.id, _likeness(other), joined.accepted_at)),
        ("reports_moved", causes[2], events.ReportsMoved(case, other, False, (opened.id,), *told)),
        ("cases_kept_apart", causes[4], events.CasesKeptApart(case, other, *told)),
        ("case_kept_together", causes[6], events.CaseKeptTogether(case, _reports("XF-7", "XF-8"), *told)),
        ("split_suggested", joined.id, events.SplitSuggested(case, _come_apart())),
        ("lane_decided", causes[5], events.LaneDecided(case, "urgent", ("joint",), *told)),
        ("category_decided", causes[7], _filed(case, at)),
        (
            "conduct_released",
            causes[8],
            events.ConductReleased(case, opened.id, RECEIPT, RELEASED, OFFICE, at, _CONTENT),
        ),
        ("command_refused", causes[3], events.CommandRefused("changed", _CONTENT)),
    ]


def _filed(case: str, at: int) -> events.CategoryDecided:
    """A suggestion that was kept: the person went further down its branch."""
    path = "住房城建 / 市政设施 / 排水与井盖"
    offered = events.Offered("0102", "example", "example")
    return events.CategoryDecided(case, "010202", path, "example", BY, at, _CONTENT, offered=offered)


def _warned(case: str, joined: Any) -> list[tuple[str, str, events.Event]]:
    """A burst, another day of it, and what became of it; in the ledger each stands behind the report it came with."""
    about, name, at = About("matter", case), event_id(JURISDICTION, 10, 1), joined.accepted_at
    causes = [cause("pingchuan-petition", f"example-warning-{number}", JURISDICTION) for number in range(1, 4)]
    raised = events.WarningRaised(
        warning=name,
        about=about,
        sign="burst",
        case_id=case,
        at=at,
        since=day_start(day_of(at)),
        window=3,
        expected=1.01,
        seen=4,
        further=3,
        members=(joined.id,),
        method="gamma-poisson-scan",
        rules="example",
        surprise=3.2,
    )
    return [
        ("warning_raised", causes[0], raised),
        ("warning_continued", causes[1], events.WarningContinued(name, about, at, 7, 1.02, 6)),
        ("warning_scored", causes[2], events.WarningScored(name, about, "burst", at, True, 3, 3)),
    ]


def _ledger(made: Files) -> Iterator[tuple[str, bytes]]:
    """Inputs of one county's chain: opened, linked, concluded, two refusals, and what people ordered."""
    opened = _report(made, "hotline", "full")
    joined = _report(made, "petition", "quotes-a-work-order")
    concluded = _decoded(made, "hotline", "outcome", "full")
    case = case_id(JURISDICTION, 1, 0)
    happened: list[tuple[str, str, events.Event]] = [
        ("case_opened", opened.id, events.CaseOpened(case, opened, suggested_category=_SUGGESTED)),
        ("report_linked", joined.id, events.ReportLinked(case, joined, _link(case))),
        (
            "report_concluded",
            concluded.cause,
            events.ReportConcluded(case, opened.id, concluded.outcome, first=True),
        ),
        (
            "submission_conflicted",
            conflict_cause(opened.id, _CONTENT),
            events.SubmissionConflicted(opened.id, _CONTENT),
        ),
        (
            "outcome_refused",
            cause("pingchuan-12345", "unknown-outcome", JURISDICTION),
            events.OutcomeRefused(cause("pingchuan-12345", "unknown", JURISDICTION), "unknown_report", _CONTENT),
        ),
    ]
    happened += _regrouped(case, opened, joined) + _warned(case, joined)
    head = record.first_head(JURISDICTION)
    for offset, (name, its_cause, event) in enumerate(happened):
        topic = _TOPICS.get(name, "reports.hotline")
        place = Position(topic, 7, offset)
        value = record.encode(record.chained(head, its_cause, JURISDICTION, place, [event]))
        head = record.Head(head.seq + 1, record.digest(value))
        yield f"{name}", msgspec.json.encode(event)
        yield f"record/{name}", value


def _report(made: Files, channel: str, name: str) -> Any:
    return _decoded(made, channel, "report", name).report


def _decoded(made: Files, channel: str, event: str, name: str) -> Any:
    return inputs.decode(f"reports.{channel}", JURISDICTION.encode(), made[f"events/{channel}/{event}/{name}.json"])


def _link(case: str) -> Link:
    reason = Reason("reference", 1.0, "来件引用了热线工单编号")
    return Link(case_id=case, kind="reference", score=1.0, reasons=(reason,), rules="example")


def _likeness(case: str) -> Link:
    reason = Reason("place", 12.5, "同一地点或单位：河滨路")
    return Link(case_id=case, kind="same_matter", score=0.8, reasons=(reason,), rules="example")


def pretty(value: Any) -> bytes:
    """JSON as it stands in the repository: two spaces, Chinese as it is, a newline at the end."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
