"""The real servers of a test session: those WUFANG_TEST_STACK names, else started and stopped here."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import LocalStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Kafka and Elasticsearch shared by the whole session: tests keep apart by `prefix` and kill neither."""
    if running := os.environ.get("WUFANG_TEST_STACK"):
        yield LocalStack.attach(Path(running))
        return
    with LocalStack(tmp_path_factory.mktemp("stack") / "servers", quick=True, say=_say) as started:
        yield started


@pytest.fixture
def prefix() -> str:
    """A settings prefix of this test's own: its topics, groups and indices are nobody else's."""
    return f"t{uuid.uuid4().hex[:10]}."


def _say(text: str) -> None:
    os.write(2, f"{text}\n".encode())
