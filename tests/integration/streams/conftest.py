"""A deployment for each test: topics of its own on the session's servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import LocalStack
from tests.support.deployment import Deployment, environment
from wufang.adapters.kafka_admin import ensure_topics


@pytest.fixture
def deployment(stack: LocalStack, prefix: str, tmp_path: Path) -> Iterator[Deployment]:
    env = environment(**stack.env()) | {
        "WUFANG_PREFIX": prefix,
        "WUFANG_STATE": str(tmp_path / "state"),
        "WUFANG_WORKER": "0",
        "WUFANG_BATCH": "100",
        "WUFANG_LINGER": "0.05",
    }
    with Deployment(env, tmp_path) as made:
        ensure_topics(made.settings)
        yield made
