"""What a person may order of the ledger (指令): cases put together, kept apart, decided of; reports moved or kept so.

A command carries the versions of the cases its person saw: what changed since is looked at again before it is decided.
"""

from typing import Annotated, Literal

import msgspec

from wufang.domain.report import Restored
from wufang.domain.triage.matter import Lane, Tag

MOST_MOVED = 1_000  # reports one command may touch: each is a document written again, in one ledger record's wake

Refusal = Literal[
    "unknown_case",
    "not_open",
    "changed",
    "same_case",
    "not_part",
    "unknown_report",
    "nothing_left",
    "too_many",
    "only_one",
    "unknown_category",
    "not_sealed",
]
Named = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Actor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who decided, as their token says; the name stays outside the ledger."""

    subject: str
    role: str
    organisation: str


class Merge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """并案: put `merged` into `case_id`. `seen` holds the version of each case named."""

    case_id: Named
    merged: Named
    seen: dict[Named, int]
    by: Actor
    reason: Words


class Restore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """撤销并案: take `restored` out of `case_id`, into which it was put."""

    case_id: Named
    restored: Named
    seen: dict[Named, int]
    by: Actor
    reason: Words


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """改归: take reports out of `case_id` and put them into `to`, or without it into a case of their own."""

    case_id: Named
    reports: Annotated[tuple[Named, ...], msgspec.Meta(min_length=1, max_length=MOST_MOVED)]
    seen: dict[Named, int]
    by: Actor
    reason: Words
    to: Named | None = None


class KeepApart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """不得并案: `case_id` and `other` are two matters; no rule proposes or makes one of them again."""

    case_id: Named
    other: Named
    seen: dict[Named, int]
    by: Actor
    reason: Words


class DecideLane(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """定办: the case's lane and tags, whatever the rules propose."""

    case_id: Named
    lane: Lane
    tags: Annotated[tuple[Tag, ...], msgspec.Meta(max_length=2)]
    seen: dict[Named, int]
    by: Actor
    reason: Words


class KeepTogether(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """确为一事: these reports of `case_id`, or all where none is named, are one matter: never proposed apart again."""

    case_id: Named
    seen: dict[Named, int]
    by: Actor
    reason: Words
    reports: Annotated[tuple[Named, ...], msgspec.Meta(max_length=MOST_MOVED)] = ()


class DecideCategory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """定类: the case's category, by its code in the profile's tree; who only confirms need not say why."""

    case_id: Named
    code: Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9]{2}){1,3}$")]
    seen: dict[Named, int]
    by: Actor
    reason: Words | None = None


class ReleaseConduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """解除封存: the discipline office gives a part back, of a report or of its outcome with the cause `outcome`.

    `receipt` is the office's for that part, `posted` the code of the content it was taken from.
    """

    report_id: Named
    receipt: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z_-]{8,128}$")]
    words: Restored
    by: Actor
    outcome: Named | None = None
    posted: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None


Command = Merge | Restore | Move | KeepApart | KeepTogether | DecideLane | DecideCategory
