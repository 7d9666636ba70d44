"""Domain objects to documents, one function each; pseudonyms and ciphertext must not enter a document."""

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import orjson

from wufang.domain.case import Case, Decided, Filed, Hand, Member, Suggestion
from wufang.domain.categories import Suggestion as SuggestedCategory
from wufang.domain.categories import told
from wufang.domain.events import Proposal
from wufang.domain.linking import Link, Split
from wufang.domain.notice import Notice, kind_of, state_of
from wufang.domain.report import Outcome, Report
from wufang.domain.watched import whom
from wufang.readmodel.labels import warning_words
from wufang.readmodel.organisations import accused_keys, both_ways

Kind = Literal["cases", "reports", "timeline", "receipts", "warnings"]
Document = dict[str, Any]


def areas(jurisdiction: str) -> list[str]:
    """The authority prefixes a jurisdiction lies under: province, city, county."""
    return [jurisdiction[:2], jurisdiction[:4], jurisdiction[:6]]


def case_document(case: Case) -> Document:
    """A case as it is found and listed; bounded, its reports have documents of their own."""
    return without_none(
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


def report_document(member: Member, case_id: str) -> Document:
    """A report with the case it stands in and why; who reported it stays out, even as a pseudonym.

    With `arrived_in`, `index` and `triage` it is its own entry on the timeline of the case it came into.
    """
    report, arrival = member.report, member.arrival
    return without_none(
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
            "link": None if member.link is None else link_document(member.link),
            "content": report.content,
            "hand": None if member.hand is None else hand_document(member.hand),
            "place": member.place,
            "told_at": min(report.occurred_at, report.accepted_at),
            "told_by": told_by(report, case_id),
            "position": member.position,
            "seq": member.seq,
            "index": arrival.index,
            "arrived_in": arrival.case_id,
            "triage": None if arrival.triage is None else triage_document(arrival.triage),
        }
    )


def decided_document(decided: Decided) -> Document:
    """A person's decision of the lane."""
    return {"by": msgspec.to_builtins(decided.by), "reason": decided.reason, "at": decided.at}


def filed_document(filed: Filed) -> Document:
    """A person's decision of the category."""
    return without_none(msgspec.to_builtins(filed))


def _suggested_category(suggestion: SuggestedCategory | None) -> Document | None:
    """What is suggested, with the sentence why."""
    if suggestion is None:
        return None
    return {"code": suggestion.code, "path": suggestion.path, "told": told(suggestion), "rules": suggestion.rules}


def triage_document(triage: Proposal) -> Document:
    """What the rules propose for a report and the sentences why; where in the text stays in the ledger."""
    why = list(dict.fromkeys(fact.why for fact in triage.facts))
    return without_none(
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


def warning_document(notice: Notice) -> Document:
    """A warning as it is listed; of what its members say it holds nothing, only their ids."""
    raised, scored = notice.raised, notice.scored
    return without_none(
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


def content_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document's canonical JSON: equal for a folded document and the `_source` read back."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def without_none(document: Document) -> Document:
    """The fields that say something."""
    return {key: value for key, value in document.items() if value is not None}
