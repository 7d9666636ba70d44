"""The conduct part of a report (专题受理): found, sealed by whole sentences, taken out; in doubt too much is sealed.

Rude or slow service is quality and stays; so does what a firm or a neighbour did.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from wufang.domain.triage.asking import Hit, Over, Page, fact, hits_within, page
from wufang.domain.triage.likeness import REACH, Sums
from wufang.domain.triage.lookup import Looked
from wufang.domain.triage.matter import Conduct, Fact, Matter, Span
from wufang.domain.triage.reading import clauses, narrow
from wufang.domain.triage.rules import Rules, Seal

SHORTEST = 4  # signs: of less nothing is asked
LIKE = "无规则命中，用词似反映公职人员违纪违法的来件，先行密封，请人工核对"
PLACEHOLDER = "［此处内容已另行转交］"  # tells that something was handed on, and nothing of what
_BARE = re.compile(r"\s{0,9}")


def screen(matter: Matter, rules: Rules) -> Conduct | None:
    """The part of a report to seal, if any."""
    of = page(matter)
    return screened(of, rules.conduct.look(of.text), rules.likeness.sums(of.text), matter.accused, rules)


def screen_with(over: Over, accused: str | None, beside: str, rules: Rules) -> tuple[Conduct | None, Conduct | None]:
    """The same of a report that was looked over and of other words sent with it, each by itself."""
    of = over.page
    found = screened(of, over.look, rules.likeness.sums(of.text), accused, rules)
    if not beside:
        return found, None
    other = page(Matter(of.channel, "", beside))
    return found, _screened_field(other, rules.conduct.look(other.text), accused, rules)


def screen_field(channel: str, words: str, rules: Rules) -> Conduct | None:
    """The same for a field, which is no report: weights were learnt from reports, so they only take back."""
    of = page(Matter(channel, "", words))
    return _screened_field(of, rules.conduct.look(of.text), None, rules)


def _screened_field(of: Page, look: Looked, accused: str | None, rules: Rules) -> Conduct | None:
    """The wording is asked only where a rule holds."""
    return screened(of, look, rules.likeness.sums(of.text), accused, rules) if _held(of, look, rules) else None


def _held(of: Page, look: Looked, rules: Rules) -> list[Hit]:
    sentences = worth_a_look(naming(of, look, rules), of, look, rules)
    return list(hits_within(of, look, rules, sentences)) if sentences else []


def screened(of: Page, look: Looked, sums: Sums, accused: str | None, rules: Rules) -> Conduct | None:
    """The same for a page that was looked over, at least with the patterns of conduct."""
    held = _held(of, look, rules)
    length = 0 if any(hit.rule.rule.firm for hit in held) else len(of.text)
    found = _found({hit.sentence for hit in held}, of, sums["conduct"], length, rules)
    if not found:
        return None
    core = [hit for hit in held if hit.sentence in found]
    like = sorted(found - {hit.sentence for hit in core})
    seen = rules.seen(of.text, look, "conduct")
    sealed = _widened(found, of, look, seen, rules.seal)
    parts = [part for sentence in sorted(sealed) for part in _parts(sentence, core, of, look, seen, rules.seal)]
    spans = tuple(_spans([*parts, *_title(parts, of, rules)], of))
    facts = (*(fact(hit, of) for hit in core), *(_alike(sentence, of) for sentence in like))
    up = _up(accused, parts, of, look, rules)
    return Conduct(spans, rules.likeness.holds("up", sums["up"], up), facts)


def _found(ruled: set[int], of: Page, leans: int, length: int, rules: Rules) -> set[int]:
    """The sentences with conduct: of each, what it and the whole report lean to, and whether a rule holds there.

    Where the surest one holds, each that leans so itself, or in which a rule holds, is one too.
    """
    likeness = rules.likeness
    if not likeness.known:
        return ruled
    if not likeness.holds("conduct", leans + REACH, bool(ruled), length):
        return set()
    bounds = [(one, start, end) for one, (start, end) in enumerate(of.sentences.bounds) if end - start >= SHORTEST]
    sums = {one: likeness.sums(of.text[start:end])["sentence"] for one, start, end in bounds}
    most = max(sums.values(), default=0)
    if not likeness.holds("conduct", leans + min(most, REACH), bool(ruled), length):
        return set()
    leaning = {one for one, sum_ in sums.items() if sum_ == most or likeness.holds("sentence", sum_, one in ruled)}
    return ruled | leaning


def naming(of: Page, look: Looked, rules: Rules) -> list[int]:
    """The sentences that name somebody of the authorities, or an act that says it all; most reports have none."""
    beside, text = rules.seal.beside, of.text
    return [
        sentence for sentence, (start, end) in enumerate(of.sentences.bounds) if look.stands(beside, text, start, end)
    ]


def worth_a_look(named: Sequence[int], of: Page, look: Looked, rules: Rules) -> list[int]:
    """Which of these sentences can have conduct in them; masks only ever hide more, so none is missed here."""
    if not named:
        return []
    told = {sentence for rule in rules.steps.get("conduct", ()) for sentence in _beginning(rule.key, of, look)}
    return [sentence for sentence in named if sentence in told]


def _beginning(number: int, of: Page, look: Looked) -> Iterator[int]:
    """The sentences in which a pattern begins."""
    for _, branch in look.may(number):
        found = branch.search(of.text)
        while found:
            sentence = of.sentences.at(found.start())
            yield sentence
            found = branch.search(of.text, of.sentences.bounds[sentence][1])


def _alike(sentence: int, of: Page) -> Fact:
    start, end = of.sentences.bounds[sentence]
    field, begin, until = of.place(start, end)
    return Fact("like-conduct", of.text[start:end], field, begin, until, LIKE)


def redacted(title: str, text: str, conduct: Conduct | None) -> tuple[str, str]:
    """Title and text with every sealed part replaced by the same words."""
    if conduct is None:
        return title, text
    return _without(title, conduct.spans, "title"), _without(text, conduct.spans, "text")


def redacted_accused(accused: str | None, conduct: Conduct | None, sealed_text: str, rules: Rules) -> str | None:
    """The accused field as others may see it: with a sealed part only a firm that the sealed part does not name."""
    if conduct is None or accused is None:
        return accused
    return accused if rules.written(rules.seal.firm).search(accused) and accused not in sealed_text else None


def sealed_text(title: str, text: str, conduct: Conduct) -> str:
    """What is sealed, part by part in lines: for the discipline office's own store, nowhere else."""
    whole = {"title": title, "text": text}
    return "\n".join(whole[span.field][span.start : span.end] for span in conduct.spans)


def _without(whole: str, spans: Iterable[Span], field: str) -> str:
    kept, last = [], 0
    for span in spans:
        if span.field == field:
            kept += [whole[last : span.start], PLACEHOLDER]
            last = span.end
    return "".join([*kept, whole[last:]])


def _widened(core: set[int], of: Page, look: Looked, seen: str, seal: Seal) -> set[int]:
    """The sentences with conduct, those that go on about it, and those that name the same person."""
    bounds = of.sentences.bounds
    first = of.sentences.at(of.title_length + 1) if of.title_length + 1 < len(of.text) else len(bounds)
    sealed = set(core)
    for step in (1, -1):
        for sentence in sorted(core):
            beside = sentence + step
            while (
                first <= beside < len(bounds)
                and beside not in sealed
                and look.stands(seal.follows, seen, *bounds[beside])
            ):
                sealed.add(beside)
                beside += step
    sealed |= {one for one in range(first, len(bounds)) if look.stands(seal.again, seen, *bounds[one])}
    people = {match[0] for sentence in core for match in look.all(seal.person, seen, *bounds[sentence])}
    named = [re.escape(person) for person in sorted(people)]
    if named:
        same = re.compile("|".join(named))
        sealed |= {sentence for sentence in range(first, len(bounds)) if same.search(seen, *bounds[sentence])}
    return sealed


def _parts(sentence: int, core: list[Hit], of: Page, look: Looked, seen: str, seal: Seal) -> list[tuple[int, int]]:
    """The sealed part of a sentence: all of it but for clauses at its edges that are plainly about another matter."""
    start, end = of.sentences.bounds[sentence]
    if start < of.title_length:
        return [(start, min(end, of.title_length))]
    parts = clauses(seen, start, end)
    matched = [(hit.start, hit.end) for hit in core if hit.sentence == sentence]
    while parts and _plain(parts[0], matched, look, seen, seal):
        parts.pop(0)
    while parts and _plain(parts[-1], matched, look, seen, seal):
        parts.pop()
    return [(parts[0][0], parts[-1][1])] if parts else []


def _plain(part: tuple[int, int], matched: list[tuple[int, int]], look: Looked, seen: str, seal: Seal) -> bool:
    if any(part[0] < end and start < part[1] for start, end in matched):
        return False
    if not look.stands(seal.plain, seen, *part):
        return False
    return not (look.stands(seal.joins, seen, *part) or look.stands(seal.actor, seen, *part))


def about_what_is_left(words: str, rules: Rules) -> bool:
    """Whether a few words are plainly about another matter, as a clause at a sealed part's edge may be."""
    seen, seal = narrow(words), rules.seal
    said = (rules.written(one).search(seen) is not None for one in (seal.joins, seal.actor))
    return rules.written(seal.plain).search(seen) is not None and not any(said)


def _title(parts: list[tuple[int, int]], of: Page, rules: Rules) -> list[tuple[int, int]]:
    """The title too, unless it says no more than where, what kind of paper, or the matter that is left."""
    seal, title = rules.seal, of.text[: of.title_length]
    if not title or any(start < of.title_length for start, _ in parts):
        return [(0, of.title_length)] if title else []
    if rules.written(seal.actor).search(title) or rules.written(seal.follows).search(title):
        return [(0, of.title_length)]
    if title.endswith(("？", "?")) or rules.written(seal.up).search(title):
        return [(0, of.title_length)]
    kept = of.channel == "grid" or rules.written(seal.title_kept).search(title)
    return [] if kept else [(0, of.title_length)]


def _spans(parts: list[tuple[int, int]], of: Page) -> Iterable[Span]:
    """Parts as spans in order; parts that touch, or have but blanks between, are one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if merged and _touching(merged[-1][1], start, of):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    for start, end in merged:
        field, begin, until = of.place(start, end)
        yield Span("title" if field == "title" else "text", begin, until)


def _touching(last: int, start: int, of: Page) -> bool:
    same = (last <= of.title_length) == (start <= of.title_length)
    return same and (start <= last or _BARE.fullmatch(of.text, last, start) is not None)


def _up(accused: str | None, parts: list[tuple[int, int]], of: Page, look: Looked, rules: Rules) -> bool:
    """Whether the discipline office or the desk is accused: named so in a sealed part, or as the accused."""
    seen = rules.seen(of.text, look, "up")
    named = any(look.stands(rules.seal.up, seen, start, end) for start, end in parts)
    own = look.stands(rules.seal.up_anywhere, seen, 0, len(seen))
    return named or own or rules.written(rules.seal.up).search(narrow(accused or "")) is not None
