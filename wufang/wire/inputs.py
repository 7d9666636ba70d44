"""Input events: CloudEvents 1.0 JSON on the input topics, to domain submissions; what cannot be used says why."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

import msgspec

from wufang.domain import ids
from wufang.domain.commands import (
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
from wufang.domain.decisions import OutcomeSubmitted, ReleaseSubmitted, ReportSubmitted, Submission
from wufang.domain.ordering import CommandSubmitted
from wufang.domain.report import (
    CHANNELS,
    Channel,
    ContactMode,
    Outcome,
    Point,
    Report,
    Reporter,
    Result,
    Sealed,
    SealedPart,
)
from wufang.domain.triage import Danger, Fact, Lane, Tag, Triage
from wufang.domain.triage.matter import FACTS
from wufang.wire import topics

TYPE = re.compile(rf"wufang\.({'|'.join(CHANNELS)})\.(report|outcome)\.v1")
COMMANDS: dict[str, type[Command | ReleaseConduct]] = {
    "wufang.command.merge.v1": Merge,
    "wufang.command.restore.v1": Restore,
    "wufang.command.move.v1": Move,
    "wufang.command.keep_apart.v1": KeepApart,
    "wufang.command.keep_together.v1": KeepTogether,
    "wufang.command.decide_lane.v1": DecideLane,
    "wufang.command.decide_category.v1": DecideCategory,
    "wufang.command.release_conduct.v1": ReleaseConduct,
}
JURISDICTION = re.compile(r"[0-9]{6}")
DEEPEST = 16  # levels of `details`; the doors' models have three, and encoders and stacks end somewhere
WHOLE = range(-(2**63), 2**63)  # what every encoder below carries; JSON itself has no bound
EARLIEST = -2_209_075_200_000  # 1899-12-31T00:00Z: 1900-01-01, where the doors begin, at any offset
LATEST = 4_133_980_799_999  # the last millisecond of 2100 in UTC; the doors end with 2099
Named = Annotated[str, msgspec.Meta(min_length=1)]


class Unusable(Exception):
    """An input that is quarantined: `reason` is a fixed word, `detail` is for operators and quotes no values."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Proposed(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a door proposed for a report, of the report alone; for a plain one nothing stands here."""

    danger: Danger | None = None
    lane: Lane = "ordinary"
    tags: tuple[Tag, ...] = ()
    facts: Annotated[tuple[Fact, ...], msgspec.Meta(max_length=FACTS)] = ()


class ReportData(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`data` of a report event as it stands on the log (personal fields are gone)."""

    title: str
    text: str
    occurred_at: datetime
    number: str | None = None
    received_at: datetime | None = None
    category: str | None = None
    address: str | None = None
    grid_code: str | None = None
    point: Point | None = None
    contact_mode: ContactMode | None = None
    public: bool | None = None
    enterprise: bool | None = None
    accused: str | None = None
    related: tuple[str, ...] = ()
    reporter: Reporter | None = None
    sealed: Sealed | None = None
    details: dict[str, Any] = {}
    conduct: SealedPart | None = None
    screened: str | None = None  # by the rules of this mark the door found nothing to seal in this title and text
    proposed: Proposed | None = None  # and by the same rules


class OutcomeData(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`data` of an outcome event: `report` is the id of an earlier report event, same source and county."""

    report: str
    result: Result
    concluded_at: datetime
    reply: str | None = None
    satisfied: bool | None = None
    sealed: Sealed | None = None
    conduct: SealedPart | None = None


class InputEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The CloudEvent envelope; `acceptedat` is the door's clock, `contentmac` covers what was received."""

    specversion: Literal["1.0"]
    id: Named
    source: Named
    type: str
    time: datetime
    datacontenttype: str
    dataschema: str
    jurisdiction: str
    acceptedat: datetime
    contentmac: Named
    data: msgspec.Raw


LONGEST_TEXT = 1_000_000  # signs; more than an event's bytes

_event = msgspec.json.Decoder(InputEvent)
_report = msgspec.json.Decoder(ReportData)
_outcome = msgspec.json.Decoder(OutcomeData)
_commands = {name: msgspec.json.Decoder(command) for name, command in COMMANDS.items()}
_QUOTED = re.compile(r"""value (?:'.*'|".*")""", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(?![a-z_]{1,40}`).*`(?= - at|$)", re.DOTALL)


def milliseconds(moment: datetime) -> int:
    """UTC milliseconds. Raises Unusable for a naive time, and for one no matter of today can have."""
    if moment.tzinfo is None:
        raise Unusable("naive_time", "a time without an offset")
    found = round(moment.timestamp() * 1000)
    if not EARLIEST <= found <= LATEST:
        raise Unusable("bad_time", "a time before 1900 or after 2100")
    return found


def wire_time(ms: int) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def decode(topic: str, key: bytes | None, value: bytes | None) -> Submission:
    """The submission an input topic's record holds. Raises Unusable with the reason it must be quarantined for."""
    event = _decoded(_event, value, "envelope")
    belongs, make = _typed(event.type)
    if topic != belongs:
        raise Unusable("wrong_topic", f"an event of {belongs} on {topic}")
    if not JURISDICTION.fullmatch(event.jurisdiction):
        raise Unusable("bad_jurisdiction", "not a six-digit code")
    if key != event.jurisdiction.encode():
        raise Unusable("key_mismatch", "the record's key is not the event's jurisdiction")
    milliseconds(event.time)  # the report's own time stands in the data; a naive one is refused all the same
    return make(event)


def _decoded(decoder: "msgspec.json.Decoder[Any]", value: bytes | msgspec.Raw | None, what: str) -> Any:
    if value is None:
        raise Unusable("empty", "a record without a value")
    try:
        return decoder.decode(value)
    except msgspec.ValidationError as error:
        raise Unusable("bad_" + what, told(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise Unusable("undecodable", f"{what}: {type(error).__name__}") from None


def told(error: msgspec.ValidationError) -> str:
    """What is wrong and where, without the values msgspec quotes: they may be anything, a phone number too."""
    return _UNKNOWN.sub("unknown field", _QUOTED.sub("value", str(error)))


def _storable(value: Any, levels: int = DEEPEST) -> bool:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return levels > 0 and all(_storable(one, levels - 1) for one in inner)
    return not isinstance(value, int) or value in WHOLE


def _typed(name: str) -> tuple[str, Callable[[InputEvent], Submission]]:
    """The topic an event type belongs on, and what makes a submission of it."""
    if name in COMMANDS:
        return topics.COMMANDS, _command_submitted
    found = TYPE.fullmatch(name)
    if found is None:
        raise Unusable("unknown_type", "an event type or version this system does not know")
    channel: Channel = found[1]  # type: ignore[assignment]  # the pattern is made of exactly the channels
    if found[2] == "outcome":
        return topics.reports_topic(channel), _outcome_submitted
    return topics.reports_topic(channel), partial(_report_submitted, channel)


def _report_submitted(channel: Channel, event: InputEvent) -> ReportSubmitted:
    data: ReportData = _decoded(_report, event.data, "data")
    if not _storable(data.details):
        raise Unusable("bad_data", "details are nested too deep or hold a whole number beyond 64 bits")
    cause = ids.cause(event.source, event.id, event.jurisdiction)
    report = Report(
        id=cause,
        source=event.source,
        number=data.number or event.id,
        channel=channel,
        jurisdiction=event.jurisdiction,
        occurred_at=milliseconds(data.occurred_at),
        accepted_at=milliseconds(event.acceptedat),
        content=event.contentmac,
        title=data.title,
        text=data.text,
        received_at=None if data.received_at is None else milliseconds(data.received_at),
        category=data.category,
        address=data.address,
        grid_code=data.grid_code,
        point=data.point,
        contact_mode=data.contact_mode,
        public=data.public,
        enterprise=data.enterprise,
        accused=data.accused,
        related=data.related,
        reporter=data.reporter,
        sealed=data.sealed,
        details=data.details,
        conduct=data.conduct,
    )
    return ReportSubmitted(cause, event.jurisdiction, event.contentmac, report, data.screened, _told(data))


def _told(data: ReportData) -> Triage | None:
    found = data.proposed
    if found is None or data.screened is None or data.conduct is not None:
        return None
    if not all(0 <= place < LONGEST_TEXT for fact in found.facts for place in (fact.start, fact.end)):
        raise Unusable("bad_data", "a fact of a proposal stands nowhere")
    return Triage(found.danger, None, found.lane, found.tags, found.facts, data.screened)


def _outcome_submitted(event: InputEvent) -> OutcomeSubmitted:
    data: OutcomeData = _decoded(_outcome, event.data, "data")
    outcome = Outcome(
        result=data.result,
        concluded_at=milliseconds(data.concluded_at),
        accepted_at=milliseconds(event.acceptedat),
        content=event.contentmac,
        reply=data.reply,
        satisfied=data.satisfied,
        sealed=data.sealed,
        conduct=data.conduct,
    )
    return OutcomeSubmitted(
        ids.cause(event.source, event.id, event.jurisdiction),
        event.jurisdiction,
        event.contentmac,
        ids.cause(event.source, data.report, event.jurisdiction),
        outcome,
    )


def _command_submitted(event: InputEvent) -> CommandSubmitted | ReleaseSubmitted:
    command: Command | ReleaseConduct = _decoded(_commands[event.type], event.data, "data")
    told = (ids.cause(event.source, event.id, event.jurisdiction), event.jurisdiction, event.contentmac)
    at = milliseconds(event.acceptedat)
    if not isinstance(command, ReleaseConduct):
        return CommandSubmitted(*told, at, command)
    if not _storable(command.words.details or {}):
        raise Unusable("bad_data", "details are nested too deep or hold a whole number beyond 64 bits")
    return ReleaseSubmitted(*told, at, command)
