"""Rows to events: values by kind, errors with their column, ids that never change."""

from datetime import datetime
from typing import Any

import orjson
import pytest

from services.hotline import SPEC
from wufang.importing.fields import report_fields
from wufang.importing.mapping import Columns
from wufang.importing.problems import RowError
from wufang.importing.reading import Item, Reader, nested
from wufang.importing.tables import Row
from wufang.importing.values import BadValue, cell_text, convert

FIELDS = report_fields(SPEC.report.model_json_schema())
COLUMNS = Columns(
    {"id": "编号", "title": "标题", "text": "内容", "occurred_at": "时间", "details.request_type": "类型"},
    {"details.intake": "电话"},
    "990101",
)
HEADER = ["编号", "时间", "标题", "内容", "类型", "多余"]


def reader(columns: Columns = COLUMNS) -> Reader:
    return Reader(SPEC.report_type, columns, FIELDS, HEADER)


def row(*cells: object, extra: bool = False) -> Row:
    return Row(2, list(cells), extra)


def item(*cells: object, columns: Columns = COLUMNS) -> Item:
    read = reader(columns).read(row(*cells))
    assert isinstance(read, Item)
    return read


def errors(*cells: object, extra: bool = False) -> list[RowError]:
    read = reader().read(row(*cells, extra=extra))
    assert isinstance(read, list)
    return read


GOOD = ("A1", "2026-03-05 09:30", "路灯不亮", "东门路灯坏了", "投诉", "x")


def test_event() -> None:
    assert orjson.loads(item(*GOOD).line) == {
        "specversion": "1.0",
        "id": "A1",
        "type": "wufang.hotline.report.v1",
        "jurisdiction": "990101",
        "data": {
            "title": "路灯不亮",
            "text": "东门路灯坏了",
            "occurred_at": "2026-03-05T09:30:00+08:00",
            "details": {"request_type": "complaint", "intake": "phone"},
        },
    }


def test_the_door_takes_it() -> None:
    submission, wrong = SPEC.read(orjson.loads(item(*GOOD).line))
    assert wrong == ()
    assert submission.data.title == "路灯不亮"


def test_every_error_of_a_row_is_told_with_its_column() -> None:
    told = errors("", "昨天", "标题", "内容", "吵架", "", extra=True)
    assert [(error.column, error.field, error.rule) for error in told] == [
        ("编号", "id", "missing"),
        ("时间", "occurred_at", "time_format"),
        ("类型", "details.request_type", "enum"),
        ("", "", "extra_cells"),
    ]
    assert all(error.row == 2 for error in told)
    assert not any("昨天" in error.message or "吵架" in error.message for error in told)


WITHOUT_ID = Columns({k: v for k, v in COLUMNS.columns.items() if k != "id"}, {}, "990101")


def test_ids_from_rows() -> None:
    """Of the mapped cells alone, the same for ever, and nothing a door takes for a phone number."""
    one = item(*GOOD, columns=WITHOUT_ID).id
    assert one == item("B9", *GOOD[1:5], "other", columns=WITHOUT_ID).id
    assert one != item(*GOOD[:2], "路灯又不亮", *GOOD[3:], columns=WITHOUT_ID).id
    assert one == "row-" + one[4:]
    assert not any(sign.isdigit() for sign in one)


def test_a_row_may_name_its_county() -> None:
    columns = Columns({**COLUMNS.columns, "jurisdiction": "多余"}, {}, "990101")
    assert orjson.loads(item(*GOOD[:5], "990102", columns=columns).line)["jurisdiction"] == "990102"
    assert orjson.loads(item(*GOOD[:5], "", columns=columns).line)["jurisdiction"] == "990101"


def test_columns_behind_the_doors_complaints() -> None:
    assert reader().column_of("data.details.request_type") == "类型"
    assert reader().column_of("id") == "编号"
    assert reader().column_of("data.related.3") == ""


@pytest.mark.parametrize(
    ("path", "cell", "value"),
    [
        ("title", 12.0, "12"),
        ("title", "  路灯 ", "路灯"),
        ("title", "", None),
        ("title", None, None),
        ("public", "是", True),
        ("public", "否", False),
        ("public", True, True),
        ("related", "A1；A2、A3", ["A1", "A2", "A3"]),
        ("details.returns.count", "1,200", 1200),
        ("point.lat", "27.83", 27.83),
        ("details.supporting", "住建局\n城管局", ["住建局", "城管局"]),
        ("occurred_at", datetime(2026, 3, 5), "2026-03-05T00:00:00+08:00"),
        ("contact_mode", "可联系", "contactable"),
    ],
)
def test_values(path: str, cell: object, value: Any) -> None:
    assert convert(FIELDS[path], cell) == value


@pytest.mark.parametrize(
    ("path", "cell"), [("public", "也许"), ("details.returns.count", "两次"), ("contact_mode", "打电话")]
)
def test_bad_values(path: str, cell: object) -> None:
    with pytest.raises(BadValue) as bad:
        convert(FIELDS[path], cell)
    assert str(cell) not in bad.value.message


def test_cells_as_text() -> None:
    assert [cell_text(cell) for cell in (True, 3.5, 4.0, None, datetime(2026, 3, 5, 9))] == [
        "是",
        "3.5",
        "4",
        "",
        "2026-03-05 09:00:00",
    ]


def test_nested() -> None:
    assert nested({"a": 1, "b.c": 2, "b.d.e": 3}) == {"a": 1, "b": {"c": 2, "d": {"e": 3}}}
