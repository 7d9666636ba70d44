"""A deployment of its own on the shared servers: topics under a prefix, stream processes, and what the log holds."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import MemberToRemove
from kafka.errors import KafkaError

from tests.support.events import encoded, topic_of
from wufang.adapters.kafka_admin import ensure_topics
from wufang.ledger.folding.fold import Fold
from wufang.settings import Settings
from wufang.wire import record, topics
from wufang.wire.position import Position

T = TypeVar("T")


def until(what: str, condition: Callable[[], T], seconds: float = 180.0, every: float = 0.05) -> T:
    """Wait until the condition holds; its value. Raises TimeoutError naming what never came."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(every)


@dataclass
class Folded:
    """What all partitions of the ledger add up to."""

    folds: dict[int, Fold]
    causes: Counter[str]
    inputs: Counter[Position]

    @property
    def voids(self) -> int:
        return sum(fold.mark.voids for fold in self.folds.values())

    @property
    def records(self) -> int:
        return sum(fold.offset for fold in self.folds.values())


class StreamProcess:
    """`python -m streams.<name>` with a log file."""

    def __init__(self, name: str, env: dict[str, str], folder: Path) -> None:
        self.log = folder / f"{name}-{env['WUFANG_WORKER']}.log"
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"streams.{name}"], env=env, stdout=out, stderr=out, start_new_session=True
            )

    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.poll()

    def end(self, number: int = signal.SIGKILL) -> int:
        """Send a signal and wait; the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self._process.wait(120)


@dataclass
class Deployment:
    """Settings, a producer, and the processes to be ended."""

    env: dict[str, str]
    folder: Path
    processes: list[StreamProcess] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = Settings.from_env(self.env)
        self._looking = _consumer(self.settings)  # kept: a new one takes 150 ms to connect
        self._producer = KafkaProducer(
            bootstrap_servers=self.settings.kafka,
            acks="all",
            enable_idempotence=True,  # a retry must not change the order of a chain
            compression_type="zstd",
            linger_ms=5,
            max_request_size=64 << 20,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.end()
        self._producer.close()
        self._looking.close()
        delete_topics(self.settings)

    def admin(self) -> KafkaAdminClient:
        return KafkaAdminClient(bootstrap_servers=self.settings.kafka)

    def with_settings(self, **changed: Any) -> Settings:
        """The settings with WUFANG_ variables changed."""
        return Settings.from_env(self.env | _variables(changed))

    def start(self, name: str, **changed: Any) -> StreamProcess:
        """Start a stream process; it is ended with the deployment."""
        self.processes.append(StreamProcess(name, self.env | _variables(changed), self.folder))
        return self.processes[-1]

    def bury(self, name: str) -> None:
        """Take the killed workers out of a group; the broker itself would miss them ten seconds later."""
        group, admin = self.settings.group(name), self.admin()
        dead = admin.describe_groups([group])[group]["members"]
        admin.remove_group_members(group, [MemberToRemove(member_id=one["member_id"]) for one in dead])
        admin.close()

    def lose(self, topic: str) -> None:
        """Delete a topic and make it again, empty; asked too early the broker still names the one that goes."""
        name = self.settings.topic(topic)
        with closing(self.admin()) as admin:
            admin.delete_topics([name])
            until("the topic to be gone", lambda: name not in admin.list_topics())
        ensure_topics(self.settings)

    # what is put on the log

    def send(self, events: Iterable[dict[str, Any]]) -> list[Position]:
        """Publish events as the doors do; where they came to stand."""
        sent = [
            (topic_of(event), self._send(topic_of(event), event["jurisdiction"].encode(), encoded(event)))
            for event in events
        ]
        return [_position(topic, future.get(60)) for topic, future in sent]

    def put(self, topic: str, key: bytes | None, value: bytes | None, partition: int | None = None) -> Position:
        """Publish any bytes."""
        return _position(topic, self._send(topic, key, value, partition).get(60))

    def flush(self) -> None:
        """Return when the broker has everything: what is read before that is only a part."""
        self._producer.flush(60)

    def _send(self, topic: str, key: bytes | None, value: bytes | None, partition: int | None = None) -> Any:
        return self._producer.send(self.settings.topic(topic), value, key=key, partition=partition)

    # what stands on the log

    def read(self, topic: str) -> list[Any]:
        """Every record of a topic, partition after partition."""
        return read_topic(self.settings, topic)

    def folded(self) -> Folded:
        """A cold fold of the whole ledger. Raises AssertionError when a cause or an input counts twice."""
        found = Folded({n: Fold() for n in range(topics.PARTITIONS)}, Counter(), Counter())
        for message in self.read(topics.LEDGER):
            applied = found.folds[message.partition].fold(message.offset, message.value)
            if applied is not None:
                found.causes[applied.envelope.cause] += 1
                found.inputs[applied.envelope.input] += 1
        assert set(found.causes.values()) <= {1}, "a cause counts twice"
        assert set(found.inputs.values()) <= {1}, "an input made two records"
        return found

    def recorded(self, topic: str = topics.LEDGER) -> int:
        """How many records a topic holds, void ones too; cheaper than a fold."""
        return sum(self._looking.end_offsets(_places(self.settings, topic)).values())


def delete_topics(settings: Settings) -> None:
    """Spare the broker what nobody reads any more; one too busy to answer in time fails no test by it."""
    with suppress(KafkaError), closing(KafkaAdminClient(bootstrap_servers=settings.kafka)) as admin:
        admin.delete_topics([name for name in admin.list_topics() if name.startswith(settings.prefix)])


def _variables(changed: dict[str, Any]) -> dict[str, str]:
    return {f"WUFANG_{name.upper()}": str(value) for name, value in changed.items()}


def _position(topic: str, metadata: Any) -> Position:
    return Position(topic, metadata.partition, metadata.offset)


def _consumer(settings: Settings) -> KafkaConsumer:
    return KafkaConsumer(bootstrap_servers=settings.kafka, enable_auto_commit=False, max_partition_fetch_bytes=16 << 20)


def _places(settings: Settings, topic: str) -> list[TopicPartition]:
    return [TopicPartition(settings.topic(topic), number) for number in range(topics.PARTITIONS)]


def read_topic(settings: Settings, topic: str) -> list[Any]:
    """Every record a topic holds now, in order of partition and offset."""
    consumer = _consumer(settings)
    try:
        places = _places(settings, topic)
        consumer.assign(places)
        left = {place: end for place, end in consumer.end_offsets(places).items() if end}
        consumer.seek_to_beginning(*places)
        found: list[Any] = []
        while any(consumer.position(place) < end for place, end in left.items()):
            for messages in consumer.poll(500).values():
                found += messages
        return sorted(found, key=lambda message: (message.partition, message.offset))
    finally:
        consumer.close()


def values_of(settings: Settings, partition: int) -> list[bytes]:
    """The ledger's records of one partition."""
    return [message.value for message in read_topic(settings, topics.LEDGER) if message.partition == partition]


def chain_tip(settings: Settings, partition: int, county: str) -> record.Head:
    """The last valid record of a county."""
    fold = Fold()
    for offset, value in enumerate(values_of(settings, partition)):
        fold.fold(offset, value)
    return fold.head(county)


def environment(**changed: str) -> dict[str, str]:
    """This process's environment without its own WUFANG_ variables, and with these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WUFANG_")}
    return clean | changed
