"""A running demo is announced to other commands, beside others that run."""

from pathlib import Path

import pytest

from demo import stage
from wufang.cli import local


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "told"))


def announced() -> list[str]:
    return local.pointer().read_text().splitlines() if local.pointer().exists() else []


def test_a_second_demo_leaves_the_first_announced(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    with stage._announced(first):
        with stage._announced(second):
            assert announced() == [str(second), str(first)]
        assert announced() == [str(first)]
    assert not local.pointer().exists()


def test_a_demo_whose_folder_is_gone_is_forgotten(tmp_path: Path) -> None:
    local.pointer().parent.mkdir(parents=True)
    local.pointer().write_text(f"{tmp_path / 'gone'}\n")
    with stage._announced(tmp_path):
        assert announced() == [str(tmp_path)]
