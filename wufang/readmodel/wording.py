"""A person's words to queries; they enter only as the value of match, match_phrase or term."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from wufang.readmodel.pairs import pairs
from wufang.readmodel.scope import Body
from wufang.readmodel.text import words

TEXT_LIMIT = 200  # characters of a query that are looked at
PARTS_LIMIT = 8  # blank-separated parts, each of which must be found
PAIRS_LIMIT = 32  # pairs of characters a part is found by; of a pasted sentence they are taken evenly
WORDY = 16  # pairs up to which a part is asked by its words too: no text has all words of a longer one and few pairs

# Around hits until the text is escaped: Elasticsearch makes no HTML. Noncharacters, because no text holds them and
# because the highlighter trims control characters off a fragment's ends.
MARK_START, MARK_END = "\ufdd0", "\ufdd1"

CASE_FIELDS = ["title^3", "other_titles^2", "text"]
REPORT_FIELDS = ["title^3", "text"]
_WIDE = {narrow: narrow + 0xFEE0 for narrow in range(0x21, 0x7F)}
_QUOTED = re.compile(r"[\"“”]([^\"“”]*)[\"“”]")


@dataclass(frozen=True)
class Text:
    """A query's words: each phrase and part must be found, or the parts as one without blanks (`joined`)."""

    parts: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    joined: str = ""

    def __bool__(self) -> bool:
        return bool(self.parts or self.phrases)


def read_text(query: str, phrase: str = "") -> Text:
    """What a person typed: quoted runs are phrases, the rest is cut at blanks and control characters."""
    clean = _printable(query[:TEXT_LIMIT])
    phrases = [found.strip() for found in _QUOTED.findall(clean)] + [_printable(phrase[:TEXT_LIMIT]).strip()]
    rest = _QUOTED.sub(" ", clean).split()
    parts = [part for part in rest if _has_word(part)][:PARTS_LIMIT]
    kept = tuple(phrase for phrase in phrases if _has_word(phrase))
    nothing = () if parts or kept or not (query + phrase).strip() else (clean.strip() or "?",)
    return Text(tuple(parts) or nothing, kept, "".join(parts) if len(parts) > 1 else "")


def _printable(text: str) -> str:
    return "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def matches(text: Text, fields: Sequence[str]) -> Body:
    """Cases or reports whose fields hold the text; scores by BM25."""
    must: list[Body] = [_phrase(phrase, fields) for phrase in text.phrases]
    parts: list[Body] = [_part(part, fields) for part in text.parts]
    if text.joined:
        parts = [any_of([all_of(parts), _phrase(text.joined, fields)])]
    return all_of([*must, *parts])


def _phrase(phrase: str, fields: Sequence[str]) -> Body:
    return {"multi_match": {"query": phrase, "type": "phrase", "fields": list(fields)}}


def _part(part: str, fields: Sequence[str]) -> Body:
    """Three quarters of the part's pairs of characters in one field, or all of its words; both is better than one."""
    cut = pairs(part)
    segmented = _longest(words([part]).split()) if len(cut) <= WORDY else []
    return any_of([_pairs(_spread(cut, PAIRS_LIMIT), fields), *_all_words(segmented, fields)])


def _all_words(segmented: Sequence[str], fields: Sequence[str]) -> list[Body]:
    """Every word somewhere: it finds, and the pairs put in order. Scored, words that stand in many texts (的, 问) drew
    the best fit down: among the first ten in 83 of 100 tries in place of 89 (four characters of real messages)."""
    found = [_word(word, fields) for word in segmented]
    return [{"constant_score": {"filter": {"bool": {"filter": found}}, "boost": 1}}] if found else []


def _spread(cut: Sequence[str], most: int) -> list[str]:
    """At most so many of them, evenly over all."""
    step = max(1.0, len(cut) / most)
    return [cut[int(number * step)] for number in range(min(len(cut), most))]


def _pairs(cut: Sequence[str], fields: Sequence[str]) -> Body:
    if len(cut) == 1:
        return _phrase(cut[0], fields)
    return {"dis_max": {"queries": [_pairs_in(cut, *_boosted(name)) for name in fields]}}


def _pairs_in(cut: Sequence[str], name: str, boost: float) -> Body:
    found = [{"match_phrase": {name: {"query": pair}}} for pair in cut]
    return {"bool": {"should": found, "minimum_should_match": "2<75%", "boost": boost}}


def _boosted(name: str) -> tuple[str, float]:
    field, _, boost = name.partition("^")
    return field, float(boost or 1)


def _longest(segmented: Sequence[str]) -> list[str]:
    """Without the words that stand inside another: where the long one is found, they are."""
    return [word for word in segmented if not any(word in other and word != other for other in segmented)]


def _word(word: str, fields: Sequence[str]) -> Body:
    """A word is folded to half width; the text may hold it in full width."""
    return any_of([_phrase(form, fields) for form in dict.fromkeys((word, word.translate(_WIDE)))])


def all_of(clauses: Sequence[Body]) -> Body:
    """Every clause must match."""
    return clauses[0] if len(clauses) == 1 else {"bool": {"must": list(clauses)}}


def any_of(clauses: Sequence[Body]) -> Body:
    """One of the clauses must match."""
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def reports_matching(text: Text) -> Body:
    """Reports by their words, or by the number their own office gave them."""
    exact = [{"term": {"number": {"value": part, "boost": 50}}} for part in (*text.parts, *text.phrases)]
    return any_of([matches(text, REPORT_FIELDS), *exact])


def highlight(text: Text, fields: Sequence[str]) -> Body:
    """Fragments of the fields with the hits between `MARK_START` and `MARK_END`."""
    names = [name.split("^")[0] for name in fields]
    return {
        "type": "unified",
        "pre_tags": [MARK_START],
        "post_tags": [MARK_END],
        "highlight_query": matches(text, fields),
        "boundary_scanner_locale": "zh-CN",
        "fragment_size": 100,
        "max_analyzed_offset": 20_000,
        "fields": {name: {"number_of_fragments": 0 if "title" in name else 2} for name in names},
    }
