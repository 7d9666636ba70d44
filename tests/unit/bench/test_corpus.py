"""The made-up load: the same from one seed, long enough, and its matters read as different as they are."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from bench.corpus import COUNTIES, LEAST, Corpus
from wufang.domain.linking import Subject, find, read
from wufang.domain.linking.memory import MemoryIndex

COUNTY = COUNTIES[0]


def test_one_seed_gives_one_stream() -> None:
    one, same, other = (list(Corpus(seed).events(60)) for seed in (3, 3, 4))
    assert one == same
    assert one != other


def test_texts_are_long_and_ids_are_the_runs_own() -> None:
    events = [event for _, event in Corpus(5, run="x").events(500)]
    assert min(len(event["data"]["text"]) for event in events) >= LEAST
    assert len({event["id"] for event in events}) == 500
    assert all(event["id"].startswith("x-") for event in events)
    assert {event["jurisdiction"] for event in events} == set(COUNTIES)


def test_a_place_has_one_thing_wrong_once() -> None:
    corpus = Corpus(6, linking=0.0, counties=(COUNTY,), places=20)
    told = []
    for _ in corpus.events(2_000):
        assert corpus.last is not None
        told.append((corpus.last.place, corpus.last.slots["t"]))
    assert len(set(told)) == 2_000
    assert len({place for place, _ in told}) == 20


def test_the_linker_tells_its_matters_apart() -> None:
    """In a full county of 10,000 it makes 9,700 cases of them, and nine links in ten are right; here a small one."""
    corpus, county = Corpus(7, linking=0.0, counties=(COUNTY,)), _County()
    for _, event in corpus.events(1_500):
        county.take(event, corpus.last)
    assert county.cases >= 1_400
    corpus.linking, county.right, county.linked = 0.3, 0, 0
    for _, event in corpus.events(600):
        county.take(event, corpus.last)
    assert 0.25 <= county.linked / 600 <= 0.36
    assert county.right / county.linked >= 0.85


class _County:
    """Links a stream as the ledger does and counts how often a report came to its own matter's case."""

    def __init__(self) -> None:
        self._index = MemoryIndex()
        self._numbers = itertools.count()
        self._about: dict[str, set[int]] = {}
        self.cases = self.linked = self.right = 0

    def take(self, event: dict[str, Any], matter: object) -> None:
        reading = read(_subject(event), self._index)
        link = find(reading, self._index).link
        if link is None:
            case_id = f"case-{next(self._numbers)}"
            self.cases += 1
            self._index.opened(case_id, reading)
            self._about[case_id] = {id(matter)}
            return
        self.linked += 1
        self.right += id(matter) in self._about[link.case_id]
        self._about[link.case_id].add(id(matter))
        self._index.joined(link.case_id, reading)


def _subject(event: dict[str, Any]) -> Subject:
    data = event["data"]
    return Subject(
        report_id=event["id"],
        channel="hotline",
        title=data["title"],
        text=data["text"],
        occurred_at=int(datetime.fromisoformat(data["occurred_at"]).timestamp() * 1000),
        category=data["category"],
        address=data["address"],
        reporter=data.get("reporter"),
        numbers=(event["id"],),
    )
