"""The composition root of the indexer stream; a generation of indices has a consumer group of its own."""

from streams.common.app import WufangApp, make_app
from streams.indexer.agents import attach
from streams.indexer.generation import with_generation
from streams.indexer.worker import IndexerWorker
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.kafka_log import KafkaLog
from wufang.settings import Settings
from wufang.wire import topics


def create(settings: Settings) -> WufangApp:
    """The app, ready to be run by a Faust worker."""
    settings = with_generation(settings)
    app = make_app(settings, topics.indexer_group(settings.generation))
    worker = IndexerWorker(settings, KafkaLog(settings), ElasticIndex.from_settings(settings), app.pulse)
    attach(app, settings, worker)
    return app
