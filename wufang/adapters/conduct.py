"""Takes the part about officials' conduct out of one submission (专题受理); pure, the rules are given.

What is published says as little as it can of there having been such a part: what was taken from prose leaves dots,
which no search finds, and a field that might name the accused or the kind of matter is left out whole, files too.
"""

import re
from collections.abc import Collection, Iterator
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from msgspec import structs

from wufang.domain.triage import (
    PLACEHOLDER,
    Conduct,
    Danger,
    Matter,
    Over,
    Rules,
    Span,
    about_what_is_left,
    danger,
    kind_of,
    look_over,
    redacted,
    redacted_accused,
    screen,
    screen_field,
    screen_with,
    sealed_text,
)
from wufang.privacy.markup import Shown, joined

MARK = "……"  # in place of the rules' own words: those would be found by a search, and counted
# 诉求类型, 信访目的, 事项类型: 举报 and 检举控告 tell what the dots stand for.
KINDS = ("request_type", "purpose", "kind")
# Organisations that handle or register; every other prose field of a report with a sealed part goes to the office.
KEPT = frozenset({"address", "lead", "supporting", "registered_by", "platform", "organisation"})
_NAMED = frozenset({"lead", "supporting", "registered_by", "organisation"})  # go too where the sealed part names them
# References to files: what they are called says what they show. Images are named by their content.
FILES = frozenset({"evidence", "photos_before", "photos_after", "images"})
FEWEST, MOST = 4, 8  # signs, the mark with them, of a sentence that may be left: 施工队 alone may be who paid
MOST_PARTS = 200  # of one entry, as the store's contract has it
TITLE = 30  # characters of a title made here
# Who may have paid, and how much: 电梯公司, 物业给五万.
_PAID = re.compile(
    r"公司|集团|企业|中介|老板|经理|开发商|[队厂店]$|[0-9０-９一二两三四五六七八九十百千万几半][万千百元块]"
)
_END = re.compile(r"[。！？!?；;\n]")
_JOINTS = re.compile(r"[\s_-]+")  # within a file's name or a number
_SPLITS = re.compile(r"[/.]+")
_HAN = re.compile(r"[一-龥]")
_ELSEWHERE = frozenset({"title", "text", "reply", "accused"})  # at the top of a submission: not looked at as details


class Taken(NamedTuple):
    """`data` may be cleaned and published; `parts` are {field, start, text} for the office alone, `up` one level up."""

    data: dict[str, Any]
    parts: list[dict[str, Any]]
    up: bool
    danger: Danger | None


def take_conduct(
    channel: str, data: dict[str, Any], prose: Collection[str], rules: Rules, over: Over | None = None
) -> Taken | None:
    """The submission without its conduct part, None when there is none. `prose` are the names of fields of words.

    `over` is its look over `matter_of` it, where there was one.
    """
    matter = matter_of(channel, data)
    over = over or look_over(matter, rules)
    conduct, beside = screen_with(over, matter.accused, _beside(data, prose), rules)
    conduct = _as_read(matter, conduct, rules)
    if conduct is None and beside is None:
        return None
    parts: list[dict[str, Any]] = []
    left = _without_spans(data, matter, conduct, parts)
    sealed = sealed_text(matter.title, matter.text, conduct) if conduct is not None else ""
    _drop_accused(left, conduct or beside, sealed, channel, rules, parts)
    left = dict(_Walk(frozenset(prose), channel, sealed, rules, parts).items(left, ""))
    if not parts:
        return None
    up = any(one.up for one in (conduct, beside) if one is not None)
    return Taken(left, _bounded(parts, data), up, danger(matter, rules, conduct)[0])


def _as_read(matter: Matter, conduct: Conduct | None, rules: Rules) -> Conduct | None:
    """What is found too where tags, unseen signs, blanks or full lines cut the words up: at its places in the text."""
    read = {"title": joined(matter.title), "text": joined(matter.text)}
    words = {name: one.text for name, one in read.items() if one is not None}
    found = screen(structs.replace(matter, **words), rules) if words else None
    if found is None:
        return conduct
    whole = {"title": matter.title, "text": matter.text}
    spans = [one for span in found.spans for one in _written(span, read[span.field], whole[span.field], rules)]
    known = () if conduct is None else (conduct,)
    return Conduct(
        tuple(_merged(sorted([*spans, *(span for one in known for span in one.spans)]))),
        found.up or any(one.up for one in known),
        (*found.facts, *(fact for one in known for fact in one.facts)),
    )


def _written(span: Span, read: Shown | None, whole: str, rules: Rules) -> Iterator[Span]:
    """A span at its places in the text as it was written, without short sentences that were read as one with it and are
    plainly about another matter."""
    if read is None:
        yield span
        return
    joints = (at for at in range(span.start + 1, span.end) if _END.search(whole, read.ends[at - 1], read.starts[at]))
    pieces = list(pairwise([span.start, *joints, span.end]))
    told = [not _is_left(read.text[start:end], rules) for start, end in pieces]
    told = told if any(told) else [True] * len(told)  # where only all of it together tells of it
    for sealed, group in groupby(zip(told, pieces, strict=True), key=itemgetter(0)):
        if sealed:
            bounds = [piece for _, piece in group]
            yield Span(span.field, read.starts[bounds[0][0]], read.ends[bounds[-1][1] - 1])


def _is_left(piece: str, rules: Rules) -> bool:
    if not FEWEST <= len(piece) <= MOST or _PAID.search(piece.rstrip("。！？!?；;…")):
        return False
    return about_what_is_left(piece, rules)


def _merged(spans: list[Span]) -> Iterator[Span]:
    """Spans in order; those that overlap or touch are one."""
    last: Span | None = None
    for span in spans:
        if last is not None and last.field == span.field and span.start <= last.end:
            last = Span(last.field, last.start, max(last.end, span.end))
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _plain(words: str) -> str:
    read = joined(words)
    return words if read is None else read.text


def names_conduct(channel: str, name: str, rules: Rules) -> bool:
    """Whether a number or the name of a file says what an official did; such numbers cannot be sealed, only refused."""
    return _HAN.search(name) is not None and screen_field(channel, _spoken(name), rules) is not None


def _spoken(name: str) -> str:
    """A number or a file's path as words: 王局长_收红包.jpg is a sentence."""
    return _SPLITS.sub("\n", _JOINTS.sub("", name))


def _bounded(parts: list[dict[str, Any]], data: dict[str, Any]) -> list[dict[str, Any]]:
    """No more parts than the store takes: of a field in very many pieces the office gets the whole."""
    for field in ("text", "reply", "title"):
        if len(parts) > MOST_PARTS and field in data:
            others = [part for part in parts if part["field"] != field]
            parts = [{"field": field, "start": 0, "text": data[field]}, *others]
    return parts


def matter_of(channel: str, data: dict[str, Any]) -> Matter:
    """A submission as the rules see it, of whose report the ledger makes the same; an outcome is its reply."""
    text, kind = data.get("text", data.get("reply", "")), kind_of(data.get("details") or {})
    return Matter(channel, data.get("title", ""), text, data.get("category"), data.get("accused"), kind)


def _beside(data: dict[str, Any], prose: Collection[str]) -> str:
    """All other fields of words, a line each; whom it accuses is often told with what they did."""
    beside = {name: value for name, value in data.items() if name not in _ELSEWHERE or name == "accused"}
    return "\n".join(_words(beside, "", prose))


def _words(value: Any, name: str, prose: Collection[str]) -> Iterator[str]:
    if isinstance(value, str):
        if name in prose:
            yield _plain(value)
        elif name in FILES and _HAN.search(value):
            yield _spoken(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _words(inner, key, prose)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner, name, prose)


def _without_spans(
    data: dict[str, Any], matter: Matter, conduct: Conduct | None, parts: list[dict[str, Any]]
) -> dict[str, Any]:
    left = dict(data)
    if conduct is None:
        return left
    body = "text" if "text" in data else "reply"
    names = {"title": "title", "text": body}
    whole = {"title": matter.title, "text": matter.text}
    for span in conduct.spans:
        text = whole[span.field][span.start : span.end]
        parts.append({"field": names[span.field], "start": span.start, "text": text})
    title, text = (one.replace(PLACEHOLDER, MARK) for one in redacted(matter.title, matter.text, conduct))
    title = _headed(text) if title == MARK else title
    return left | {name: value for name, value in (("title", title), (body, text)) if name in data}


def _headed(text: str) -> str:
    """A title from what is left of the text, for one that was sealed whole: a list of dots would be a list of these."""
    sentences = (one.strip() for one in _END.split(text.replace(MARK, "\n")))
    return next((one[:TITLE] for one in sentences if any(sign.isalnum() for sign in one)), MARK)


def _drop_accused(
    left: dict[str, Any], conduct: Conduct | None, sealed: str, channel: str, rules: Rules, parts: list[dict[str, Any]]
) -> None:
    accused = left.get("accused")
    if accused is None:
        return
    kept = redacted_accused(accused, conduct, sealed, rules)
    if kept is None or screen_field(channel, _plain(accused), rules) is not None:
        parts.append({"field": "accused", "start": 0, "text": accused})
        del left["accused"]


class _Walk(NamedTuple):
    """Leaves out every field of words but those kept, and of the kept those that say too much; they go to `parts`."""

    prose: frozenset[str]
    channel: str
    sealed: str
    rules: Rules
    parts: list[dict[str, Any]]

    def items(self, data: dict[str, Any], path: str) -> Iterator[tuple[str, Any]]:
        for name, value in data.items():
            untouched = not path and name in _ELSEWHERE
            kept = value if untouched else self.value(value, name, f"{path}{name}")
            if kept is not None:
                yield name, kept

    def value(self, value: Any, name: str, path: str) -> Any:
        """What is left of a value; None for nothing."""
        if isinstance(value, dict):
            return dict(self.items(value, f"{path}."))
        if isinstance(value, list | tuple):
            left = [self.value(one, name, f"{path}.{place}") for place, one in enumerate(value)]
            return [one for one in left if one is not None]
        if not isinstance(value, str) or not self.tells(value, name):
            return value
        self.parts.append({"field": path, "start": 0, "text": value})
        return None

    def tells(self, value: str, name: str) -> bool:
        """Whether a field must go: all words but those kept, and those too if they say or repeat what was sealed."""
        if name not in KEPT:
            return name in self.prose or name in KINDS or name in FILES
        repeats = name in _NAMED and value in self.sealed
        return repeats or screen_field(self.channel, _plain(value), self.rules) is not None
