"""The commands over the operations: exit status, one JSON document on standard output, sentences for people."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.local.stack import LocalStack
from tests.integration.books.days import HOME, a_day
from tests.integration.books.office import Office
from tests.support.events import COUNTY, cause_of, report_event
from wufang.adapters.receipts import Receipt, write_receipt
from wufang.adapters.secrets_file import create_secrets
from wufang.cli import app
from wufang.wire.position import Position

Wufang = Callable[..., Result]


@pytest.fixture
def wufang(stack: LocalStack, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wufang:
    """Runs a command on the office's deployment; no local system is found."""
    env = stack.env() | {
        "WUFANG_PREFIX": prefix,
        "WUFANG_HOME": str(tmp_path / "none"),
        "XDG_STATE_HOME": str(tmp_path),
        "WUFANG_SECRETS": str(tmp_path / "secrets.json"),
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(app, list(words))


async def run(wufang: Wufang, *words: str) -> Result:
    return await asyncio.to_thread(wufang, *words)


async def answer(wufang: Wufang, *words: str) -> Any:
    return json.loads((await run(wufang, *words, "--json")).stdout)


async def test_reconcile_says_that_the_books_balance(office: Office, wufang: Wufang) -> None:
    await a_day(office)
    result = await run(wufang, "reconcile", "--partitions")
    assert result.exit_code == 0
    assert "账目平衡" in result.stdout
    document = await answer(wufang, "reconcile")
    assert document["balanced"]
    assert document["topics"]["reports.hotline"]["duplicate"] == 2
    assert document["partitions"][f"reports.petition/{HOME}"]["quarantined"] == 2
    assert len(document["ledger"]["hash"]) == 64
    assert document["ledger"]["hash"] == (await answer(wufang, "reconcile", "--no-index"))["ledger"]["hash"]


async def test_reconcile_fails_on_a_gap_and_names_it(office: Office, wufang: Wufang) -> None:
    (lost,) = await office.publish(report_event(1))
    result = await run(wufang, "reconcile", "--timeout", "0", "--no-index")
    assert result.exit_code == 1
    assert str(lost) in result.output
    document = await answer(wufang, "reconcile", "--timeout", "0", "--no-index")
    assert document["faults"]["named"] == [{"kind": "gap", "where": str(lost), "detail": ""}]


async def test_rebuild_serves_the_next_generation(office: Office, wufang: Wufang) -> None:
    await a_day(office)
    document = await answer(wufang, "rebuild", "--follow", "0")
    assert (document["generation"], document["served"], document["handed_over"]) == (2, True, False)
    assert document["comparison"]["differences"] == {}
    assert document["records"] == 19
    assert "已切换" in (await run(wufang, "rebuild", "--follow", "0")).stdout


async def test_quarantine_is_listed_shown_and_redriven(office: Office, wufang: Wufang) -> None:
    place = str(await office.put("reports.grid", b"\xff secret", COUNTY.encode()))
    await office.work()
    assert place in (await run(wufang, "quarantine", "list")).stdout
    assert await answer(wufang, "quarantine", "list", "--reason", "empty") == []
    (shown,) = await answer(wufang, "quarantine", "show", place)
    assert (shown["reason"], shown["state"], "value" in shown) == ("undecodable", "open", False)
    assert "secret" not in (await run(wufang, "quarantine", "show", place)).output
    (shown,) = await answer(wufang, "quarantine", "show", place, "--bytes")
    assert shown["value"] == "hex:" + b"\xff secret".hex()
    assert (await run(wufang, "quarantine", "redrive")).exit_code == 2
    done = await answer(wufang, "quarantine", "redrive", place)
    assert done["redriven"][0]["placed"] == f"reports.grid/{HOME}/1"
    again = await run(wufang, "quarantine", "redrive", place)
    assert (again.exit_code, "--again" in again.stdout) == (1, True)
    missing = await run(wufang, "quarantine", "show", "reports.grid/0/99")
    assert (missing.exit_code, "隔离区没有" in missing.output) == (1, True)


async def test_erase_wants_one_report_and_a_receipt_that_is_signed(
    office: Office, wufang: Wufang, tmp_path: Path
) -> None:
    ring = create_secrets(tmp_path / "secrets.json")
    event = report_event(1)
    await office.publish(event)
    await office.work()
    cause, source = cause_of(event), str(event["source"])
    receipt = write_receipt(ring.receipt, source, Receipt(Position("reports.hotline", HOME, 0), cause, "x"))
    ways: list[tuple[str, ...]] = [
        ("--cause", cause),
        ("--source", source, "--id", "R1", "--jurisdiction", COUNTY),
        ("--source", source, "--receipt", receipt),
    ]
    for words in ways:
        assert await answer(wufang, "erase", *words, "--yes") == {"cause": cause, "copies": 2, "keys": []}
    refusals: list[tuple[tuple[str, ...], int]] = [
        (("--source", "another-desk", "--receipt", receipt), 1),
        (("--cause", "f" * 64), 1),
        (("--source", source, "--id", "R1", "--jurisdiction", "430103"), 1),
        (("--source", source, "--id", "R1"), 2),  # a number alone names no report
        (("--cause", cause, "--jurisdiction", COUNTY), 2),
        (("--cause", "not a cause"), 2),
        ((), 2),
    ]
    for words, code in refusals:
        assert (await run(wufang, "erase", *words, "--yes")).exit_code == code
    asked = await run(wufang, "erase", "--cause", cause)
    assert asked.exit_code == 1  # nobody said yes
    assert all(word in asked.stderr for word in (source, "R1", "热线", COUNTY, "2 份", "没有加密的个人信息", "确定吗"))


async def test_topics_are_there_already(office: Office, wufang: Wufang) -> None:
    assert await answer(wufang, "topics") == {"created": []}


def test_a_broker_that_is_away_is_one_sentence(wufang: Wufang, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUFANG_KAFKA", "127.0.0.1:9")
    result = wufang("reconcile")
    assert result.exit_code == 1
    assert "Kafka 没有应答" in result.output
    assert "Traceback" not in result.output
