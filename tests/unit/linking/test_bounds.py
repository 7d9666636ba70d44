"""However much comes, what is kept and written stays small."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.linking.made_up import DAY, FILLER, LIFT, NOON, County, subject
from wufang.domain.linking import (
    RULES,
    Profile,
    corpus_terms,
    find,
    index_keys,
    lookup_keys,
    profile_joined,
    profile_opened,
    read,
)
from wufang.domain.linking.memory import MemoryIndex

WORDS = st.sampled_from(
    [*LIFT[1], *FILLER[0][1], "青杉里小区", "C3区", "电梯", "停水", "，", "。", "A1", "ｋ８", "*", " "]
)
TEXTS = st.lists(WORDS, max_size=120).map("".join) | st.text(max_size=200)


def test_a_profile_stays_bounded_over_a_thousand_joins() -> None:
    county = County()
    reading = county.read(subject(LIFT, reporter="p0"))
    profile = profile_opened("990101-1-0", reading)
    for number in range(1, 1001):
        told = (f"{LIFT[0]}{number}", f"{LIFT[1]}第{number}次来电，{chr(0x4E00 + number)}{chr(0x5E00 + number)}路。")
        later = subject(
            told, f"HL-{number:05}", reporter=f"p{number}", occurred_at=NOON + number * DAY, grid_code=f"g{number}"
        )
        profile = profile_joined(profile, county.read(later))
    assert profile.reports == 1001
    assert profile.last_occurred_at == NOON + 1000 * DAY
    assert len(profile.members) <= 8
    assert len(msgspec.msgpack.encode(profile)) < 12_000


def test_a_profile_keeps_its_first_report_and_its_latest() -> None:
    county = County()
    first = county.read(subject(LIFT))
    profile = profile_opened("990101-1-0", first)
    for number in range(50):
        last = county.read(subject((f"第{number}回", f"电梯第{number}回停运"), f"HL-{number:04}"))
        profile = profile_joined(profile, last)
    for member, reading in ((profile.members[0], first), (profile.members[-1], last)):
        assert (member.what, member.who, member.title) == (reading.what, reading.who, reading.title)


def test_an_older_report_does_not_turn_the_clock_back() -> None:
    county = County()
    profile = profile_opened("990101-1-0", county.read(subject(LIFT)))
    earlier = profile_joined(profile, county.read(subject(LIFT, occurred_at=NOON - 5 * DAY)))
    assert earlier.last_occurred_at == NOON


def test_a_profile_survives_its_bytes() -> None:
    profile = profile_opened("990101-1-0", County().read(subject(LIFT, reporter="p", grid_code="g")))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(profile), type=Profile) == profile


def test_a_common_report_counts_few_words() -> None:
    text = "".join(told for _, told in FILLER)[:150]
    assert len(corpus_terms(County().read(subject(("路灯", text))))) <= 60


@settings(max_examples=60, deadline=None)
@given(
    title=TEXTS,
    text=TEXTS,
    reporter=st.none() | st.text(max_size=8),
    numbers=st.lists(st.text(max_size=20), max_size=9),
)
def test_any_text_is_read_within_bounds(title: str, text: str, reporter: str | None, numbers: list[str]) -> None:
    report = subject((title, text), reporter=reporter, numbers=tuple(numbers), references=tuple(numbers))
    reading = read(report, MemoryIndex())
    assert len(reading.telling) <= RULES.vector_terms
    assert len(set(reading.terms)) == len(reading.terms)
    assert len(lookup_keys(reading)) <= 32
    assert len(index_keys(reading)) <= 26
    assert len(set(index_keys(reading))) == len(index_keys(reading))
    assert msgspec.msgpack.encode(profile_opened("990101-1-0", reading))


@settings(max_examples=60, deadline=None)
@given(reports=st.lists(st.tuples(TEXTS, TEXTS), max_size=8))
def test_any_sequence_gives_sound_links(reports: list[tuple[str, str]]) -> None:
    index = MemoryIndex()
    known: set[str] = set()
    for number, told in enumerate(reports):
        reading = read(subject(told, f"HL-{number:04}"), index)
        link = find(reading, index)
        assert link == find(reading, index)
        if link is None:
            known.add(f"c{number}")
            index.opened(f"c{number}", reading)
        else:
            assert link.case_id in known
            assert RULES.threshold <= link.score <= 1
            assert link.score == round(link.score, 4)
            assert link.reasons
            index.joined(link.case_id, reading)
