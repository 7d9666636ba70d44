"""The proposal: danger first, then conduct, then one lane for what is left, then tags; each step with its facts."""

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Literal

import msgspec

from wufang.domain.triage.asking import Hit, Over, Page, fact, hits, leant, look_over, page
from wufang.domain.triage.likeness import Sums
from wufang.domain.triage.lookup import Looked
from wufang.domain.triage.matter import Conduct, Context, Danger, Fact, Lane, Matter, Tag, Triage
from wufang.domain.triage.reading import Sentences
from wufang.domain.triage.rules import Rules
from wufang.domain.triage.sealing import screened

NOTHING_KNOWN = Context()
FEW_SIGNS = 24  # in so few there is no wording to outweigh a rule of danger: 燃气泄漏 alone goes to 119 (ours)
REPEATS = 2  # earlier reports of the same reporter that make a matter one of 专办 (ours)
LONG = 100  # signs: in a longer report the sentences round a rule of danger are asked too, of a firm one as well
ALONE = 40  # hundredths; a sentence with a rule that leans so far to danger by itself is enough there
IN_ONE = 30  # hundredths; where a report leans to danger at all, one sentence that leans so far is enough (record 0405)
OUTWEIGHED = -25  # hundredths; in a short report a rule's sentence that leans no farther away by itself is enough
AWAY = -100  # hundredths; there those round a firm rule must lean less far away than this (record 0405)
FIRM_AWAY = -50  # hundredths; a firm rule of a lane holds unless what is left leans farther away (record 0405)
NOTHING_LEFT = 10  # signs; where fewer are left, what was sealed says how urgent the matter is (record 0405)
_HANDED_TO: tuple[Danger, ...] = ("110", "119", "120")
_TAGS: tuple[Tag, ...] = ("study", "joint")
LIKE_DANGER = "无规则命中，用词似正在危及人身安全，请立即核对并转接"
NOT_DANGER = "一条规则命中，但全文用词不似正在危及人身安全，未提请转接，请人工留意"
LIKE = {
    "urgent": "无规则命中，用词似速办事项",
    "dedicated": "无规则命中，用词似多次反映、久拖未决的事项",
    "study": "无规则命中，用词似季节性、苗头性问题，宜研办",
    "joint": "无规则命中，用词似涉及几个部门或行业共性的问题，宜联办",
}
UNLIKE = {
    "urgent": "一条规则命中，但全文用词不似速办事项，未列入速办",
    "dedicated": "一条规则命中，但全文用词不似多次反映的事项，未列入专办",
    "study": "一条规则命中，但全文用词不似季节性、苗头性问题，未提出研办",
    "joint": "一条规则命中，但全文用词不似需几个部门共办的问题，未提出联办",
}


def propose(matter: Matter, rules: Rules, context: Context = NOTHING_KNOWN) -> Triage:
    """What the machine proposes for a report; the same for the same report, rules and context."""
    return within(context, by_itself(matter, rules))


def within(context: Context, found: Triage) -> Triage:
    """What is proposed for a report beside what the ledger knows of its matter; its facts come first."""
    holds = (context.burst, context.repeats >= REPEATS, context.season, context.common)
    known = tuple(compress(_KNOWN, holds))
    if not known:
        return found
    lane: Lane = "dedicated" if context.repeats >= REPEATS and found.lane == "ordinary" else found.lane
    given = {"study": context.season, "joint": context.common}
    tags = tuple(tag for tag in _TAGS if tag in found.tags or given[tag])
    lane = "urgent" if context.burst else lane
    return msgspec.structs.replace(found, lane=lane, tags=tags, facts=(*known, *found.facts))


def by_itself(matter: Matter, rules: Rules, over: Over | None = None) -> Triage:
    """What a report says by itself, whatever else the ledger knows: a door can ask it as well.

    Where a door found no conduct by these rules, that is not asked again. `over` is a look over this very title and
    text, where there was one.
    """
    known = matter.screened == rules.mark
    over = over or look_over(matter, rules)
    whole, look = msgspec.structs.replace(over.page, kind=matter.kind), over.look
    sums = rules.likeness.sums(whole.text)
    conduct = None if known else screened(whole, look, sums, matter.accused, rules)
    rest = _rest(whole, conduct)
    left = look if conduct is None else rules.table.look(rest.text)
    leans = sums if conduct is None else rules.likeness.sums(rest.text)
    danger, emergencies = _danger(whole, rest, look, sums, rules)
    if danger is None and conduct is not None:
        danger, emergencies = _danger(rest, rest, left, leans, rules)
    shown = tuple(_unquoted(one, conduct) for one in emergencies)
    told = sums if conduct is None or _nothing(rest) else leans
    lane, reasons = _lane(rest, left, told, rules, danger)
    tags, signs = _tags(rest, left, told, rules)
    return Triage(danger, conduct, lane, tags, (*shown, *reasons, *signs), rules.version)


def danger(matter: Matter, rules: Rules, conduct: Conduct | None = None) -> tuple[Danger | None, tuple[Fact, ...]]:
    """Whom to hand over to at once, if anybody, and why: asks nothing about conduct, and waits for nothing.

    Where a part is sealed it is asked of the rest too: an accusation beside it must not outweigh a call for help.
    """
    whole = page(matter)
    rest = _rest(whole, conduct)
    found = _danger(whole, rest, rules.table.look(whole.text), rules.likeness.sums(whole.text), rules)
    if found[0] is not None or conduct is None:
        return found
    return _danger(rest, rest, rules.table.look(rest.text), rules.likeness.sums(rest.text), rules)


def _danger(of: Page, rest: Page, look: Looked, sums: Sums, rules: Rules) -> tuple[Danger | None, tuple[Fact, ...]]:
    """Asked of the whole page; a fact about its wording names words of the rest alone."""
    held = list(hits(of, look, rules, "danger"))
    leaning = _told_of(held, of, sums, rules)
    if leaning is None:
        return None, _facts(held[:1], of, NOT_DANGER)
    given = held[0].rule.rule.gives if held else None
    first = max(_HANDED_TO, key=lambda one: rules.likeness.counted(one, leaning[one], one == given))
    return first, _facts(held, of) if held else (leant("danger", rest, rules, LIKE_DANGER),)


def _told_of(held: Sequence[Hit], of: Page, sums: Sums, rules: Rules) -> Sums | None:
    """Where danger is told of, if at all: in the whole report, or in the sentences round a rule of a long one.

    A long letter tells of much else, so all of it leans away from the one sentence that calls for help.
    """
    if rules.likeness.holds("danger", sums["danger"], bool(held)):
        return sums
    if not held:
        return sums if sums["danger"] > 0 and _in_one_sentence(of, rules) else None
    if len(of.text) <= LONG:
        return sums if _firm(held) or len(of.text) <= FEW_SIGNS else _alone(held, of, rules)
    near = ((hit.rule.rule.firm, *_near(hit.sentence, of, rules)) for hit in held)
    found = (pair for firm, *pair in near if _near_enough(pair[0]["danger"], pair[1]["danger"], firm, rules))
    alone, told = next(found, (None, None))
    return alone if alone is not None and alone["danger"] > ALONE else told


def _in_one_sentence(of: Page, rules: Rules) -> bool:
    """Whether a sentence tells of danger by itself: what else the report is about must not delay it."""
    return any(rules.likeness.sums(of.text[start:end])["danger"] > IN_ONE for start, end in of.sentences.bounds)


def _alone(held: Sequence[Hit], of: Page, rules: Rules) -> Sums | None:
    """How a rule's own sentence leans where that is not plainly away: a second matter beside it delays no gas leak."""
    for sentence in dict.fromkeys(hit.sentence for hit in held):
        sums = rules.likeness.sums(of.text[slice(*of.sentences.bounds[sentence])])
        if rules.likeness.counted("danger", sums["danger"], True) > OUTWEIGHED:
            return sums
    return None


def _near_enough(alone: int, told: int, firm: bool, rules: Rules) -> bool:
    return rules.likeness.holds("danger", told, True) or alone > ALONE or (firm and told > AWAY)


def _near(sentence: int, of: Page, rules: Rules) -> tuple[Sums, Sums]:
    """How a sentence leans alone, and with those beside it, which often say when."""
    bounds = of.sentences.bounds
    start, end = bounds[max(sentence - 1, 0)][0], bounds[min(sentence + 1, len(bounds) - 1)][1]
    return rules.likeness.sums(of.text[slice(*bounds[sentence])]), rules.likeness.sums(of.text[start:end])


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


def _nothing(rest: Page) -> bool:
    """Whether so little is left that the matter lies in what was sealed; facts name words of the rest alone."""
    return sum(map(len, rest.text.split())) < NOTHING_LEFT


def _unquoted(known: Fact, conduct: Conduct | None) -> Fact:
    """A fact without its words where they lie in a sealed part."""
    spans = conduct.spans if conduct is not None else ()
    if any(span.field == known.field and span.start < known.end and known.start < span.end for span in spans):
        return Fact(known.rule, "", known.field, known.start, known.end, known.why)
    return known


def _lane(of: Page, look: Looked, leans: Sums, rules: Rules, emergency: Danger | None) -> tuple[Lane, tuple[Fact, ...]]:
    """Where both lanes hold, the surer one, unless danger was found or a firm rule of urgent holds."""
    at_once, again = (list(hits(of, look, rules, step)) for step in ("urgent", "dedicated"))
    is_urgent, urgent = _answered("urgent", at_once, of, leans, rules)
    if emergency is not None:
        urgent = (*urgent, _told("context-danger", "涉及人身安全、已提请转接，其余事项一并速办"))
    is_dedicated, dedicated = _answered("dedicated", again, of, leans, rules)
    facts = (*urgent, *dedicated)
    if emergency is not None or (is_urgent and not is_dedicated):
        return "urgent", facts
    if not is_dedicated:
        return "ordinary", facts
    counted = rules.likeness.counted
    sure = counted("urgent", leans["urgent"], bool(at_once)) >= counted("dedicated", leans["dedicated"], bool(again))
    return "urgent" if is_urgent and (sure or _firm_lane(at_once, leans["urgent"])) else "dedicated", facts


def _firm_lane(held: Iterable[Hit], leans: int) -> bool:
    return _firm(held) and leans > FIRM_AWAY


def _tags(of: Page, look: Looked, leans: Sums, rules: Rules) -> tuple[tuple[Tag, ...], tuple[Fact, ...]]:
    held = list(hits(of, look, rules, "tag"))
    tags: list[Tag] = []
    facts: tuple[Fact, ...] = ()
    for tag in _TAGS:
        given, why = _answered(tag, [hit for hit in held if hit.rule.rule.gives == tag], of, leans, rules)
        tags += [tag] if given else []
        facts += why
    return tuple(tags), facts


def _answered(
    asked: Literal["urgent", "dedicated", "study", "joint"], held: list[Hit], of: Page, leans: Sums, rules: Rules
) -> tuple[bool, tuple[Fact, ...]]:
    """What rules and wording say together, and why: rules, that wording decided, or that it outweighed."""
    if not _firm_lane(held, leans[asked]) and not rules.likeness.holds(asked, leans[asked], bool(held)):
        return False, _facts(held[:1], of, UNLIKE[asked])
    return True, _facts(held, of) if held else (leant(asked, of, rules, LIKE[asked]),)


def _firm(held: Iterable[Hit]) -> bool:
    return any(hit.rule.rule.firm for hit in held)


def _facts(held: Iterable[Hit], of: Page, instead: str | None = None) -> tuple[Fact, ...]:
    """The facts of rules that hold; `instead` is said where the wording outweighed them."""
    known = tuple(fact(hit, of) for hit in held)
    if instead is None:
        return known
    return tuple(Fact(f"unlike-{one.rule}", one.matched, one.field, one.start, one.end, instead) for one in known)


def _told(rule: str, why: str) -> Fact:
    return Fact(rule, "", "context", 0, 0, why)


# What the ledger knows of a matter: a burst, a person who comes again, a category's season, its burst.
_KNOWN = (
    _told("context-burst", "短时间内多人反映同一事项或同一地点，列入速办"),
    _told("context-repeats", "同一来件人就同一事项多次反映，列入专办"),
    _told("context-season", "本类诉求正在季节预警期内，列入研办"),
    _told("context-common", "本类诉求近期多件集中出现（行业共性），列入联办"),
)
