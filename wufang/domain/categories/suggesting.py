"""Which category a report gets, how surely, and the few words that spoke most for it.

What was learned speaks as complement naive Bayes (Rennie et al. 2003): a word speaks for a category by being rare in
all others, which a category with few reports survives; averaged over the report's words, so long texts are no surer
than short ones. The keywords of the tree vote beside it.
"""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from wufang.domain.categories.learning import Learned, Word
from wufang.domain.categories.reading import SCALE, Reading
from wufang.domain.categories.rules import RULES, Rules
from wufang.domain.categories.tree import DIGITS, Tree


class Reason(msgspec.Struct, frozen=True):
    """A word and how it came to speak for the category: from the tree, or from confirmed reports."""

    word: str
    kind: Literal["keyword", "learned"]


class Suggestion(msgspec.Struct, frozen=True):
    """`share` is what the top level got of all, in thousandths; `code` goes as deep as is sure enough."""

    code: str
    share: int
    reasons: tuple[Reason, ...]
    rules: str
    tree: str


def suggest(reading: Reading, tree: Tree, learned: Learned, rules: Rules = RULES) -> Suggestion | None:
    """The category of a report; None where no keyword came and no word is known."""
    found = shares(reading, tree, learned, tree.children[""], rules)
    if not found:
        return None
    code, share = _best(found)
    reasons = _reasons(reading, tree, learned, code, rules)
    while tree.children[code]:
        below = shares(reading, tree, learned, tree.children[code], rules)
        if not below or max(below.values()) < rules.deeper:
            break
        code = _best(below)[0]
    return Suggestion(code, round(SCALE * share), reasons, rules.version, tree.version)


def told(suggestion: Suggestion, tree: Tree) -> str:
    """The suggestion in one sentence for officials."""
    parts = []
    for kind, says in (("keyword", "目录用词"), ("learned", "以往确认的件中常见")):
        words = [reason.word for reason in suggestion.reasons if reason.kind == kind]
        if words:
            parts.append(f"{says}“{'”“'.join(words)}”")
    because = "；".join(parts) or "用词与以往确认的件相近"
    return f"建议分类：{tree.path(suggestion.code)}（把握 {suggestion.share / 10:.0f}%）。依据：{because}。"


def shares(
    reading: Reading, tree: Tree, learned: Learned, among: Sequence[str], rules: Rules = RULES
) -> dict[str, float]:
    """The share of each of some categories, all of one level; empty where nothing speaks for any of them."""
    votes = _votes(reading, tree, among)
    counted = _learned_scores(reading, learned, among, rules)
    if counted is None and not any(votes.values()):
        return {}
    cast = sum(votes.values()) + rules.doubt * len(among)
    scores = {
        code: (counted[code] if counted else 0.0) + rules.votes * math.log((votes[code] + rules.doubt) / cast)
        for code in among
    }
    most = max(scores.values())
    parts = {code: math.exp(rules.sharpness * (score - most)) for code, score in scores.items()}
    whole = sum(parts.values())
    return {code: part / whole for code, part in parts.items()}


def _best(found: dict[str, float]) -> tuple[str, float]:
    """The first of the largest, in the tree's order."""
    return max(found.items(), key=lambda item: item[1])


def _votes(reading: Reading, tree: Tree, among: Sequence[str]) -> dict[str, float]:
    """The keywords' weights for each category, in mentions' logs; a keyword of several is shared out."""
    votes = dict.fromkeys(among, 0.0)
    length = len(among[0])
    for keyword, weight in reading.keywords.items():
        codes = tree.keywords.get(keyword, ())
        for code in codes:
            if code[:length] in votes:
                votes[code[:length]] += weight / SCALE / len(codes)
    return votes


def _learned_scores(reading: Reading, learned: Learned, among: Sequence[str], rules: Rules) -> dict[str, float] | None:
    """The mean log weight of the known words against each category; None where no word was learned under any.

    Trusted as far as there are reports behind it.
    """
    whole, smoothing = sum(learned.totals.get(code, 0) for code in among), rules.smoothing * SCALE
    sums, common, weights = dict.fromkeys(among, 0.0), 0.0, 0
    for word, weight in _known(reading, learned):
        counts = [(code, word.weights[code]) for code in among if code in word.weights]
        if not counts:
            continue
        every = sum(count for _, count in counts)
        plain = math.log(every + smoothing)
        common += weight * plain
        weights += weight
        for code, count in counts:
            sums[code] += weight * (plain - math.log(every - count + smoothing))
    if not weights:
        return None
    room = whole + smoothing * len(learned.words)
    reports = sum(learned.reports.get(code, 0) for code in among)
    trusted = reports / (reports + rules.trust)
    return {
        code: trusted * (math.log(room - learned.totals.get(code, 0)) + (sums[code] - common) / weights)
        for code in among
    }


def _known(reading: Reading, learned: Learned) -> list[tuple[Word, int]]:
    return [
        (known, weight)
        for words in (reading.words, reading.keywords)
        for word, weight in words.items()
        if (known := learned.words.get(word)) is not None
    ]


def _reasons(reading: Reading, tree: Tree, learned: Learned, top: str, rules: Rules) -> tuple[Reason, ...]:
    """The category's keywords that came most, then the learned words that set it most apart from the others.

    A learned word is shown only when it came in several confirmed reports, so no reason tells of one person's.
    """
    voting = [
        (weight, word)
        for word, weight in reading.keywords.items()
        if any(code.startswith(top) for code in tree.keywords.get(word, ()))
    ]
    first = [Reason(word, "keyword") for _, word in sorted(voting, key=lambda one: -one[0])][: rules.reasons]
    if len(first) == rules.reasons:
        return tuple(first)
    speaking = [
        (gain, word)
        for word, weight in reading.words.items()
        if (known := learned.words.get(word)) is not None
        and known.reports >= rules.shown_from
        and (gain := weight * _lean(known.weights, learned.totals, top, rules)) > 0
    ]
    more = [Reason(word, "learned") for _, word in sorted(speaking, key=lambda one: -one[0])]
    return tuple([*first, *more][: rules.reasons])


def _lean(weights: dict[str, int], totals: dict[str, int], top: str, rules: Rules) -> float:
    """How much more often a word comes under a top-level category than elsewhere, as a log."""
    smoothing = rules.smoothing * SCALE
    own, mine = weights.get(top, 0), totals.get(top, 0)
    others, theirs = _at_top(weights) - own, _at_top(totals) - mine
    return math.log((own + smoothing) / (mine + smoothing)) - math.log((others + smoothing) / (theirs + smoothing))


def _at_top(sums: dict[str, int]) -> int:
    return sum(weight for code, weight in sums.items() if len(code) == DIGITS)
