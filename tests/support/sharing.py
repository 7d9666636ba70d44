"""Which tests stay together where they are shared out among processes (pytest-xdist): a file's; some folders'."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    import pytest

TOGETHER = ("tests/e2e", "tests/component/doors", "tests/component/view")  # what is made for a folder is made once


class ByRoom(LoadScopeScheduling):  # type: ignore[misc]  # xdist says nothing of its types
    """Hands out whole rooms. (`--dist loadgroup` does not: it writes an attribute that pytest 9 reads no more.)"""

    def _split_scope(self, nodeid: str) -> str:
        return room(nodeid)


def room(nodeid: str) -> str:
    """A test's file, or the folder whose tests share what is made for them."""
    file = PurePosixPath(nodeid.split("::", 1)[0])
    return next((folder for folder in TOGETHER if file.is_relative_to(folder)), str(file))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByRoom:
    """Whatever `--dist` says."""
    return ByRoom(config, log)
