"""What early warning sees of a report: about what, from whom, on which day; it reads no text."""

from typing import Literal

import msgspec

from wufang.domain.shanghai import day_of

Kind = Literal["matter", "place", "category"]


class About(msgspec.Struct, frozen=True, order=True, gc=False):
    """A subject that is watched: a case id, the name of a place, a category's code."""

    kind: Kind
    key: str


class Sighting(msgspec.Struct, frozen=True, gc=False):
    """One report about one subject; times are UTC milliseconds, `reporter` a pseudonym, None for nobody known."""

    about: About
    report_id: str
    case_id: str
    channel: str
    occurred_at: int
    accepted_at: int
    reporter: str | None = None

    @property
    def day(self) -> int:
        """The day it tells of: that of its occurrence, which no report can have before it was accepted."""
        return day_of(min(self.occurred_at, self.accepted_at))

    @property
    def who(self) -> str:
        """Whom it counts for. Nobody known counts once a channel and day: no flood of posts looks like a crowd."""
        return self.reporter if self.reporter is not None else f"?{self.channel}:{self.day}"
