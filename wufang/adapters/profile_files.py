"""A profile's files, read once; a bad one is one clear error and never half a profile."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from wufang.adapters.unread import misfit, not_toml, unread
from wufang.domain.categories import Refused as TreeRefused
from wufang.domain.categories import Tree
from wufang.domain.categories import Written as WrittenTree
from wufang.domain.categories import made as tree_made
from wufang.domain.triage import Refused, Rules, Written, made
from wufang.domain.triage.likeness import NONE, Leaning, Likeness

DEFAULT = "default"
TRIAGE_FILE = "triage.toml"
LIKENESS_FILE = "triage-likeness.json"
CATEGORIES_FILE = "categories.toml"


class BadProfile(ValueError):
    """A profile's file cannot be used; says which and why."""


@lru_cache(8)  # what is shipped does not change while a program runs; making rules takes a second
def triage_rules(profile: str = DEFAULT, folder: Traversable | None = None) -> Rules:
    """The triage rules of a profile shipped with the project, or of one in another folder."""
    place = (folder if folder is not None else files("profiles")) / profile
    return triage_rules_in(place / TRIAGE_FILE, place / LIKENESS_FILE)


def triage_rules_in(file: Traversable, weights: Traversable | None = None) -> Rules:
    """The triage rules of one file, a profile's or another's, with the weights of another, if there are any."""
    try:
        written = msgspec.convert(tomllib.loads(file.read_text("utf-8")), Written)
        return made(written, _likeness(weights))
    except OSError as error:
        raise BadProfile(f"读不到规则文件 {file}：{unread(error)}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadProfile(f"规则文件 {file} 不是 TOML：{not_toml(error)}") from error
    except msgspec.ValidationError as error:
        raise BadProfile(
            f"规则文件 {file} 不能使用：{misfit(error)}；须是整份规则，如 profiles/default/triage.toml"
        ) from error
    except (msgspec.DecodeError, Refused) as error:
        raise BadProfile(f"规则文件不能使用 / triage rules cannot be used: {file}: {error}") from error


def _likeness(file: Traversable | None) -> Leaning:
    """The learnt weights beside the rules; a profile need have none."""
    if file is None or not file.is_file():
        return NONE
    try:
        return Leaning(msgspec.json.decode(file.read_bytes(), type=Likeness))
    except ValueError as error:
        raise Refused(f"{file}: {error}") from error


def category_tree(profile: str = DEFAULT, folder: Traversable | None = None) -> Tree:
    """The category tree of a profile shipped with the project, or of one in another folder."""
    file = (folder if folder is not None else files("profiles")) / profile / CATEGORIES_FILE
    try:
        written = msgspec.convert(tomllib.loads(file.read_text("utf-8")), WrittenTree)
        return tree_made(written)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, TreeRefused) as error:
        raise BadProfile(f"分类目录不能使用 / category tree cannot be used: {file}: {error}") from error
