"""What typer says of a command that was written wrongly, in Chinese; words it has no rule for stay as they are."""

from __future__ import annotations

import re
from typing import Any

ABORTED = "已取消，什么都没有做。"
_SAID = (
    (re.compile(r"No such command '(.*)'\.(?: Did you mean (.+)\?)?"), r"没有命令“\1”"),
    (re.compile(r"No such option: (\S+).*"), r"没有选项 \1"),
    (re.compile(r"Option '(.*)' requires an argument\."), r"选项 \1 后面须有值"),
    (re.compile(r"Option '(.*)' does not take a value\."), r"选项 \1 不带值"),
    (re.compile(r"Got unexpected extra argument(?:\(s\)|s)? \((.*)\)"), r"多出的参数：\1"),
    (re.compile(r"Missing command\."), "缺少命令"),
    (re.compile(r"Input should be greater than or equal to (\S+)"), r"不得小于 \1"),
    (re.compile(r"Input should be less than or equal to (\S+)"), r"不得大于 \1"),
    (re.compile(r"Input should be greater than (\S+)"), r"须大于 \1"),
    (re.compile(r"Input should be less than (\S+)"), r"须小于 \1"),
    (re.compile(r"Input should be a valid integer.*"), "须为整数"),
    (re.compile(r"Input should be a valid number.*"), "须为数字"),
    (re.compile(r"Input should be a finite number"), "须为有限的数"),
)


def explained(error: Any) -> str:
    """One sentence for a usage error, and where to read on."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "wufang"
    return f"{_what(error)}；用法见 {path} --help"


def _what(error: Any) -> str:
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    if kind == "MissingParameter":
        what = "选项" if getattr(parameter, "param_type_name", "") == "option" else "参数"
        return f"缺少{what} {_name(error)}"
    if kind == "BadParameter":
        return f"{_name(error)} 的值不对：{in_chinese(error.message)}"
    near = getattr(error, "possibilities", None)
    return in_chinese(error.message) + (f"，是否指 {'、'.join(sorted(near))}" if near else "")


def _name(error: Any) -> str:
    given = error.param_hint or (error.param.get_error_hint() if error.param is not None else "")
    return (given if isinstance(given, str) else " / ".join(given)).replace("'", "")


def in_chinese(said: str) -> str:
    """A sentence of typer or of its validator."""
    for pattern, ours in _SAID:
        if found := pattern.fullmatch(said.strip()):
            return found.expand(ours)
    return said
