"""The composition root of the ledger stream."""

from streams.common.app import WufangApp, make_app
from streams.ledger.agents import attach
from streams.ledger.worker import LedgerWorker
from wufang.adapters.kafka_log import KafkaLog
from wufang.settings import Settings
from wufang.wire import topics


def create(settings: Settings) -> WufangApp:
    """The app, ready to be run by a Faust worker."""
    app = make_app(settings, topics.LEDGER_GROUP)
    attach(app, settings, LedgerWorker(settings, KafkaLog(settings), app.pulse))
    return app
