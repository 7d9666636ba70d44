"""Why a person's file cannot be read, in Chinese: the system's and the parser's own words are English."""

import re
import tomllib

import msgspec

_REASONS: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "没有这个文件"),
    (PermissionError, "没有读它的权限"),
    (IsADirectoryError, "这是文件夹"),
)
_MISFITS = (
    (re.compile(r"missing required field `([^`]+)`"), "缺少 {} 一项"),
    (re.compile(r"contains unknown field `([^`]+)`"), "没有 {} 这一项"),
    (re.compile(r"^Expected `([^`]+)`"), "值的类型不对，应为 {}"),
)
_AT = re.compile(r" - at `\$\.?([^`]+)`")
_PLACE = re.compile(r"at line (\d+), column (\d+)")


def unread(error: OSError) -> str:
    """What the system said."""
    return next((told for kind, told in _REASONS if isinstance(error, kind)), "读取出错")


def not_toml(error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> str:
    """Where a TOML file is wrong."""
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 编码"
    place = _PLACE.search(str(error))
    return f"第 {place[1]} 行第 {place[2]} 列写法不对" if place else "到文件末尾还没有写完"


def misfit(error: msgspec.ValidationError) -> str:
    """What a file has too much or too little, and where; what the parser says otherwise stays as it is."""
    said = str(error)
    found = ((told, pattern.search(said)) for pattern, told in _MISFITS)
    told = next((told.format(match[1]) for told, match in found if match), said)
    place = _AT.search(said)
    return f"{place[1]} {told}" if place and told != said else told
