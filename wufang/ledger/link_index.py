"""The linker's candidate index and word counts of a partition's jurisdictions, in the snapshot's transaction."""

from collections.abc import Sequence

import msgspec

from wufang.domain.linking import (
    RULES,
    Link,
    Profile,
    Reading,
    Rules,
    Subject,
    corpus_terms,
    find,
    index_keys,
    profile_joined,
    profile_opened,
    read,
)
from wufang.ledger.tables import Snapshot, Table

SEPARATOR = "\n"  # no case id holds one


def _number(value: bytes) -> int:
    return int(value)


def _digits(value: int) -> bytes:
    return b"%d" % value


def _packed(case_ids: tuple[str, ...]) -> bytes:
    return SEPARATOR.join(case_ids).encode()


def _unpacked(value: bytes) -> tuple[str, ...]:
    return tuple(value.decode().split(SEPARATOR))


class _County:
    """One jurisdiction's slice: a `linking.Corpus` and a `linking.CandidateIndex`."""

    def __init__(self, jurisdiction: str, tables: "LinkIndex") -> None:
        self._name, self._tables = f"{jurisdiction}|", tables

    def size(self) -> int:
        return self._tables.words.get(self._name) or 0

    def frequency(self, terms: Sequence[str]) -> Sequence[int]:
        name = self._name
        return [count or 0 for count in self._tables.words.get_many([name + term for term in terms])]

    def postings(self, keys: Sequence[str], limit: int) -> Sequence[Sequence[str]]:
        name = self._name
        return [(cases or ())[:limit] for cases in self._tables.postings.get_many([name + key for key in keys])]

    def profiles(self, case_ids: Sequence[str]) -> Sequence[Profile]:
        return [profile for profile in self._tables.profiles.get_many(case_ids) if profile is not None]

    def remember(self, profile: Profile, reading: Reading, rules: Rules) -> None:
        self._tables.profiles.put(profile.case_id, profile)
        for key in index_keys(reading, rules):
            self._touch(self._name + key, profile.case_id, rules.postings_read)
        for term in corpus_terms(reading):
            self._count(self._name + term)
        self._count(self._name)

    def _touch(self, key: str, case_id: str, most: int) -> None:
        """Newest first, each case once."""
        known = self._tables.postings.get(key) or ()
        if known[:1] != (case_id,):
            kept = tuple(other for other in known if other != case_id)
            self._tables.postings.put(key, (case_id, *kept)[:most])

    def _count(self, key: str) -> None:
        self._tables.words.put(key, (self._tables.words.get(key) or 0) + 1)


class LinkIndex:
    """All jurisdictions of a partition; knows cases and words, decides by `linking.find`."""

    def __init__(self, snapshot: Snapshot, rules: Rules = RULES) -> None:
        self._rules = rules
        self.words: Table[str, int] = snapshot.table("words", _digits, _number, cached=200_000)
        self.postings: Table[str, tuple[str, ...]] = snapshot.table("postings", _packed, _unpacked, cached=100_000)
        self.profiles: Table[str, Profile] = snapshot.table(
            "profiles", msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Profile).decode
        )
        self._counties: dict[str, _County] = {}
        self._last: tuple[str, Subject, Reading] | None = None

    def choose(self, jurisdiction: str, subject: Subject) -> Link | None:
        """The case the subject belongs to, None for a new one."""
        return find(self._reading(jurisdiction, subject), self._county(jurisdiction), self._rules)

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

    def rollback(self) -> None:
        """Forget the last reading: it was made against words that are gone."""
        self._last = None

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
