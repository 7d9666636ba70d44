"""However much comes, what is kept and written stays small."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.linking import DAY, FILLER, LIFT, NOON, County, subject
from wufang.domain.linking import (
    RULES,
    corpus_terms,
    find,
    index_keys,
    lookup_keys,
    packed,
    profile_joined,
    profile_opened,
    read,
    unpacked,
)
from wufang.domain.linking.compare import Evidence, likeness
from wufang.domain.linking.memory import MemoryIndex
from wufang.domain.linking.profile import LANE, LANES, lane_of, weights_of

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
    assert max(profile.what.values()) < 1 << LANES * LANE
    assert len(packed(profile)) < 12_000


def test_a_profile_keeps_its_first_three_reports_and_its_latest_five() -> None:
    county = County()
    told = [county.read(subject((f"第{n}回", f"电梯第{n}回停运"), f"HL-{n:04}")) for n in range(51)]
    profile = profile_opened("990101-1-0", told[0])
    for count in range(1, 51):
        kept = [*range(min(count, 3)), *range(max(3, count - 5), count)]
        assert sorted(map(lane_of, kept)) == list(range(min(count, 8)))
        for number in kept:
            for mine, known in ((told[number].what, profile.what), (told[number].title, profile.title)):
                assert weights_of(known, lane_of(number)) == {word: weight for word, weight in mine.items() if weight}
        profile = profile_joined(profile, told[count])


@given(st.lists(st.sampled_from(FILLER), min_size=1, max_size=12))
def test_likeness_is_that_with_the_best_of_the_reports_kept(chosen: list[tuple[str, str]]) -> None:
    """One pass over all lanes says what one over each would say."""
    county = County()
    told = [county.read(subject(one, f"HL-{number:04}")) for number, one in enumerate(chosen)]
    mine = county.read(subject(LIFT, "HL-9999"))
    profile = profile_opened("990101-1-0", told[0])
    for one in told[1:]:
        profile = profile_joined(profile, one)
    kept = told[:3] + told[3:][-5:]
    found = likeness(mine, profile, Evidence(mine), RULES, -math.inf)
    assert found is not None
    best = max(sum(weight * one.what.get(word, 0) for word, weight in mine.what.items()) for one in kept)
    assert found.problem == best / 1_000_000


def test_an_older_report_does_not_turn_the_clock_back() -> None:
    county = County()
    profile = profile_opened("990101-1-0", county.read(subject(LIFT)))
    earlier = profile_joined(profile, county.read(subject(LIFT, occurred_at=NOON - 5 * DAY)))
    assert earlier.last_occurred_at == NOON


def test_a_profile_survives_its_bytes() -> None:
    profile = profile_opened("990101-1-0", County().read(subject(LIFT, reporter="p", grid_code="g")))
    assert unpacked(packed(profile)) == profile


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
    profile = profile_opened("990101-1-0", reading)
    assert unpacked(packed(profile)) == profile


@settings(max_examples=60, deadline=None)
@given(reports=st.lists(st.tuples(TEXTS, TEXTS), max_size=8))
def test_any_sequence_gives_sound_links(reports: list[tuple[str, str]]) -> None:
    index = MemoryIndex()
    known: set[str] = set()
    for number, told in enumerate(reports):
        reading = read(subject(told, f"HL-{number:04}"), index)
        found = find(reading, index)
        assert found == find(reading, index)
        assert len(found.near) <= RULES.suggested
        for near in found.near:
            assert near.link.case_id in known
            assert near.link.score >= RULES.suggestion
            assert near.link.reasons
            assert not near.bridges or (found.link is not None and near.link.score >= RULES.bridge)
        link = found.link
        if link is None:
            known.add(f"c{number}")
            index.opened(f"c{number}", reading)
        else:
            assert link.case_id in known
            assert RULES.threshold <= link.score <= 1
            assert link.score == round(link.score, 4)
            assert link.reasons
            index.joined(link.case_id, reading)
