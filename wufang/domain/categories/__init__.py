"""A category suggested for a report, from the tree's keywords and from what people confirmed before; pure.

    reading = read(title, text, tree)
    suggestion = suggest(reading, tree, learned)    # None where nothing speaks for any category

and, when a person has confirmed or corrected a case's category, what its reports teach together:

    learn(learned, lesson(readings), code)          # again with `forget` when that is taken back

`learned` is one jurisdiction's: whole numbers, of bounded size, the same whatever the order of the lessons until words
are dropped for room. A suggestion made is recorded, never computed again; `wufang.ledger.taught` holds the counts.
"""

from wufang.domain.categories.learning import (
    Learned,
    Word,
    count,
    forget,
    learn,
    lesson,
    make_room,
    packed,
    unpacked,
)
from wufang.domain.categories.reading import Reading, read
from wufang.domain.categories.rules import RULES, Rules
from wufang.domain.categories.suggesting import Memo, Suggestion, shares, suggest, told
from wufang.domain.categories.tree import Category, Refused, Tree, Written, made

__all__ = [
    "RULES",
    "Category",
    "Learned",
    "Memo",
    "Reading",
    "Refused",
    "Rules",
    "Suggestion",
    "Tree",
    "Word",
    "Written",
    "count",
    "forget",
    "learn",
    "lesson",
    "made",
    "make_room",
    "packed",
    "read",
    "shares",
    "suggest",
    "told",
    "unpacked",
]
