"""Fixtures for all tests, and which tests stay together when they are shared out among processes."""

from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support.servers"]

settings.register_profile("wufang", deadline=None)  # two busy cores: a slow example says nothing
settings.load_profile("wufang")

HERE = Path(__file__).parent
TOGETHER = ("e2e", "component/doors", "component/view")  # what is made for a folder is made once


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests stay together, and those of a folder that shares a whole system."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_room(item.path.relative_to(HERE))))


def _room(path: Path) -> str:
    return next((folder for folder in TOGETHER if path.is_relative_to(folder)), str(path))
