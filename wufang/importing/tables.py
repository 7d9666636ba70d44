"""Rows out of a CSV or XLSX file, one at a time; it must not evaluate or follow anything a file says."""

import codecs
import csv
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from wufang.importing.header import clean_header
from wufang.importing.problems import ImportProblem

ENCODINGS = ("utf-8-sig", "gb18030")
LONGEST_CELL = 2_000_000
LARGEST_SHEET = 1 << 30  # bytes an .xlsx may unpack to
_CHUNK = 1 << 20


class Row(NamedTuple):
    """`number` as a spreadsheet counts (the header is 1); `extra`: it has more cells than the header."""

    number: int
    cells: list[object]
    extra: bool


class Table(NamedTuple):
    """`rows` can be walked once; blank rows are left out."""

    header: list[str]
    rows: Iterator[Row]


def open_table(path: Path, sheet: str | None = None) -> AbstractContextManager[Table]:
    """The table in a file, by its name's ending. Raises ImportProblem."""
    if not path.is_file():
        raise ImportProblem(f"找不到文件 {path}，请检查路径")
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv", ".txt"):
        return _csv_table(path)
    if ending in (".xlsx", ".xlsm"):
        return _xlsx_table(path, sheet)
    raise ImportProblem(f"不支持的文件类型“{ending or path.name}”，请另存为 .csv 或 .xlsx")


def count_rows(path: Path, sheet: str | None = None) -> int:
    """How many rows there are to read."""
    with open_table(path, sheet) as table:
        return sum(1 for _ in table.rows)


def encoding_of(path: Path) -> str:
    """The first encoding the whole file is valid in. Raises ImportProblem."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
    for encoding in ENCODINGS:
        if _decodes(path, encoding):
            return encoding
    raise ImportProblem(f"认不出 {path.name} 的文字编码，请另存为 UTF-8 的 CSV")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _csv_table(path: Path) -> Iterator[Table]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(newline="", encoding=encoding_of(path)) as file:
        first = file.readline()
        file.seek(0)
        reader = csv.reader(file, delimiter=_delimiter(first))
        yield _table(_csv_rows(reader))


def _delimiter(first_line: str) -> str:
    return max(",\t;", key=first_line.count)


def _csv_rows(reader: Iterator[list[str]]) -> Iterator[list[object]]:
    try:
        for row in reader:
            yield list(row)
    except csv.Error as error:
        raise ImportProblem(f"CSV 格式有错：{error}，请检查引号是否成对") from None


@contextmanager
def _xlsx_table(path: Path, sheet: str | None) -> Iterator[Table]:
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise ImportProblem("缺少 defusedxml，不能安全地读取 .xlsx，请重新执行 make setup")
    _check_size(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises what its parts raise; all mean the same to the person
        raise ImportProblem(f"打不开 {path.name}：不是完好的 .xlsx 文件（{type(error).__name__}）") from None
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise ImportProblem(f"{path.name} 里没有工作表“{sheet}”，有：{'、'.join(book.sheetnames)}")
        chosen = book[sheet or book.sheetnames[0]]
        yield _table(list(row) for row in chosen.iter_rows(values_only=True))
    finally:
        book.close()


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile:
        raise ImportProblem(f"打不开 {path.name}：不是 .xlsx 文件，请在表格软件里另存为 .xlsx") from None
    if size > LARGEST_SHEET:
        raise ImportProblem(f"{path.name} 解开后超过 {LARGEST_SHEET >> 20} MB，请拆成几个文件")


def _table(lines: Iterator[list[object]]) -> Table:
    header = clean_header(next(lines, []))
    return Table(header, _rows(lines, len(header)))


def _rows(lines: Iterator[list[object]], width: int) -> Iterator[Row]:
    for number, cells in enumerate(lines, start=2):
        if any(cell not in (None, "") for cell in cells):
            padded = [*cells[:width], *[None] * (width - len(cells))]
            yield Row(number, padded, any(cell not in (None, "") for cell in cells[width:]))
