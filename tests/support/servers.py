"""The real servers of a test session: those WUFANG_TEST_STACK names, else started and stopped here.

Where the tests are shared out among processes, the first process starts them for all.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.stack import LocalStack

OF_OTHERS = "WUFANG_TEST_STACK"  # a folder of servers that run already and go on running
OF_THIS_RUN = "WUFANG_TEST_RUN_STACK"  # the same of servers that the first process started for its workers
_held = pytest.StashKey[ExitStack]()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Kafka and Elasticsearch shared by the whole session: tests keep apart by `prefix` and kill neither."""
    if running := os.environ.get(OF_OTHERS) or os.environ.get(OF_THIS_RUN):
        yield LocalStack.attach(Path(running))
        return
    with LocalStack(tmp_path_factory.mktemp("stack") / "servers", quick=True, say=_say) as started:
        yield started


@pytest.fixture
def prefix() -> str:
    """A settings prefix of this test's own: its topics, groups and indices are nobody else's."""
    return f"t{uuid.uuid4().hex[:10]}."


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers before the workers, which inherit where they are."""
    if not _shares_out(session.config) or OF_OTHERS in os.environ:
        return
    held = session.config.stash[_held] = ExitStack()
    folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="wufang-tests-"))) / "servers"
    held.enter_context(LocalStack(folder, quick=True, say=_say))
    os.environ[OF_THIS_RUN] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop them, however the session ended."""
    held = config.stash.get(_held, None)
    if held is not None:
        os.environ.pop(OF_THIS_RUN, None)
        held.close()


def _shares_out(config: pytest.Config) -> bool:
    """Whether this is the first of several processes (pytest-xdist)."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


def _say(text: str) -> None:
    os.write(2, f"{text}\n".encode())
