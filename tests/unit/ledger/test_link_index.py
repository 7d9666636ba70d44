"""The linker's index in tables: like the one in plain memory, bounded, and rolled back with everything else."""

import random

from tests.support.events import COUNTY, MATTERS, a_report
from wufang.domain.decisions import subject
from wufang.domain.linking import RULES, find, read
from wufang.domain.linking.memory import MemoryIndex
from wufang.ledger.candidates.link_index import LinkIndex
from wufang.ledger.storage.tables import Snapshot


def test_decides_as_the_index_in_memory_does() -> None:
    chance = random.Random(7)
    snapshot = Snapshot(None)
    index, memory = LinkIndex(snapshot), MemoryIndex()
    joined = 0
    for number in range(300):
        title, text = MATTERS[chance.randrange(len(MATTERS))]
        told = subject(a_report(number, title=title, text=text + str(chance.randrange(50))))
        reading = read(told, memory)
        found = index.choose(COUNTY, told)
        assert found == find(reading, memory), f"report {number}"
        link = found.link
        if link is None:
            index.opened(COUNTY, f"case-{number}", told)
            memory.opened(f"case-{number}", reading)
        else:
            joined += 1
            index.joined(COUNTY, link.case_id, told)
            memory.joined(link.case_id, reading)
        if chance.random() < 0.2:
            snapshot.commit()
    assert joined > 100


def test_postings_are_bounded_and_newest_first() -> None:
    index = LinkIndex(Snapshot(None))
    for number in range(RULES.postings_read + 30):
        index.opened(COUNTY, f"case-{number}", subject(a_report(1, number=f"N-{number}")))
    newest = f"case-{RULES.postings_read + 29}"
    for key, cases in index.postings._values.items():
        assert len(cases) <= RULES.postings_read, key
        assert len(set(cases)) == len(cases), key
    assert any(cases[0] == newest and len(cases) == RULES.postings_read for cases in index.postings._values.values())


def test_case_touched_again_moves_to_the_front_once() -> None:
    index = LinkIndex(Snapshot(None))
    index.opened(COUNTY, "case-1", subject(a_report(1)))
    index.opened(COUNTY, "case-2", subject(a_report(1, number="N-2")))
    index.joined(COUNTY, "case-1", subject(a_report(1, number="N-3")))
    fronts = {cases for cases in index.postings._values.values() if len(cases) > 1}
    assert fronts == {("case-1", "case-2")}
