"""Where keys stand and which assignments are right."""

from typing import Any

import pytest
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from faust.types import TP
from kafka.partitioner.default import murmur2

from streams.common.app import same_numbers
from wufang.adapters.kafka_partition import partition_of
from wufang.wire import topics


def test_keys_stand_where_every_producer_puts_them() -> None:
    for code in range(430_000, 430_400):
        key = str(code).encode()
        assert partition_of(key) == (murmur2(key) & 0x7FFFFFFF) % topics.PARTITIONS


def test_known_keys_stand_where_they_always_stood() -> None:
    """Frozen: another partition for a key would split a county's ledger."""
    assert [partition_of(key) for key in (b"430102", b"430103", b"430104", b"110101")] == [1, 0, 8, 8]


def test_assignment_with_the_same_numbers_of_all_topics_is_right() -> None:
    held = {TP(topic, number) for topic in ("a", "b", "c") for number in (0, 7)}
    assert same_numbers(held, 3)
    assert same_numbers(set(), 3)


def test_assignment_that_lacks_one_topics_number_is_wrong() -> None:
    held = {TP(topic, number) for topic in ("a", "b", "c") for number in (0, 7)}
    assert not same_numbers(held - {TP("b", 7)}, 3)
    assert not same_numbers(held | {TP("a", 8)}, 3)


class Cluster:
    """What an assignor asks of a cluster."""

    def partitions_for_topic(self, _topic: str) -> set[int]:
        return set(range(topics.PARTITIONS))


@pytest.mark.parametrize("workers", range(1, 13))
def test_range_assignor_keeps_numbers_together_for_any_count(workers: int) -> None:
    assert all(same_numbers(held, len(topics.INPUTS)) for held in assigned(RangePartitionAssignor, workers))


def test_round_robin_would_tear_them_apart() -> None:
    """Faust's own choice without tables, and why RangeThread exists."""
    assert not all(same_numbers(held, len(topics.INPUTS)) for held in assigned(RoundRobinPartitionAssignor, 5))


def assigned(assignor: Any, workers: int) -> list[set[TP]]:
    members = {f"worker-{number}": assignor.metadata(set(topics.INPUTS)) for number in range(workers)}
    answers = assignor.assign(Cluster(), members)
    return [
        {TP(topic, number) for topic, numbers in answer.assignment for number in numbers} for answer in answers.values()
    ]
