"""Which rules of a step hold for a text, and where: the one place that asks patterns."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from wufang.domain.triage.matter import Fact, Field, Matter
from wufang.domain.triage.reading import Sentences, narrow
from wufang.domain.triage.rules import Ready, Rules, Step

CLOSE = 40  # signs: somebody is named, and what he did comes within so many; measured on made-up reports


class Page(msgspec.Struct, frozen=True):
    """Title and text in one, the title first and a line break between them; positions are those of this page."""

    text: str
    title_length: int
    sentences: Sentences
    channel: str
    kind: str | None

    def place(self, start: int, end: int) -> tuple[Field, int, int]:
        """A part of the page as field and positions there."""
        if start <= self.title_length and end <= self.title_length + 1 and self.title_length:
            return "title", start, min(end, self.title_length)
        before = self.title_length + 1
        return "text", max(start - before, 0), end - before


class Hit(msgspec.Struct, frozen=True):
    """A rule that holds: in which sentence, and the part of the page its first need matched."""

    rule: Ready
    sentence: int
    start: int
    end: int


def page(matter: Matter) -> Page:
    """The page of a report."""
    text = narrow(matter.title) + "\n" + narrow(matter.text)
    return Page(text, len(matter.title), Sentences(text), matter.channel, matter.kind)


def hits(of: Page, rules: Rules, step: Step) -> Iterator[Hit]:
    """The rules of a step that hold, each once for a sentence, in the order they are written."""
    seen = rules.visible(of.text, step)
    for rule in rules.steps.get(step, ()):
        if _asked(rule, of) and not (rule.never and rule.never.search(seen)):
            yield from _holding(rule, of, seen, 0, len(seen))


def hits_within(of: Page, rules: Rules, step: Step, sentences: Sequence[int]) -> Iterator[Hit]:
    """The same for some sentences alone, for rules that look no further than their own; no `never` is asked."""
    seen = _visible_within(of, rules, step, sentences)
    for rule in rules.steps.get(step, ()):
        if _asked(rule, of):
            for sentence in sentences:
                yield from _holding(rule, of, seen, *of.sentences.bounds[sentence])


def _visible_within(of: Page, rules: Rules, step: Step, sentences: Sequence[int]) -> str:
    parts, last = [], 0
    for start, end in (of.sentences.bounds[sentence] for sentence in sentences):
        parts += [of.text[last:start], rules.visible(of.text[start:end], step)]
        last = end
    return "".join([*parts, of.text[last:]])


def fact(hit: Hit, of: Page) -> Fact:
    """The fact a hit is; its words as they stand on the page."""
    field, start, end = of.place(hit.start, hit.end)
    return Fact(hit.rule.rule.id, of.text[hit.start : hit.end], field, start, end, hit.rule.rule.why)


def _asked(rule: Ready, of: Page) -> bool:
    channels, kinds = rule.rule.channels, rule.rule.kinds
    return (not channels or of.channel in channels) and (not kinds or of.kind in kinds)


def _holding(rule: Ready, of: Page, seen: str, start: int, end: int) -> Iterator[Hit]:
    """Every sentence is looked at once however often the first need stands in it, so the work stays in proportion.

    A close look reaches 40 signs at most, so there each match is looked at until one holds.
    """
    last = -1
    for match in rule.key.finditer(seen, start, end):
        sentence = of.sentences.at(match.start())
        if sentence == last:
            continue
        if _met(rule, of, seen, sentence, match):
            yield Hit(rule, sentence, match.start(), match.end())
            last = sentence
        elif rule.rule.scope != "close":
            last = sentence


def _met(rule: Ready, of: Page, seen: str, sentence: int, match: re.Match[str]) -> bool:
    start, end = _scope(rule, of, sentence)
    if rule.rule.scope == "close":
        start, end = max(start, match.start() - CLOSE), min(end, match.end() + CLOSE)
    if not all(other.search(seen, start, end) for other in rule.others):
        return False
    return rule.unless is None or rule.unless.search(seen, *_scope(rule, of, sentence)) is None


def _scope(rule: Ready, of: Page, sentence: int) -> tuple[int, int]:
    bounds = of.sentences.bounds
    match rule.rule.scope:
        case "close" | "sentence":
            return bounds[sentence]
        case "near":
            return bounds[max(sentence - 1, 0)][0], bounds[min(sentence + 1, len(bounds) - 1)][1]
        case "report":
            return 0, bounds[-1][1]


def found(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether a pattern stands in a part of a text."""
    return pattern.search(text, start, end) is not None
