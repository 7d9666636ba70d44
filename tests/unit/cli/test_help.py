"""Help is there at once and says what the commands say; failures are one sentence."""

import os
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest
from typer.main import get_group
from typer.testing import CliRunner

from wufang.cli import COMMANDS, app
from wufang.cli.failure import Failure, explain

PLAIN = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
runner = CliRunner(env=PLAIN)
TYPERS_OWN = ("Options", "Arguments", "Commands", "[required]", "[default", "Show this")
PERSONS_ONLY = {"logs"}  # prints files as they are


def command_of(name: str) -> Any:
    group = get_group(import_module(COMMANDS[name].module).app)
    return group.commands.get(name, group)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_tables_line_is_the_commands_own(name: str) -> None:
    told = (command_of(name).help or "").strip().splitlines()[0]
    assert told.startswith(COMMANDS[name].help)


def ways(name: str) -> list[list[str]]:
    inner = getattr(command_of(name), "commands", {})
    return [[], *([leaf] for leaf in inner)]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = runner.invoke(app, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert COMMANDS[name].help[:8] in result.output


@pytest.mark.parametrize("words", [[], *([name, *leaf] for name in COMMANDS for leaf in ways(name))], ids=" ".join)
def test_a_help_page_speaks_chinese(words: list[str]) -> None:
    shown = runner.invoke(app, [*words, "--help"]).output
    assert "显示本说明" in shown
    assert [words for words in TYPERS_OWN if words in shown] == []


def leaves(command: Any) -> list[Any]:
    inner = getattr(command, "commands", None)
    return [leaf for each in inner.values() for leaf in leaves(each)] if inner else [command]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in PERSONS_ONLY])
def test_every_command_speaks_json(name: str) -> None:
    for leaf in leaves(command_of(name)):
        assert any("--json" in parameter.opts for parameter in leaf.params), leaf.name


@pytest.mark.parametrize("words", [[], *([name, *leaf] for name in COMMANDS for leaf in ways(name))], ids=" ".join)
def test_no_word_of_help_is_cut_off_in_a_narrow_terminal(words: list[str]) -> None:
    """Chinese has no blanks to break a line at: what is longer than its column would end in a dot dot dot."""
    result = runner.invoke(app, [*words, "--help"], env=PLAIN | {"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    assert result.exit_code == 0, result.output
    assert "…" not in result.output


def test_top_level_help_lists_all() -> None:
    result = runner.invoke(app, ["--help"])
    assert result.exit_code == 0
    assert all(name in result.output for name in COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    """What costs time at every start; half a second of a quiet machine is the bar, counted here in modules."""
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom wufang.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "print(sorted({m.split('.')[0] for m in sys.modules}"
        " & {'pydantic','httpx','kafka','fastapi','openpyxl','services','deploy','rjieba','msgspec'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_is_fast() -> None:
    """In processor time: how long it takes depends on what else the machine does."""
    before = os.times()
    subprocess.run([sys.executable, "-m", "wufang.cli", "--help"], capture_output=True, check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    assert used < 1.5  # under 0.5 s alone; half of a core that two share is worth less


def test_unknown_command() -> None:
    result = runner.invoke(app, ["nope"])
    assert result.exit_code == 2


def test_a_failure_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    result = runner.invoke(app, ["import", "hotlin", "x.csv"])
    assert result.exit_code == 2
    assert result.stderr.strip().count("\n") == 0
    assert "没有渠道“hotlin”" in result.stderr
    assert result.stdout == ""


def test_a_failure_for_programs() -> None:
    import json

    result = runner.invoke(app, ["import", "hotline", "none.csv", "--json", "--key", "wf_a_b", "--column", "title=a"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "找不到文件" in json.loads(result.stderr)["error"]


def test_a_fault_keeps_its_trace() -> None:
    assert explain(ZeroDivisionError()) is None
    told = explain(Failure("坏了", 3))
    assert told is not None
    assert told.code == 3
