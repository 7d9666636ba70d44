"""When a part is due, and what level an authority has: the two rules of the store that need no file."""

from datetime import datetime

import pytest

from services.discipline.access import level
from services.discipline.due import due_at
from wufang.domain.shanghai import SHANGHAI


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() * 1000)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-05T09:30:00.250", "2026-03-06T09:30:00.250"),  # Thursday
        ("2026-03-06T09:30", "2026-03-09T09:30"),  # Friday
        ("2026-03-07T23:59", "2026-03-09T23:59"),  # Saturday
        ("2026-03-08T00:01", "2026-03-09T00:01"),  # Sunday
        ("2026-03-09T00:30", "2026-03-10T00:30"),  # Monday here, still Sunday in UTC
    ],
)
def test_due_at_the_same_time_of_the_next_working_day(received: str, due: str) -> None:
    assert due_at(at(received)) == at(due)


@pytest.mark.parametrize(("code", "digits"), [("990101", 6), ("990100", 4), ("990000", 2)])
def test_the_level_of_an_authority(code: str, digits: int) -> None:
    assert level(code) == digits
