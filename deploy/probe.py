"""`python -m deploy.probe /readyz`: the health check of a container; exits 0 when this process's door answers 200."""

import sys

import httpx

from wufang import ports
from wufang.settings import Settings


def main(path: str) -> int:
    """Ask the door of the settings, or whichever of the usual ports answers in this container."""
    settings = Settings.from_env()
    named = [port for port in (settings.stream_port, settings.port) if port]
    return 0 if any(_answers(port, path) for port in named or ports.SERVICES.values()) else 1


def _answers(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=3, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
