"""An ordinary stop is no crash: the worker ends with 0, and its log has nothing that would call somebody."""

import signal

import pytest

from tests.support.deployment import Deployment, until
from tests.support.events import report_event
from wufang.domain.report import CHANNELS

ENDED_WELL = 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_stopped_ledger_worker_says_nothing_alarming(deployment: Deployment, number: signal.Signals) -> None:
    worker = deployment.start("ledger", batch=10)
    deployment.send(report_event(n, CHANNELS[n % 5]) for n in range(5))
    until("five records", lambda: deployment.recorded() >= 5)
    assert worker.end(number) == ENDED_WELL
    told = worker.log.read_text()
    assert [
        word for word in ("Crashed", "crash", "critical", '"error"', "Traceback", "\x1b", "\b") if word in told
    ] == []
