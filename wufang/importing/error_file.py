"""The refused rows as a table beside the input: where and why, never their words; safe in a spreadsheet."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from defusedcsv import csv

from wufang.importing.problems import RowError

HEADER = ("行号", "编号", "列", "字段", "规则", "说明")


def error_path(source: Path) -> Path:
    """`FILE.errors.csv`."""
    return source.with_name(source.name + ".errors.csv")


def write_errors(source: Path, errors: Sequence[RowError]) -> Path:
    """Beside the source, or in the working folder where that is read-only; no errors, no file."""
    target = error_path(source)
    if not errors:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        return target
    try:
        _write(target, errors)
    except OSError:
        target = Path(target.name)
        _write(target, errors)
    return target


def _write(target: Path, errors: Sequence[RowError]) -> None:
    with target.open("w", newline="", encoding="utf-8-sig") as file:  # the mark tells Excel that it is UTF-8
        lines = csv.writer(file)
        lines.writerow(HEADER)
        lines.writerows((e.row, e.id, e.column, e.field, e.rule, e.message) for e in errors)
