"""`wufang status` of a system that was stopped says where another runs: the other commands would speak to that one."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from wufang.cli import app, local


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "system.json").write_text("{}")
    monkeypatch.setenv("WUFANG_HOME", str(tmp_path))
    return tmp_path


def test_where_another_runs_is_said(stopped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "running", lambda: SimpleNamespace(folder=Path("/made-up/demo")))
    told = CliRunner().invoke(app, ["status"])
    assert told.exit_code == 3
    assert "--folder /made-up/demo" in told.stdout
    assert CliRunner().invoke(app, ["status", "--json"]).stdout.strip() == "[]"
    assert "made-up" not in CliRunner().invoke(app, ["status", "--folder", str(stopped)]).stdout


def test_where_none_runs_nothing_more_is_said(stopped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "running", lambda: None)
    told = CliRunner().invoke(app, ["status"])
    assert (told.exit_code, "另有系统" in told.stdout) == (3, False)
