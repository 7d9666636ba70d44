"""Fixtures for all tests."""

import logging

from hypothesis import settings

pytest_plugins = ["tests.support.servers", "tests.support.sharing"]

settings.register_profile("wufang", deadline=None)  # two busy cores: a slow example says nothing
settings.load_profile("wufang")

logging.raiseExceptions = False  # a server's thread may still write when the test that lent its stream is over
