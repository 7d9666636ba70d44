"""The watchdog asks the broker: lag without progress ends the worker, anything else does not."""

import asyncio
import time
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

ENOUGH_LOOKS = 4


class Ended(Exception):
    """What the test makes of the end of the process."""


def _ends(_why: str, **_facts: object) -> None:
    raise Ended


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(watchdog, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(watchdog, "die", _ends)


def _watching(settings: Settings, halted: set[int], pulse: Pulse | None = None) -> Watchdog:
    app: Any = SimpleNamespace(
        consumer=SimpleNamespace(assignment=set), conf=SimpleNamespace(id=settings.group("watched"))
    )
    names = [settings.topic(name) for name in topics.INPUTS]
    return Watchdog(cast(Any, app), settings, names, pulse or Pulse(), halted)


async def _watches_on(watching: Watchdog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Return when it has looked often enough, its patience long over, without ending anybody. Raises Ended."""
    looks, began, look = 0, time.monotonic(), watching._lag

    async def counted() -> int:
        nonlocal looks
        looks += time.monotonic() - began > 2 * watchdog.PATIENCE_SECONDS
        return await look()

    monkeypatch.setattr(watching, "_lag", counted)
    watch = asyncio.create_task(watching.watch())
    while looks < ENOUGH_LOOKS and not watch.done():
        await asyncio.sleep(0.02)
    watch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watch


@pytest.mark.usefixtures("quick")
async def test_lag_that_nobody_works_off_ends_the_worker(deployment: Deployment) -> None:
    deployment.send([report_event(1)])
    with pytest.raises(Ended):
        await asyncio.wait_for(_watching(deployment.with_settings(), set()).watch(), 120)


@pytest.mark.usefixtures("quick")
async def test_without_lag_it_waits_for_ever(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    await _watches_on(_watching(deployment.with_settings(), set()), monkeypatch)


@pytest.mark.usefixtures("quick")
async def test_a_halted_partition_is_no_lag(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment.send([report_event(1)])
    await _watches_on(_watching(deployment.with_settings(), set(range(topics.PARTITIONS))), monkeypatch)


@pytest.mark.usefixtures("quick")
async def test_a_beating_pulse_is_progress(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """It beats at each look: by the clock a busy machine would miss one some day."""
    deployment.send([report_event(1)])
    watching = _watching(deployment.with_settings(), set(), pulse := Pulse())
    look = watching._lag

    async def beating() -> int:
        lag = await look()
        pulse.beat()
        return lag

    monkeypatch.setattr(watching, "_lag", beating)
    await _watches_on(watching, monkeypatch)


@pytest.mark.usefixtures("quick", "stack")
async def test_a_broker_that_is_away_ends_nobody(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.from_env({**stack.env(), "WUFANG_KAFKA": "127.0.0.1:1"})
    await _watches_on(_watching(settings, set()), monkeypatch)
