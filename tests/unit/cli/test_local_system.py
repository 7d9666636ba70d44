"""What a command does about the local system: a key for a county it has not met, a system that does not run."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from wufang.adapters.key_file import create_key, read_keys
from wufang.cli import app, importing, local
from wufang.cli.failure import Failure
from wufang.settings import Settings

runner = CliRunner()
NEW = "430100"


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key file of a system that runs in the test's folder and answers nobody."""
    file = tmp_path / "api-keys.json"
    system = SimpleNamespace(
        folder=tmp_path,
        settings=lambda: Settings.from_env({"WUFANG_API_KEYS": str(file)}),
        url=lambda _name: "http://127.0.0.1:9",
    )
    monkeypatch.setattr(local, "running", lambda: system)
    monkeypatch.delenv("WUFANG_API_KEY", raising=False)
    return file


@pytest.fixture
def nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(local, "running", lambda: None)
    for name in (*local.SERVERS, *local.KEY_FILES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WUFANG_HOME", str(tmp_path / "nowhere"))
    return tmp_path / "nowhere"


def terminal(monkeypatch: pytest.MonkeyPatch, *, there: bool) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: there, raising=False)


def answered(monkeypatch: pytest.MonkeyPatch, answer: bool) -> list[str]:
    """Questions that were asked; a no aborts."""
    asked: list[str] = []

    def confirm(text: str, **_: object) -> None:
        asked.append(text)
        if not answer:
            raise typer.Abort

    monkeypatch.setattr(typer, "confirm", confirm)
    return asked


def meet(keys: Path, area: str) -> None:
    create_key(keys, source="office", channels=["hotline"], jurisdiction=area)


def made(keys: Path) -> list[str]:
    return [key.source for key in read_keys(keys) if key.source != "office"]


def test_the_first_county_needs_no_question_and_is_one_line(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's first import, on a terminal and in a script."""
    terminal(monkeypatch, there=True)
    asked = answered(monkeypatch, False)
    local.agency_key("hotline", NEW, None, new=importing._asked)
    assert (made(keys), asked) == (["local-hotline-430100"], [])


@pytest.mark.parametrize("area", ["990101", "44"])
def test_a_county_beside_others_is_asked_for(area: str, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meet(keys, area)
    terminal(monkeypatch, there=True)
    asked = answered(monkeypatch, False)
    with pytest.raises(typer.Abort):
        local.agency_key("hotline", NEW, None, new=importing._asked)
    assert (made(keys), len(asked)) == ([], 1)
    answered(monkeypatch, True)
    local.agency_key("hotline", NEW, None, new=importing._asked)
    assert made(keys) == ["local-hotline-430100"]


@pytest.mark.parametrize("area", ["430100", "4301", "43"])
def test_a_county_that_an_office_reports_for_is_known(area: str, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meet(keys, area)
    terminal(monkeypatch, there=True)
    asked = answered(monkeypatch, False)
    local.agency_key("hotline", NEW, None, new=importing._asked)
    assert (made(keys), asked) == (["local-hotline-430100"], [])


def test_a_key_is_made_once_and_said_once(keys: Path) -> None:
    said: list[str] = []
    for _ in range(2):
        local.agency_key("hotline", NEW, None, new=lambda source, _others: said.append(source))
    assert (made(keys), said) == (["local-hotline-430100"], ["local-hotline-430100"])


def test_a_metrics_key_is_no_county(keys: Path) -> None:
    create_key(keys, source="prometheus", channels=[], jurisdiction="00", scopes=["metrics"])
    assert local.other_counties(keys, NEW) == []


def test_the_line_names_key_and_counties() -> None:
    line = local.new_key_line("local-hotline-430100", ["990101"])
    assert "\n" not in line
    assert all(word in line for word in ("local-hotline-430100", "430100", "990101", "keys revoke"))


TABLE = "title,text,occurred_at\n路灯不亮,和平路六盏路灯坏了,2026-03-08 19:30\n"
COLUMNS = [part for name in ("title", "text", "occurred_at") for part in ("--column", f"{name}={name}")]


def test_a_program_must_say_that_it_means_a_further_county(
    keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(keys, "990101")
    (tmp_path / "a.csv").write_text(TABLE)
    line = ["import", "hotline", str(tmp_path / "a.csv"), *COLUMNS, "--jurisdiction", NEW, "--json"]
    refused = runner.invoke(app, line)
    assert (refused.exit_code, made(keys)) == (2, [])
    assert "--yes" in refused.stderr
    monkeypatch.setattr(importing._Job, "run", _sent_nothing)
    assert runner.invoke(app, [*line, "--yes"]).exit_code == 0
    assert made(keys) == ["local-hotline-430100"]


def test_a_receipt_of_a_county_never_reported_for_makes_no_key(keys: Path) -> None:
    result = runner.invoke(app, ["receipt", "hotline", "x", "--jurisdiction", NEW])
    assert (result.exit_code, made(keys)) == (1, [])


async def _sent_nothing(*_: object) -> dict[str, object]:
    return {"complete": True}


@pytest.mark.parametrize(
    "line",
    [
        ["topics"],
        ["quarantine", "list"],
        ["reconcile"],
        ["rebuild"],
        ["token"],
        ["erase", "--source", "my-12345", "--receipt", "x"],
    ],
    ids=lambda line: line[0],
)
def test_where_nothing_runs_nobody_is_spoken_to(line: list[str], nothing_runs: Path) -> None:
    """Whatever listens on 9092 and 9200 may be somebody else's."""
    result = runner.invoke(app, line)
    assert result.exit_code == 1
    assert str(nothing_runs) in result.stderr
    assert "WUFANG_KAFKA" in result.stderr
    assert "Traceback" not in result.stderr


def test_one_server_named_is_not_the_other(nothing_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUFANG_KAFKA", "127.0.0.1:9")
    result = runner.invoke(app, ["rebuild"])
    assert result.exit_code == 1
    assert "WUFANG_ELASTIC_URL" in result.stderr


def test_a_deployment_names_its_servers(nothing_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUFANG_KAFKA", "kafka:9092")
    assert local.settings("WUFANG_KAFKA").kafka == "kafka:9092"


def test_the_hint_fits_what_runs(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "wufang logs elasticsearch" in local.how_to_mend("elasticsearch")
    assert "wufang up" not in local.how_to_mend("elasticsearch")
    monkeypatch.setattr(local, "running", lambda: None)
    monkeypatch.delenv("WUFANG_ELASTIC_URL", raising=False)
    assert "wufang up" in local.how_to_mend("elasticsearch")
    monkeypatch.setenv("WUFANG_ELASTIC_URL", "http://es:9200")
    assert "WUFANG_ELASTIC_URL" in local.how_to_mend("elasticsearch")


@pytest.mark.parametrize("url", ["127.0.0.1:8101", "localhost:8101/", "ftp://a", "http://", "http://a:x"])
def test_what_is_no_url_is_refused_at_once(url: str) -> None:
    with pytest.raises(Failure) as refused:
        local.address("hotline", url)
    assert refused.value.code == 2
    assert url in str(refused.value)


def test_a_whole_url_is_taken() -> None:
    assert local.address("hotline", "https://door.example/hotline/") == "https://door.example/hotline"
