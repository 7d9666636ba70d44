"""`wufang relink` and `wufang triage`: refusals, and orders as a shell reads them."""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wufang.cli.failure import Failure
from wufang.cli.trying import NO_DRY_RUN, _span, app, order_lines
from wufang.ledger.trials.orders import MergeOrder, MoveOrder

GOOD = 'version = "trial-1"\nthreshold = 0.5\n'
DAY = 86_400_000


def refused(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert isinstance(done.exception, Failure), done.output
    assert done.exception.code == 2
    return str(done.exception)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "rules.toml"
    file.write_text(GOOD, "utf-8")
    return file


def test_without_dry_run_it_says_that_people_order_it(rules: Path) -> None:
    assert refused("relink", "--rules", str(rules)) == NO_DRY_RUN
    assert "wufang merge" in NO_DRY_RUN


def test_a_bad_file_is_named_before_anything_is_asked_of_a_server(rules: Path) -> None:
    rules.write_text(GOOD + "treshold = 0.5\n", "utf-8")
    assert "treshold" in refused("relink", "--dry-run", "--rules", str(rules))
    assert "rules.toml" in refused("triage", "--back-test", str(rules))


@pytest.mark.parametrize("county", ["99", "9903010", "平川县", "９９０３０１"])
def test_a_county_is_a_code(rules: Path, county: str) -> None:
    assert county in refused("relink", "--dry-run", "--rules", str(rules), "--jurisdiction", county)


def test_days_are_whole_and_in_order() -> None:
    since, until = _span("2026-03-01", "2026-03-01")
    assert since is not None
    assert until == since + DAY
    with pytest.raises(Failure, match="写反"):
        _span("2026-03-02", "2026-03-01")


def test_orders_are_lines_that_a_shell_reads() -> None:
    orders = (
        MoveOrder("c-1-0", ("a", "b"), new=1),
        MoveOrder("c-2-0", ("d",), to_new=1),
        MoveOrder("c-3-0", ("e",), to="c-4-0"),
        MoveOrder("c-3-0", ("f",), new=2),
        MergeOrder("c-4-0", "c-5-0"),
    )
    titles = {"c-3-0": "路灯\n不亮", "c-4-0": "路灯\r\u2028rm x", "c-5-0": "灯"}
    first, *lines = order_lines(orders, "it's new; rm x", titles)
    assert first.startswith("#")
    assert all(line.startswith("# ") and line.isprintable() for line in lines[::2])
    assert lines[4:10:2] == [
        "# c-4-0 路灯  rm x ← c-3-0 路灯 不亮",
        "# c-3-0 路灯 不亮",
        "# c-4-0 路灯  rm x ← c-5-0 灯",
    ]
    opens, follows, goes, alone, merges = lines[1::2]
    assert opens.startswith("case1=$(wufang move c-1-0 a b ")
    assert shlex.split(follows)[-1] == "$case1"
    assert shlex.split(goes) == [*"wufang move c-3-0 e --reason".split(), shlex.split(goes)[5], "--to", "c-4-0"]
    assert shlex.split(alone)[:4] == ["wufang", "move", "c-3-0", "f"]
    assert shlex.split(merges)[:4] == ["wufang", "merge", "c-4-0", "c-5-0"]
    assert "it's new; rm x" in shlex.split(merges)[5]
