"""The linker's state in plain memory: same bounds and order as the one in SQLite; for benches and tests."""

from collections.abc import Sequence

from wufang.domain.linking.keys import index_keys
from wufang.domain.linking.profile import Profile, profile_joined, profile_opened
from wufang.domain.linking.reading import Reading, corpus_terms
from wufang.domain.linking.rules import RULES, Rules


class MemoryIndex:
    """A `Corpus` and a `CandidateIndex` of one jurisdiction."""

    def __init__(self, rules: Rules = RULES) -> None:
        self._rules = rules
        self._size = 0
        self._frequencies: dict[str, int] = {}
        self._postings: dict[str, dict[str, None]] = {}  # oldest first
        self._profiles: dict[str, Profile] = {}

    def size(self) -> int:
        """The number of reports counted."""
        return self._size

    def frequency(self, terms: Sequence[str]) -> Sequence[int]:
        """In how many of them each term came."""
        return [self._frequencies.get(term, 0) for term in terms]

    def postings(self, keys: Sequence[str], limit: int) -> Sequence[Sequence[str]]:
        """Case ids of each key, the one last indexed under it first."""
        return [list(reversed(self._postings.get(key, {})))[:limit] for key in keys]

    def profiles(self, case_ids: Sequence[str]) -> Sequence[Profile]:
        """The profiles of these cases."""
        return [self._profiles[case_id] for case_id in case_ids]

    def opened(self, case_id: str, reading: Reading) -> None:
        """Remember a case that this reading opened."""
        self._remember(profile_opened(case_id, reading), reading)

    def joined(self, case_id: str, reading: Reading) -> None:
        """Remember that this reading joined a case."""
        self._remember(profile_joined(self._profiles[case_id], reading), reading)

    def _remember(self, profile: Profile, reading: Reading) -> None:
        self._profiles[profile.case_id] = profile
        for key in index_keys(reading, self._rules):
            cases = self._postings.setdefault(key, {})
            cases.pop(profile.case_id, None)
            cases[profile.case_id] = None
            if len(cases) > self._rules.postings_read:
                del cases[next(iter(cases))]
        for term in corpus_terms(reading):
            self._frequencies[term] = self._frequencies.get(term, 0) + 1
        self._size += 1
