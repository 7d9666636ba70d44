"""When a partition's snapshot is written: never further behind than the bound, and never all of them at once."""

from itertools import pairwise

from streams.common.partition import is_due

MOST = 2_000


def turns(partitions: int, each: int, rounds: int) -> list[int]:
    """Partitions that fill alike, by so many records a batch: the batches after which one was written."""
    behind, written = [0] * partitions, []
    for batch in range(rounds):
        behind = [one + each for one in behind]
        assert max(behind) <= MOST + partitions * each
        if is_due(behind, MOST):
            behind[behind.index(max(behind))] = 0
            written.append(batch)
    return written


def test_partitions_that_fill_alike_are_written_one_by_one() -> None:
    written = turns(partitions=12, each=5, rounds=6_000)
    gaps = [later - earlier for earlier, later in pairwise(written)]
    settled = gaps[24:]
    # each in its turn when it is twelve thirteenths of 2,000 behind: every 31 batches of 60 records one file
    assert min(settled) >= 28
    assert max(settled) <= 34


def test_one_partition_alone_waits_until_the_bound() -> None:
    assert turns(partitions=1, each=100, rounds=61) == [19, 39, 59]


def test_partitions_without_records_do_not_count() -> None:
    assert not is_due([0, 0, 1_900], MOST)
    assert is_due([0, 0, 2_000], MOST)
    assert is_due([1_500, 600, 0], MOST)
    assert not is_due([1_300, 600, 0], MOST)
    assert not is_due([], MOST)
