"""The health check of a container asks the ports it was told, else the usual ones."""

import pytest

from deploy import probe
from wufang import ports


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that were asked; only the grid's answers."""
    seen: list[int] = []

    def answers(port: int, _path: str) -> bool:
        seen.append(port)
        return port == ports.SERVICES["grid"]

    monkeypatch.setattr(probe, "_answers", answers)
    for name in ("WUFANG_PORT", "WUFANG_STREAM_PORT"):
        monkeypatch.delenv(name, raising=False)
    return seen


def test_a_service_on_its_usual_port_is_found(asked: list[int]) -> None:
    assert probe.main("/readyz") == 0
    assert set(asked) <= set(ports.SERVICES.values())


def test_only_the_port_of_the_settings_is_asked(asked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUFANG_STREAM_PORT", "9000")
    assert probe.main("/healthz") == 1
    assert asked == [9000]
