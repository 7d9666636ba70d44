"""What `wufang reconcile` says on a terminal."""

import pytest

from wufang.cli.books import _print, balance_document
from wufang.operations.reconcile import Balance


def test_numbers_of_several_counties_are_a_note_and_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    balance = Balance(shared_numbers=3)
    _print(balance, partitions=False)
    told = capsys.readouterr().out
    assert "见于多个县区：3 个" in told
    assert "账目平衡" in told
    assert balance_document(balance)["ledger"]["shared_numbers"] == 3


def test_nothing_is_said_of_them_where_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    _print(Balance(), partitions=False)
    assert "多个县区" not in capsys.readouterr().out
