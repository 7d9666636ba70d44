"""Which rules of a step hold for a text, and where: the one place that asks patterns."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from wufang.domain.triage.likeness import Asked
from wufang.domain.triage.lookup import Looked
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


class Over(msgspec.Struct, frozen=True):
    """A page looked over once with all patterns: what to seal and what to propose can be asked of the same."""

    page: Page
    look: Looked


def look_over(matter: Matter, rules: Rules) -> Over:
    """Title and text of a report, looked over."""
    of = page(matter)
    return Over(of, rules.table.look(of.text))


def hits(of: Page, look: Looked, rules: Rules, step: Step) -> Iterator[Hit]:
    """The rules of a step that hold, each once for a sentence, in the order they are written; not for conduct.

    `look` is the page looked over with all patterns. What the step must not see is hidden only if a rule may hold.
    """
    asked = [rule for rule in rules.steps.get(step, ()) if look.may(rule.key) and _asked(rule, of)]
    seen = rules.seen(of.text, look, step) if asked else ""
    for rule in asked:
        held = list(_holding(rule, of, look, seen, 0, len(seen)))
        if held and not (rule.never is not None and look.stands(rule.never, seen, 0, len(seen))):
            yield from held


def hits_within(of: Page, look: Looked, rules: Rules, sentences: Sequence[int]) -> Iterator[Hit]:
    """The same for conduct in some sentences alone: its rules look no further than their own, and have no `never`."""
    seen = _visible_within(of, look, rules, sentences)
    for rule in rules.steps.get("conduct", ()):
        if look.may(rule.key) and _asked(rule, of):
            for sentence in sentences:
                yield from _holding(rule, of, look, seen, *of.sentences.bounds[sentence])


def _visible_within(of: Page, look: Looked, rules: Rules, sentences: Sequence[int]) -> str:
    parts, last = [], 0
    for start, end in (of.sentences.bounds[sentence] for sentence in sentences):
        parts += [of.text[last:start], rules.seen(of.text[start:end], look, "conduct")]
        last = end
    return "".join([*parts, of.text[last:]])


def fact(hit: Hit, of: Page) -> Fact:
    """The fact a hit is; its words as they stand on the page."""
    field, start, end = of.place(hit.start, hit.end)
    return Fact(hit.rule.rule.id, of.text[hit.start : hit.end], field, start, end, hit.rule.rule.why)


def leant(asked: Asked, of: Page, rules: Rules, why: str) -> Fact:
    """The fact that the wording decided, with the words that weighed most, of those that stand on this page."""
    named = rules.likeness.named(asked, of.text)
    said = "".join(f"“{one}”" for one in named)
    why = f"{why}（{said}）" if named else why
    if not named:
        return Fact(f"like-{asked}", "", "text", 0, 0, why)
    start = of.text.index(named[0])
    field, begin, until = of.place(start, start + len(named[0]))
    return Fact(f"like-{asked}", named[0], field, begin, until, why)


def _asked(rule: Ready, of: Page) -> bool:
    channels, kinds = rule.rule.channels, rule.rule.kinds
    return (not channels or of.channel in channels) and (not kinds or of.kind in kinds)


def _holding(rule: Ready, of: Page, look: Looked, seen: str, start: int, end: int) -> Iterator[Hit]:
    """Every sentence is looked at once however often the first need stands in it, so the work stays in proportion.

    A close look reaches 40 signs at most, so there each match is looked at until one holds.
    """
    last = -1
    for match in look.all(rule.key, seen, start, end):
        sentence = of.sentences.at(match.start())
        if sentence == last:
            continue
        if _met(rule, of, look, seen, sentence, match):
            yield Hit(rule, sentence, match.start(), match.end())
            last = sentence
        elif rule.rule.scope != "close":
            last = sentence


def _met(rule: Ready, of: Page, look: Looked, seen: str, sentence: int, match: re.Match[str]) -> bool:
    start, end = _scope(rule, of, sentence)
    if rule.rule.scope == "close":
        start, end = max(start, match.start() - CLOSE), min(end, match.end() + CLOSE)
    if not all(look.stands(other, seen, start, end) for other in rule.others):
        return False
    return rule.unless is None or not look.stands(rule.unless, seen, *_scope(rule, of, sentence))


def _scope(rule: Ready, of: Page, sentence: int) -> tuple[int, int]:
    bounds = of.sentences.bounds
    match rule.rule.scope:
        case "close" | "sentence":
            return bounds[sentence]
        case "near":
            return bounds[max(sentence - 1, 0)][0], bounds[min(sentence + 1, len(bounds) - 1)][1]
        case "report":
            return 0, bounds[-1][1]
