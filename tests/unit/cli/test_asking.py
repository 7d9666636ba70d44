"""What `wufang import --fields` and `wufang search` say before anything is sent."""

import json

import pytest
from typer.testing import CliRunner

from wufang.cli import app
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
