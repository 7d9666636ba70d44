"""Runs one service's app under uvicorn: uvloop, httptools, JSON logs; ends cleanly on SIGTERM."""

import sys
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from wufang.adapters.http_protocol import BoundedProtocol
from wufang.privacy.keyring import KeysMissing
from wufang.settings import Settings
from wufang.telemetry import configure, log

GRACEFUL_SECONDS = 15


def serve(build: Callable[[Settings], FastAPI], usual_port: int) -> None:
    """Read the settings, build the app, listen until told to stop. Exits 2 when the secrets are missing."""
    settings = Settings.from_env()
    configure(settings.log_level)
    try:
        app = build(settings)
    except KeysMissing as error:
        log("start").error("cannot start", reason=str(error))
        sys.exit(2)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port or usual_port,
        loop="uvloop",
        http=BoundedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
