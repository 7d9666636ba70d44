"""Made-up reports for loads and fault runs: fictional counties, Zipf-distributed places, matters that recur.

Everything comes from a seed. It must not copy a real message; the words stand in bench.vocabulary.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench import vocabulary as words
from bench.vocabulary import THINGS, Thing
from wufang.domain.report import Channel

COUNTIES = tuple(f"9901{number:02d}" for number in range(1, 13))
CHANNELS: tuple[Channel, ...] = ("hotline", "hotline", "hotline", "grid", "sentiment", "petition", "party_building")
BASE_DAY = "2026-03-{day:02d}T{hour:02d}:{minute:02d}:00+08:00"
LEAST = 100  # signs of a text
# How far back a matter that recurs may lie: the newest one in 19 % of links, one of the last hundred in 75 %,
# one older than the last ten thousand in 6 %.
RECENCY = 0.3


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing wrong at one spot: what its reports tell, each in words of its own choice."""

    place: str
    category: str
    slots: dict[str, Any]
    more: dict[str, Any]  # another part, another number
    marks: tuple[str, str]  # two witnesses


class Corpus:
    """An endless stream of submissions; `linking` of them are about a matter that came before."""

    def __init__(
        self, seed: int, linking: float = 0.3, places: int = 3_000, run: str = "r", counties: tuple[str, ...] = COUNTIES
    ) -> None:
        self._random = random.Random(seed)
        self.linking, self._run = linking, run
        self._places = {county: _places(random.Random(f"{seed}{county}"), places) for county in counties}
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, places + 1)))
        self._matters: dict[str, list[Matter]] = {county: [] for county in counties}
        self._taken: set[tuple[str, str, str]] = set()
        self._counties = counties
        self._count = 0
        self.last: Matter | None = None  # what the last event is about

    def events(self, count: int, county: str | None = None) -> Iterator[tuple[Channel, dict[str, Any]]]:
        """(channel, CloudEvent) pairs, round the counties or of one."""
        for _ in range(count):
            yield self.event(county or self._counties[self._count % len(self._counties)])

    def event(self, county: str) -> tuple[Channel, dict[str, Any]]:
        """The next submission of a county."""
        self._count += 1
        channel = self._one(CHANNELS)
        number = f"{self._run}-{self._count:08d}"
        matter = self.last = self._matter(county)
        data = {
            "title": self._put(words.TITLES, matter.slots),
            "text": self._text(matter),
            "occurred_at": self._time(),
            "category": matter.category,
            "address": matter.place,
            **self._reporter(channel),
        }
        event = {
            "specversion": "1.0",
            "id": number,
            "type": f"wufang.{channel}.report.v1",
            "jurisdiction": county,
            "data": data,
        }
        return channel, event

    def _matter(self, county: str) -> Matter:
        known = self._matters[county]
        if known and self._random.random() < self.linking:
            return known[-min(int(self._random.paretovariate(RECENCY)), len(known))]
        made = self._new_matter(county)
        known.append(made)
        return made

    def _new_matter(self, county: str) -> Matter:
        """No place has one thing wrong twice: a second report of it would be read as the same matter, and rightly.

        So the dozen busiest places of a county are full at 135 matters and their share goes to the others.
        """
        while True:
            place, thing = self._random.choices(self._places[county], cum_weights=self._weights)[0], self._one(THINGS)
            if (key := (county, place, thing.name)) not in self._taken:
                self._taken.add(key)
                return self._told(place, thing)

    def _told(self, place: str, thing: Thing) -> Matter:
        """Spot, firm, numbers and witnesses of its own."""
        parts = self._random.sample(thing.parts, 2)
        sign = self._one(thing.signs) if self._below(4) == 0 else parts[0] + self._one(words.FAULTS)
        who, what = self._one(words.WHO), self._one(words.WHAT)
        slots = {
            "p": place, "s": self._spot(), "t": thing.name, "x": sign, "a": parts[0], "n": self._number(),
            "c": self._firm(), "w": who, "v": what, "e": self._one(words.WHEN),
        }  # fmt: skip
        marks = (f"{who}在{self._one(words.WHERE)}{what}。", self._remark())
        return Matter(place, thing.category, slots, {**slots, "a": parts[1], "n": self._number()}, marks)

    def _text(self, matter: Matter) -> str:
        """The opening, what became of it in any order, and something of this reporter's own."""
        told = [
            self._put(words.MIDDLES, matter.slots),
            self._put(words.BLAMES, matter.more),
            self._put(words.TOLLS, matter.slots),
            self._one(matter.marks),
            self._remark(),
        ]
        self._random.shuffle(told)
        body = self._put(words.OPENINGS, matter.slots) + "".join(told)
        while len(body) < LEAST:
            body += self._one(words.TAILS)
        return body

    def _put(self, frames: Sequence[str], slots: dict[str, Any]) -> str:
        frame: str = self._one(frames)
        return frame.format_map(slots)

    def _remark(self) -> str:
        """One of 64,000 sentences: what makes a report unlike the others of its kind."""
        return f"{self._one(words.WHO)}在{self._one(words.WHERE)}{self._one(words.WHAT)}。"

    def _spot(self) -> str:
        """Where in a place: a building, a shop, a lane, a group of houses."""
        match self._below(4):
            case 0:
                return f"{self._below(60) + 1}栋{self._below(6) + 1}单元"
            case 1:
                return f"{self._one(words.WHERE)}{self._below(400) + 1}号"
            case _:
                return f"{self._firm()}门前"

    def _firm(self) -> str:
        return f"{self._one(words.FIRST)}{self._one(words.FIRST)}{self._one(words.FIRMS)}"

    def _number(self) -> int:
        return self._below(900) + 2

    def _below(self, bound: int) -> int:
        return int(self._random.random() * bound)

    def _one(self, choices: Sequence[Any]) -> Any:
        """`random.choice` at a third of its cost: the client of a load must not be its bound."""
        return choices[int(self._random.random() * len(choices))]

    def _time(self) -> str:
        return BASE_DAY.format(day=self._below(28) + 1, hour=self._below(24), minute=self._below(60))

    def _reporter(self, channel: str) -> dict[str, str]:
        """An account of the sender's system; the name is none."""
        if channel in ("sentiment", "grid", "party_building"):
            return {}
        return {"reporter": f"u{self._below(500_000)}", "reporter_name": "某某某"}


def _places(chance: random.Random, count: int) -> list[str]:
    """Different names of different kinds; Raises ValueError for more than there are names."""
    names = chance.sample([a + b for a in words.FIRST for b in words.SECOND], count)
    return [name + chance.choice(words.KINDS) for name in names]
