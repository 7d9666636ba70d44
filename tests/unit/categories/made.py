"""A small tree and reports in its words, made up for these tests."""

from wufang.domain.categories import Category, Tree, Written, made

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
