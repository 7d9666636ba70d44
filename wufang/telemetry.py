"""Structured logs and metrics, configured once at the edge; nothing here may print a report's words."""

import logging
import sys

import orjson
import structlog
from structlog.typing import Processor

AUDIT = "audit"  # the logger of who read what; it speaks at every level


def configure(level: str) -> None:
    """One JSON object a line on standard error, for structlog and for the libraries' own logging."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(_dumps),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("kafka", "aiokafka", "faust", "mode", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel("WARNING")
    logging.getLogger(AUDIT).setLevel("INFO")
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _dumps(value: object, **_: object) -> str:
    return orjson.dumps(value, default=str).decode()


def log(name: str) -> structlog.stdlib.BoundLogger:
    """A logger bound to a component's name."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
