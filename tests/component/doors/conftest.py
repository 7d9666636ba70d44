"""Doors in this process, on the session's real Kafka and Elasticsearch, with keys and secrets of their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from deploy.local.stack import LocalStack
from tests.support.doors import BrokerOnly, Office, make_office


@pytest.fixture(scope="package")
def office(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One deployment for all tests of the doors: each test uses event ids of its own."""
    user, password = stack.elastic_auth
    return make_office(
        stack.kafka,
        tmp_path_factory.mktemp("office"),
        f"t{uuid.uuid4().hex[:10]}.",
        elastic_url=stack.elastic,
        elastic_user=user,
        elastic_password=password,
    )


@pytest.fixture(scope="package")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerOnly]:
    """A broker to kill, freeze and restart."""
    with BrokerOnly(tmp_path_factory.mktemp("broker")) as alone:
        yield alone


@pytest.fixture
def event_id() -> str:
    """New each time, and without digits: eleven in a row by chance are somebody's number."""
    return "rx-" + "".join(chr(ord("g") + int(digit, 16)) for digit in uuid.uuid4().hex[:12])
