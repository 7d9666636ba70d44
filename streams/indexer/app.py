"""The composition root of the indexer stream; a generation of indices has a consumer group of its own."""

from streams.common.app import WufangApp, make_app
from streams.common.pulse import Pulse
from streams.indexer.agents import attach
from streams.indexer.worker import IndexerWorker
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.kafka_log import KafkaLog
from wufang.settings import Settings


def create(settings: Settings) -> WufangApp:
    """The app, ready to be run by a Faust worker."""
    app = make_app(settings, f"indexer-g{settings.generation}")
    pulse = Pulse()
    worker = IndexerWorker(settings, KafkaLog(settings), ElasticIndex.from_settings(settings), pulse)
    attach(app, settings, worker, pulse)
    return app
