"""Tables out of files: encodings, spreadsheets, broken ones; the journal and the error file."""

import csv
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from wufang.importing import tables
from wufang.importing.batches import batches
from wufang.importing.error_file import write_errors
from wufang.importing.journal import Acknowledged, Journal, journal_folder, journal_name
from wufang.importing.problems import ImportProblem, RowError
from wufang.importing.reading import Item

ROWS = [["编号", "标题"], ["A1", "路灯，不亮"], ["", ""], ["A3", '说"不"\n第二行'], ["A4"], ["A5", "x", "y"]]


def write_csv(path: Path, encoding: str, delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(ROWS)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = write_csv(tmp_path / "t.csv", encoding, delimiter)
    with tables.open_table(path) as table:
        assert table.header == ["编号", "标题"]
        assert list(table.rows) == [
            (2, ["A1", "路灯，不亮"], False),
            (4, ["A3", '说"不"\n第二行'], False),
            (5, ["A4", None], False),
            (6, ["A5", "x"], True),
        ]
    assert tables.count_rows(path) == 4


def write_xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "时间", "标题"])
    sheet.append([1001, datetime(2026, 3, 5, 9, 30), "=1+1"])
    sheet.append([None, None, None])
    sheet.append(["A3", "2026年3月5日", "路灯"])
    book.create_sheet("第二张").append(["甲"])
    book.save(path)
    return path


def test_xlsx(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "t.xlsx")
    with tables.open_table(path) as table:
        assert table.header == ["编号", "时间", "标题"]
        assert list(table.rows) == [
            # a formula has no value until a spreadsheet has worked it out; it is never evaluated here
            (2, [1001, datetime(2026, 3, 5, 9, 30), None], False),
            (4, ["A3", "2026年3月5日", "路灯"], False),
        ]
    with tables.open_table(path, "第二张") as second:
        assert second.header == ["甲"]


def test_unknown_sheet(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="第二张"), tables.open_table(write_xlsx(tmp_path / "t.xlsx"), "第三张"):
        pass


def test_entity_bomb_is_refused(tmp_path: Path) -> None:
    """A document type in a sheet is what an XML bomb needs."""
    good, bad = write_xlsx(tmp_path / "t.xlsx"), tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + text
            target.writestr(name, text)
    with pytest.raises(ImportProblem, match="不是完好的"), tables.open_table(bad) as table:
        list(table.rows)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_SHEET", 1_000)
    with pytest.raises(ImportProblem, match="超过"), tables.open_table(write_xlsx(tmp_path / "t.xlsx")):
        pass


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"", "表是空的"),
        ("t.csv", b"\xff\x00\x81", "认不出"),
        ("t.xlsx", b"no zip", "不是 .xlsx"),
        ("t.xls", b"x", "不支持"),
        ("t.csv", b"a,a\n1,2\n", "重复的列名"),
    ],
)
def test_files_that_are_none(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImportProblem, match=said), tables.open_table(path) as table:
        list(table.rows)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="找不到文件"):
        tables.open_table(tmp_path / "none.csv")


def items(*sizes: int) -> list[Item]:
    return [Item(row, str(row), b"x" * size) for row, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "counts"),
    [((), []), ((1,) * 5, [2, 2, 1]), ((50, 60, 1), [1, 2]), ((500, 1), [1, 1]), ((1, 500), [1, 1])],
)
def test_batches(sizes: tuple[int, ...], counts: list[int]) -> None:
    cut = list(batches(items(*sizes), most_items=2, most_bytes=100))
    assert [len(batch) for batch in cut] == counts
    assert [item for batch in cut for item in batch] == items(*sizes)


def test_journal_remembers(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "j.jsonl"
    with Journal(path) as journal:
        journal.add([Acknowledged(2, "A1", "r1"), Acknowledged(5, "A4", "r4")])
    with Journal(path) as again:
        assert again.rows == {2, 5}
        again.add([Acknowledged(6, "A5", "r5")])
        assert [entry.receipt for entry in again.entries()] == ["r1", "r4", "r5"]
    assert path.stat().st_mode & 0o077 == 0


def test_torn_line_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    with Journal(path) as journal:
        journal.add([Acknowledged(2, "A1", "r1")])
    with path.open("ab") as file:
        file.write(b'[3, "A2", "r')
    with Journal(path) as again:
        assert again.rows == {2}
        again.add([Acknowledged(3, "A2", "r2")])
        assert [entry.row for entry in again.entries()] == [2, 3]


def test_journal_is_of_one_content_and_mapping(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a\n1\n")
    first = journal_name(file, {"columns": {"title": "a"}})
    assert journal_name(file, {"columns": {"title": "a"}}) == first
    assert journal_name(file, {"columns": {"text": "a"}}) != first
    file.write_text("a\n2\n")
    assert journal_name(file, {"columns": {"title": "a"}}) != first


def test_journal_folder() -> None:
    assert journal_folder({"XDG_STATE_HOME": "/s", "HOME": "/h"}) == Path("/s/wufang/imports")
    assert journal_folder({"HOME": "/h"}) == Path("/h/.local/state/wufang/imports")


def test_error_file_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    source = tmp_path / "t.csv"
    path = write_errors(source, [RowError(4, "=cmd|' /C calc'!A0", "@列", "id", "missing", "编号为空")])
    assert path == tmp_path / "t.csv.errors.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, line = csv.reader(file)
    assert header == ["行号", "编号", "列", "字段", "规则", "说明"]
    assert line[1].startswith("'=")
    assert line[2] == "'@列"


def test_error_file_goes_when_all_is_well(tmp_path: Path) -> None:
    source = tmp_path / "t.csv"
    write_errors(source, [RowError(4, "A", "", "id", "missing", "编号为空")])
    assert not write_errors(source, []).exists()
