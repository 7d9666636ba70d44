"""The ledger service's app: no case without a checked token; Elasticsearch away is a 503, never a guess."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.types import Lifespan

from services.ledger.access import PersonRequired
from services.ledger.audit import Audit
from services.ledger.commands import Desk, commands
from services.ledger.console import add_console
from services.ledger.cursors import Cursors
from services.ledger.hot import HotReader
from services.ledger.operations import ServiceMetrics, operations
from services.ledger.problems import add_problems
from services.ledger.reader import CaseReader
from services.ledger.releases import Releases, releases
from services.ledger.routes import api, hot_api, warnings_api
from services.ledger.warnings import WarningReader
from wufang import __version__
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.http_log import RequestLog
from wufang.adapters.jwt_people import People
from wufang.adapters.kafka_producer import KafkaPublisher
from wufang.adapters.key_file import KeyFile
from wufang.adapters.profile_files import category_tree
from wufang.adapters.receipt_states import ReceiptReader
from wufang.adapters.secrets_file import load_key_ring
from wufang.settings import Settings
from wufang.wire import topics

SEARCH_SECONDS = 10.0


def utc_now() -> datetime:
    """The service's clock: it only judges whether tokens and keys are still good."""
    return datetime.now(UTC)


def create_app(settings: Settings) -> FastAPI:
    """The app. Raises KeysMissing without secrets; starts without Elasticsearch."""
    index = ElasticIndex.from_settings(settings, timeout=SEARCH_SECONDS)
    people = People(settings.jwks, settings.issuer)
    ring = load_key_ring(settings.secrets)
    audit = Audit(hmac.digest(ring.receipt.key, b"ledger audit", "sha256"))
    person = PersonRequired(people, audit)
    cursors = Cursors(hmac.digest(ring.receipt.key, b"ledger cursors", "sha256"))
    publisher, receipts = KafkaPublisher(settings, [topics.COMMANDS]), ReceiptReader(settings)
    metrics = ServiceMetrics()
    app = FastAPIOffline(
        title="五方贯通 · 台账",
        version=__version__,
        description="查找事项、查看事项的时间线与关联依据；并案、撤销并案、改归、不得并案、定办、定类以指令提出，由台账流处理。",
        lifespan=_running(index, publisher, receipts),
        static_url="/docs/static",
    )
    reader, warnings, hot = CaseReader(index), WarningReader(index), HotReader(index)
    app.include_router(api(reader, cursors, person))
    app.include_router(warnings_api(warnings, cursors, person))
    app.include_router(hot_api(hot, person, utc_now))
    tree = category_tree(settings.profile)
    desk = Desk(reader, receipts, publisher, ring, utc_now, tree)
    app.include_router(commands(desk, person))
    keys = KeyFile(settings.api_keys)
    app.include_router(releases(Releases(index, desk), keys, utc_now))
    app.include_router(operations(index, metrics, keys, person, utc_now))
    add_console(app, reader, warnings, hot, desk, tree, cursors, people, audit, utc_now)
    add_problems(app)
    app.add_middleware(RequestLog, answered=metrics.answered)
    return app


def _running(index: ElasticIndex, publisher: KafkaPublisher, receipts: ReceiptReader) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await publisher.stop()
        await receipts.close()
        await index.close()

    return lifespan
