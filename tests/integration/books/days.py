"""A day of everything that can come, and its reconciliation."""

from typing import Any

from tests.integration.books.office import Office
from tests.support.events import COUNTY, encoded, outcome_event, report_data, report_event
from wufang.adapters.kafka_partition import partition_of
from wufang.operations.reconcile import Balance, reconcile

OTHER = "430103"
HOME = partition_of(COUNTY.encode())


async def books(office: Office, **options: Any) -> Balance:
    """The books as of now."""
    return await reconcile(office.settings, patience=options.pop("patience", 5.0), **options)


async def a_day(office: Office) -> None:
    """Reports of two counties, outcomes, a duplicate, a conflict sent twice, and three poisons."""
    events = [report_event(n) for n in range(12)] + [report_event(n, "grid", jurisdiction=OTHER) for n in range(4)]
    await office.publish(*events, outcome_event(1, "R1"), outcome_event(2, "R99"), report_event(3))
    other = report_event(4, data=report_data(4, title="另一个说法"))
    await office.publish(other, other)
    await office.put("reports.petition", b"not json", b"430102")
    await office.put("reports.petition", None, b"430102")
    await office.put("commands", encoded(report_event(50)), b"430102")
    await office.work()
