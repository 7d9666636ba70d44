"""What a door counts; names and units are fixed here, labels never carry what was sent."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from wufang.adapters.kafka_producer import KafkaPublisher


class DoorMetrics:
    """One registry of one app, so that tests may build many."""

    def __init__(self, channel: str, publisher: KafkaPublisher) -> None:
        self.registry = CollectorRegistry()
        labels = {"channel": channel}
        requests = Counter(
            "wufang_door_requests", "answers given", ["channel", "route", "status"], registry=self.registry
        )
        items = Counter(
            "wufang_door_items", "reports by what was answered", ["channel", "answer"], registry=self.registry
        )
        acks = Histogram(
            "wufang_door_ack_seconds",
            "from a read post to the broker's acks",
            ["channel"],
            buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
            registry=self.registry,
        )
        self._requests, self._items, self._channel = requests, items, channel
        self.ack_seconds = acks.labels(channel)
        self._gauge("wufang_door_pending", "records that wait for their acks", lambda: publisher.pending, labels)
        self._gauge("wufang_door_broker_connected", "1 with a producer", lambda: int(publisher.ready), labels)
        self._gauge("wufang_door_connect_failures", "failed connections", lambda: publisher.failures, labels)
        self._gauge("wufang_door_producers_retired", "producers replaced", lambda: publisher.retired, labels)

    def _gauge(self, name: str, text: str, value: object, labels: dict[str, str]) -> None:
        gauge = Gauge(name, text, list(labels), registry=self.registry)
        gauge.labels(**labels).set_function(value)  # type: ignore[arg-type]

    def answered(self, route: str, status: int) -> None:
        """One request was answered."""
        self._requests.labels(self._channel, route, str(status)).inc()

    def count(self, answer: str, number: int) -> None:
        """`number` reports were accepted, refused or not acknowledged."""
        if number:
            self._items.labels(self._channel, answer).inc(number)
