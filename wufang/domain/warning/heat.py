"""The hot-topic report (沂蒙同心云, seed row Y02): top matters by heat, categories and places over a window.

It needs one row a case, counted over the window and over as many days before it; who asks chooses the window.
"""

from collections.abc import Iterable, Sequence

import msgspec

UNKNOWN = "（未分类）"
PLACE_FLOOR = 2  # people: what one person alone calls a place may be somebody's name (王家院)


class CaseFigures(msgspec.Struct, frozen=True):
    """One case in a window: distinct people in it and in the one before, all reports, the channels they came through.

    A case of which only the window before knows counts for its category and its places, as what was there before.
    `shared` are the places that `PLACE_FLOOR` different people told of in the window.
    """

    case_id: str
    title: str
    people: int
    before: int
    reports: int
    channels: tuple[str, ...]
    category: str | None = None
    places: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


class Hot(msgspec.Struct, frozen=True):
    """A case with its heat; `growth` is people more than in the window before, negative when fewer."""

    case_id: str
    title: str
    heat: int
    growth: int
    people: int
    reports: int
    channels: tuple[str, ...]


class Share(msgspec.Struct, frozen=True):
    """A category or a place: its heat, its cases, its people in this window and in the one before."""

    name: str
    heat: int
    cases: int
    people: int
    before: int


class HotTopics(msgspec.Struct, frozen=True):
    """The report. `formula` is printed with it, so that nobody takes heat for a count of people.

    People are told apart within a case only (record 0415), so a place is listed where one case has enough of them.
    """

    top: tuple[Hot, ...]
    categories: tuple[Share, ...]
    places: tuple[Share, ...]
    formula: str = (
        "热度 = 10×来件人数 + 10×比上一时段多出的人数 + 5×(渠道数-1) + 重复来件数(不超过来件人数)。"
        f"地点在本时段至少有{PLACE_FLOOR}位不同来件人在同一事项中提到，才列出。"
    )


def heat(case: CaseFigures) -> int:
    """Whole points, as `HotTopics.formula` says; nobody heats a matter alone by telling it a hundred times. (ours)"""
    if case.people == 0:
        return 0
    more = max(case.people - case.before, 0)
    again = min(max(case.reports - case.people, 0), case.people)
    return 10 * case.people + 10 * more + 5 * max(len(case.channels) - 1, 0) + again


def hot_topics(cases: Iterable[CaseFigures], most: int = 10) -> HotTopics:
    """The hottest `most` of each list; of equals the smaller name first, whatever order the cases came in."""
    known = list(cases)
    top = sorted((_hot(case) for case in known if case.people), key=lambda hot: (-hot.heat, hot.case_id))
    categories = _shares(((case.category or UNKNOWN,), case) for case in known)
    shared = {place for case in known for place in case.shared}
    places = _shares(([place for place in dict.fromkeys(case.places) if place in shared], case) for case in known)
    return HotTopics(tuple(top[:most]), tuple(categories[:most]), tuple(places[:most]))


def _hot(case: CaseFigures) -> Hot:
    growth = case.people - case.before
    return Hot(case.case_id, case.title, heat(case), growth, case.people, case.reports, case.channels)


def _shares(named: Iterable[tuple[Sequence[str], CaseFigures]]) -> list[Share]:
    """Those with anybody in the window."""
    found: dict[str, Share] = {}
    for names, case in named:
        for name in names:
            old, told = found.get(name, Share(name, 0, 0, 0, 0)), case.people > 0
            people, before = old.people + case.people, old.before + case.before
            found[name] = Share(name, old.heat + heat(case), old.cases + told, people, before)
    return sorted((one for one in found.values() if one.people), key=lambda share: (-share.heat, share.name))
