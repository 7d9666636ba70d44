"""Which category a report gets, how surely, and the few words that spoke most for it.

What was learned speaks as complement naive Bayes (Rennie et al. 2003): a word speaks for a category by being rare in
all others, which a category with few reports survives; averaged over the report's words, so long texts are no surer
than short ones. The keywords of the tree vote beside it.
"""

import math
from collections.abc import Sequence
from operator import mul

import msgspec

from wufang.domain.categories.learning import Learned, Word
from wufang.domain.categories.reading import SCALE, Reading
from wufang.domain.categories.rules import RULES, Rules
from wufang.domain.categories.tree import DIGITS, Tree


class Suggestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """建议分类: `share` is what the top level got of all, in thousandths; `code` goes as deep as is sure enough.

    `path` is the names down to it; `keywords` of the tree and `learned` words of confirmed reports spoke most for it.
    """

    code: str
    path: str
    share: int
    rules: str
    tree: str
    keywords: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()


class Below(msgspec.Struct, frozen=True, gc=False):
    """What a learned word says of the categories below one: in how many lessons it came anywhere, the log of its weight
    in all of them, and in their order its weight in each and how much it speaks for each."""

    reports: int
    plain: float
    counts: tuple[int, ...]
    gains: tuple[float, ...]


# By the code above and by word; None for a word that says nothing there. Logarithms are most of a suggestion's cost,
# and a word's change only with a person's decision: whoever keeps them forgets a word that was learned or taken back.
Memo = dict[str, dict[str, Below | None]]


def suggest(
    reading: Reading, tree: Tree, learned: Learned, rules: Rules = RULES, memo: Memo | None = None
) -> Suggestion | None:
    """The category of a report; None where no keyword came and no word is known."""
    memo = {} if memo is None else memo
    found = shares(reading, tree, learned, tree.children[""], rules, memo)
    if not found:
        return None
    code, share = _best(found)
    keywords, words = _reasons(reading, tree, learned, code, rules, memo)
    while tree.children[code]:
        below = shares(reading, tree, learned, tree.children[code], rules, memo)
        if not below or max(below.values()) < rules.deeper:
            break
        code = _best(below)[0]
    return Suggestion(code, tree.path(code), round(SCALE * share), rules.version, tree.version, keywords, words)


def told(suggestion: Suggestion) -> str:
    """The suggestion in one sentence for officials."""
    named = (("目录用词", suggestion.keywords), ("以往确认的件中常见", suggestion.learned))
    because = "；".join(f"{says}“{'”“'.join(words)}”" for says, words in named if words)
    sure = f"建议分类：{suggestion.path}（把握 {suggestion.share / 10:.0f}%）"
    return f"{sure}。依据：{because or '用词与以往确认的件相近'}。"


def shares(
    reading: Reading,
    tree: Tree,
    learned: Learned,
    among: Sequence[str],
    rules: Rules = RULES,
    memo: Memo | None = None,
) -> dict[str, float]:
    """The share of each of some categories, all of one level; empty where nothing speaks for any of them."""
    votes = _votes(reading, tree, among)
    counted = _learned_scores(reading, learned, among, rules, {} if memo is None else memo)
    if counted is None and not votes:
        return {}
    cast = sum(votes.values()) + rules.doubt * len(among)
    none = rules.votes * math.log(rules.doubt / cast)
    scores = dict.fromkeys(among, none) if counted is None else {code: counted[code] + none for code in among}
    for code, vote in votes.items():
        scores[code] += rules.votes * math.log((vote + rules.doubt) / cast) - none
    most = max(scores.values())
    parts = {code: math.exp(rules.sharpness * (score - most)) for code, score in scores.items()}
    whole = sum(parts.values())
    return {code: part / whole for code, part in parts.items()}


def _best(found: dict[str, float]) -> tuple[str, float]:
    """The first of the largest, in the tree's order."""
    return max(found.items(), key=lambda item: item[1])


def _votes(reading: Reading, tree: Tree, among: Sequence[str]) -> dict[str, float]:
    """The keywords' weights for each category any speaks for, in mentions' logs; one of several is shared out."""
    votes: dict[str, float] = {}
    length = len(among[0])
    for keyword, weight in reading.keywords.items():
        codes = tree.keywords.get(keyword, ())
        for code in codes:
            if code[:length] in among:
                votes[code[:length]] = votes.get(code[:length], 0.0) + weight / SCALE / len(codes)
    return votes


def _learned_scores(
    reading: Reading, learned: Learned, among: Sequence[str], rules: Rules, memo: Memo
) -> dict[str, float] | None:
    """The mean log weight of the known words against each category; None where no word was learned under any.

    Trusted as far as there are reports behind it, or as the report's own words came before.
    """
    known = _known(reading, learned, among, rules, memo) if learned.held else []
    if not known:
        return None
    heavy = [float(weight) for _, weight, _ in known]  # a whole number times a float takes half as long again
    weights, common = sum(heavy), sum([weight * below.plain for _, weight, below in known])
    sums = [sum(map(mul, heavy, gains)) for gains in zip(*[below.gains for _, _, below in known], strict=True)]
    totals = [learned.totals.get(code, 0) for code in among]
    room = sum(totals) + rules.smoothing * SCALE * learned.held
    reports = sum(learned.reports.get(code, 0) for code in among)
    seen = sum([weight * min(below.reports, reports) for _, weight, below in known]) / _whole(reading)
    trusted = max(reports / (reports + rules.trust), seen / (seen + rules.near))
    return {
        code: trusted * (math.log(room - total) + (gained - common) / weights)
        for code, total, gained in zip(among, totals, sums, strict=True)
    }


def _whole(reading: Reading) -> int:
    """The weight of all words of a report, the unknown ones too."""
    return sum(reading.words.values()) + sum(reading.keywords.values())


def _known(
    reading: Reading, learned: Learned, among: Sequence[str], rules: Rules, memo: Memo
) -> list[tuple[str, int, Below]]:
    """The report's words that were learned under one of these categories, with the weight they have in it."""
    ready, found = memo.setdefault(among[0][:-DIGITS], {}), list[tuple[str, int, Below]]()
    for words in (reading.words, reading.keywords):
        for word, weight in words.items():
            if word not in ready:
                ready[word] = _below(learned.words.get(word), among, rules)
            below = ready[word]
            if below is not None:
                found.append((word, weight, below))
    return found


def _below(word: Word | None, among: Sequence[str], rules: Rules) -> Below | None:
    counts = () if word is None else tuple([word.weights.get(code, 0) for code in among])
    if not any(counts):
        return None
    smoothing, every = rules.smoothing * SCALE, sum(counts)
    plain = math.log(every + smoothing)
    return Below(
        0 if word is None else word.reports,
        plain,
        counts,
        tuple([plain - math.log(every - count + smoothing) for count in counts]),
    )


def _reasons(
    reading: Reading, tree: Tree, learned: Learned, top: str, rules: Rules, memo: Memo
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The category's keywords that came most, then the learned words that set it most apart from the others.

    A learned word is shown only when it came in several confirmed cases, so no reason tells of one person's.
    """
    voting = [
        (weight, word)
        for word, weight in reading.keywords.items()
        if any(code.startswith(top) for code in tree.keywords.get(word, ()))
    ]
    first = tuple([word for _, word in sorted(voting, key=lambda one: -one[0])][: rules.reasons])
    if len(first) == rules.reasons:
        return first, ()
    among = tree.children[""]
    place = among.index(top)
    apart = _lean([learned.totals.get(code, 0) for code in among], place, rules)
    speaking = [
        (gain, word)
        for word, weight, below in _known(reading, learned, among, rules, memo)
        if word in reading.words
        and below.counts[place]
        and below.reports >= rules.shown_from
        and (gain := weight * (_lean(below.counts, place, rules) - apart)) > 0
    ]
    more = [word for _, word in sorted(speaking, key=lambda one: -one[0])]
    return first, tuple(more[: rules.reasons - len(first)])


def _lean(weights: Sequence[int], place: int, rules: Rules) -> float:
    """The log of one category's weight against that of all others."""
    smoothing, own = rules.smoothing * SCALE, weights[place]
    return math.log((own + smoothing) / (sum(weights) - own + smoothing))
