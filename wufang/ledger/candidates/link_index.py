"""The linker's candidate index and word counts of a partition's jurisdictions, in the snapshot's transaction."""

from collections.abc import Iterable, Sequence

from wufang.domain.linking import (
    RULES,
    Found,
    Profile,
    Reading,
    Rules,
    Subject,
    corpus_terms,
    find,
    index_keys,
    may_be_common,
    packed,
    profile_joined,
    profile_opened,
    read,
    unpacked,
)
from wufang.ledger.storage.tables import Snapshot, Table

SEPARATOR = "\n"  # no case id holds one
LONG_AGO = -(2**62)  # before whatever is reported


def _number(value: bytes) -> int:
    return int(value)


def _digits(value: int) -> bytes:
    return b"%d" % value


def _joined(case_ids: tuple[str, ...]) -> bytes:
    return SEPARATOR.join(case_ids).encode()


def _split(value: bytes) -> tuple[str, ...]:
    return tuple(value.decode().split(SEPARATOR))


class _County:
    """One jurisdiction's slice: a `linking.Corpus` and a `linking.CandidateIndex`."""

    def __init__(self, jurisdiction: str, tables: "LinkIndex") -> None:
        self._name, self._tables = f"{jurisdiction}|", tables
        self._asked: Sequence[str] = ()  # the terms of the last reading, their keys and counts
        self._term_keys: list[str] = []
        self._counts: list[int] = []
        self._found: dict[str, tuple[str, ...]] = {}  # the postings of the last look-up

    def size(self) -> int:
        return self._tables.words.get(self._name) or 0

    def frequency(self, terms: Sequence[str]) -> Sequence[int]:
        name = self._name
        self._asked, self._term_keys = terms, [name + term for term in terms]
        self._counts = [count or 0 for count in self._tables.words.get_many(self._term_keys)]
        return self._counts

    def postings(self, keys: Sequence[str], limit: int) -> Sequence[Sequence[str]]:
        name = self._name
        found = [cases or () for cases in self._tables.postings.get_many([name + key for key in keys])]
        self._found = dict(zip(keys, found, strict=True))
        return [cases[:limit] for cases in found]

    def profiles(self, case_ids: Sequence[str]) -> Sequence[Profile]:
        found = self._tables.profiles.get_many(case_ids)
        return [profile for profile in found if profile is not None and profile.reports]

    def place(self, profile: Profile, reading: Reading, rules: Rules) -> None:
        """Keep the profile, and find it by what the reading says."""
        self._tables.profiles.put(profile.case_id, profile)
        self._touch(index_keys(reading, rules), profile.case_id, rules)
        self.forget()

    def remember(self, profile: Profile, reading: Reading, rules: Rules) -> None:
        """The same of a reading that came only now: its words are counted."""
        self._tables.profiles.put(profile.case_id, profile)
        self._touch(index_keys(reading, rules), profile.case_id, rules)
        if self._asked is not corpus_terms(reading):
            self.frequency(corpus_terms(reading))
        self._tables.words.put_many(self._term_keys, [count + 1 for count in self._counts])
        self._tables.words.put(self._name, self.size() + 1)
        self.forget()

    def forget(self) -> None:
        """What was read for the last reading is not so any more: something was counted, or undone."""
        self._asked, self._found = (), {}

    def _touch(self, keys: Sequence[str], case_id: str, rules: Rules) -> None:
        """Newest first, each case once; a list that says nothing any more stays as it is."""
        name, most, found = self._name, rules.postings_read, self._found
        others = [key for key in keys if key not in found]
        for key, cases in zip(others, self._tables.postings.get_many([name + key for key in others]), strict=True):
            found[key] = cases or ()
        changed: dict[str, tuple[str, ...]] = {}
        for key in keys:
            known = found[key]
            if not known:
                changed[name + key] = (case_id,)
            elif known[0] != case_id and not (len(known) >= most and may_be_common(key)):
                changed[name + key] = (case_id, *[other for other in known if other != case_id])[:most]
        self._tables.postings.put_many(list(changed), changed.values())


class LinkIndex:
    """All jurisdictions of a partition; knows cases and words, decides by `linking.find`."""

    def __init__(self, snapshot: Snapshot, rules: Rules = RULES) -> None:
        self._rules = rules
        self.words: Table[str, int] = snapshot.table("words", _digits, _number, cached=200_000, often_new=True)
        self.postings: Table[str, tuple[str, ...]] = snapshot.table(
            "postings", _joined, _split, cached=100_000, often_new=True
        )
        self.profiles: Table[str, Profile] = snapshot.table("profiles", packed, unpacked)
        self._counties: dict[str, _County] = {}
        self._last: tuple[str, Subject, Reading] | None = None
        snapshot.on_forgetting(self.rollback)

    def choose(self, jurisdiction: str, subject: Subject) -> Found:
        """The case the subject belongs to, None for a new one, and others it is like."""
        return find(self._reading(jurisdiction, subject), self._county(jurisdiction), self._rules)

    def reading(self, jurisdiction: str, subject: Subject) -> Reading:
        """The subject as the linker reads it now."""
        return self._reading(jurisdiction, subject)

    def readings(self, jurisdiction: str, subjects: Iterable[Subject]) -> list[Reading]:
        """Reports that came before, as the linker reads them now."""
        return [read(subject, self._county(jurisdiction), self._rules) for subject in subjects]

    def opened(self, jurisdiction: str, case_id: str, subject: Subject) -> None:
        """Remember a case that this subject opened."""
        reading = self._reading(jurisdiction, subject)
        self._remember(jurisdiction, profile_opened(case_id, reading), reading)

    def joined(self, jurisdiction: str, case_id: str, subject: Subject) -> None:
        """Remember that this subject joined a case. Raises ValueError when the case is unknown."""
        profile = self.profiles.get(case_id)
        if profile is None:
            raise ValueError(f"case {case_id} has no profile")
        reading = self._reading(jurisdiction, subject)
        self._remember(jurisdiction, profile_joined(profile, reading), reading)

    def made_again(self, jurisdiction: str, case_id: str, subjects: Sequence[Subject]) -> None:
        """A case is these subjects and no others, by a person's hand; their words were counted when they came.

        Of none, nothing is like it any more; what its words lead to is found and left aside.
        """
        county, profile = self._county(jurisdiction), Profile(case_id, 0, LONG_AGO, {}, {}, {}, (), (), (), ())
        self.profiles.put(case_id, profile)
        for subject in subjects:
            reading = read(subject, county, self._rules)
            profile = profile_joined(profile, reading)
            county.place(profile, reading, self._rules)
        self._last = None

    def rollback(self) -> None:
        """Forget the last reading: it was made against words that are gone."""
        self._last = None
        for county in self._counties.values():
            county.forget()

    def _county(self, jurisdiction: str) -> _County:
        if jurisdiction not in self._counties:
            self._counties[jurisdiction] = _County(jurisdiction, self)
        return self._counties[jurisdiction]

    def _reading(self, jurisdiction: str, subject: Subject) -> Reading:
        """Between a decision and the fold of its record nothing is counted, so the reading is the same."""
        if self._last is None or self._last[:2] != (jurisdiction, subject):
            self._last = (jurisdiction, subject, read(subject, self._county(jurisdiction), self._rules))
        return self._last[2]

    def _remember(self, jurisdiction: str, profile: Profile, reading: Reading) -> None:
        self._county(jurisdiction).remember(profile, reading, self._rules)
        self._last = None
