"""Linking rules in a file: the fields of the linker's rules that are to be others, and a version of their own."""

import math
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from wufang.adapters.unread import not_toml, unread
from wufang.domain.linking import RULES, Rules

PROBABILITIES = ("threshold", "bridge", "suggestion", "reference_score")
FROM_NOUGHT = ("suggested", "taken_as_seen", "spot", "thin_problem", "thin_title")
ANY = ("bias", "title", "problem", "place", "reporter", "days", "common")  # all others are more than nought


class BadRules(ValueError):
    """A file of linking rules cannot be used; says which field and why, in Chinese."""


def linking_rules(path: Path) -> Rules:
    """The linker's rules with what the file says otherwise. Raises BadRules."""
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadRules(f"读不到规则文件 {path}：{unread(error)}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRules(f"规则文件 {path} 不是 TOML：{not_toml(error)}") from error
    return made(written)


def made(written: dict[str, Any]) -> Rules:
    """The rules that a file's fields make. Raises BadRules."""
    known = Rules.__struct_fields__
    for name in written:
        if name not in known:
            raise BadRules(f"规则没有 {name} 这一项；可改的有：{'、'.join(known)}")
    version = written.get("version")
    if not isinstance(version, str) or not version.strip():
        raise BadRules("规则须有自己的版本号 version")
    if version == RULES.version:
        raise BadRules(f"version 不能是现行版本 {version}：另立的规则须另起版本号")
    try:
        rules = msgspec.convert(msgspec.to_builtins(RULES) | written, Rules)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`")
        raise BadRules(f"{name} 的值不能用：应与现行值 {getattr(RULES, name, '')} 同类") from error
    for name in known[1:]:
        _check(name, getattr(rules, name))
    return rules


def _check(name: str, value: float) -> None:
    """Raises BadRules for what the linker cannot count with."""
    if not math.isfinite(value):
        raise BadRules(f"{name} 须是有限的数，不能是 {value}")
    if name in PROBABILITIES and not 0 < value < 1:
        raise BadRules(f"{name} 是概率，须大于 0、小于 1，不能是 {value}")
    if name in FROM_NOUGHT and value < 0:
        raise BadRules(f"{name} 不能小于 0，不能是 {value}")
    if name not in (*PROBABILITIES, *FROM_NOUGHT, *ANY) and value <= 0:
        raise BadRules(f"{name} 须大于 0，不能是 {value}")
