"""Which column feeds which field: from flags or a TOML file, checked against contract and header."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wufang.adapters.unread import not_toml, unread
from wufang.importing.fields import ID, Field, resolve
from wufang.importing.problems import ImportProblem

_TABLES = {"columns", "constants", "jurisdiction", "channel"}
REQUIRED = ("title", "text", "occurred_at")


@dataclass(frozen=True)
class Columns:
    """Columns and constants by field path; `jurisdiction` is the county of every row that names none."""

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    jurisdiction: str | None = None

    def canonical(self) -> dict[str, Any]:
        """Equal for equal mappings, however they were written."""
        return {
            "columns": dict(sorted(self.columns.items())),
            "constants": dict(sorted(self.constants.items())),
            "jurisdiction": self.jurisdiction,
        }


def from_flags(flags: Iterable[str], fields: Mapping[str, Field]) -> dict[str, str]:
    """`FIELD=COLUMN`, the field split off at the first equals sign."""
    found: dict[str, str] = {}
    for flag in flags:
        name, sign, column = flag.partition("=")
        if not sign or not name.strip() or not column.strip():
            raise ImportProblem(f"--column 须写作 字段=列名，例如 title=标题；现为“{flag}”")
        _put(found, resolve(name, fields).path, column.strip())
    return found


def from_file(path: Path, channel: str, fields: Mapping[str, Field]) -> Columns:
    """A file with [columns], [constants] and jurisdiction."""
    try:
        given = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ImportProblem(f"读不了映射文件 {path}：{unread(error)}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportProblem(f"映射文件 {path} 不是 UTF-8 的 TOML：{not_toml(error)}") from None
    if unknown := sorted(set(given) - _TABLES):
        raise ImportProblem(f"映射文件 {path} 里有不认识的项 {'、'.join(unknown)}，可用 {'、'.join(sorted(_TABLES))}")
    if given.get("channel", channel) != channel:
        raise ImportProblem(f"映射文件 {path} 是给 {given['channel']} 用的，不能用于 {channel}")
    return Columns(
        _resolved(path, given.get("columns", {}), fields),
        _resolved(path, given.get("constants", {}), fields),
        given.get("jurisdiction"),
    )


def _resolved(path: Path, table: Any, fields: Mapping[str, Field]) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise ImportProblem(f'映射文件 {path}：[columns] 与 [constants] 每行须写作 字段 = "文字"，带点的字段名加引号')
    found: dict[str, str] = {}
    for name, value in table.items():
        _put(found, resolve(name, fields).path, value)
    return found


def _put(found: dict[str, str], path: str, value: str) -> None:
    if path in found:
        raise ImportProblem(f"字段 {path} 指定了两次")
    found[path] = value


def combine(base: Columns, columns: Mapping[str, str], constants: Mapping[str, str], county: str | None) -> Columns:
    """Flags win over the file, field by field."""
    fixed = {path: value for path, value in base.constants.items() if path not in columns}
    return Columns({**base.columns, **columns}, {**fixed, **constants}, county or base.jurisdiction)


def check(mapping: Columns, header: Sequence[str]) -> None:
    """Raises ImportProblem when a mapped column is missing or a required field has no source."""
    fed = mapping.columns.keys() | mapping.constants.keys()
    if missing := [name for name in REQUIRED if name not in fed]:
        flags = " ".join(f"--column {name}=列名" for name in missing)
        told = f"必填字段 {'、'.join(missing)} 没有对应的列，请加 {flags}"
        raise ImportProblem(f"{told}；表头是：{'、'.join(header)}。字段的意思见 --fields")
    if absent := [column for column in mapping.columns.values() if column not in header]:
        raise ImportProblem(f"表中没有列“{'”“'.join(absent)}”；表头是：{'、'.join(header)}")
    if ID in mapping.constants:
        raise ImportProblem("编号 id 每行不同，不能写成固定值")
    if both := sorted(mapping.columns.keys() & mapping.constants.keys()):
        raise ImportProblem(f"字段 {'、'.join(both)} 既有列又有固定值，请只留一个")
