"""What triage is told of a report, and what it proposes (四办一受理); a proposal decides nothing."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

Danger = Literal["110", "119", "120"]
Lane = Literal["urgent", "dedicated", "ordinary"]
Tag = Literal["study", "joint"]
Field = Literal["title", "text", "context"]


FACTS_OF_A_RULE, FACTS, MATCHED = 2, 24, 40  # the last in characters


class Matter(msgspec.Struct, frozen=True):
    """What of one report may be looked at; `kind` is 诉求类型 or 信访目的 where the channel has it.

    `screened` is the mark of the rules by which a door found no conduct in this very title and text.
    """

    channel: str
    title: str
    text: str
    category: str | None = None
    accused: str | None = None
    kind: str | None = None
    screened: str | None = None


class Context(msgspec.Struct, frozen=True):
    """What the ledger knows of the matter before this report.

    `reports` is the number in its case, `repeats` how often the same reporter came with it, `burst` whether a warning
    of many people in a short time is on for its case or place, `season` whether one of a season is for its category,
    `common` whether one of many people is for its category: that is never one matter's alone.
    """

    reports: int = 0
    repeats: int = 0
    burst: bool = False
    season: bool = False
    common: bool = False


class Span(msgspec.Struct, frozen=True, order=True):
    """A part of the title or the text, in characters."""

    field: Literal["title", "text"]
    start: int
    end: int


class Fact(msgspec.Struct, frozen=True):
    """Why something is proposed: the rule, the words that matched, where (characters), and the sentence for officials.

    The words are left empty where they lie in a sealed part. Facts from the ledger stand in the field `context`.
    """

    rule: str
    matched: str
    field: Field
    start: int
    end: int
    why: str


class Conduct(msgspec.Struct, frozen=True):
    """The part of a report about officials' breach of law or discipline (专题受理): what is sealed.

    `up`: the discipline office or the 12345 desk itself is accused, so one level up. The facts quote what is sealed and
    belong where the sealed text goes, nowhere else.
    """

    spans: tuple[Span, ...]
    up: bool
    facts: tuple[Fact, ...]


class Triage(msgspec.Struct, frozen=True):
    """A proposal: whom to hand over to at once, what to seal, one lane for the rest, tags; and every fact behind it."""

    danger: Danger | None
    conduct: Conduct | None
    lane: Lane
    tags: tuple[Tag, ...]
    facts: tuple[Fact, ...]
    rules: str


def kind_of(details: Mapping[str, Any]) -> str | None:
    """诉求类型 or 信访目的, as the channel's own fields have it."""
    kind = details.get("request_type") or details.get("purpose")
    return kind if isinstance(kind, str) else None


def few(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """What people need to see why, and no more: a text that says 漏电 a thousand times must still fit into a record."""
    kept: list[Fact] = []
    for one in facts:
        if sum(other.rule == one.rule for other in kept) < FACTS_OF_A_RULE and len(kept) < FACTS:
            kept.append(msgspec.structs.replace(one, matched=one.matched[:MATCHED]))
    return tuple(kept)
