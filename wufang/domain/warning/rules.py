"""Every number of early warning, each with its reason; changing one needs a new version.

`python -m bench.bursts --series` measures them on made-up series; docs/decisions/0401 has the figures.
"""

from typing import assert_never

import msgspec

from wufang.domain.warning.sighting import Kind


class KindRules(msgspec.Struct, frozen=True):
    """What is known of a subject before anything is: a gamma of `shape` newly reporting people in `days` days.

    `level` is the least surprise that is warned of, in powers of ten: 4 is one window in 10,000 if nothing has changed.
    """

    shape: float
    days: float
    level: float


class Rules(msgspec.Struct, frozen=True):
    """Times in days, floors in newly reporting people, levels in powers of ten."""

    version: str = "warn-3"

    # A person counts once in so many days, so no window counts anybody twice. Also the longest window.
    windows: tuple[int, ...] = (1, 3, 7, 28)
    # What a window is compared with: eight of each weekday, and never the last week, which may already be the rise.
    history: int = 56
    guard: int = 7
    # A place or category is judged only when so many days of the county are known; a matter may be new.
    warm_up: int = 56

    # Less than this is never a burst, however rare: three may be one household or one shop's neighbours. Three who come
    # back are more: `again` further reports of people who have counted already weigh as much as one person, once.
    floor: int = 4
    again: int = 2
    # The days after a matter's opening are looked at once in its life, not every day, so one matter in 300 may be
    # warned of: 2.5 is the surprise of four people in four weeks.
    level_new: float = 2.4
    # A burst is over, and the next one may be warned of, when so many days brought nothing surprising.
    quiet: int = 28

    # Of 1,703 real cases (`link-2`) 6.5 % were told of by anybody else within 28 days of the opening, 1.3 % by two or
    # more; of 778 places 6.8 % and 1.3 % (`make bench-bursts` counts both): a gamma-Poisson of this shape and a mean of
    # 0.086. Categories are few and busy: at 10 people a day a level of 4.5 makes about half the false alarms of 4.0 and
    # finds a doubling two days later; at 0.1 a day a fivefold rise is found four days later (docs/decisions/0401).
    matter: KindRules = KindRules(0.2, 65.0, 4.0)
    place: KindRules = KindRules(0.2, 65.0, 4.0)
    category: KindRules = KindRules(0.5, 14.0, 4.5)

    # Squared relative errors of an expected number: of the level, which drifts with season and trade (10 %), and of a
    # single day's rate (a fifth, until a subject's own days have a say: that many squared people a day).
    drift: float = 0.01
    wavering: float = 0.04
    wavering_doubt: float = 200.0
    # Weekdays are taken as equal until this many people have been seen on each.
    weekday_doubt: float = 8.0

    # A warning came true when its next four weeks brought twice what was expected of them, and so many people at least.
    verdict_days: int = 28
    verdict_times: float = 2.0
    verdict_floor: int = 3

    # 不让小事拖大: newly reporting people in each of three spans of 28 days, so many in all. (ours)
    growth_floor: int = 5
    # Said again after so many days at the earliest; it came true when the next four weeks bring anybody new. (ours)
    growth_again: int = 84
    growth_needed: int = 1

    # Seasons: at least so many earlier years, each with half as many again in the four weeks ahead as in the eight
    # before (a week to a week), and so many people in all. Years differ by a quarter. (ours)
    season_years: int = 2
    season_times: float = 1.5
    season_floor: int = 10
    season_level: float = 2.0
    season_drift: float = 0.0625
    # A year is known when its county told of something in so much of the weeks that are asked about.
    season_known: float = 0.75
    # Of one category it is said once in so many weeks. It came true when the four weeks brought half as many again
    # (`season_times`) as four weeks did before the warning; what is above its season, when the next four weeks bring
    # half as many again as those of the earlier years; and `verdict_floor` at least. (ours)
    season_again: int = 26

    def of(self, kind: Kind) -> KindRules:
        """That of a kind of subject."""
        match kind:
            case "matter":
                return self.matter
            case "place":
                return self.place
            case "category":
                return self.category
            case _:
                assert_never(kind)


RULES = Rules()
