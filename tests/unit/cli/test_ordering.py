"""What a person orders: reports by the numbers that a case shows, and what a refusal says."""

from typing import Any

import pytest
from typer.testing import CliRunner

from wufang.cli import app, people_api

runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
FIRST, SECOND, THIRD = ("1" * 64, "2" * 64, "3" * 64)
CASE = "990101-1-0"


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The bodies that were sent; the case has R1 and, of two senders, R2 twice, one of them on a second page."""
    bodies: list[dict[str, Any]] = []

    def get(path: str, *_: object) -> dict[str, Any]:
        if "commands" in path:
            return {"state": "refused", "label": "未执行：事项在您查看之后有变化，请看过再定", "case_id": CASE}
        if path.endswith("/reports"):
            return {"reports": [{"report_id": THIRD, "number": "R2"}], "next": None}
        listed = [{"report_id": FIRST, "number": "R1"}, {"report_id": SECOND, "number": "R2"}]
        return {"case": {"version": 7}, "timeline": {"entries": []}, "reports": {"reports": listed, "next": "more"}}

    def post(_path: str, body: dict[str, Any], *_: object) -> dict[str, Any]:
        bodies.append(body)
        return {"receipt": "a-long-receipt"}

    monkeypatch.setattr(people_api, "get", get)
    monkeypatch.setattr(people_api, "post", post)
    return bodies


def test_a_report_is_named_by_its_number_or_its_id(posted: list[dict[str, Any]]) -> None:
    runner.invoke(app, ["move", CASE, "R1", THIRD, "--reason", "另一条路"])
    runner.invoke(app, ["keep-together", CASE, "R1", SECOND, "--reason", "一回事"])
    runner.invoke(app, ["keep-together", CASE, "--reason", "一回事"])
    assert [body["reports"] for body in posted] == [[FIRST, THIRD], [FIRST, SECOND], []]
    assert [body["seen"] for body in posted] == [{CASE: 7}] * 3


@pytest.mark.parametrize(
    ("number", "said"), [("R9", "没有编号为“R9”的件"), ("R2", f"有 2 件，请写明是哪一件：{SECOND}、{THIRD}")]
)
def test_a_number_that_names_no_report_or_two_is_not_sent(posted: list[dict[str, Any]], number: str, said: str) -> None:
    result = runner.invoke(app, ["move", CASE, number, "--reason", "另一条路"])
    assert (result.exit_code, posted) == (2, [])
    assert said in result.stderr


def test_a_refusal_is_told_without_the_receipt(posted: list[dict[str, Any]]) -> None:
    result = runner.invoke(app, ["move", CASE, FIRST, "--reason", "另一条路"])
    assert (result.exit_code, len(posted)) == (1, 1)
    assert "有变化" in result.stderr
    assert "receipt" not in result.stderr
