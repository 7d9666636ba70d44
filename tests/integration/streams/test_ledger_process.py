"""The ledger stream as processes: killed, rebalanced, fed poison; every input is read and has one fate."""

import signal
import threading
from collections import Counter
from types import TracebackType
from typing import Any, Self

from tests.support.deployment import Deployment, until
from tests.support.events import COUNTY, cause_of, encoded, outcome_event, report_event
from wufang.domain.report import CHANNELS
from wufang.wire import topics

FATAL = 70


def county(number: int) -> str:
    """Enough counties to fill every partition."""
    return f"4301{number % 60:02d}"


def reports(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Reports over all channels and partitions."""
    return [report_event(n, CHANNELS[n % 5], jurisdiction=county(n)) for n in range(start, start + count)]


def causes(made: list[dict[str, Any]]) -> set[str]:
    return {cause_of(event) for event in made}


def recorded_all(deployment: Deployment, made: list[dict[str, Any]]) -> None:
    """Wait until the ledger holds each once; Deployment.folded says when one counts twice."""
    until("as many records as inputs", lambda: deployment.recorded() >= len(made))
    until("every input's record", lambda: set(deployment.folded().causes) == causes(made))


def group(deployment: Deployment) -> dict[str, dict[str, list[int]]]:
    """The group's members: member id to topic to partition numbers.

    Raises when they agreed on another assignor than Range: three workers of twelve partitions look the same under
    RoundRobin, five would not.
    """
    admin = deployment.admin()
    try:
        name = deployment.settings.group("ledger")
        described = admin.describe_groups([name])[name]
        assert described["protocol_data"] in ("", "range")
        return {
            member["member_id"]: {
                one["topic"]: sorted(one["partitions"])
                for one in (member["member_assignment"] or {}).get("assigned_partitions", [])
            }
            for member in described["members"]
        }
    finally:
        admin.close()


def committed(deployment: Deployment) -> int:
    """How many inputs the group has committed."""
    admin = deployment.admin()
    try:
        name = deployment.settings.group("ledger")
        offsets = admin.list_group_offsets({name: None})[name]
        return sum(max(0, found.offset) for found in offsets.values())
    finally:
        admin.close()


class Feed:
    """Reports sent from a thread, twenty at a time, until it is left; the last are sent after that was decided."""

    def __init__(self, deployment: Deployment) -> None:
        self.made: list[dict[str, Any]] = []
        self._deployment = deployment
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self._send()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self._send()

    def _send(self) -> None:
        more = reports(20, len(self.made))
        self._deployment.send(more)
        self.made += more


def test_worker_killed_in_the_middle_loses_and_doubles_nothing(deployment: Deployment) -> None:
    """It is fed until after its end: whenever the kill comes, it comes before the last input."""
    worker = deployment.start("ledger", batch=40)
    with Feed(deployment) as feed:
        until("some records", lambda: deployment.recorded() > 150, every=0.02)
        worker.end(signal.SIGKILL)
        before = deployment.recorded()
    assert before < len(feed.made), "it was not killed in the middle"
    deployment.bury("ledger")
    deployment.start("ledger")
    recorded_all(deployment, feed.made)


def test_worker_told_to_stop_ends_in_time_and_the_next_goes_on(deployment: Deployment) -> None:
    made = reports(600)
    worker = deployment.start("ledger", batch=40)
    deployment.send(made[:300])
    until("some records", lambda: deployment.recorded() > 50, every=0.02)
    assert worker.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    deployment.send(made[300:])
    deployment.start("ledger")
    recorded_all(deployment, made)


def test_three_workers_under_rebalance_keep_numbers_together_and_lose_nothing(deployment: Deployment) -> None:
    first = deployment.start("ledger", worker="a", batch=40)
    with Feed(deployment) as feed:
        until("the first records", lambda: deployment.recorded() > 0)
        others = [deployment.start("ledger", worker=name, batch=40) for name in ("b", "c")]
        until("three members with four numbers each", lambda: spread(deployment) == [4, 4, 4])
        first.end(signal.SIGTERM)
        until("two members with six numbers each", lambda: spread(deployment) == [6, 6])
    recorded_all(deployment, feed.made)
    assert [worker.code() for worker in others] == [None, None]


def spread(deployment: Deployment) -> list[int]:
    """How many partition numbers each member holds; raises when one lacks a topic of its numbers."""
    held = []
    for assignment in group(deployment).values():
        numbers = {tuple(found) for found in assignment.values()}
        if not assignment or (len(numbers) > 1 and not assignment):
            return []
        assert len(numbers) == 1, f"a member holds different numbers: {assignment}"
        assert len(assignment) == len(topics.INPUTS)
        held.append(len(numbers.pop()))
    return sorted(held)


def poison(topic: str) -> dict[str, bytes | None]:
    """What no door sends, otherwise right for the topic."""
    channel = CHANNELS[topics.REPORTS.index(topic)] if topic in topics.REPORTS else CHANNELS[0]
    good = encoded(report_event(1, channel))
    return {
        "tombstone": None,
        "no JSON": b"hello",
        "NUL": b"\x00" * 64,
        "lone surrogate": good.replace(b'"R1"', b'"\\ud800"'),
        "deep": b"[" * 10_000,
        "deep object": b'{"a":' * 10_000,
        "NaN": good.replace(b'"data":{', b'"data":{"n":NaN,'),
        "huge number": good.replace(b'"data":{', b'"data":{"details":{"n":' + b"9" * 5_000 + b"},"),
        "5 MB": good.replace(b'"text":"', b'"text":"' + b"A" * 5_000_000),
        "naive time": good.replace(b"05.678Z", b"05.678"),
        "unknown type": good.replace(b".report.v1", b".rumour.v1"),
        "version to come": good.replace(b".report.v1", b".report.v2"),
        "another key": encoded(report_event(1, channel, jurisdiction="430103")),
    }


def test_poison_in_every_topic_is_kept_with_its_bytes_and_the_partition_goes_on(deployment: Deployment) -> None:
    key, wrong = COUNTY.encode(), encoded(report_event(90))
    placed: dict[str, tuple[bytes | None, bytes | None]] = {
        str(deployment.put(topics.REPORTS[0], key, wrong, partition=5)): (key, wrong)
    }
    made: list[dict[str, Any]] = []
    for topic in topics.INPUTS:
        for value in poison(topic).values():
            placed[str(deployment.put(topic, key, value))] = (key, value)
            if topic in topics.REPORTS:
                made.append(report_event(1_000 + len(made), CHANNELS[topics.REPORTS.index(topic)]))
                deployment.send(made[-1:])
    placed[str(deployment.put(topics.COMMANDS, None, b"{}", 3))] = (None, b"{}")
    deployment.start("ledger")
    recorded_all(deployment, made)
    until("all poison in quarantine", lambda: deployment.recorded(topics.QUARANTINE) >= len(placed))
    kept = quarantined(deployment)
    assert {position: message[:2] for position, message in kept.items()} == placed
    reasons = Counter(reason for _, _, reason in kept.values())
    assert (reasons["wrong_partition"], reasons["empty"], reasons["too_large"]) == (1, 6, 5)
    assert set(reasons) >= {"undecodable", "naive_time", "unknown_type", "key_mismatch", "wrong_topic", "bad_data"}


def quarantined(deployment: Deployment) -> dict[str, tuple[bytes | None, bytes | None, str]]:
    """Position to key, bytes and reason; a record's partition must be that of what it keeps."""
    found = {}
    for message in deployment.read(topics.QUARANTINE):
        headers = {name: value.decode() for name, value in message.headers}
        assert headers["stage"] == "ledger"
        assert headers["position"].split("/")[1] == str(message.partition)
        found[headers["position"]] = (message.key, message.value, headers["reason"])
    return found


def test_outcomes_follow_their_reports_across_batches(deployment: Deployment) -> None:
    made = reports(120)
    ended = [outcome_event(n, f"R{n}", CHANNELS[n % 5], jurisdiction=county(n)) for n in range(len(made))]
    deployment.start("ledger", batch=7)
    deployment.send(made)
    deployment.send(ended)
    recorded_all(deployment, made + ended)
    cases = [case for fold in deployment.folded().folds.values() for case in committed_cases(fold)]
    assert sum(case.concluded for case in cases) == len(made)


def committed_cases(fold: Any) -> list[Any]:
    fold.commit()
    return [case for _, case in fold.cases.items()]


def test_inputs_are_committed_once_they_are_recorded(deployment: Deployment) -> None:
    made = reports(300)
    deployment.start("ledger")
    deployment.send(made)
    recorded_all(deployment, made)
    until("the commit of all inputs", lambda: committed(deployment) == len(made))


def test_ledger_that_lost_records_ends_the_worker(deployment: Deployment) -> None:
    """An ack below the expected offset: the log was lost or restored; the next start folds what is left."""
    made = reports(120)
    worker = deployment.start("ledger")
    deployment.send(made[:60])
    recorded_all(deployment, made[:60])
    until("the commit of all inputs", lambda: committed(deployment) == 60)
    deployment.lose(topics.LEDGER)
    deployment.send(made[60:])
    assert until("the worker's end", lambda: worker.code() is not None)
    assert worker.code() == FATAL
    assert "an ack below the expected offset" in worker.log.read_text()
    deployment.start("ledger")
    recorded_all(deployment, made[60:])


def test_of_two_workers_in_one_folder_one_is_refused(deployment: Deployment) -> None:
    both = [deployment.start("ledger") for _ in range(2)]
    until("the end of one", lambda: any(worker.code() is not None for worker in both))
    assert sorted(worker.code() or 0 for worker in both) == [0, FATAL]
    until("the other to be at work", lambda: spread(deployment) == [12])
    assert [worker.code() for worker in both].count(None) == 1
