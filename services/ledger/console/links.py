"""Addresses of the console's lists: the same search with one thing changed."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from services.ledger.params import CaseSearch, WarningList


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


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
