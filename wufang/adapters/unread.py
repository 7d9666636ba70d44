"""Why a person's file cannot be read, in Chinese: the system's and the parser's own words are English."""

import re
import tomllib

_REASONS: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "没有这个文件"),
    (PermissionError, "没有读它的权限"),
    (IsADirectoryError, "这是文件夹"),
)
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
