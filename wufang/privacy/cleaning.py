"""Takes what is personal out of one report: masks strings, removes the reporter, says what was taken.

Identifiers (numbers that link reports) are never masked: one that looks like a phone or card is refused.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from wufang.privacy.masking import replace
from wufang.privacy.numbers import Kind, personal_number
from wufang.privacy.own import NOBODY, local_number, name_forms, said_name, said_number
from wufang.privacy.patterns import find_personal, looks_personal

REPORTER_FIELDS = ("reporter", "reporter_name", "reporter_phone", "reporter_id_card")
# The reporter's own data may stand in the text as well, in forms no pattern knows (a name, an extension).
_REPORTER_LITERALS = (
    ("reporter_name", Kind.NAME, 2),
    ("reporter_phone", Kind.PHONE, 7),
    ("reporter_id_card", Kind.ID_CARD, 8),
    ("reporter", Kind.NAME, 6),
)
# Hashes hold digits by chance; a link's post number is no bank card.
OPAQUE = frozenset({"images", "occurred_at", "received_at", "concluded_at"})
# Grid codes begin like phones of Hebei: what stands behind the county's six digits is looked at, as a whole.
GRID_CODE = "grid_code"
SHORTEST = 6  # signs; nothing personal has a shorter form
LINKS = frozenset({"link"})
Literals = tuple[tuple[str, Kind], ...]


@dataclass(slots=True)
class Cleaned:
    """`data` may enter the log; `personal` is {path: original} to encrypt; `refused` are identifiers."""

    data: dict[str, Any]
    personal: dict[str, str] = field(default_factory=dict)
    reporter: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[str, Kind]] = field(default_factory=list)
    named: bool = False  # the event's own id holds the reporter's name or number


def clean(
    data: dict[str, Any], identifiers: Collection[str] = ("number", "related", "report"), also: str | None = None
) -> Cleaned:
    """A new report without personal data; what stands in fields named as `identifiers` is only looked at.

    `also` is the event's id, looked at like them.
    """
    cleaned = Cleaned({})
    for name in REPORTER_FIELDS:
        if data.get(name):
            cleaned.reporter[name] = cleaned.personal[name] = data[name]
    literals = tuple(
        (cleaned.reporter[name], kind)
        for name, kind, least in _REPORTER_LITERALS
        if len(cleaned.reporter.get(name, "")) >= least
    )
    names = _names(cleaned.reporter.get("reporter_name", ""))
    own = tuple((text, kind) for text, kind in literals if text != data.get("reporter") and text not in NOBODY)
    own += tuple((name, Kind.NAME) for name in names)
    local = local_number(cleaned.reporter.get("reporter_phone", ""))
    walk = _Walk(cleaned, literals, own, names, local, frozenset(identifiers) - LINKS)
    cleaned.data = {key: walk.value(value, key, key) for key, value in data.items() if key not in REPORTER_FIELDS}
    if also is not None and _named(also, own) is not None:
        cleaned.named = True
    return cleaned


def _names(name: str) -> tuple[str, ...]:
    """The reporter's name in every form it may be said in, of nobody none."""
    return name_forms(name) if name in NOBODY or len(name) < 2 else (name, *name_forms(name))


def _named(text: str, own: Literals) -> Kind | None:
    """Whether an identifier holds the reporter's own name or number, as file names like to."""
    return next((kind for literal, kind in own if literal in text), None)


@dataclass(slots=True)
class _Walk:
    """Goes through every value, whatever its depth; what it takes out is noted in `cleaned`."""

    cleaned: Cleaned
    literals: Literals
    own: Literals  # of the literals those that no identifier may hold
    names: tuple[str, ...]
    local: str | None  # the reporter's number without an area code
    identifiers: frozenset[str]

    def value(self, value: Any, name: str, path: str) -> Any:
        """The value without personal patterns; `name` is the nearest field name above it."""
        if isinstance(value, str):
            return self._string(value, name, path)
        if isinstance(value, dict):
            return {self._key(key): self.value(inner, key, f"{path}.{key}") for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner, name, f"{path}.{index}") for index, inner in enumerate(value)]
        return value

    def _string(self, value: str, name: str, path: str) -> str:
        if name in OPAQUE:
            return value
        if name == GRID_CODE:
            return self._grid_code(value, path)
        if name in self.identifiers:
            return self._identifier(value, path)
        return self._text(value, path, link=name in LINKS)

    def _text(self, text: str, path: str, *, link: bool) -> str:
        clean_text = text
        for literal, kind in self.literals:
            if literal in clean_text:
                clean_text = clean_text.replace(literal, f"[{kind}]")
        clean_text = self._without_own(clean_text)
        spans = find_personal(clean_text) if len(clean_text) >= SHORTEST else []
        if spans and link:
            spans = [span for span in spans if span.kind is not Kind.BANK_CARD or looks_personal(clean_text)]
        if spans:
            clean_text = replace(clean_text, spans)
        if clean_text is not text and clean_text != text:
            self.cleaned.personal[path] = text
        return clean_text

    def _without_own(self, text: str) -> str:
        """Without the reporter's name in other forms, and their landline as it is told at home."""
        for name in self.names:
            spans = list(said_name(text, name))
            text = replace(text, spans) if spans else text
        return text if self.local is None else replace(text, list(said_number(text, self.local)))

    def _identifier(self, text: str, path: str) -> str:
        kind = looks_personal(text) or _named(text, self.own)
        if kind is not None:
            self.cleaned.refused.append((path, kind))
        return text

    def _grid_code(self, code: str, path: str) -> str:
        kind = personal_number(code[6:].replace("-", ""))
        if kind is not None:
            self.cleaned.refused.append((path, kind))
        return code

    def _key(self, key: str) -> str:
        """A field name is the contract's; one that carries a number is not, and nothing of it is kept."""
        kind = looks_personal(key)
        return key if kind is None else f"[{kind}]"
