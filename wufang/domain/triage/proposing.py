"""The proposal: danger first, then conduct, then one lane for what is left, then tags; each step with its facts."""

from collections.abc import Iterable

from wufang.domain.triage.asking import Hit, Page, fact, hits, page
from wufang.domain.triage.lookup import Looked
from wufang.domain.triage.matter import Conduct, Context, Danger, Fact, Lane, Matter, Tag, Triage
from wufang.domain.triage.reading import Sentences
from wufang.domain.triage.rules import Rules
from wufang.domain.triage.sealing import screened

NOTHING_KNOWN = Context()
REPEATS = 2  # earlier reports of the same reporter that make a matter one of 专办 (ours)
_HANDED_TO: tuple[Danger, ...] = ("110", "119", "120")


def propose(matter: Matter, rules: Rules, context: Context = NOTHING_KNOWN) -> Triage:
    """What the machine proposes for a report; the same for the same report, rules and context.

    Where a door found no conduct by these rules, they are not asked again: a quarter of the cost (record 0417).
    """
    whole, known = page(matter), matter.screened == rules.version
    look = (rules.rest if known else rules.table).look(whole.text)
    conduct = None if known else screened(whole, look, matter.accused, rules)
    danger, emergencies = _danger(whole, look, rules)
    shown = tuple(_unquoted(one, conduct) for one in emergencies)
    rest = _rest(whole, conduct)
    left = look if conduct is None else rules.table.look(rest.text)
    lane, reasons = _lane(rest, left, rules, danger, context)
    tags, signs = _tags(rest, left, rules, context)
    return Triage(danger, conduct, lane, tags, (*shown, *reasons, *signs), rules.version)


def danger(matter: Matter, rules: Rules) -> tuple[Danger | None, tuple[Fact, ...]]:
    """Whom to hand over to at once, if anybody, and why: asks nothing about conduct, and waits for nothing."""
    of = page(matter)
    return _danger(of, rules.table.look(of.text), rules)


def _danger(of: Page, look: Looked, rules: Rules) -> tuple[Danger | None, tuple[Fact, ...]]:
    held = list(hits(of, look, rules, "danger"))
    if not held:
        return None, ()
    first = next((one for hit in held for one in _HANDED_TO if one == hit.rule.rule.gives), None)
    return first, tuple(fact(hit, of) for hit in held)


def _rest(of: Page, conduct: Conduct | None) -> Page:
    """The page without its sealed parts; line breaks stand in their place, so positions stay."""
    if conduct is None:
        return of
    signs = list(of.text)
    for span in conduct.spans:
        before = 0 if span.field == "title" else of.title_length + 1
        signs[before + span.start : before + span.end] = "\n" * (span.end - span.start)
    text = "".join(signs)
    return Page(text, of.title_length, Sentences(text), of.channel, of.kind)


def _unquoted(known: Fact, conduct: Conduct | None) -> Fact:
    """A fact without its words where they lie in a sealed part."""
    spans = conduct.spans if conduct is not None else ()
    if any(span.field == known.field and span.start < known.end and known.start < span.end for span in spans):
        return Fact(known.rule, "", known.field, known.start, known.end, known.why)
    return known


def _lane(
    of: Page, look: Looked, rules: Rules, emergency: Danger | None, context: Context
) -> tuple[Lane, tuple[Fact, ...]]:
    urgent = _facts(hits(of, look, rules, "urgent"), of)
    if context.burst:
        urgent = (*urgent, _told("context-burst", "短时间内多人反映同一事项或同一地点，列入速办"))
    if emergency is not None:
        urgent = (*urgent, _told("context-danger", "涉及人身安全、已提请转接，其余事项一并速办"))
    dedicated = _facts(hits(of, look, rules, "dedicated"), of)
    if context.repeats >= REPEATS:
        dedicated = (*dedicated, _told("context-repeats", "同一来件人就同一事项多次反映，列入专办"))
    if urgent:
        return "urgent", (*urgent, *dedicated)
    return ("dedicated", dedicated) if dedicated else ("ordinary", ())


def _tags(of: Page, look: Looked, rules: Rules, context: Context) -> tuple[tuple[Tag, ...], tuple[Fact, ...]]:
    held = list(hits(of, look, rules, "tag"))
    given = {hit.rule.rule.gives for hit in held}
    facts = _facts(held, of)
    if context.season:
        given.add("study")
        facts = (*facts, _told("context-season", "本类诉求正在季节预警期内，列入研办"))
    order: tuple[Tag, ...] = ("study", "joint")
    return tuple(tag for tag in order if tag in given), facts


def _facts(held: Iterable[Hit], of: Page) -> tuple[Fact, ...]:
    return tuple(fact(hit, of) for hit in held)


def _told(rule: str, why: str) -> Fact:
    return Fact(rule, "", "context", 0, 0, why)
