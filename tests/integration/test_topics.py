"""Topics on the real broker: made once from their contracts, by several processes at once, and never changed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.local.stack import LocalStack
from wufang.adapters.kafka_admin import TopicMismatch, ensure_topics
from wufang.contracts.topics import load_topics
from wufang.settings import Settings


@pytest.fixture
def settings(stack: LocalStack, prefix: str) -> Settings:
    return Settings.from_env({**stack.env(), "WUFANG_PREFIX": prefix})


def names(settings: Settings) -> list[str]:
    return [settings.topic(topic.name) for topic in load_topics()]


def test_made_once(settings: Settings) -> None:
    assert ensure_topics(settings) == names(settings)
    assert ensure_topics(settings) == []


def test_several_at_once_do_not_disturb_each_other(settings: Settings) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(ensure_topics, [settings] * 4))
    assert ensure_topics(settings) == []


def test_what_the_broker_refuses_is_an_error_with_the_topics_name(settings: Settings) -> None:
    with pytest.raises(KafkaError, match=f"{settings.prefix}[a-z]+.*replication factor"):
        ensure_topics(settings.model_copy(update={"replication": 3}))


def test_another_number_of_partitions_is_noticed_and_left(settings: Settings) -> None:
    name = settings.topic("ledger")
    admin = KafkaAdminClient(bootstrap_servers=settings.kafka)
    admin.create_topics({name: {"num_partitions": 2, "replication_factor": 1}})
    with pytest.raises(TopicMismatch, match=f"{name} has 2 partitions"):
        ensure_topics(settings)
    [found] = admin.describe_topics([name])
    admin.close()
    assert len(found["partitions"]) == 2
