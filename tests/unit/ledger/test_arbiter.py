"""The log is the arbiter: in every schedule each input has one fate, and no stale decision counts.

The real worker loop, `draft`, state and fold, several workers at once; taking away one rule makes it fail.
"""

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
import pytest
import structlog

from streams.ledger import worker as worker_module
from streams.ledger.worker import LedgerWorker
from tests.support.events import as_input, cause_of, outcome_event, report_data, report_event
from tests.support.model import World
from wufang.domain import ids
from wufang.domain.decisions import OutcomeSubmitted, Recorded, decide
from wufang.ledger.folding.fold import Fold
from wufang.ledger.state import LedgerState
from wufang.ledger.writer import Input, draft
from wufang.wire import inputs as wire_inputs
from wufang.wire import record
from wufang.wire.position import Position

COUNTIES = ("430102", "430103")
SHORT = ("电梯停运", "路面积水", "夜间噪音")  # short, so that thousands of schedules take seconds
SCHEDULES = 1_200


@pytest.fixture(autouse=True)
def _in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(worker_module, "LedgerState", lambda _path, **_: LedgerState())
    monkeypatch.setattr(worker_module, "RETRY_SECONDS", 0)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def make_inputs(chance: random.Random) -> dict[str, list[Input]]:
    """Reports on two topics and outcomes on one of them; some come twice, some with other content, some broken."""
    made: dict[str, list[Input]] = {}
    for channel in ("hotline", "grid"):
        queue: list[Input] = []
        for number in range(chance.randint(0, 9)):
            again = chance.randrange(number) if number and chance.random() < 0.2 else number
            words = SHORT[(again + (chance.random() < 0.1)) % len(SHORT)]  # now and then other content
            event = report_event(
                again, channel, jurisdiction=COUNTIES[again % 2], data=report_data(title=words, text=words)
            )
            if chance.random() < 0.2:  # often before its report, and sometimes again
                outcome = number // 2 * 2
                event = outcome_event(outcome, f"R{outcome}", channel, jurisdiction=COUNTIES[again % 2])
            item = as_input(event, len(queue))
            queue.append(item if chance.random() > 0.05 else Input(item.position, item.key, b"broken"))
        made[f"reports.{channel}"] = queue
    return made


def play(seed: int, worker: type[LedgerWorker] = LedgerWorker) -> World:
    chance = random.Random(seed)
    world = World(chance, make_inputs(chance), worker)
    world.run()
    return world


def check(world: World) -> int:
    """Raises AssertionError when the schedule lost, doubled or misjudged an input; the number of void records."""
    cold = LedgerState()
    recorded: Counter[str] = Counter()
    at = {item.position: item for queue in world.inputs.values() for item in queue}
    for offset, value in enumerate(world.log.values):
        raw = record.envelope(value)
        assert raw is not None
        if record.follows(raw, cold.head(raw.jurisdiction)):
            _decided_on_this_state(raw, at[raw.input], cold)
        if cold.fold(offset, value) is not None:
            recorded[raw.cause] += 1
    wanted, late = _wanted(world)
    assert wanted <= set(recorded) <= wanted | late, "an input was lost"
    assert set(recorded.values()) <= {1}, "an input was doubled"
    assert {item.position for item in world.log.quarantined} == {p for p, i in at.items() if i.value == b"broken"}
    return len(world.log.values) - recorded.total()


def _decided_on_this_state(raw: record.Envelope, item: Input, state: LedgerState) -> None:
    submission = wire_inputs.decode(item.position.topic, item.key, item.value)
    decision = decide(submission, state, str(item.position))
    assert isinstance(decision, Recorded), "a cause counted twice"
    assert (decision.cause, decision.events) == (raw.cause, record.events(raw)), "a stale decision counted"


def _wanted(world: World) -> tuple[set[str], set[str]]:
    """The causes of all usable inputs; of one id, the first content has the cause, others a conflict's own.

    Beside them those that an outcome has which came before its report, was refused, and came again.
    """
    wanted, late = set(), set()
    for queue in world.inputs.values():
        first: dict[str, str] = {}
        for item in queue:
            if item.value != b"broken":
                submission = wire_inputs.decode(item.position.topic, item.key, item.value)
                content = first.setdefault(submission.cause, submission.content)
                same = content == submission.content
                own = ids.conflict_cause(submission.cause, submission.content)
                wanted.add(submission.cause if same else own)
                late |= {own} if same and isinstance(submission, OutcomeSubmitted) else set()
    return wanted, late


BEHIND = (1, 4, 2_000)  # records from which on the snapshot is written: at once, at times, never


def test_every_input_has_one_fate_in_every_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    for seed in range(SCHEDULES):
        monkeypatch.setattr(worker_module, "MOST_BEHIND", BEHIND[seed % len(BEHIND)])
        world = play(seed)
        seen["voids"] += check(world)
        seen["doubled"] += world.log.doubled
        seen["unheard"] += world.log.unheard
        seen["killed"] += world.killed
        seen["most"] = max(seen["most"], world.most)
    # the schedules were hard enough to mean something
    assert seen["voids"] > SCHEDULES / 2
    assert min(seen["doubled"], seen["unheard"], seen["killed"]) > SCHEDULES / 20
    assert seen["most"] >= 5


def test_live_state_equals_a_cold_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker that finished last, whatever it rolled back on its way, holds what the log says."""
    for seed in range(200):
        monkeypatch.setattr(worker_module, "MOST_BEHIND", BEHIND[seed % len(BEHIND)])
        last: list[LedgerState] = []

        class Keeping(LedgerWorker):
            async def _attempt(self, partition: int, batch: list[Input]) -> bool:  # type: ignore[override]
                done = await super()._attempt(partition, batch)
                if done and self._states:
                    last[:] = [self._states[partition]]  # noqa: B023
                return done

        world = play(seed, Keeping)
        if not last:
            continue
        cold = LedgerState()
        for offset, value in enumerate(world.log.values[: last[0].offset]):
            cold.fold(offset, value)
        assert dump(last[0]) == dump(cold), f"schedule {seed}"


def dump(state: LedgerState) -> dict[str, list[tuple[object, bytes]]]:
    """Every row of every table, as it stands on disk."""
    state.commit()
    connection = state._fold.snapshot.connection
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: list(connection.execute(f"SELECT * FROM {name} ORDER BY key")) for name in sorted(names)}  # noqa: S608


def fails_within(schedules: int, worker: type[LedgerWorker] = LedgerWorker) -> str | None:
    """What the check says when it first fails."""
    for seed in range(schedules):
        try:
            check(play(seed, worker))
        except AssertionError as error:
            return str(error)
    return None


class Unchecked(LedgerWorker):
    """The loop without the check that nobody else wrote in between."""

    async def _attempt(self, partition: int, batch: list[Input]) -> bool:  # type: ignore[override]
        state = await self._open(partition)
        made = draft(state, batch, self._rules)
        await self._kafka.quarantine(map(worker_module._quarantined, made.poison))
        await self._kafka.append(partition, made.records)
        state.commit()
        return True


def test_without_the_check_of_being_alone_inputs_are_lost() -> None:
    assert "lost" in (fails_within(300, Unchecked) or "")


class Uncaught(LedgerWorker):
    """The loop that notices the other writer and does not decide again."""

    async def _attempt(self, partition: int, batch: list[Input]) -> bool:  # type: ignore[override]
        await super()._attempt(partition, batch)
        return True


def test_without_deciding_again_inputs_are_lost() -> None:
    assert "lost" in (fails_within(300, Uncaught) or "")


def follows_by_number(raw: record.Envelope, head: record.Head) -> bool:
    return raw.seq == head.seq + 1


def follows_any(raw: record.Envelope, head: record.Head) -> bool:
    return True


@pytest.mark.parametrize("rule", [follows_by_number, follows_any], ids=lambda rule: rule.__name__)
def test_without_the_chain_stale_decisions_count(
    monkeypatch: pytest.MonkeyPatch, rule: Callable[[record.Envelope, record.Head], bool]
) -> None:
    monkeypatch.setattr(record, "follows", rule)
    found = fails_within(300) or ""
    assert "stale decision" in found or "counted twice" in found or "doubled" in found


def test_fold_of_all_readers_agrees_on_what_counts() -> None:
    """The shared fold and the writer's state judge every record of a hard log alike."""
    world = next(world for world in map(play, range(1_000)) if check(world) > 5)
    fold, state = Fold(), LedgerState()
    for offset, value in enumerate(world.log.values):
        assert (fold.fold(offset, value) is None) == (state.fold(offset, value) is None)
    fold.commit()
    cases = [msgspec.json.encode(case) for _, case in fold.cases.items()]
    assert cases == [value for _, value in dump(state)["cases"]]
    assert cause_of(report_event(1))  # the builders and the ledger name causes alike
    assert Position.parse(str(world.log.quarantined[0].position)) if world.log.quarantined else True
