"""What one agency handed in (诉求件) and how it ended; personal data appears here only as pseudonym and ciphertext."""

from typing import Any, Literal, get_args

import msgspec

from wufang.domain.triage.matter import Danger

Channel = Literal["hotline", "grid", "sentiment", "petition", "party_building"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
CHANNEL_LABELS: dict[Channel, str] = {
    "hotline": "热线",
    "grid": "网格",
    "sentiment": "舆情",
    "petition": "信访",
    "party_building": "党建",
}

ContactMode = Literal["contactable", "confidential", "anonymous"]
Result = Literal["solved", "partly_solved", "explained", "refused", "withdrawn", "transferred"]


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WGS-84 degrees."""

    lat: float
    lon: float


class Reporter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A keyed pseudonym and what it was made from; a name alone says nothing about sameness."""

    pseudonym: str
    basis: Literal["phone", "id_card", "account", "name"]

    @property
    def identifies(self) -> bool:
        """Whether an equal pseudonym may mean the same person; two people share a name."""
        return self.basis != "name"


# Its name is the schemas'; it is of a report's personal data, whatever it tells of. What is sealed in the domain's own
# sense, conduct, is `SealedPart`.
class Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the door took out, encrypted under a data key that can be erased."""

    key: str
    nonce: str
    ciphertext: str


class SealedPart(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """专题受理: a part about officials' conduct is not here but with the discipline office, whose receipt this is.

    It is for the books alone. `held`: the report was in danger and the office away, so the part is in the report's own
    encrypted field until it is handed over. `danger` is whom the whole text calls for: the rest may not tell.
    """

    receipt: str | None = None
    held: bool = False
    danger: Danger | None = None


class Restored(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """解除封存: the fields that sealing changed, cleaned by the door as if nothing had been sealed; None: unchanged.

    `reply` is an outcome's, the others a report's.
    """

    title: str | None = None
    text: str | None = None
    category: str | None = None
    address: str | None = None
    accused: str | None = None
    details: dict[str, Any] | None = None
    reply: str | None = None


class Report(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One report as the ledger keeps it. Times are UTC milliseconds; `id` is the cause of its submission."""

    id: str
    source: str
    number: str
    channel: Channel
    jurisdiction: str
    occurred_at: int
    accepted_at: int
    content: str
    title: str
    text: str
    received_at: int | None = None
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


def restored(report: Report, words: Restored) -> Report:
    """The report with its words back. Where no field says whom they accuse, it still counts as one with a sealed part.

    The words alone name the accused then, and line 4 (docs/domain.md) can be held for no organisation but all.
    """
    own = (name for name in words.__struct_fields__ if name != "reply")
    given = {name: value for name in own if (value := getattr(words, name)) is not None}
    return msgspec.structs.replace(report, conduct=None if words.accused else SealedPart(), **given)


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How one report ended, in its own channel's words; it ends the report, never the case."""

    result: Result
    concluded_at: int
    accepted_at: int
    content: str
    reply: str | None = None
    satisfied: bool | None = None
    sealed: Sealed | None = None
    conduct: SealedPart | None = None
