"""When a sealed part must be confirmed or released: one working day later (our default, docs/domain.md)."""

from datetime import datetime, timedelta

from wufang.domain.shanghai import SHANGHAI

SATURDAY = 5


def due_at(received_at: int) -> int:
    """The same time on the next working day, both UTC milliseconds; days are Asia/Shanghai's.

    Weekends only: public holidays and make-up working days are not known here, so a part that comes before a holiday
    is due during it, never later than the rule allows.
    """
    moment = datetime.fromtimestamp(received_at // 1000, SHANGHAI) + timedelta(days=1)
    while moment.weekday() >= SATURDAY:
        moment += timedelta(days=1)
    return int(moment.timestamp()) * 1000 + received_at % 1000
