"""What the index should hold, from a cold fold of the log, and what it does hold."""

from collections.abc import Iterable
from typing import Any

import httpx

from tests.support.deployment import Deployment
from wufang.adapters.elastic_index import ElasticIndex
from wufang.ledger.folding.fold import Fold
from wufang.ledger.proofs.rebuild import final_actions
from wufang.readmodel.actions import Action, case_action, quarantine_action
from wufang.readmodel.document import content_hash
from wufang.readmodel.indices import KINDS, index_prefix
from wufang.wire import topics

Key = tuple[str, str]
Held = dict[Key, tuple[int, str]]  # kind and id to version and content hash


def wanted(deployment: Deployment) -> Held:
    """Every document of the log, by a fold that starts at nothing."""
    folds = {number: Fold() for number in range(topics.PARTITIONS)}
    found: Held = {}
    for message in deployment.read(topics.LEDGER):
        applied = folds[message.partition].fold(message.offset, message.value)
        if applied is not None:
            _keep(found, final_actions(applied))
            _keep(found, map(case_action, applied.cases.values()))
    for message in deployment.read(topics.QUARANTINE):
        headers = {name: value.decode() for name, value in message.headers}
        _keep(found, [quarantine_action(headers["position"], headers["reason"])])
    return found


def _keep(found: Held, actions: Iterable[Action]) -> None:
    found.update({(action.kind, action.id): (action.version, content_hash(action.document)) for action in actions})


async def held(deployment: Deployment, generation: int = 1) -> Held:
    """Every document of a generation."""
    async with ElasticIndex.from_settings(deployment.settings) as index:
        await index.refresh(generation)
        return {
            (kind, one.id): (one.version, content_hash(one.document))
            for kind in KINDS
            async for one in index.scan(kind, generation)
        }


def documents(deployment: Deployment) -> int:
    """How many documents Elasticsearch has taken, 0 while there is no index."""
    with _elastic(deployment) as elastic:
        elastic.post(f"/{_pattern(deployment)}/_refresh")
        answer: dict[str, Any] = elastic.get(f"/{_pattern(deployment)}/_count").json()
        return int(answer.get("count", 0))


def drop_indices(deployment: Deployment) -> None:
    """Delete everything of this deployment."""
    with _elastic(deployment) as elastic:
        names = elastic.get(f"/_cat/indices/{_pattern(deployment)}?h=index").text.split()
        for name in names:
            elastic.delete(f"/{name}")


def _pattern(deployment: Deployment) -> str:
    return index_prefix(deployment.settings.prefix) + "*"


def _elastic(deployment: Deployment) -> httpx.Client:
    settings = deployment.settings
    return httpx.Client(base_url=settings.elastic_url, auth=(settings.elastic_user, settings.elastic_password))
