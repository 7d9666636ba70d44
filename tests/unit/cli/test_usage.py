"""A command that was written wrongly: one Chinese sentence, exit status 2, whatever typer itself says."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from wufang.cli import app, local
from wufang.cli.usage import in_chinese

runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["nope"], "没有命令“nope”"),
        (["quarantine", "nope"], "没有命令“nope”"),
        (["case"], "缺少参数 ID"),
        (["keys", "create"], "缺少选项 --source"),
        (["search", "水", "--nope"], "没有选项 --nope"),
        (["search", "水", "--jason"], "是否指"),
        (["search", "水", "--size"], "选项 --size 后面须有值"),
        (["search", "水", "--json=1"], "选项 --json 不带值"),
        (["search", "水", "--size", "0"], "--size 的值不对：不得小于 1"),
        (["search", "水", "--size", "101"], "--size 的值不对：不得大于 100"),
        (["search", "水", "--size", "多"], "--size 的值不对：须为整数"),
        (["reconcile", "--timeout", "久"], "--timeout 的值不对：须为数字"),
        (["case", "1", "2"], "多出的参数：2"),
    ],
    ids=" ".join,
)
def test_what_was_written_wrongly_is_said_in_chinese(line: list[str], said: str) -> None:
    result = runner.invoke(app, line)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "--help" in result.stderr
    assert result.stderr.strip().count("\n") == 0
    assert result.stdout == ""


def test_programs_get_it_as_json() -> None:
    result = runner.invoke(app, ["case", "--json"])
    assert result.exit_code == 2
    assert "缺少参数 ID" in json.loads(result.stderr)["error"]


def test_a_group_alone_shows_its_help() -> None:
    result = runner.invoke(app, ["quarantine"])
    assert result.exit_code == 2
    assert "redrive" in result.output
    assert "用法见" not in result.output


def test_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def abort(*_: Any, **__: Any) -> None:
        raise typer.Abort

    monkeypatch.setattr(local, "address", abort)
    result = runner.invoke(app, ["search", "水"])
    assert (result.exit_code, result.stderr.strip()) == (1, "已取消，什么都没有做。")


def test_unknown_words_stay() -> None:
    assert in_chinese("Something new.") == "Something new."
