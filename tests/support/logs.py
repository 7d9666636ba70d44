"""Every log line of this process, as the services write them."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from wufang.telemetry import configure


@contextmanager
def log_lines() -> Iterator[io.StringIO]:
    """What is logged meanwhile, at every level."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure("debug")
    structlog.configure(cache_logger_on_first_use=False)  # no logger may keep these settings after the test
    lines = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(lines)
    try:
        yield lines
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
