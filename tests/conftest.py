"""Fixtures for all tests."""

from hypothesis import settings

pytest_plugins = ["tests.support.servers", "tests.support.sharing"]

settings.register_profile("wufang", deadline=None)  # two busy cores: a slow example says nothing
settings.load_profile("wufang")
