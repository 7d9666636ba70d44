"""What holds for every order of events: replay, no look ahead, subjects apart, bounded state."""

from collections.abc import Sequence

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.series import made, ours
from tests.unit.warning.told import CATEGORY, LONG_AGO, MATTER, PLACE, feed, told
from wufang.domain.warning import RULES, About, Burst, Sighting, Track, fold
from wufang.domain.warning.track import AGAIN_KEPT, MEMBERS_KEPT, begun, first, taken

ABOUTS = (MATTER, PLACE, CATEGORY, About("matter", "990101-2-0"))
KEPT_DAYS = RULES.windows[-1] + RULES.history


@st.composite
def logs(draw: st.DrawFn) -> list[Sighting]:
    """Reports about a few subjects, in bursts and out of order, of few enough people that they come again."""
    log: list[Sighting] = []
    day = 100
    for number in range(draw(st.integers(0, 40))):
        day += draw(st.sampled_from([0, 0, 0, 1, 3, 40]))
        who = draw(st.one_of(st.none(), st.integers(0, 25).map(str)))
        about = draw(st.sampled_from(ABOUTS))
        late = draw(st.sampled_from([0, 0, 0, 2, 30, 90]))
        log.append(told(day - late, who, about, number=f"R{number}", case=f"c{number % 9}"))
    return log


def fold_all(log: Sequence[Sighting], tracks: dict[About, Track]) -> list[Burst]:
    bursts = []
    for sighting in log:
        tracks[sighting.about], burst = fold(tracks.get(sighting.about), sighting, LONG_AGO)
        if burst is not None:
            bursts.append(burst)
    return bursts


@settings(deadline=None, max_examples=50)
@given(logs(), st.integers(0, 40))
def test_replay_from_any_prefix_warns_of_the_same(log: list[Sighting], cut: int) -> None:
    """State stored after any event and read again goes on as if nothing had been; and no warning looked ahead."""
    tracks: dict[About, Track] = {}
    before = fold_all(log[:cut], tracks)
    stored = {
        about: msgspec.msgpack.decode(msgspec.msgpack.encode(track), type=Track) for about, track in tracks.items()
    }
    after = fold_all(log[cut:], stored)
    assert before + after == fold_all(log, {})


@settings(deadline=None, max_examples=50)
@given(logs())
def test_subjects_do_not_know_of_each_other(log: list[Sighting]) -> None:
    together = fold_all(log, {})
    for about in ABOUTS:
        alone = fold_all([sighting for sighting in log if sighting.about == about], {})
        assert alone == [burst for burst in together if burst.about == about]


@settings(deadline=None, max_examples=50)
@given(logs())
def test_a_warning_is_never_of_fewer_people_than_the_floor_allows(log: list[Sighting]) -> None:
    who = {sighting.report_id: sighting.who for sighting in log}
    for burst in fold_all(log, {}):
        assert burst.finding.seen >= RULES.floor - 1
        assert len({who[member] for member in burst.members}) == len(burst.members) == burst.finding.seen
        assert burst.finding.expected < burst.finding.seen
        assert burst.since <= burst.at


def test_state_is_bounded() -> None:
    """Twenty a day, half of them the same every day."""
    track: Track | None = None
    for day in range(100, 300):
        for number in range(20):
            track, _ = feed([told(day, f"p{day}-{number}" if number % 2 else f"p{number}", PLACE)], track)
    assert track is not None
    assert len(track.counts) <= KEPT_DAYS
    assert len(track.members) == MEMBERS_KEPT
    assert len(track.again) == AGAIN_KEPT
    assert len(track.reporters) <= 20 * RULES.windows[-1]


def test_the_bench_judges_a_day_as_the_fold_does() -> None:
    """`bench.series` judges at the end of a day: its first warning is on the day of the fold's first."""
    import random

    counts = made(random.Random(7), 2.0, 200, wavering=True, rise=5.0, at=150)
    start = 17_532  # bench.series.START
    sightings = [
        told(start + day, f"{day}-{number}", CATEGORY, case=f"c{day}-{number}")
        for day, people in enumerate(counts)
        for number in range(people)
    ]
    _, bursts = feed(sightings, since=start)
    alarm = ours("category")
    days = [day for day in range(RULES.warm_up, len(counts)) if alarm(counts, day)]
    assert bursts
    assert [(bursts[0].at // 86_400_000) - start] == days[:1]


@settings(deadline=None, max_examples=50)
@given(logs())
def test_the_first_sighting_is_taken_as_any_other(log: list[Sighting]) -> None:
    for sighting in log:
        assert first(sighting) == taken(begun(sighting), sighting, RULES)
