"""A category suggested for a report, from the tree's keywords and from what people confirmed before; pure.

    reading = read(title, text, tree)
    suggestion = suggest(reading, tree, learned)    # None where nothing speaks for any category

and, when a person has confirmed or corrected a report's category:

    learn(learned, reading, code)                   # again with `forget` when that is taken back

`learned` is one jurisdiction's: whole numbers, of bounded size, the same whatever the order of the reports until words
are dropped for room. A suggestion made is to be recorded, never computed again.
"""

from wufang.domain.categories.learning import Learned, forget, learn, packed, unpacked
from wufang.domain.categories.reading import Reading, read
from wufang.domain.categories.rules import RULES, Rules
from wufang.domain.categories.suggesting import Reason, Suggestion, shares, suggest, told
from wufang.domain.categories.tree import Category, Refused, Tree, Written, made

__all__ = [
    "RULES",
    "Category",
    "Learned",
    "Reading",
    "Reason",
    "Refused",
    "Rules",
    "Suggestion",
    "Tree",
    "Written",
    "forget",
    "learn",
    "made",
    "packed",
    "read",
    "shares",
    "suggest",
    "told",
    "unpacked",
]
