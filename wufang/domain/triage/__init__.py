"""Triage (四办一受理): pure and deterministic proposals with their facts; a person decides, and nothing here does.

rules = made(written)                     # what a profile's file says, compiled once
emergency, facts = danger(matter, rules)  # first: 110, 119, 120 or nobody
conduct = screen(matter, rules)           # at the door: what to seal
title, text = redacted(matter.title, matter.text, conduct)
proposal = propose(matter, rules, context)       # or at the door `by_itself`, and in the ledger `within` its context
"""

from wufang.domain.triage.asking import Over, look_over
from wufang.domain.triage.matter import Conduct, Context, Danger, Fact, Lane, Matter, Span, Tag, Triage, few, kind_of
from wufang.domain.triage.proposing import by_itself, danger, propose, within
from wufang.domain.triage.rules import Refused, Rules, Written, made
from wufang.domain.triage.sealing import (
    PLACEHOLDER,
    about_what_is_left,
    redacted,
    redacted_accused,
    screen,
    screen_field,
    screen_with,
    sealed_text,
)

__all__ = [
    "PLACEHOLDER",
    "Conduct",
    "Context",
    "Danger",
    "Fact",
    "Lane",
    "Matter",
    "Over",
    "Refused",
    "Rules",
    "Span",
    "Tag",
    "Triage",
    "Written",
    "about_what_is_left",
    "by_itself",
    "danger",
    "few",
    "kind_of",
    "look_over",
    "made",
    "propose",
    "redacted",
    "redacted_accused",
    "screen",
    "screen_field",
    "screen_with",
    "sealed_text",
    "within",
]
