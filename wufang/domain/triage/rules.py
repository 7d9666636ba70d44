"""Triage rules as a profile writes them, and made ready to be asked; one that could be slow or asks nothing is refused.

How a pattern is written, beside ordinary regular expressions: `<name>` is any word of that group; `＿` at most six
signs inside a clause, `…` at most ten and `～` at most 25 inside a sentence. Nothing may repeat without bound, so that
the work grows with the length of a text and no faster.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from wufang.domain.triage.likeness import NONE, Leaning
from wufang.domain.triage.lookup import Branch, Looked, Several, Table, hidden

Step = Literal["danger", "conduct", "urgent", "dedicated", "tag", "up"]
Scope = Literal["close", "sentence", "near", "report"]
Gives = Literal["110", "119", "120", "sealed", "urgent", "dedicated", "study", "joint"]

_GROUP = re.compile(r"<([a-z_0-9]+)>")
_GAPS = {
    "＿": "[^，,、。！？!?；;：:\\s]{0,6}",
    "…": "[^。！？!?；;\\n]{0,10}",
    "～": "[^。！？!?；;\\n]{0,25}",
}
_UNBOUNDED = re.compile(r"(?<!\\)[*+]|\{\d*,\}")
_NEVER = "(?!)"
_GIVEN: dict[Step, tuple[Gives, ...]] = {
    "danger": ("110", "119", "120"),
    "conduct": ("sealed",),
    "urgent": ("urgent",),
    "dedicated": ("dedicated",),
    "tag": ("study", "joint"),
    "up": (),
}


class Refused(ValueError):
    """A profile's triage rules cannot be used; says which and why."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: every one of `needs` within the scope, none of `unless` there, none of `never` in the whole report.

    `close` is the sentence within 40 signs of the first need, `near` the sentence of the first need with the one before
    and the one after. `unless` always looks at the whole sentence at least. `why` is read by officials. A rule that is
    `firm` holds whatever the wording of the report leans to (of danger in a long one: round the rule; of a lane unless
    it leans very far away); the others hold unless it plainly leans away. A firm rule of conduct may be taken back too,
    but not because the report is long.
    """

    id: str
    step: Step
    gives: Gives
    why: str
    needs: tuple[str, ...]
    scope: Scope = "sentence"
    unless: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    firm: bool = False


class Mask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the rules of these steps do not see: sayings, denials, warnings against, what is quoted."""

    steps: tuple[Step, ...]
    patterns: tuple[str, ...]


class Sealing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What decides how far a seal reaches.

    `beside`: what stands in every sentence in which a rule of conduct with two needs can hold, said shortly;
    `up`: the discipline office or the desk, as the one complained about, `up_anywhere` where the report itself is
    theirs; `follows`: a sentence beside a sealed one that goes on about it; `again`: one that does wherever it stands;
    `actor`: a clause that is not plain;
    `person`: a name by which a sealed sentence calls somebody; `plain`: the matter that is left; `joins`: a clause that
    hangs on another; `title_kept`: a title that tells nothing; `firm`: an accused that is no public office.
    """

    beside: tuple[str, ...]
    up: tuple[str, ...]
    up_anywhere: tuple[str, ...]
    follows: tuple[str, ...]
    actor: tuple[str, ...]
    person: tuple[str, ...]
    plain: tuple[str, ...]
    joins: tuple[str, ...]
    title_kept: tuple[str, ...]
    firm: tuple[str, ...]
    again: tuple[str, ...] = ()


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules as they stand in a profile's file."""

    version: str
    group: dict[str, tuple[str, ...]]
    sealing: Sealing
    mask: tuple[Mask, ...]
    rule: tuple[Rule, ...]


class Ready(msgspec.Struct, frozen=True):
    """A rule with its patterns as numbers in the table; `key` is its first need."""

    rule: Rule
    key: int
    others: tuple[int, ...]
    unless: int | None
    never: int | None


class Seal(msgspec.Struct, frozen=True):
    """`Sealing` as numbers in the table.

    A sentence with conduct has the key of a rule, and of `beside` where the rule needs two.
    """

    beside: int
    up: int
    up_anywhere: int
    follows: int
    actor: int
    person: int
    plain: int
    joins: int
    title_kept: int
    firm: int
    again: int


MEANING = 4  # to be raised when this package's code makes other proposals of the same rules
HASH_DIGITS = 12


class Rules(msgspec.Struct, frozen=True):
    """A profile's triage rules, ready to be asked.

    `table` looks for all patterns at once, `conduct` for those of conduct alone, which are asked of other fields too.
    """

    version: str
    seal: Seal
    steps: dict[Step, tuple[Ready, ...]]
    masks: dict[Step, int]
    table: Table
    conduct: Table
    likeness: Leaning = NONE
    mark: str = ""  # the version and a hash of all of it: what is taken over from whoever asked by the same mark

    def written(self, number: int) -> re.Pattern[str]:
        """A pattern whole, for texts that nobody looked over."""
        return self.table.several[number].plain

    def seen(self, text: str, look: Looked, step: Step) -> str:
        """A text that was looked over, with what this step's rules must not see hidden, sign for sign."""
        mask = self.masks.get(step)
        return text if mask is None else hidden(text, look.all(mask, text, 0, len(text)))


class _Kept:
    """Patterns while the rules are read: each once, by number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.patterns: list[re.Pattern[str]] = []

    def number(self, pattern: re.Pattern[str]) -> int:
        if pattern.pattern not in self._numbers:
            self._numbers[pattern.pattern] = len(self.patterns)
            self.patterns.append(pattern)
        return self._numbers[pattern.pattern]


def made(written: Written, likeness: Leaning = NONE) -> Rules:
    """The rules ready to be asked; raises `Refused` for a pattern that is wrong or could be slow."""
    ids = [rule.id for rule in written.rule]
    if len(set(ids)) < len(ids):
        raise Refused(f"规则编号重复 / a rule id stands twice: {next(one for one in ids if ids.count(one) > 1)}")
    groups = _groups(written.group)
    kept = _Kept()
    conduct = _keys((rule for rule in written.rule if rule.step == "conduct"), groups, kept)
    keys = conduct | _keys((rule for rule in written.rule if rule.step != "conduct"), groups, kept)
    masks = {step: kept.number(mask) for step, mask in _masks(written, groups).items()}
    first = len(kept.patterns)
    steps: dict[Step, tuple[Ready, ...]] = {}
    for rule in written.rule:
        steps[rule.step] = (*steps.get(rule.step, ()), _ready(rule, keys[rule.id], groups, kept))
    seal = _seal(written, groups, kept)
    known: dict[str, Branch] = {}
    several = [Several(pattern, known) for pattern in kept.patterns]
    of_conduct = len(set(conduct.values()))
    version = f"{written.version}+{likeness.version}" if likeness.version else written.version
    table, of_conduct_alone = Table(several, range(first)), Table(several, range(of_conduct))
    mark = f"{version}#{_hash(written, likeness)}"
    return Rules(version, seal, steps, masks, table, of_conduct_alone, likeness, mark)


def _hash(written: Written, likeness: Leaning) -> str:
    """A version is a name that people give: a rule corrected under the old one must not pass for it."""
    whole = msgspec.json.encode((MEANING, written, likeness.hash))
    return hashlib.sha256(whole).hexdigest()[:HASH_DIGITS]


def _keys(rules: Iterable[Rule], groups: dict[str, str], kept: _Kept) -> dict[str, int]:
    """The first need of each rule by its id; raises `Refused` for a rule that can never be right."""
    keys: dict[str, int] = {}
    for rule in rules:
        if rule.gives not in _GIVEN[rule.step]:
            raise Refused(f"步骤与结果不符 / a step cannot give that: {rule.id}: {rule.step} {rule.gives}")
        if rule.step == "conduct" and (rule.scope not in ("close", "sentence") or rule.never):
            raise Refused(f"密封规则只看一句 / a rule of conduct looks at one sentence: {rule.id}")
        if not rule.needs:
            raise Refused(f"规则没有条件 / a rule needs nothing: {rule.id}")
        keys[rule.id] = kept.number(_one(rule.needs[0], groups, rule.id))
    return keys


def _masks(written: Written, groups: dict[str, str]) -> dict[Step, re.Pattern[str]]:
    steps = dict.fromkeys(step for mask in written.mask for step in mask.steps)
    masks = {
        step: _any((p for mask in written.mask if step in mask.steps for p in mask.patterns), groups, f"mask {step}")
        for step in steps
    }
    return {step: mask for step, mask in masks.items() if mask is not None}


def _ready(rule: Rule, key: int, groups: dict[str, str], kept: _Kept) -> Ready:
    others = tuple(kept.number(_one(pattern, groups, rule.id)) for pattern in rule.needs[1:])
    unless, never = _any(rule.unless, groups, rule.id), _any(rule.never, groups, rule.id)
    return Ready(
        rule,
        key,
        others,
        kept.number(unless) if unless is not None else None,
        kept.number(never) if never is not None else None,
    )


def _seal(written: Written, groups: dict[str, str], kept: _Kept) -> Seal:
    conduct = [rule for rule in written.rule if rule.step == "conduct"]
    alone = [rule.needs[0] for rule in conduct if len(rule.needs) == 1]
    parts = msgspec.structs.asdict(written.sealing)
    parts["beside"] = [*parts["beside"], *alone]
    nothing = re.compile(_NEVER)
    compiled = {name: _any(patterns, groups, f"sealing.{name}") or nothing for name, patterns in parts.items()}
    return Seal(**{name: kept.number(pattern) for name, pattern in compiled.items()})


def _groups(written: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Each group as one expression; a group may use those written before it."""
    groups: dict[str, str] = {}
    for name, words in written.items():
        groups[name] = "(?:" + "|".join(_expanded(word, groups, name) for word in words) + ")"
    return groups


def _expanded(pattern: str, groups: dict[str, str], where: str) -> str:
    if _UNBOUNDED.search(pattern):
        raise Refused(f"规则不得无限重复 / a pattern repeats without bound: {where}: {pattern}")
    for sign, gap in _GAPS.items():
        pattern = pattern.replace(sign, gap)
    missing = [name for name in _GROUP.findall(pattern) if name not in groups]
    if missing:
        raise Refused(f"词组未定义 / no such group: {where}: {missing[0]}")
    return _GROUP.sub(lambda found: groups[found[1]], pattern)


def _any(patterns: Iterable[str], groups: dict[str, str], where: str) -> re.Pattern[str] | None:
    expanded = [_expanded(pattern, groups, where) for pattern in patterns]
    return _compiled("|".join(expanded), where) if expanded else None


def _one(pattern: str, groups: dict[str, str], where: str) -> re.Pattern[str]:
    return _compiled(_expanded(pattern, groups, where), where)


def _compiled(pattern: str, where: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise Refused(f"规则写法有误 / a pattern is no regular expression: {where}: {error}") from error
    if compiled.search(""):
        raise Refused(f"规则什么都匹配 / a pattern matches nothing at all: {where}")
    return compiled
