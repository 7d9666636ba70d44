"""The watchdog asks the broker: lag without progress ends the worker, anything else does not."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from deploy.local.stack import LocalStack
from streams.common import watchdog
from streams.common.pulse import Pulse
from streams.common.watchdog import Watchdog
from tests.support.deployment import Deployment
from tests.support.events import report_event
from wufang.settings import Settings
from wufang.wire import topics


class Ended(Exception):
    """What the test makes of the end of the process."""


def _ends(_why: str, **_facts: object) -> None:
    raise Ended


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "EVERY_SECONDS", 0.1)
    monkeypatch.setattr(watchdog, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(watchdog, "die", _ends)


def _watching(settings: Settings, halted: set[int], pulse: Pulse | None = None) -> Watchdog:
    app: Any = SimpleNamespace(
        consumer=SimpleNamespace(assignment=set), conf=SimpleNamespace(id=settings.group("watched"))
    )
    names = [settings.topic(name) for name in topics.INPUTS]
    return Watchdog(cast(Any, app), settings, names, pulse or Pulse(), halted)


@pytest.mark.usefixtures("quick")
async def test_lag_that_nobody_works_off_ends_the_worker(deployment: Deployment) -> None:
    deployment.send([report_event(1)])
    with pytest.raises(Ended):
        await asyncio.wait_for(_watching(deployment.with_settings(), set()).watch(), 30)


@pytest.mark.usefixtures("quick")
async def test_without_lag_it_waits_for_ever(deployment: Deployment) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_watching(deployment.with_settings(), set()).watch(), 3)


@pytest.mark.usefixtures("quick")
async def test_a_halted_partition_is_no_lag(deployment: Deployment) -> None:
    deployment.send([report_event(1)])
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_watching(deployment.with_settings(), set(range(topics.PARTITIONS))).watch(), 3)


@pytest.mark.usefixtures("quick")
async def test_a_beating_pulse_is_progress(deployment: Deployment) -> None:
    deployment.send([report_event(1)])
    pulse = Pulse()

    async def beat() -> None:
        while True:
            pulse.beat()
            await asyncio.sleep(0.1)

    beating = asyncio.create_task(beat())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_watching(deployment.with_settings(), set(), pulse).watch(), 3)
    beating.cancel()


@pytest.mark.usefixtures("quick", "stack")
async def test_a_broker_that_is_away_ends_nobody(stack: LocalStack) -> None:
    settings = Settings.from_env({**stack.env(), "WUFANG_KAFKA": "127.0.0.1:1"})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_watching(settings, set()).watch(), 3)
