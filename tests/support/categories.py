"""A small tree and reports in its words, made up for these tests."""

from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from wufang.domain.categories import RULES, Category, Learned, Reading, Tree, Written, learn, made

TREE: Tree = made(
    Written(
        "t-1",
        (
            Category("01", "城建"),
            Category("0101", "水电"),
            Category("010101", "供水", ("停水", "水压")),
            Category("010102", "供电", ("停电",)),
            Category("010103", "供气", ("燃气",)),
            Category("0102", "市容"),
            Category("010201", "摊贩", ("占道经营",)),
            Category("0103", "绿化"),
            Category("010301", "公园", ("公园",)),
            Category("02", "交通"),
            Category("0201", "公交"),
            Category("020101", "班次", ("公交", "班次")),
            Category("03", "教育"),
            Category("0301", "学校"),
            Category("030101", "收费", ("学费",)),
        ),
    )
)

weights: Any = st.dictionaries(st.sampled_from("甲乙丙丁戊己庚辛"), st.integers(1, 3_000), max_size=6)
readings = st.builds(
    lambda words, keyword: Reading(words, {"停水": keyword} if keyword else {}), weights, st.integers(0, 9)
)
codes = st.sampled_from(list(TREE.nodes))
told = st.lists(st.tuples(readings, codes), max_size=12)


def learned_from(reports: list[tuple[Reading, str]], kept: int = RULES.counts_kept) -> Learned:
    """What is learned of reports with their categories, in this order."""
    learned = Learned()
    for reading, code in reports:
        learn(learned, reading, code, replace(RULES, counts_kept=kept))
    return learned
