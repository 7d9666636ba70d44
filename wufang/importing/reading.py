"""A row into the event that is sent, or the errors of the row; pure: equal rows make equal events and ids."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from wufang.importing.fields import ID, JURISDICTION, Field
from wufang.importing.mapping import Columns
from wufang.importing.problems import RowError
from wufang.importing.tables import Row
from wufang.importing.values import BadValue, cell_text, convert

# Eleven digits in a row inside a hash would be taken for a phone number by the door.
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


class Item(NamedTuple):
    """One event ready to be sent."""

    row: int
    id: str
    line: bytes


class Reader:
    """Reads rows of one table by one mapping."""

    def __init__(self, event_type: str, columns: Columns, fields: Mapping[str, Field], header: Sequence[str]) -> None:
        self._type = event_type
        self._jurisdiction = columns.jurisdiction
        self._places = {path: header.index(column) for path, column in columns.columns.items()}
        self._columns = columns.columns
        self._fields = fields
        self._constants = columns.constants

    def read(self, row: Row) -> Item | list[RowError]:
        """The row's event, or everything that is wrong with it."""
        event_id = self._id(row)
        values, errors = self._values(row, event_id)
        if row.extra:
            errors.append(
                RowError(row.number, event_id, "", "", "extra_cells", "这一行的列比表头多，请检查引号和分隔符")
            )
        if errors:
            return errors
        return Item(row.number, event_id, orjson.dumps(self._event(event_id, values)))

    def column_of(self, field: str) -> str:
        """The column behind a field the door complains about."""
        path = field.removeprefix("data.")
        while path and path not in self._columns:
            path = path.rpartition(".")[0]
        return self._columns.get(path, "")

    def _id(self, row: Row) -> str:
        """The id column's; else a hash of the mapped cells: the same row is the same event for ever."""
        if ID in self._places:
            return cell_text(row.cells[self._places[ID]])
        told = {path: cell_text(row.cells[place]) for path, place in sorted(self._places.items())}
        return "row-" + hashlib.sha256(orjson.dumps(told)).hexdigest()[:32].translate(_LETTERS)

    def _values(self, row: Row, event_id: str) -> tuple[dict[str, Any], list[RowError]]:
        cells = {path: row.cells[place] for path, place in self._places.items() if path != ID}
        values: dict[str, Any] = {}
        errors = [] if event_id else [self._error(row, "", ID, "missing", "编号为空")]
        for path, cell in {**self._constants, **cells}.items():
            try:
                values[path] = convert(self._fields[path], cell)
            except BadValue as bad:
                errors.append(self._error(row, event_id, path, bad.rule, bad.message))
        return {path: value for path, value in values.items() if value is not None}, errors

    def _error(self, row: Row, event_id: str, path: str, rule: str, message: str) -> RowError:
        return RowError(row.number, event_id, self._columns.get(path, ""), path, rule, message)

    def _event(self, event_id: str, values: dict[str, Any]) -> dict[str, Any]:
        jurisdiction = values.pop(JURISDICTION, None) or self._jurisdiction
        event: dict[str, Any] = {"specversion": "1.0", "id": event_id, "type": self._type}
        if jurisdiction:
            event["jurisdiction"] = jurisdiction
        return {**event, "data": nested(values)}


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted paths into objects."""
    data: dict[str, Any] = {}
    for path, value in values.items():
        *parents, last = path.split(".")
        inner = data
        for name in parents:
            inner = inner.setdefault(name, {})
        inner[last] = value
    return data
