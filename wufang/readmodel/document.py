"""Domain objects to documents, one function each; pseudonyms and ciphertext must not enter a document."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, assert_never

import msgspec
import orjson

from wufang.domain import ids
from wufang.domain.case import Case, Decided, Filed, Hand, Member, Suggestion, placement
from wufang.domain.categories import Suggestion as SuggestedCategory
from wufang.domain.categories import told
from wufang.domain.events import (
    CaseKeptTogether,
    CaseOpened,
    CaseRestored,
    CasesBridged,
    CasesKeptApart,
    CasesMerged,
    CategoryDecided,
    Commanded,
    CommandRefused,
    ConductReleased,
    Event,
    LaneDecided,
    LinkSuggested,
    Ordered,
    OutcomeRefused,
    Proposal,
    ReportConcluded,
    ReportLinked,
    ReportsMoved,
    SplitSuggested,
    SubmissionConflicted,
    WarningContinued,
    WarningRaised,
    WarningScored,
)
from wufang.domain.linking import Link, Split
from wufang.domain.notice import Notice, kind_of, state_of
from wufang.domain.report import Outcome, Report
from wufang.domain.watched import whom
from wufang.readmodel.labels import score_words, warning_words
from wufang.readmodel.organisations import accused_keys, both_ways

Kind = Literal["cases", "reports", "timeline", "receipts", "warnings"]
Document = dict[str, Any]

FINAL = 1  # version of documents that never change


class Action(NamedTuple):
    """One document to write: `version` is external, an older write of the same `id` loses."""

    kind: Kind
    id: str
    version: int
    document: Document


class Written(NamedTuple):
    """An action and its document as the bytes that are sent, which are those the index keeps."""

    action: Action
    source: bytes


class Origin(NamedTuple):
    """Where an event stands: its record's cause and place in the ledger, and the input that caused it."""

    cause: str
    jurisdiction: str
    seq: int
    position: str


def areas(jurisdiction: str) -> list[str]:
    """The authority prefixes a jurisdiction lies under: province, city, county."""
    return [jurisdiction[:2], jurisdiction[:4], jurisdiction[:6]]


def case_document(case: Case) -> Document:
    """A case as it is found and listed; bounded, its reports have documents of their own."""
    return _without_none(
        {
            "case_id": case.id,
            "jurisdiction": case.jurisdiction,
            "areas": areas(case.jurisdiction),
            "state": case.state,
            "progress": progress(case.reports, case.concluded),
            "leads_to": case.leads_to,
            "parts": list(case.parts) or None,
            "suggestions": [suggestion_document(one) for one in case.suggestions] or None,
            "suggested": [one.link.case_id for one in case.suggestions] or None,
            "split": None if case.split is None else split_document(case.split),
            "coming_apart": True if case.split is not None else None,
            "title": case.title,
            "other_titles": [title for title in case.titles if title != case.title],
            "text": list(case.excerpts),
            "channels": list(case.channels),
            "channel_count": len(case.channels),
            "channel_reports": case.channels,
            "reports": case.reports,
            "concluded": case.concluded,
            "links": case.links,
            "link_kinds": list(case.links),
            "danger": case.danger,
            "lane": case.decided.lane if case.decided else case.lane,
            "tags": list(case.decided.tags if case.decided else case.tags) or None,
            "decided": None if case.decided is None else decided_document(case.decided),
            "category": case.filed_under,
            "category_answer": None if case.filed is None else case.filed.answer,
            "suggested_category": _suggested_category(case.suggested_category),
            "decided_category": None if case.filed is None else filed_document(case.filed),
            "addresses": list(case.addresses),
            "grid_codes": list(case.grid_codes),
            "accused": list(case.accused),
            "accused_keys": [both_ways(key) for key in accused_keys(case.accused)],
            "withheld": case.withheld or None,
            "opened_at": case.opened_at,
            "first_occurred_at": case.first_occurred_at,
            "last_occurred_at": case.last_occurred_at,
            "last_accepted_at": case.last_accepted_at,
        }
    )


def progress(reports: int, concluded: int) -> str:
    """How many of a case's reports ended in their own channels; the case's own end is another thing."""
    if concluded == 0:
        return "none"
    return "all" if concluded >= reports else "some"


def told_by(report: Report, case_id: str) -> int:
    """Whom a report counts for, as a number that holds within its case alone.

    The same person's reports of another case have another: nobody can tell from documents that they are one person's.
    """
    whole = f"{case_id}|{whom(report)}".encode()
    return int.from_bytes(hashlib.sha256(whole).digest()[:8], signed=True)


def report_document(
    report: Report,
    case_id: str,
    position: str,
    seq: int,
    link: Link | None = None,
    hand: Hand | None = None,
    place: str | None = None,
) -> Document:
    """A report with the case it stands in and why; who reported it stays out, even as a pseudonym."""
    return _without_none(
        {
            "case_id": case_id,
            "jurisdiction": report.jurisdiction,
            "areas": areas(report.jurisdiction),
            "channel": report.channel,
            "source": report.source,
            "number": report.number,
            "title": report.title,
            "text": report.text,
            "occurred_at": report.occurred_at,
            "accepted_at": report.accepted_at,
            "received_at": report.received_at,
            "category": report.category,
            "address": report.address,
            "grid_code": report.grid_code,
            "point": None if report.point is None else msgspec.to_builtins(report.point),
            "contact_mode": report.contact_mode,
            "public": report.public,
            "enterprise": report.enterprise,
            "accused": report.accused,
            "related": list(report.related) or None,
            "details": report.details or None,
            "link": None if link is None else link_document(link),
            "content": report.content,
            "hand": None if hand is None else hand_document(hand),
            "place": place,
            "told_at": min(report.occurred_at, report.accepted_at),
            "told_by": told_by(report, case_id),
            "position": position,
            "seq": seq,
        }
    )


def decided_document(decided: Decided) -> Document:
    """A person's decision of the lane."""
    return {"by": msgspec.to_builtins(decided.by), "reason": decided.reason, "at": decided.at}


def filed_document(filed: Filed) -> Document:
    """A person's decision of the category."""
    return _without_none(msgspec.to_builtins(filed))


def _suggested_category(suggestion: SuggestedCategory | None) -> Document | None:
    """What is suggested, with the sentence why."""
    if suggestion is None:
        return None
    return {"code": suggestion.code, "path": suggestion.path, "told": told(suggestion), "rules": suggestion.rules}


def triage_document(triage: Proposal) -> Document:
    """What the rules propose for a report and the sentences why; where in the text stays in the ledger."""
    why = list(dict.fromkeys(fact.why for fact in triage.facts))
    return _without_none(
        {
            "danger": triage.danger,
            "lane": triage.lane,
            "tags": list(triage.tags) or None,
            "why": why,
            "rules": triage.rules,
        }
    )


def suggestion_document(suggestion: Suggestion) -> Document:
    """Another case that may be the same matter, with the evidence."""
    return {"report_id": suggestion.report_id, "link": link_document(suggestion.link)}


def split_document(split: Split) -> Document:
    """Two groups of the case's reports that may be two matters, with the evidence."""
    document: Document = msgspec.to_builtins(split)
    return document


def hand_document(hand: Hand) -> Document:
    """A person's decision where a report belongs."""
    return {"by": msgspec.to_builtins(hand.by), "reason": hand.reason, "at": hand.at, "seq": hand.seq}


def link_document(link: Link) -> Document:
    """The evidence of a link: kind, score, reasons, rule version, as the ledger recorded it."""
    document: Document = msgspec.to_builtins(link)
    return document


def outcome_document(outcome: Outcome) -> Document:
    """How a report ended; what was sealed of the reply stays out, and that anything was."""
    document: Document = msgspec.to_builtins(outcome)
    return {name: value for name, value in document.items() if name not in ("sealed", "content", "conduct")}


def timeline_document(event: Event, origin: Origin, index: int) -> Document | None:
    """One event of a case's timeline, None for events that are on none; it never changes."""
    match event:
        case CaseOpened():
            entry = _timeline("case_opened", event.case_id, event.report.id, origin, index)
            return entry | _headline(event.report) | _triaged(event.triage)
        case ReportLinked():
            entry = _timeline("report_linked", event.case_id, event.report.id, origin, index)
            return entry | _headline(event.report) | {"link": link_document(event.link)} | _triaged(event.triage)
        case ReportConcluded():
            entry = _timeline("report_concluded", event.case_id, event.report_id, origin, index)
            return entry | {"at": event.outcome.accepted_at, "outcome": outcome_document(event.outcome)}
        case CasesMerged() | CaseRestored() | ReportsMoved() | CasesKeptApart() | CaseKeptTogether():
            return _ordered(event, origin, index)
        case CasesBridged():
            entry = _timeline("cases_bridged", event.case_id, event.report_id, origin, index)
            pair = {"case_id": [event.case_id, event.merged], "from_to": [event.merged, event.case_id]}
            return entry | pair | {"link": link_document(event.link), "at": event.at}
        case WarningRaised() | WarningScored():
            return warning_entry(event, origin, index)
        case LaneDecided() | CategoryDecided() | ConductReleased():
            return _decided(event, origin, index)
        case SubmissionConflicted() | OutcomeRefused() | CommandRefused():
            return None
        case LinkSuggested() | SplitSuggested() | WarningContinued():
            return None
        case _:
            assert_never(event)


def _ordered(event: Ordered, origin: Origin, index: int) -> Document:
    """What a person ordered: of two cases one entry on the timelines of both, `from_to` tells which is which."""
    match event:
        case CasesMerged():
            return _regrouped("cases_merged", event, (event.case_id, event.merged), origin, index)
        case CaseRestored():
            return _regrouped("case_restored", event, (event.case_id, event.left), origin, index)
        case CasesKeptApart():
            return _regrouped("cases_kept_apart", event, (event.case_id, event.other), origin, index)
        case ReportsMoved():
            entry = _regrouped("reports_moved", event, (event.case_id, event.to), origin, index)
            return entry | {"opened": event.opened, "reports": list(event.reports)}
        case CaseKeptTogether():
            kept = {"type": "case_kept_together", "case_id": event.case_id, "reports": list(event.reports)}
            return kept | _by(event, origin, index)
        case _:
            assert_never(event)


def _regrouped(name: str, event: Ordered, cases: tuple[str, str], origin: Origin, index: int) -> Document:
    pair = {"case_id": list(cases), "from_to": list(cases if isinstance(event, ReportsMoved) else cases[::-1])}
    return {"type": name, **pair, **_by(event, origin, index)}


def _by(event: Ordered | LaneDecided | CategoryDecided, origin: Origin, index: int) -> Document:
    return {
        "seq": origin.seq,
        "index": index,
        "cause": origin.cause,
        "at": event.at,
        "by": msgspec.to_builtins(event.by),
        "reason": event.reason,
    }


def _triaged(triage: Proposal | None) -> Document:
    return {} if triage is None else {"triage": triage_document(triage)}


def _decided(event: LaneDecided | CategoryDecided | ConductReleased, origin: Origin, index: int) -> Document:
    if isinstance(event, CategoryDecided):
        return _filed(event, origin, index)
    if isinstance(event, ConductReleased):
        return _released(event, origin, index)
    decided = {"lane": event.lane, "tags": list(event.tags), "why": []}
    return {"type": "lane_decided", "case_id": event.case_id, "triage": decided, **_by(event, origin, index)}


def _filed(event: CategoryDecided, origin: Origin, index: int) -> Document:
    category = {"code": event.code, "path": event.path, "answer": event.answer}
    entry = {"type": "category_decided", "case_id": event.case_id, "category": category}
    return entry | _without_none(_by(event, origin, index))


def _released(event: ConductReleased, origin: Origin, index: int) -> Document:
    """Who gave the words back, and which: a report's are on its own document. No receipt: that is the books' alone."""
    told = {"at": event.at, "by": msgspec.to_builtins(event.by), "title": event.words.title, "reply": event.words.reply}
    entry = _timeline("conduct_released", event.case_id, event.report_id, origin, index)
    return _without_none(entry | told | _triaged(event.triage))


def _timeline(name: str, case_id: str, report_id: str, origin: Origin, index: int) -> Document:
    return {
        "type": name,
        "case_id": case_id,
        "report_id": report_id,
        "seq": origin.seq,
        "index": index,
        "cause": origin.cause,
    }


def _headline(report: Report) -> Document:
    return {
        "at": report.accepted_at,
        "occurred_at": report.occurred_at,
        "channel": report.channel,
        "number": report.number,
        "title": report.title,
    }


def warning_entry(event: WarningRaised | WarningScored, origin: Origin, index: int) -> Document | None:
    """What a case's timeline says of a warning; one of a place or a category stands on none."""
    if event.about.kind != "matter":
        return None
    told = warning_words(event) if isinstance(event, WarningRaised) else score_words(event)
    return {
        "type": "warning_raised" if isinstance(event, WarningRaised) else "warning_scored",
        "case_id": event.about.key,
        "seq": origin.seq,
        "index": index,
        "cause": origin.cause,
        "at": event.at,
        "warning": event.warning,
        "words": told,
    }


def warning_document(notice: Notice) -> Document:
    """A warning as it is listed; of what its members say it holds nothing, only their ids."""
    raised, scored = notice.raised, notice.scored
    return _without_none(
        {
            "warning_id": notice.id,
            "jurisdiction": notice.jurisdiction,
            "areas": areas(notice.jurisdiction),
            "kind": kind_of(raised),
            "state": state_of(notice),
            "subject": raised.about.key,
            "case_id": raised.case_id,
            "at": raised.at,
            "since": raised.since,
            "lasted_until": notice.lasted_until,
            "window": raised.window,
            "expected": raised.expected,
            "seen": raised.seen,
            "most": notice.most,
            "again": raised.again,
            "spans": list(raised.spans) or None,
            "surprise": raised.surprise,
            "years": msgspec.to_builtins(raised.years) or None,
            "words": warning_words(raised),
            "members": list(raised.members),
            "further": raised.further,
            "came": None if scored is None else scored.seen,
            "scored_at": None if scored is None else scored.at,
            "method": raised.method,
            "rules": raised.rules,
        }
    )


def warning_action(notice: Notice) -> Action:
    """The write of a warning; a later event of it writes it again."""
    return Action("warnings", notice.id, notice.version, warning_document(notice))


def receipt_documents(event: Event, origin: Origin) -> Iterator[tuple[str, Document]]:
    """(id, document) of an input that made no report document: by cause, a conflict by its position too."""
    match event:
        case ReportConcluded():
            state = {"state": "recorded", "case_id": event.case_id, "report_id": event.report_id}
            yield origin.cause, _receipt(origin, event.outcome.content, state)
        case OutcomeRefused():
            yield origin.cause, _receipt(origin, event.content, {"state": "refused", "reason": event.reason})
        case SubmissionConflicted():
            document = _receipt(origin, event.content, {"state": "conflicted", "report_id": event.original})
            yield origin.cause, document
            yield origin.position, document
        case CommandRefused():
            yield origin.cause, _receipt(origin, event.content, {"state": "refused", "reason": event.reason})
        case ReportsMoved():
            yield origin.cause, _receipt(origin, event.content, {"state": "done", "case_id": event.to})
        case Commanded():
            yield origin.cause, _receipt(origin, event.content, {"state": "done", "case_id": event.case_id})
        case CaseOpened() | ReportLinked() | CasesBridged() | LinkSuggested() | SplitSuggested():
            return
        case WarningRaised() | WarningContinued() | WarningScored():
            return
        case _:
            assert_never(event)


def _receipt(origin: Origin, content: str, rest: Document) -> Document:
    return {"jurisdiction": origin.jurisdiction, "position": origin.position, "content": content, **rest}


def quarantine_receipt(position: str, reason: str) -> tuple[str, Document]:
    """(id, document) of an input that was kept aside with its bytes."""
    return position, {"state": "quarantined", "reason": reason, "position": position}


def case_action(case: Case) -> Action:
    """The write of a case; within a batch only the last of a case need be sent."""
    return Action("cases", case.id, case.version, case_document(case))


def quarantine_action(position: str, reason: str) -> Action:
    """The write of a quarantined input's receipt."""
    return Action("receipts", *_final(quarantine_receipt(position, reason)))


def record_actions(events: Sequence[Event], origin: Origin) -> Iterator[Action]:
    """Every write of one ledger record but its cases, which the caller folds and coalesces."""
    for index, event in enumerate(events):
        yield from _report_action(event, origin)
        entry = timeline_document(event, origin, index)
        if entry is not None:
            yield Action("timeline", ids.event_id(origin.jurisdiction, origin.seq, index), FINAL, entry)
        for receipt in receipt_documents(event, origin):
            yield Action("receipts", *_final(receipt))


def moved_action(member: Member, case_id: str, version: int) -> Action:
    """The write of a report that a later record put elsewhere."""
    known = (member.link, member.hand, member.place)
    document = report_document(member.report, case_id, member.position, member.seq, *known)
    return Action("reports", member.report.id, version, document)


def _report_action(event: Event, origin: Origin) -> Iterator[Action]:
    placed = placement(event)
    if placed is not None:
        link = placed.link if isinstance(placed, ReportLinked) else None
        document = report_document(placed.report, placed.case_id, origin.position, origin.seq, link, place=placed.place)
        yield Action("reports", placed.report.id, origin.seq, document)


def _final(receipt: tuple[str, Document]) -> tuple[str, int, Document]:
    return receipt[0], FINAL, receipt[1]


def written(action: Action) -> Written:
    """Raises TypeError for what JSON cannot carry."""
    return Written(action, orjson.dumps(action.document))


def content_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document's canonical JSON: equal for a folded document and the `_source` read back."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _without_none(document: Document) -> Document:
    return {key: value for key, value in document.items() if value is not None}
