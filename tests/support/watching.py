"""A ledger whose linker does as it is told, and years of a county told to it, for early warning to look at."""

from collections.abc import Sequence
from typing import Any

from tests.support.events import COUNTY, START, a_link, a_record, a_report, submitted
from wufang.domain.decisions import Recorded, decide
from wufang.domain.events import Event, Warned
from wufang.domain.linking import Found
from wufang.domain.report import Report, Reporter
from wufang.ledger.state import LedgerState
from wufang.wire import record

DAY = 86_400_000


class ToldLedger:
    """A writer whose linker does as it is told; `told` reports are about nothing with a place, unless they say so."""

    def __init__(self, values: Sequence[bytes] = ()) -> None:
        self.state, self.values, self.number = LedgerState(), list[bytes](), 0
        self.state.find = self._find  # type: ignore[method-assign,assignment]
        self._joins: str | None = None
        for value in values:
            self.fold(value)

    def _find(self, _jurisdiction: str, _report: Report) -> Found:
        return Found(None if self._joins is None else a_link(self._joins), ())

    def tell(self, day: int, who: int | None, joins: str | None, **changed: Any) -> tuple[Event, ...]:
        """The events of a report of a day by a person, in a case or opening one."""
        self.number = len(self.values) + 1
        self._joins = joins
        at = START + day * DAY
        reporter = None if who is None else Reporter(f"{who:032x}", "phone")
        fields = {
            "title": "坏了",
            "text": "还没有修",
            "reporter": reporter,
            "occurred_at": at,
            "accepted_at": at + 60_000,
        }
        report = a_report(self.number, **fields | changed)
        decision = decide(submitted(report), self.state)
        assert isinstance(decision, Recorded)
        self.write(decision.events, report.id)
        return decision.events

    def write(self, events: Sequence[Event], cause: str) -> None:
        self.fold(a_record(self.state.head(COUNTY), events, cause, len(self.values)))

    def fold(self, value: bytes) -> None:
        assert self.state.fold(self.state.offset, value) is not None
        self.values.append(value)

    def warnings(self) -> list[Warned]:
        found = []
        for value in self.values:
            raw = record.envelope(value)
            assert raw is not None
            found += [event for event in record.events(raw) if isinstance(event, Warned)]
        return found

    def rows(self) -> dict[str, list[Any]]:
        self.state.commit()
        connection = self.state._fold.snapshot.connection
        return {
            name: list(connection.execute(f"SELECT key, value FROM {name} ORDER BY key"))  # noqa: S608
            for name in ("tracks", "counties", "years", "warnings")
        }


YEAR = 1461 * 2  # in eighths of a day

KIND = {"category": "供热"}


def winter(year: int, each: int = 4, summer: int = 1) -> list[tuple[int, int]]:
    """Days from START and people a week: `summer` from the 30th week on, `each` from the 44th to the 50th."""
    first = -year * YEAR // 8
    return [(first + 7 * week, each if 44 <= week < 50 else summer) for week in range(30, 51)]


def three_winters(ledger: ToldLedger, accepted: int | None = None) -> None:
    """Three years of a county, oldest first; accepted as they came, or all on one day, as an import is."""
    who = 1_000
    for year in (3, 2, 1):
        for day, count in winter(year):
            for _ in range(count):
                who += 1
                late = {} if accepted is None else {"accepted_at": START + accepted * DAY}
                ledger.tell(day, who, None, **KIND, **late)


def this_year(ledger: ToldLedger, weeks: range, count: int = 1) -> None:
    for week in weeks:
        for number in range(count):
            ledger.tell(7 * week, 9_000 + 10 * week + number, None, **KIND)
