"""Every number of the linker, each with the observation behind it; changing one needs a new version.

Observed on 2,257 real messages of one city in arrival order (`make bench-linking`). The weights are the coefficients
of a logistic regression over pairs of a report and a case as it truly stood then; docs/decisions/0101 has the figures.
"""

import msgspec


class Rules(msgspec.Struct, frozen=True):
    """Weights are log odds, `threshold` a probability, times days, lengths characters, the rest counts."""

    version: str = "link-5"

    # 95 % of reports come within 141 days of the last on their matter; 365 days gain 0.007 of B-cubed and link one
    # hard negative more, 90 days lose 0.012.
    window_days: int = 180

    # The odds that report and case are one matter. Fitted on either half of the year and on five folds of matters:
    # title 8.9 to 11.6, problem 2.2 to 2.8, place 1.3 to 1.6, reporter 0.9 to 1.4, days -0.3 to -0.6.
    bias: float = -0.1
    title: float = 11.4  # times the cosine of the titles
    problem: float = 2.5  # times the log of the cosine of the words that say what happened ...
    problem_floor: float = 0.02  # ... plus this: between 0.005 and 0.02 nothing changed
    place: float = 1.5  # times the log of one plus the summed rarity of shared names
    spot: float = 4.0  # a shared grid or hundred metres counts as a name of this rarity; not measured, none had one
    reporter: float = 1.2  # the same pseudonym: as much as a tenth of title likeness, so never enough alone
    days: float = -0.47  # times the log of one plus the days since the case's last report
    # From 0.35 to 0.45 F1 stays within 0.004 while precision moves by as little: between the two bars.
    threshold: float = 0.4
    # Of a report that is this surely like a second case too, both are one matter. With 0.65 to 0.85 the order of
    # arrival within a day matters least (decision 0409); 0.6 merges what should stand apart.
    bridge: float = 0.7
    # From here to the threshold a person is asked, about so many cases a report at most: one in four is right.
    suggestion: float = 0.25
    suggested: int = 2
    # Evidence is thin when problems are less alike than this and the titles share only names, or words of less than
    # so much rarity: an estate has many troubles. One word of rarity 3 is in two reports of a hundred.
    thin_problem: float = 0.08
    thin_title: float = 3.0

    # A word's rarity is the log of its inverse frequency less this: a word in two reports of five tells nothing. Less
    # than 0.5 let stock phrases join different problems of one place in made-up reports; real ones did not care.
    common: float = 1.0
    # Reports taken as seen before the first, or a new county would take the second report's words for common ones: with
    # 10 a made-up day of 60 reports found 71 % of what it should, with 200 98 %; the real year did not change.
    taken_as_seen: int = 200
    # Added to a title's squared length: three common words are no title (their cosine stays under 0.7).
    title_doubt: float = 30.0
    # From so many cases of one reporter on, the words most of them share are his manner. One person wrote 51 of the
    # messages on a pattern; with this the average precision of the fit rose from 0.961 to 0.966.
    manner_cases: int = 4

    # Titles that name different places of which neither side mentions the other's part the two whatever the words
    # (2 % of true pairs, 18 % of false ones): texts are copied from estate to estate. Only a quoted number is stronger.

    # A sender's quoted number decides, if it is known in one case only and long enough to be somebody's own.
    reference_score: float = 0.99
    reference_length: int = 4
    # A post with the very text of another is as sure as a number, unless more cases than this have the text: people
    # copy templates. Set, not measured: no repost is in the labelled messages.
    template_cases: int = 3

    # 64 words keep all of a 200-character text; 48 cost 0.004 of B-cubed, 32 0.02.
    vector_terms: int = 64
    # With these keys the right case was among the six compared for all but 17 of 511 reports.
    lookup_words: int = 12
    index_words: int = 7
    key_places: int = 3
    key_problems: int = 3
    postings_read: int = 50
    candidates: int = 64
    # A candidate with less than this part of the best one's weight, or with two common words only, is never the one.
    least_share: float = 0.4
    least_weight: float = 0.1
    compared: int = 6


RULES = Rules()
