"""The category tree (内容分类) of a profile: three levels, two digits of a code each; a bad one is refused whole."""

import re
from collections.abc import Sequence

import msgspec

from wufang.domain.text import normalise

LEVELS = 3
DIGITS = 2  # of a code, for each level
SHORTEST = 2  # signs of a keyword; a single one is in too many words to say anything
_CODE = re.compile(rf"(?:[0-9]{{{DIGITS}}}){{1,{LEVELS}}}")


class Refused(ValueError):
    """A profile's category tree cannot be used; says which and why."""


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One node; its code begins with its parent's. A code is never given another meaning."""

    code: str
    name: str
    keywords: tuple[str, ...] = ()


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tree as a profile's file holds it."""

    version: str
    categories: tuple[Category, ...]


class Tree(msgspec.Struct, frozen=True):
    """Ready to be asked: nodes by code, children in the file's order, the codes of each keyword (normalised).

    `starts` has the keywords by their first two signs: one pass over a report finds them, where looking for each of a
    thousand took twice as long as cutting the report into words.
    """

    version: str
    nodes: dict[str, Category]
    children: dict[str, tuple[str, ...]]  # those of "" are the top level
    keywords: dict[str, tuple[str, ...]]
    starts: dict[str, tuple[str, ...]]
    called: dict[str, str] = {}  # what a category may be called (code, path, a name no other has) to its code

    def code_of(self, said: str | None) -> str | None:
        """The code of what somebody wrote as a category: a code, a path, or a name that only one category has."""
        return (self.called.get(said) or self.called.get(normalise(said))) if said else None

    def path(self, code: str) -> str:
        """The names from the top level down to a code, as officials read them. Raises KeyError."""
        return " / ".join(self.nodes[code[:end]].name for end in range(DIGITS, len(code) + 1, DIGITS))


def made(written: Written) -> Tree:
    """The tree of a profile. Raises Refused."""
    nodes: dict[str, Category] = {}
    children: dict[str, list[str]] = {"": []}
    keywords: dict[str, list[str]] = {}
    for category in written.categories:
        _check(category, nodes)
        nodes[category.code] = category
        children[category.code] = []
        children[category.code[:-DIGITS]].append(category.code)
        for keyword in _keywords(category):
            keywords.setdefault(keyword, []).append(category.code)
    _check_whole(written, nodes, children)
    starts: dict[str, list[str]] = {}
    for keyword in keywords:
        starts.setdefault(keyword[:SHORTEST], []).append(keyword)
    tree = Tree(
        written.version,
        nodes,
        {code: tuple(below) for code, below in children.items()},
        {keyword: tuple(codes) for keyword, codes in keywords.items()},
        {start: tuple(found) for start, found in starts.items()},
    )
    return msgspec.structs.replace(tree, called=_called(tree))


def _called(tree: Tree) -> dict[str, str]:
    """Normalised as reports are; a name that two categories have says neither."""
    names: dict[str, list[str]] = {}
    for code, category in tree.nodes.items():
        names.setdefault(normalise(category.name), []).append(code)
    found = {name: codes[0] for name, codes in names.items() if len(codes) == 1}
    return found | {normalise(tree.path(code)): code for code in tree.nodes} | {code: code for code in tree.nodes}


def _check(category: Category, before: dict[str, Category]) -> None:
    """One node against those before it."""
    code, name = category.code, category.name
    if not _CODE.fullmatch(code):
        raise Refused(f"{code!r}: a code is two digits for each of one to three levels")
    if code in before:
        raise Refused(f"{code}: twice, as {before[code].name} and as {name}")
    if len(code) > DIGITS and code[:-DIGITS] not in before:
        raise Refused(f"{code}: no category {code[:-DIGITS]} before it")
    if not name.strip() or name != name.strip():
        raise Refused(f"{code}: {name!r} is no name")


def _check_whole(written: Written, nodes: dict[str, Category], children: dict[str, list[str]]) -> None:
    if not written.version or not nodes:
        raise Refused("a tree has a version and categories")
    for code, below in children.items():
        if len(code) < DIGITS * LEVELS and not below:
            raise Refused(f"{code}: a tree has three levels, and nothing is under this one")
        names = [nodes[child].name for child in below]
        if len(set(names)) < len(names):
            raise Refused(f"{code or 'top level'}: two categories of one name")


def _keywords(category: Category) -> Sequence[str]:
    """Normalised as reports are."""
    found = tuple(dict.fromkeys(normalise(keyword) for keyword in category.keywords))
    if len(found) < len(category.keywords):
        raise Refused(f"{category.code}: a keyword twice")
    short = [keyword for keyword in found if len(keyword) < SHORTEST]
    if short:
        raise Refused(f"{category.code}: the keyword {short[0]!r} has fewer than two signs")
    return found
