"""What people taught of categories, in a partition's snapshot: a row for each county and word, so a decision loads few.

Only a person's decision is learned from. What a case taught is kept with it, so that its next decision takes exactly
that back first.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from wufang.domain.categories import (
    RULES,
    Learned,
    Memo,
    Reading,
    Rules,
    Suggestion,
    Tree,
    Word,
    count,
    forget,
    lesson,
    make_room,
    read,
    suggest,
)
from wufang.domain.ids import jurisdiction_of
from wufang.domain.report import Report
from wufang.ledger.storage.tables import Snapshot, Table, as_packed

MOST_TAUGHT = 8  # reports of a case that teach: what a matter is about, its first ones say
MEMO_KEPT = 20_000  # words of a county whose logarithms are kept

_NONE = Word()  # in the place of a word that was dropped: a table forgets no key


class Taught(msgspec.Struct, frozen=True, array_like=True):
    """What a case's reports taught under which code."""

    code: str
    words: dict[str, int]
    keywords: dict[str, int]


class Lessons:
    """The learned counts of all counties of a partition; without a tree nothing is suggested and nothing learned."""

    def __init__(self, snapshot: Snapshot, tree: Tree | None, rules: Rules = RULES) -> None:
        self.tree, self._rules = tree, rules
        self._counties: Table[str, Learned] = snapshot.table("lesson_counties", *as_packed(Learned))
        self._words: Table[str, Word] = snapshot.table("lesson_words", *as_packed(Word), cached=50_000, often_new=True)
        self._taught: Table[str, Taught] = snapshot.table("lessons", *as_packed(Taught), cached=500)
        self._memos: dict[str, Memo] = {}
        snapshot.on_forgetting(self._memos.clear)

    @property
    def version(self) -> str:
        """Whose readings the counts are: other rules or another tree read the same reports otherwise."""
        return "" if self.tree is None else f"{self._rules.version} {self.tree.version}"

    def suggest(self, report: Report) -> Suggestion | None:
        """What is suggested for a report; nothing for one that came with a category of the tree."""
        if self.tree is None or self.tree.code_of(report.category) is not None:
            return None
        county = report.jurisdiction
        reading = read(report.title, report.text, self.tree, self._rules, cut=self.held(county) > 0)
        memo = self._memo(county)
        learned = self._part(county, _words_of(reading))
        return suggest(reading, self.tree, learned, self._rules, memo)

    def decided(self, case_id: str, code: str, reports: Callable[[int], Iterable[Report]]) -> None:
        """Fold a person's decision: what the case taught before is taken back, then its first reports teach anew."""
        if self.tree is None:
            return
        tree, before = self.tree, self._taught.get(case_id)
        told = lesson([self._read(report, tree) for report in reports(MOST_TAUGHT)])
        old = None if before is None else Reading(before.words, before.keywords)
        words = list(dict.fromkeys([*_words_of(told), *(_words_of(old) if old else ())]))
        county = jurisdiction_of(case_id)
        learned = _own_copy(self._part(county, words))
        if before is not None and old is not None:
            forget(learned, old, before.code)
        count(learned, told, code)
        self._keep(county, learned, words)
        self._taught.put(case_id, Taught(code, told.words, told.keywords))
        self._bound(county)

    def held(self, county: str) -> int:
        """How many weights are held of a county."""
        sums = self._counties.get(county)
        return 0 if sums is None else sums.counts

    def _read(self, report: Report, tree: Tree) -> Reading:
        return read(report.title, report.text, tree, self._rules)

    def _part(self, county: str, words: Sequence[str]) -> Learned:
        """The county's sums with the rows of these words; not to be changed."""
        sums = self._counties.get(county)
        if sums is None:
            return Learned()
        rows = self._words.get_many([f"{county}|{word}" for word in words])
        known = {word: row for word, row in zip(words, rows, strict=True) if row is not None and row.reports}
        return Learned(sums.reports, sums.totals, known, sums.counts, sums.held)

    def _keep(self, county: str, learned: Learned, words: Sequence[str]) -> None:
        """Put the sums and the rows of these words, which `learned` holds or has dropped."""
        self._counties.put(county, Learned(learned.reports, learned.totals, {}, learned.counts, learned.held))
        self._words.put_many([f"{county}|{word}" for word in words], [learned.words.get(word, _NONE) for word in words])
        for ready in self._memos.get(county, {}).values():
            for word in words:
                ready.pop(word, None)

    def _bound(self, county: str) -> None:
        """Once in some thousand decisions the least seen words of a county make room."""
        sums = self._counties.get(county)
        if sums is None or sums.counts <= self._rules.counts_kept:
            return
        rows = self._words.under(f"{county}|")
        words = {key.partition("|")[2]: row for key, row in sorted(rows.items()) if row.reports}
        whole = _own_copy(Learned(sums.reports, sums.totals, words, sums.counts, sums.held))
        self._keep(county, whole, make_room(whole, self._rules))

    def _memo(self, county: str) -> Memo:
        memo = self._memos.setdefault(county, {})
        if len(memo.get("", ())) > MEMO_KEPT:
            memo.clear()
        return memo


def _words_of(reading: Reading) -> list[str]:
    return [*reading.words, *reading.keywords]


def _own_copy(learned: Learned) -> Learned:
    """To be changed: what a table holds must not be."""
    words = {word: Word(row.reports, dict(row.weights)) for word, row in learned.words.items()}
    return Learned(dict(learned.reports), dict(learned.totals), words, learned.counts, learned.held)
