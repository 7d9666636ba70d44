"""Early warning (未诉先办): bursts, growth, seasons and the hot-topic report; pure.

The ledger feeds it (wufang/ledger/watching). What feeds it keeps for one jurisdiction: the first day of its
ledger; a `Track` for each subject (matter, place, category), folded once for every report placed in a case, in the
ledger's order; people by week (`season.Years`) for each category. A `Burst` is
recorded, never computed again: `taken` and the marks of what was recorded are all of a replay, `look` is the decision.
A track is at most 2,048 pseudonyms, 84 days of counts (late ones a few more) and 64 report ids; one whose newest day is
84 days past says nothing that a new one does not, but for when the matter began. Merged or split cases: the track of a
case stays with its id; nothing here adds two up.
"""

from wufang.domain.warning.bursts import Burst, Finding, fold, judge, verdict, words
from wufang.domain.warning.growth import Growth, growing
from wufang.domain.warning.heat import CaseFigures, HotTopics, hot_topics
from wufang.domain.warning.rules import RULES, Rules
from wufang.domain.warning.sighting import About, Kind, Sighting
from wufang.domain.warning.track import Track

__all__ = [
    "RULES",
    "About",
    "Burst",
    "CaseFigures",
    "Finding",
    "Growth",
    "HotTopics",
    "Kind",
    "Rules",
    "Sighting",
    "Track",
    "fold",
    "growing",
    "hot_topics",
    "judge",
    "verdict",
    "words",
]
