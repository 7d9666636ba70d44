"""Days of the moon's calendar (农历): 年关, 端午 and 中秋 go by it, and come up to a month earlier or later."""

import datetime
from functools import lru_cache

from borax.calendars.lunardate import LunarDate

from wufang.domain.shanghai import date_of, day_number


@lru_cache(1_024)
def moon_years_ago(day: int, years: int) -> int | None:
    """The day of the same date so many years before, days counted from 1970-01-01; None beyond the years 1900 to 2100.

    A leap month counts as the month it repeats; behind a short month's last day comes the next month's first.
    """
    try:
        date = LunarDate.from_solar(date_of(day))
        month: datetime.date = LunarDate(date.year - years, date.month, 1).to_solar_date()
    except (ValueError, OverflowError):
        return None
    return day_number(month) + int(date.day) - 1


def sun_years_ago(day: int, years: int) -> int:
    """The same by the sun: years of 365.25 days."""
    return day - 1461 * years // 4
