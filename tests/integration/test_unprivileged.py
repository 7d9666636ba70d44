"""Elasticsearch runs for root also where user namespaces are refused."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local import unprivileged
from deploy.local.elastic import Elastic
from deploy.local.keeping import KeeperClient
from deploy.local.stack import elastic_home, fetch, free_port

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has this problem")


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elastic]:
    monkeypatch.setattr(unprivileged, "namespaces_work", lambda: False)
    fetch(print)
    place = unprivileged.place(tmp_path / "elasticsearch", elastic_home())
    yield Elastic(place, free_port(), free_port(), "a-password-of-this-test", quick=True)
    shutil.rmtree(place.folder)


def test_as_nobody_where_namespaces_are_refused(node: Elastic, tmp_path: Path) -> None:
    keeper = KeeperClient(tmp_path)
    keeper.spawn()
    node.prepare()
    keeper.start(node.spec(tmp_path / "log"))
    deadline = time.monotonic() + 120
    while not node.ready():
        assert keeper.processes()["elasticsearch"]["state"] == "running", (tmp_path / "log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process = psutil.Process(keeper.processes()["elasticsearch"]["pid"])
    assert {member.uids().real for member in (process, *process.children())} == {unprivileged.NOBODY}
    keeper.end()
    assert not process.is_running()
