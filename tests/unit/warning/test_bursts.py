"""When a burst is warned of, and when it is not."""

from tests.unit.warning.told import CATEGORY, MATTER, PLACE, crowd, feed, told, warned
from wufang.domain.shanghai import day_start
from wufang.domain.warning import RULES, words
from wufang.domain.warning.track import MEMBERS_KEPT


def test_a_new_matter_is_warned_of_at_its_fourth_person() -> None:
    sightings = crowd([100, 103, 110, 120, 121])
    [burst] = warned(sightings)
    assert burst.at == sightings[3].occurred_at
    assert burst.since == day_start(100)
    assert burst.members == tuple(sighting.report_id for sighting in sightings[:4])
    assert (burst.finding.window, burst.finding.seen) == (28, 4)
    assert 1 < burst.finding.expected < 1.5  # the one that opened it, and little more
    assert burst.rules == RULES.version
    assert words(burst) == "28天内4位不同来件人反映，按以往约1.1位"


def test_three_people_are_no_burst() -> None:
    assert not warned(crowd([100, 100, 100]))


def test_three_people_who_come_back_are_one() -> None:
    sightings = [*crowd([100, 104, 110]), told(112, "p0"), told(113, "p0")]
    [burst] = warned(sightings)
    assert burst.at == sightings[-1].occurred_at
    assert (burst.finding.seen, burst.finding.again) == (3, 2)
    assert "又来件2次" in words(burst)


def test_one_person_is_never_a_burst() -> None:
    assert not warned([told(day, "p0") for day in range(100, 160)])
    by_turns = [told((130, 101)[number % 2], "p0", number=f"R{number}") for number in range(20)]
    track, bursts = feed(by_turns)
    assert (bursts, track and track.counts) == ([], {130: 1})


def test_nobody_known_counts_once_a_channel_and_day() -> None:
    flood = [told(100 + post // 100, None, number=f"R{post}", channel="sentiment") for post in range(300)]
    assert not warned(flood)
    assert warned([told(100 + post, None, number=f"R{post}", channel="sentiment") for post in range(4)])


def test_people_over_half_a_year_are_no_burst() -> None:
    assert not warned(crowd(range(100, 300, 20)))


def test_a_steady_place_is_quiet_until_it_is_not() -> None:
    steady = crowd([day for day in range(100, 300) for _ in range(2)], PLACE, apart=True)
    rising = crowd([300 + number // 10 for number in range(30)], PLACE, apart=True)
    rising = [told(s.day, f"q{n}", PLACE, case=s.case_id) for n, s in enumerate(rising)]
    assert not warned(steady, since=100)
    [burst] = warned([*steady, *rising], since=100)
    assert day_start(300) <= burst.at < day_start(302)
    assert burst.finding.seen > 2 * burst.finding.expected


def test_places_and_categories_are_learnt_first() -> None:
    sightings = crowd([100 + number // 5 for number in range(40)], CATEGORY, apart=True)
    assert not warned(sightings, since=100)
    assert warned(sightings, since=100 - RULES.warm_up)


def test_a_place_of_one_matter_is_left_to_the_matter() -> None:
    days = [100, 101, 102, 103, 104, 105]
    assert not warned(crowd(days, PLACE))
    assert warned(crowd(days, PLACE, apart=True))


def test_a_burst_is_warned_of_once_until_it_has_been_quiet() -> None:
    first = crowd(range(100, 130))
    later = [told(300 + number, f"q{number}") for number in range(5)]
    assert [burst.at for burst in warned([*first, *later])] == [first[3].occurred_at, later[3].occurred_at]


def test_a_late_report_counts_on_its_own_day_and_an_old_one_not_at_all() -> None:
    late = [*crowd([100, 104, 110]), told(102, "q")]
    [burst] = warned(late)
    assert burst.members[-1] == late[-1].report_id
    track, _ = feed(crowd([100, 104, 300]))
    assert feed([told(200, "q")], track) == (track, [])


def test_a_report_cannot_tell_of_a_day_after_it_was_accepted() -> None:
    at = day_start(100)
    sighting = told(500, "p0")
    early = type(sighting)(MATTER, "R", "C", "hotline", sighting.occurred_at, at, "p0")
    assert early.day == 100


def test_members_are_the_latest_when_there_are_too_many() -> None:
    steady = crowd([day for day in range(100, 200) for _ in range(8)], PLACE, apart=True)
    rush = [told(200, f"q{number}", PLACE, case=f"c{number}") for number in range(200)]
    track, [burst] = feed([*steady, *rush], since=100)
    assert len(burst.members) <= MEMBERS_KEPT
    assert track is not None
    assert [member.report_id for member in track.members] == [s.report_id for s in rush[-MEMBERS_KEPT:]]
