"""Dates as offices write them, into RFC 3339 with an offset; without one they are Asia/Shanghai's."""

import re
from datetime import date, datetime, timedelta, timezone

from wufang.domain.shanghai import SHANGHAI

_DAY = r"(?P<y>(?:19|20)\d{2})\s*[-/.年]\s*(?P<mo>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
_HALF = r"(?P<half>上午|下午|凌晨|早上|中午|晚上|AM|PM|am|pm)?"
_CLOCK = r"(?P<h>\d{1,2})\s*[:：时点]\s*(?P<mi>\d{1,2})?\s*[:：分]?\s*(?P<s>\d{1,2})?(?:\.(?P<f>\d{1,9}))?\s*秒?"
_ZONE = r"(?P<z>Z|z|[+-]\d{2}:?\d{2})?"
_WEEKDAY = r"(?:\s*[（(]?(?:星期|周)[一二三四五六日天][)）]?)?"
_SPELLED = re.compile(rf"{_DAY}{_WEEKDAY}(?:[\sTt]*{_HALF}\s*{_CLOCK}\s*{_HALF.replace('half', 'half2')}\s*{_ZONE})?")
_PACKED = re.compile(
    r"(?P<y>(?:19|20)\d{2})(?P<mo>\d{2})(?P<d>\d{2})(?:[\sTt]?(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})?)?"
)
_AFTERNOON = {"下午", "晚上", "PM", "pm"}
_MORNING = {"上午", "早上", "凌晨", "AM", "am"}


class BadTime(ValueError):
    """Not a date, or one that does not exist."""


def to_time(value: object) -> str:
    """RFC 3339. Raises BadTime."""
    moment = (
        value if isinstance(value, datetime) else _midnight(value) if isinstance(value, date) else _parse(str(value))
    )
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)
    return aware.isoformat(timespec="milliseconds" if aware.microsecond else "seconds")


def to_day(value: object) -> str:
    """YYYY-MM-DD in Asia/Shanghai. Raises BadTime."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return datetime.fromisoformat(to_time(value)).astimezone(SHANGHAI).date().isoformat()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # the zone is set by the caller


def _parse(text: str) -> datetime:
    clean = text.strip()
    found = _SPELLED.fullmatch(clean) or _PACKED.fullmatch(clean)
    if found is None:
        raise BadTime
    part = {name: value for name, value in found.groupdict().items() if value is not None}
    try:
        return datetime(
            int(part["y"]),
            int(part["mo"]),
            int(part["d"]),
            _hour(part),
            int(part.get("mi", 0)),
            int(part.get("s", 0)),
            int(part.get("f", "0").ljust(6, "0")[:6]),
            tzinfo=_zone(part.get("z")),
        )
    except ValueError:
        raise BadTime from None


def _hour(part: dict[str, str]) -> int:
    hour, half = int(part.get("h", 0)), part.get("half") or part.get("half2")
    if half in _AFTERNOON and hour < 12:
        return hour + 12
    if half in _MORNING and hour == 12:
        return 0
    return hour


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in "Zz":
        return timezone.utc  # noqa: UP017
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
