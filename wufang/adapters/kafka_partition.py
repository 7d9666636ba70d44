"""Where a key stands: the one rule all producers of this system follow; it opens no connection."""

from functools import lru_cache

from aiokafka.partitioner import murmur2

from wufang.wire import topics

Place = tuple[str, int]  # bare topic, partition


@lru_cache(4_096)  # the country has 2,800 counties, and the ledger stream asks for every input
def partition_of(key: bytes) -> int:
    """The partition every producer of this system puts a key in (murmur2, as Java and kafka-python)."""
    return int((murmur2(key) & 0x7FFFFFFF) % topics.PARTITIONS)
