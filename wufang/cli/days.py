"""Days and moments as a person writes them, for the options of commands."""

from wufang.cli.failure import Failure


def day_started(text: str) -> str:
    """A day as its first moment, RFC 3339. Raises Failure."""
    from wufang.importing.times import BadTime, to_time

    try:
        return to_time(text)
    except BadTime:
        raise Failure(f"看不懂的日期“{text}”，请写作 2026-03-01 或 2026-03-01 09:30", code=2) from None


def day_ended(text: str) -> str:
    """A day means its end."""
    from datetime import datetime, timedelta

    moment = datetime.fromisoformat(day_started(text))
    whole_day = moment.time() == datetime.min.time()
    return (moment + timedelta(days=1) if whole_day else moment).isoformat()
