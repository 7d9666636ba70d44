"""Every number of the suggested category, each with its reason; changing one needs a new version.

`python -m bench.categories` measures them; docs/decisions/0406 has the figures.
"""

import msgspec


class Rules(msgspec.Struct, frozen=True):
    """`smoothing` is in mentions, `votes` in units of the mean log weight of a word."""

    version: str = "category-2"

    # A word of the title counts as so many of the text.
    title: int = 3
    # What every word counts in every category before anybody confirmed it there.
    smoothing: float = 0.5
    # What was learned under some categories weighs half after so many reports of theirs, and all in the end. Without it
    # the first hundred corrections made suggestions worse than the tree's alone (`curve` of the bench).
    trust: int = 100
    # Or it weighs half for a report whose words came in so many lessons on the mean, if that is more: of what is like
    # something corrected, the correction is the next suggestion, in a county that learned little else (`flips` of
    # `python -m bench.category_cost`; the reports of `python -m bench.categories` are told apart as before).
    near: float = 3.0
    # How much the keywords of the tree say against what was learned: nothing else is known at first, and both agree
    # with time, for keywords are learned like words.
    votes: float = 0.1
    # A category none of whose keywords came is not impossible: it has this part of one mention.
    doubt: float = 0.3
    # Makes shares of scores: the larger, the surer. Set so that the mean share of the first is about how often it is
    # right (`shares_against_truth` of the bench).
    sharpness: float = 9.0
    # Below the top level a suggestion goes on only where one child is as sure as this. (ours)
    deeper: float = 0.4

    # Weights kept of a jurisdiction (one for each word and code): the least seen words go first, an eighth at once. The
    # bench says what they take and what fewer cost.
    counts_kept: int = 200_000
    # A learned word is shown as a reason when so many confirmed reports had it: fewer may be one household's. (ours)
    shown_from: int = 5
    reasons: int = 5


RULES = Rules()
