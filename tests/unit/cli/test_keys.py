"""Keys and tokens by command, on files of the test's own."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wufang.adapters.jwt_people import People
from wufang.adapters.key_file import KeyFile
from wufang.cli import app, local

runner = CliRunner()


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No system of this machine is looked at."""
    monkeypatch.setattr(local, "running", lambda: None)
    for name in ("API_KEYS", "SECRETS", "JWKS"):
        monkeypatch.setenv(f"WUFANG_{name}", str(tmp_path / f"{name.lower()}.json"))
    monkeypatch.delenv("WUFANG_ISSUER", raising=False)
    return tmp_path


def asked(*arguments: str) -> Any:
    result = runner.invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def create() -> Any:
    return asked("keys", "create", "--source", "pingchuan-12345", "--jurisdiction", "990101", "--channel", "热线")


def test_created_key_opens_the_door(own_files: Path) -> None:
    made = create()
    found = KeyFile(own_files / "api_keys.json").find(made["token"], datetime.now(UTC))
    assert found is not None
    assert (found.source, found.channels, found.authority) == ("pingchuan-12345", ("hotline",), "990101")


def test_list_shows_no_secret(own_files: Path) -> None:
    made = create()
    (listed,) = asked("keys", "list")
    assert listed["id"] == made["id"]
    secret = made["token"].rsplit("_", 1)[1]
    assert secret not in json.dumps(listed)
    assert secret not in (own_files / "api_keys.json").read_text()


def test_revoked_key_is_dead(own_files: Path) -> None:
    made = create()
    assert asked("keys", "revoke", made["id"])["state"] == "revoked"
    assert KeyFile(own_files / "api_keys.json").find(made["token"], datetime.now(UTC)) is None


def test_revoking_what_is_not_there() -> None:
    result = runner.invoke(app, ["keys", "revoke", "key-none"])
    assert result.exit_code == 1
    assert "wufang keys list" in result.stderr


@pytest.mark.parametrize(
    "wrong", [("--source", "有 空格"), ("--jurisdiction", "99010"), ("--authority", "110101"), ("--channel", "电台")]
)
def test_bad_keys_are_refused(wrong: tuple[str, str]) -> None:
    given = {"--source": "a", "--jurisdiction": "990101", "--channel": "hotline"} | dict([wrong])
    flat = [part for option in given.items() for part in option]
    assert runner.invoke(app, ["keys", "create", *flat]).exit_code == 2


@pytest.mark.parametrize("source", ["ledger-service", "Ledger_Service", "ｌedger-service", "doors", "discipline"])
def test_no_agency_gets_a_name_of_the_systems_own(source: str, own_files: Path) -> None:
    asked_for = ["keys", "create", "--source", source, "--jurisdiction", "990101", "--channel", "热线"]
    result = runner.invoke(app, asked_for)
    assert result.exit_code == 2
    assert "由系统自用" in result.stderr
    assert not (own_files / "api_keys.json").exists()
    assert runner.invoke(app, [*asked_for, "--metrics"]).exit_code == 0  # it hands in nothing


def test_a_key_of_such_a_name_made_before_opens_nothing_and_is_listed_so(own_files: Path) -> None:
    made, file = create(), own_files / "api_keys.json"
    file.write_text(file.read_text().replace("pingchuan-12345", "ledger-service"))
    assert KeyFile(file).find(made["token"], datetime.now(UTC)) is None
    assert [key["state"] for key in asked("keys", "list")] == ["refused"]
    assert "拒用" in runner.invoke(app, ["keys", "list"], env={"COLUMNS": "160"}).stdout
    assert asked("keys", "revoke", made["id"])["state"] == "revoked"


def test_secrets_are_never_overwritten(own_files: Path) -> None:
    asked("keys", "secrets")
    before = (own_files / "secrets.json").read_bytes()
    assert runner.invoke(app, ["keys", "secrets"]).exit_code == 1
    assert (own_files / "secrets.json").read_bytes() == before


def test_token_names_the_person(own_files: Path) -> None:
    token = asked("token", "--role", "auditor", "--name", "甲", "--jurisdiction", "9901")["token"]
    person = People(own_files / "jwks.json", "wufang-local").person(token)
    assert (person.role, person.name, person.jurisdiction) == ("auditor", "甲", "9901")


def test_each_token_of_a_named_person_is_told_from_the_next(own_files: Path) -> None:
    made = [asked("token", "--name", "甲") for _ in range(2)]
    people = People(own_files / "jwks.json", "wufang-local")
    subjects = [people.person(one["token"]).subject for one in made]
    assert subjects == [one["subject"] for one in made]
    assert len(set(subjects)) == 2


@pytest.mark.parametrize("role", ["handler", "warden"])
def test_a_token_for_a_unit_names_the_unit(own_files: Path, role: str) -> None:
    for nothing in ("", " ", "。"):
        refused = runner.invoke(app, ["token", "--role", role, "--organisation", nothing])
        assert (refused.exit_code, "--organisation" in refused.stderr) == (2, True)
    token = asked("token", "--role", role, "--organisation", "平川县城管局")["token"]
    assert People(own_files / "jwks.json", "wufang-local").person(token).organisation == "平川县城管局"


@pytest.mark.parametrize(
    "wrong",
    [("--role", "boss"), ("--jurisdiction", "99010"), ("--jurisdiction", "全国"), ("--organisation", "局" * 61)],
)
def test_bad_tokens_are_refused(wrong: tuple[str, str]) -> None:
    assert runner.invoke(app, ["token", *wrong]).exit_code == 2


@pytest.mark.parametrize("command", [("search", "停水"), ("case", "990101-1-0")])
def test_without_a_token_it_says_how_to_get_one(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WUFANG_TOKEN", raising=False)
    result = runner.invoke(app, list(command))
    assert result.exit_code == 1
    assert "WUFANG_TOKEN" in result.stderr


def test_nobody_to_ask() -> None:
    result = runner.invoke(app, ["search", "停水", "--url", "http://127.0.0.1:9", "--token", "x"])
    assert result.exit_code == 1
    assert "连不上查询服务 http://127.0.0.1:9" in result.stderr
