"""A record in quarantine as people see it: when, where, why, in Chinese."""

import io

from rich.console import Console
from rich.table import Table

from wufang.cli.quarantine import entries_table, entry_grid
from wufang.operations.quarantine import Entry
from wufang.wire.position import Position

AT = 1_772_969_400_000  # 2026-03-08T11:30:00Z
ENTRY = Entry(Position("reports.hotline", 3, 1234), "undecodable", "[red]坏", "ledger", AT, b"k", b"\xff", "open")


def shown(table: Table) -> str:
    file = io.StringIO()
    Console(file=file, width=140).print(table)
    return file.getvalue()


def test_the_list_says_when() -> None:
    told = shown(entries_table([ENTRY]))
    assert all(word in told for word in ("隔离时间", "2026-03-08 19:30", "reports.hotline/3/1234", "[red]坏", "未处理"))


def test_one_record_in_the_words_of_the_list() -> None:
    told = shown(entry_grid(ENTRY))
    assert all(word in told for word in ("隔离时间", "2026-03-08 19:30", "位置", "未处理", "未重投"))
    assert all(word not in told for word in ("position", "redrives", "hex:"))
    assert "hex:ff" in shown(entry_grid(ENTRY, with_bytes=True))
