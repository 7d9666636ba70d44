"""Why a file cannot be read is said in Chinese, with the place of the fault."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from wufang.adapters.linking_files import BadRules, linking_rules
from wufang.adapters.profile_files import BadProfile, triage_rules_in
from wufang.adapters.unread import misfit, not_toml, unread


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileNotFoundError(2, "No such file or directory"), "没有这个文件"),
        (PermissionError(13, "Permission denied"), "没有读它的权限"),
        (IsADirectoryError(21, "Is a directory"), "这是文件夹"),
        (OSError(5, "Input/output error"), "读取出错"),
    ],
)
def test_what_the_system_said(error: OSError, told: str) -> None:
    assert unread(error) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1\nb 2\n", "第 2 行第 3 列写法不对"),
        ("a = [1,", "到文件末尾还没有写完"),
    ],
)
def test_where_a_toml_file_is_wrong(text: str, told: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as refused:
        tomllib.loads(text)
    assert not_toml(refused.value) == told


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    id: str


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    group: list[Inner]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "缺少 group 一项"),
        ({"group": [], "groups": []}, "没有 groups 这一项"),
        ({"group": [{"id": "a"}, {"id": 3}]}, "group[1].id 值的类型不对，应为 str"),
        ({"group": [{}]}, "group[0] 缺少 id 一项"),
    ],
)
def test_what_a_file_has_too_much_or_too_little(given: object, told: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(given, Outer)
    assert misfit(refused.value) == told


def test_files_of_rules_say_so(tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    with pytest.raises(BadRules, match="没有这个文件"):
        linking_rules(file)
    with pytest.raises(BadProfile, match="没有这个文件"):
        triage_rules_in(file)
    file.write_bytes(b"\xff")
    with pytest.raises(BadRules, match="UTF-8"):
        linking_rules(file)
    file.write_text("不是表格", "utf-8")
    with pytest.raises(BadProfile, match="第 1 行第 1 列"):
        triage_rules_in(file)
