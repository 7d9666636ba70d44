"""Topics as schemas/topics declares them, made on the broker; an existing topic is checked, never changed."""

from kafka import KafkaAdminClient
from kafka.errors import NoError, TopicAlreadyExistsError, for_code

from wufang.contracts.topics import TopicSpec, load_topics
from wufang.settings import Settings
from wufang.telemetry import log


class TopicMismatch(Exception):
    """A topic has another partition count than its contract; that number is part of what the log means."""


def ensure_topics(settings: Settings) -> list[str]:
    """Create the missing topics; the names created. Raises TopicMismatch, kafka.errors.KafkaError."""
    admin = KafkaAdminClient(bootstrap_servers=settings.brokers, request_timeout_ms=20_000)
    try:
        there = set(admin.list_topics())
        missing = [topic for topic in load_topics() if settings.topic(topic.name) not in there]
        _create(admin, settings, missing)
        admin.wait_for_topics([settings.topic(topic.name) for topic in load_topics()], timeout_ms=30_000)
        _check(admin, settings)
        return [settings.topic(topic.name) for topic in missing]
    finally:
        admin.close()


def _create(admin: KafkaAdminClient, settings: Settings, missing: list[TopicSpec]) -> None:
    """All in one request: one after another they took a second and more, and their leaders as long again."""
    wanted = {
        settings.topic(topic.name): {
            "num_partitions": topic.partitions,
            "replication_factor": settings.replication,
            "configs": topic.config,
        }
        for topic in missing
    }
    if not wanted:
        return
    for made in admin.create_topics(wanted, raise_errors=False)["topics"]:
        error = for_code(made["error_code"])
        if error is TopicAlreadyExistsError:
            log("kafka").info("topic was made by another process", topic=made["name"])
        elif error is not NoError:
            raise error(f"{made['name']}: {made['error_message']}")


def _check(admin: KafkaAdminClient, settings: Settings) -> None:
    wanted = {settings.topic(topic.name): topic.partitions for topic in load_topics()}
    for found in admin.describe_topics(list(wanted)):
        name, partitions = found["name"], len(found["partitions"])
        if partitions != wanted[name]:
            raise TopicMismatch(f"topic {name} has {partitions} partitions, the contract says {wanted[name]}")
