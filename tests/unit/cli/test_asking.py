"""What `wufang import --fields` and `wufang search` say before anything is sent."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from wufang.cli import app, people_api
from wufang.cli.failure import Failure
from wufang.domain.report import CHANNELS

runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_required_fields_are_those_of_the_contract(channel: str) -> None:
    from importlib import import_module

    contract = import_module(f"services.{channel}").SPEC.report.model_json_schema()["required"]
    fields = json.loads(runner.invoke(app, ["import", channel, "--fields", "--json"]).stdout)
    assert [field["path"] for field in fields if field["required"]] == contract
    told = runner.invoke(app, ["import", channel, "--fields"]).stdout
    assert told.count("必填") == len(contract) + 1  # and the heading


@pytest.mark.parametrize(("since", "until"), [("2026-03-05", "2026-03-01"), ("2026-03-05 10:00", "2026-03-05 09:00")])
def test_dates_the_wrong_way_round_are_said_so(since: str, until: str) -> None:
    result = runner.invoke(app, ["search", "水", "--from", since, "--to", until, "--token", "x"])
    assert result.exit_code == 2
    assert "写反了" in result.stderr


def test_one_day_is_not_the_wrong_way_round() -> None:
    line = ["search", "水", "--from", "2026-03-05", "--to", "2026-03-05", "--token", "x", "--url", "http://127.0.0.1:9"]
    assert "写反了" not in runner.invoke(app, line).stderr


def test_a_part_of_a_field_is_told_with_what_it_is_a_part_of() -> None:
    fields = json.loads(runner.invoke(app, ["import", "hotline", "--fields", "--json"]).stdout)
    named = {field["path"]: (field["within"], field["label"]) for field in fields}
    assert named["details.follow_up.final.reached"] == ("最终回访", "是否接通")
    assert named["details.returns.count"] == ("退单", "次数")
    assert named["details.closing"] == ("", "办结方式")
    told = [
        " ".join(line.split()) for line in runner.invoke(app, ["import", "hotline", "--fields"]).stdout.splitlines()
    ]
    assert "details.returns.count 退单：次数 整数" in told


def test_required_fields_without_a_column_are_told_with_the_files_headings(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("标题,正文\n路灯不亮,坏了\n", "utf-8")
    result = runner.invoke(app, ["import", "hotline", str(file), "--column", "title=标题", "--jurisdiction", "990101"])
    assert result.exit_code == 1
    assert "text、occurred_at 没有对应的列，请加 --column text=列名 --column occurred_at=列名" in result.stderr
    assert "表头是：标题、正文" in result.stderr


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (["search", "水", "--sort", "最近"], "newest（最近发生）"),
        (["warnings", "--kind", "地点"], "place（同一地点）"),
        (["warnings", "--state", "开"], "open（待验证）"),
    ],
)
def test_a_word_that_is_none_of_the_choices_is_told_what_they_are(line: list[str], known: str) -> None:
    result = runner.invoke(app, [*line, "--token", "x", "--url", "http://127.0.0.1:9"])
    assert result.exit_code == 2
    assert known in result.stderr


def test_choices_may_be_written_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def get(_path: str, parameters: list[tuple[str, str]], *_: object) -> dict[str, list[object]]:
        asked.extend(parameters)
        return {"warnings": [], "cases": []}

    monkeypatch.setattr(people_api, "get", get)
    runner.invoke(app, ["warnings", "--kind", "同一地点", "--kind", "season", "--state", "未应验"])
    runner.invoke(app, ["search", "水", "--sort", "最近发生"])
    assert {("kind", "place"), ("kind", "season"), ("state", "false"), ("sort", "newest")} <= set(asked)


def test_a_refused_field_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = [
        {"field": "reason", "message": "太短"},
        {"field": "reports.0", "message": "格式不对"},
        {"field": "x", "message": "y"},
    ]
    answer = httpx.Response(422, json={"detail": "请求参数有误", "errors": errors})
    monkeypatch.setattr(httpx, "request", lambda *_, **__: answer)
    with pytest.raises(Failure) as refused:
        people_api.get("/v1/cases", [], "http://127.0.0.1:9", "x")
    assert "理由：太短；诉求件：格式不对；x：y" in str(refused.value)


def test_what_is_no_json_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text('{"id": "a"}\n\n{"id": b}\n')
    result = runner.invoke(app, ["send", "hotline", str(file), "--jurisdiction", "990101"])
    assert result.exit_code == 1
    assert "不是 JSON：第 3 行第 8 个字符处写法不对" in result.stderr
