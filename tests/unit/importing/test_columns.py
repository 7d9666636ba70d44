"""Columns to fields: names resolved against the contract, labels on persons stopped."""

from pathlib import Path

import pytest

from services.channel.refusals import key_rule
from services.hotline import SPEC as HOTLINE
from services.sentiment import SPEC as SENTIMENT
from wufang.importing import mapping
from wufang.importing.fields import Field, report_fields, resolve
from wufang.importing.header import clean_header, refuse_labels
from wufang.importing.mapping import Columns
from wufang.importing.problems import ImportProblem

FIELDS = report_fields(HOTLINE.report.model_json_schema())


def test_fields_are_the_contracts_leaves() -> None:
    assert FIELDS["details.follow_up.first.reached"].kind == "flag"
    assert FIELDS["details.due_at"].kind == "time"
    assert FIELDS["point.lat"].kind == "number"
    assert FIELDS["related"].many
    assert FIELDS["details.request_type"].choices["投诉"] == "complaint"
    assert FIELDS["contact_mode"].choices["匿名"] == "anonymous"


def test_sentiment_has_no_reporter() -> None:
    assert not any(path.startswith("reporter") for path in report_fields(SENTIMENT.report.model_json_schema()))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("title", "title"),
        ("data.title", "title"),
        ("id", "id"),
        ("标题", "title"),
        ("request_type", "details.request_type"),
        ("紧急程度", "details.urgency"),
    ],
)
def test_resolved(name: str, path: str) -> None:
    assert resolve(name, FIELDS).path == path


@pytest.mark.parametrize(
    ("name", "said"), [("titel", "是否应为 title"), ("reached", "不止一个"), ("扬言人", "没有字段")]
)
def test_unresolved(name: str, said: str) -> None:
    with pytest.raises(ImportProblem, match=said):
        resolve(name, FIELDS)


def test_flags_split_at_the_first_equals_sign() -> None:
    assert mapping.from_flags(["title=标题=简"], FIELDS) == {"title": "标题=简"}


@pytest.mark.parametrize("flag", ["title", "=x", "title=", "title=a"])
def test_bad_flags(flag: str) -> None:
    with pytest.raises(ImportProblem):
        mapping.from_flags(["title=标题", flag], FIELDS)


def test_file_and_flags(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(
        'channel = "hotline"\njurisdiction = "990101"\n[columns]\ntitle = "题"\ntext = "文"\n'
        '[constants]\n"details.intake" = "电话"\n',
        "utf-8",
    )
    read = mapping.from_file(file, "hotline", FIELDS)
    both = mapping.combine(read, {"title": "标题", "details.intake": "渠道"}, {}, None)
    assert both.columns == {"title": "标题", "text": "文", "details.intake": "渠道"}
    assert both.constants == {}
    assert both.jurisdiction == "990101"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns = 3", "每行须写作"),
        ("[colums]", "不认识的项"),
        ("[columns]\ntitle = 3", "每行须写作"),
        ('channel = "grid"', "是给 grid 用的"),
        ("not toml", "不是 UTF-8 的 TOML"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "m.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ImportProblem, match=said):
        mapping.from_file(file, "hotline", FIELDS)


GOOD = {"title": "a", "text": "b", "occurred_at": "c"}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (Columns({"title": "a", "text": "b"}), "occurred_at"),
        (Columns({**GOOD, "category": "没有"}), "没有列“没有”"),
        (Columns(GOOD, {"id": "1"}), "不能写成固定值"),
        (Columns(GOOD, {"title": "1"}), "既有列又有固定值"),
    ],
)
def test_checked_against_the_header(columns: Columns, said: str) -> None:
    with pytest.raises(ImportProblem, match=said):
        mapping.check(columns, ["a", "b", "c"])


@pytest.mark.parametrize("name", ["扬言人", "是否老户", "重点人员类别", "callerLabel", "caller_label", "包稳控"])
def test_labels_on_persons_stop_the_import(name: str) -> None:
    with pytest.raises(ImportProblem, match="一行都没有发送"):
        refuse_labels(["标题", name], key_rule)


def test_other_columns_do_not() -> None:
    refuse_labels(["message_id", "user", "time", "title", "body", "for", "against", "姓名", "诉求类型"], key_rule)


@pytest.mark.parametrize(("cells", "names"), [(["\ufeff编号 ", "", "标题", None], ["编号", "第2列", "标题"])])
def test_header_cleaned(cells: list[object], names: list[str]) -> None:
    assert clean_header(cells) == names


@pytest.mark.parametrize("cells", [[], [None, ""], ["a", "b", "a"]])
def test_header_refused(cells: list[object]) -> None:
    with pytest.raises(ImportProblem):
        clean_header(cells)


def test_a_field_is_plain_data() -> None:
    assert Field("title", "标题") == Field("title", "标题")
