"""Addresses of the console's lists: the same search with one thing changed."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from services.ledger.params import CaseSearch, HotList, WarningList
from wufang.domain.shanghai import day_number
from wufang.domain.warning.heat import UNKNOWN
from wufang.domain.warning.window import Window


class Links:
    """Links from one search to its neighbours; a change of the search leads to its first page."""

    def __init__(self, asked: CaseSearch | WarningList, path: str = "/console") -> None:
        given = asked.model_dump(mode="json", exclude_defaults=True, exclude={"cursor"})
        self._given: Mapping[str, Any] = given
        self._path = path

    def toggled(self, facet: str, value: str) -> str:
        """With a value of a facet chosen, or no longer chosen."""
        chosen: Sequence[str] = self._given.get(facet, [])
        other = [one for one in chosen if one != value] if value in chosen else [*chosen, value]
        return self._to({**self._given, facet: other})

    def chosen(self, facet: str, value: str) -> bool:
        """Whether a value is chosen."""
        return value in self._given.get(facet, [])

    def page(self, cursor: str) -> str:
        """The page a cursor leads to."""
        return self._to({**self._given, "cursor": cursor})

    def first(self) -> str:
        """The first page."""
        return self._to(self._given)

    def cleared(self) -> str:
        """The same words without any filter."""
        return self._to({name: self._given[name] for name in ("q", "sort") if name in self._given})

    def filtered(self) -> bool:
        """Whether anything but words and order is asked."""
        return bool(set(self._given) - {"q", "sort", "size"})

    def hidden(self) -> list[tuple[str, str]]:
        """What the search form carries along: everything it has no field for."""
        kept = {name: value for name, value in self._given.items() if name not in ("q", "sort", "channels_at_least")}
        return [(name, str(one)) for name, value in kept.items() for one in _listed(value)]

    def _to(self, given: Mapping[str, Any]) -> str:
        pairs = [(name, one) for name, value in given.items() for one in _listed(value)]
        return self._path + ("?" + urlencode(pairs) if pairs else "")


class Span(NamedTuple):
    """A window up to today, one click away; `on` when it is the one shown."""

    label: str
    address: str
    on: bool


def span(asked: HotList, shown: Window, today: date, days: int) -> Span:
    """The hot-topic page over so many days up to today."""
    on = shown == Window(day_number(today), days)
    return Span(f"近{days}天", hot_page(asked, today, days), on)


def hot_page(asked: HotList, last: date, days: int) -> str:
    """The hot-topic page over so many days up to and with `last`, with what else was asked."""
    given = asked.model_dump(mode="json", exclude_defaults=True, exclude={"since", "until"})
    since = last - timedelta(days=days - 1)
    return "/console/hot?" + urlencode({**given, "since": since.isoformat(), "until": last.isoformat()})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def hot_share(kind: str, name: str) -> str | None:
    """Where the cases of a hot category or place are found; None for those without a category."""
    if kind == "place":
        return "/console?" + urlencode({"q": f'"{name.partition(":")[2]}"'})
    return None if name == UNKNOWN else "/console?" + urlencode({"category": name})
