"""The watchdog's patience, look by look: rest is not silence, lag without progress is."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from streams.common import pulse, watchdog
from streams.common.pulse import Pulse
from streams.common.watchdog import EVERY_SECONDS, PATIENCE_SECONDS, Watchdog
from wufang.settings import Settings

PATIENT_LOOKS = int(PATIENCE_SECONDS / EVERY_SECONDS)


class Died(Exception):
    """What the test makes of the end of the process."""


class Over(Exception):
    """All looks are done and nobody died."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Seconds that pass only while the watchdog sleeps."""
    told = SimpleNamespace(now=1_000.0)

    async def sleep(seconds: float) -> None:
        told.now += seconds

    def die(_why: str, **_facts: object) -> None:
        raise Died

    monkeypatch.setattr(pulse, "monotonic", lambda: told.now)
    monkeypatch.setattr(watchdog, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(watchdog, "die", die)
    return told


async def watch(lags: Sequence[int | OSError], beat_at: Sequence[int] = ()) -> int:
    """Let it see one lag a look, with work done just before the looks of `beat_at`; how many looks it took to die."""
    beating = Pulse()
    watching = Watchdog(cast(Any, SimpleNamespace()), Settings.from_env({}), [], beating, set())
    looks = 0

    async def lag() -> int:
        nonlocal looks
        if looks == len(lags):
            raise Over
        seen = lags[looks]
        if looks in beat_at:
            beating.beat()
        looks += 1
        if isinstance(seen, OSError):
            raise seen
        return seen

    watching._lag = lag  # type: ignore[method-assign]
    with pytest.raises((Died, Over)) as ended:
        await watching.watch()
    return looks if ended.type is Died else 0


@pytest.mark.usefixtures("clock")
async def test_the_first_report_after_a_quiet_time_ends_nobody() -> None:
    assert await watch([0] * (PATIENT_LOOKS + 2) + [18]) == 0


@pytest.mark.usefixtures("clock")
async def test_lag_that_stays_ends_the_worker_when_its_patience_is_over() -> None:
    assert await watch([18] * 20) == PATIENT_LOOKS + 1


@pytest.mark.usefixtures("clock")
async def test_lag_that_comes_after_rest_has_the_whole_patience() -> None:
    rest = [0] * 10
    assert await watch([*rest, *[1] * 20]) == len(rest) + PATIENT_LOOKS + 1


@pytest.mark.usefixtures("clock")
async def test_work_and_an_absent_broker_begin_the_patience_anew() -> None:
    assert await watch([5] * 10, beat_at=[4]) == 0
    assert await watch([*[5] * 4, OSError(), *[5] * 6]) == 0
