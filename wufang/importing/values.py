"""One cell into one value of a field, or the reason why not; pure."""

import re
from datetime import date, datetime
from typing import Any

from wufang.importing.fields import Field
from wufang.importing.times import BadTime, to_day, to_time

_YES = {"是", "true", "yes", "y", "1", "对", "有", "√", "已"}
_NO = {"否", "false", "no", "n", "0", "不", "无", "×", "未"}
_BETWEEN = re.compile(r"[;；、,，|\n]+")


class BadValue(ValueError):
    """(rule, Chinese message)."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(rule)
        self.rule, self.message = rule, message


def cell_text(cell: object) -> str:
    """A cell as a person reads it: 12 for 12.0, an ISO date for a date."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell).strip()


def convert(field: Field, cell: object) -> Any:
    """The value for the wire; None for an empty cell. Raises BadValue."""
    if cell_text(cell) == "":
        return None
    if field.many:
        parts = [part.strip() for part in _BETWEEN.split(cell_text(cell))]
        return [_single(field, part) for part in parts if part]
    return _single(field, cell)


def _single(field: Field, cell: object) -> Any:
    match field.kind:
        case "time" | "day":
            return _moment(field, cell)
        case "flag":
            return _flag(cell_text(cell))
        case "whole" | "number":
            return _number(field, cell_text(cell))
        case "choice":
            return _choice(field, cell_text(cell))
        case _:
            return cell_text(cell)


def _moment(field: Field, cell: object) -> str:
    try:
        return to_time(cell) if field.kind == "time" else to_day(cell)
    except BadTime:
        raise BadValue("time_format", "看不懂的日期，请写作 2026-03-05 09:30 或 2026年3月5日9时30分") from None


def _flag(text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise BadValue("bool_type", "须填 是 或 否")


def _number(field: Field, text: str) -> int | float:
    plain = text.replace(",", "").replace("，", "")
    try:
        return int(plain) if field.kind == "whole" else float(plain)
    except ValueError:
        raise BadValue("number", "须为整数" if field.kind == "whole" else "须为数字") from None


def _choice(field: Field, text: str) -> str:
    if text in field.choices:
        return field.choices[text]
    shown = [label for label, value in field.choices.items() if label != value]
    raise BadValue("enum", f"不在可选值之内，可选：{'、'.join(shown or field.choices)}")
