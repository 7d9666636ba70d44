"""A warning as it stands by now: raised, going on, and whether it came true; folded from its events, judged by none."""

from typing import Literal

import msgspec

from wufang.domain.events import Warned, WarningContinued, WarningRaised, WarningScored

Kind = Literal["matter", "place", "category", "growing", "season", "above_season"]
State = Literal["open", "true", "false"]


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """`version` is the seq of the last record that changed it; `lasted_until` when it was last seen going on."""

    jurisdiction: str
    version: int
    raised: WarningRaised
    lasted_until: int
    most: int
    scored: WarningScored | None = None

    @property
    def id(self) -> str:
        return self.raised.warning


def kind_of(raised: WarningRaised) -> Kind:
    """What a warning is listed under: the subject of a burst, a matter that keeps growing, or a category's season."""
    match raised.sign:
        case "burst":
            return raised.about.kind
        case "growth":
            return "growing"
        case _:
            return raised.sign


def state_of(notice: Notice) -> State:
    """Whether it came true, as far as that is known."""
    if notice.scored is None:
        return "open"
    return "true" if notice.scored.came_true else "false"


def noticed(notice: Notice | None, event: Warned, jurisdiction: str, seq: int) -> Notice:
    """The warning after one more of its events. Raises ValueError when that is of none."""
    if isinstance(event, WarningRaised):
        return Notice(jurisdiction, seq, event, event.at, event.seen)
    if notice is None:
        raise ValueError(f"the ledger names warning {event.warning}, which no earlier record raised")
    if isinstance(event, WarningContinued):
        most = max(notice.most, event.seen)
        return msgspec.structs.replace(notice, version=seq, lasted_until=event.at, most=most)
    return msgspec.structs.replace(notice, version=seq, scored=event)
