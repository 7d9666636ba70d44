"""The category tree of a profile: the shipped one stands, a bad one is refused whole."""

from pathlib import Path

import pytest

from bench.categories import LABELS
from wufang.adapters.profile_files import BadProfile, category_tree
from wufang.domain.categories import Tree
from wufang.domain.categories.tree import DIGITS, LEVELS

GOOD = """
version = "t-1"
categories = [
  { code = "01", name = "城建" },
  { code = "0101", name = "水电" },
  { code = "010101", name = "供水", keywords = ["停水", "Ａ类水"] },
]
"""


def read(folder: Path, text: str) -> Tree:
    (folder / "default").mkdir()
    (folder / "default" / "categories.toml").write_text(text, "utf-8")
    return category_tree(folder=folder)


def test_the_shipped_tree_has_three_levels_and_keywords_for_every_leaf() -> None:
    tree = category_tree()
    leaves = [code for code, below in tree.children.items() if not below]
    assert len(tree.children[""]) >= 10
    assert {len(leaf) for leaf in leaves} == {DIGITS * LEVELS}
    assert all(len(tree.nodes[leaf].keywords) >= 3 for leaf in leaves)
    assert set(LABELS.values()) <= set(tree.children[""])


def test_a_tree_is_read_with_its_paths_and_normalised_keywords(tmp_path: Path) -> None:
    tree = read(tmp_path, GOOD)
    assert tree.version == "t-1"
    assert tree.path("010101") == "城建 / 水电 / 供水"
    assert tree.keywords == {"停水": ("010101",), "a类水": ("010101",)}


@pytest.mark.parametrize(
    ("part", "instead", "says"),
    [
        ('code = "0101"', 'code = "01"', "01: twice, as 城建 and as 水电"),
        ('code = "0101"', 'code = "0201"', "0201: no category 02 before it"),
        ('code = "010101"', 'code = "01010101"', "two digits for each"),
        ('code = "010101"', 'code = "1"', "two digits for each"),
        ('code = "010101"', 'code = "０１"', "two digits for each"),
        ('name = "供水"', 'name = " "', "is no name"),
        ('  { code = "010101", name = "供水", keywords = ["停水", "Ａ类水"] },\n', "", "0101: a tree has three levels"),
        ('"Ａ类水"', '"水"', "fewer than two signs"),
        ('"Ａ类水"', '"停 水"', "a keyword twice"),
        ('name = "供水",', 'name = "供水", colour = "red",', "unknown field"),
        ('version = "t-1"', 'version = ""', "a version"),
        ('version = "t-1"', "version = ", "Invalid value"),
        ("]\n", '  { code = "02", name = "交通" },\n]\n', "02: a tree has three levels"),
        ("]\n", '  { code = "010102", name = "供水" },\n]\n', "0101: two categories of one name"),
    ],
)
def test_a_bad_tree_is_refused_with_what_is_wrong(tmp_path: Path, part: str, instead: str, says: str) -> None:
    assert part in GOOD
    with pytest.raises(BadProfile, match="分类目录不能使用") as refused:
        read(tmp_path, GOOD.replace(part, instead))
    assert says in str(refused.value)


def test_a_profile_without_a_tree_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="分类目录不能使用"):
        category_tree("nowhere", tmp_path)
