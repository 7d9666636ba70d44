"""One report from what was posted to what enters the log: checked, screened, placed, cleaned, sealed, coded.

It holds keys but no state between reports, reads no clock and sends nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import msgspec
import orjson
from pydantic import BaseModel

from wufang.adapters.conduct import FILES, Taken, matter_of, names_conduct, take_conduct
from wufang.adapters.http_problems import FieldError
from wufang.adapters.key_file import ApiKey
from wufang.domain.ids import cause
from wufang.domain.triage import Danger, Over, Rules, by_itself, few, look_over
from wufang.privacy.cleaning import LINKS, Cleaned, clean
from wufang.privacy.content import content_mac
from wufang.privacy.encryption import Encrypted, encrypt
from wufang.privacy.keyring import KeyRing, RandomBytes
from wufang.privacy.numbers import Kind
from wufang.privacy.patterns import looks_personal
from wufang.privacy.pseudonym import pseudonym
from wufang.wire.inputs import Proposed, wire_time

# Bytes of one event, below the topics' 1 MiB: a record that the broker refuses would cost the whole producer.
RECORD_LIMIT = 900_000
COUNTY_DIGITS = 6
HELD = "conduct"  # the name of a held part in a report's encrypted field
LONGEST_RECEIPT = "0" * 128  # of a sealed part: how long a place's own system may make them
LONGEST_VERSION = 64  # of the rules, as the store's contract has it
LONGEST_MARK = 128  # the rules' mark on an event, as its schema has it; without a mark the ledger asks again
CLOCK_ERROR_MS = 86_400_000  # an agency's clock or zone may be wrong by hours, not by more than a day


class ChannelSpec(Protocol):
    """What the door asks of a channel; `read` returns (submission, ()) or (None, what is wrong)."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def report_type(self) -> str: ...
    @property
    def events(self) -> Mapping[str, type[BaseModel]]: ...
    @property
    def identifiers(self) -> frozenset[str]: ...
    @property
    def prose(self) -> frozenset[str]: ...
    def read(self, event: object) -> tuple[Any, tuple[FieldError, ...]]: ...


class Ready(NamedTuple):
    """A report that may be published: `sealed` first (its data key), then `value` under `key`.

    `concerns` is the cause of the report whose outcome this is, empty for a report.
    """

    id: str
    cause: str
    content: str
    key: bytes
    value: bytes
    encrypted: Encrypted | None
    concerns: str = ""


class _Draft(NamedTuple):
    """What is known of a report before its data key is made."""

    submission: Any
    key: ApiKey
    jurisdiction: str
    accepted_at: str
    content: str
    cleaned: Cleaned
    proposed: Proposed | None  # by rules that found nothing to seal in just what is published


class Unsealed(NamedTuple):
    """A report with a part about officials' conduct: `entry` goes to the discipline office first, then the rest.

    In `danger` (110, 119, 120) the rest goes at once, see `Door.held`.
    """

    id: str
    cause: str
    content: str
    entry: dict[str, Any]
    danger: Danger | None
    draft: _Draft
    concerns: str = ""


class Refused(NamedTuple):
    """A report that may not; `id` is empty when the sender gave none that can be repeated."""

    id: str
    errors: tuple[FieldError, ...]


class Door:
    """The door of one channel."""

    def __init__(self, spec: ChannelSpec, ring: KeyRing, random_bytes: RandomBytes, rules: Rules) -> None:
        self._spec = spec
        self._ring = ring
        self._random_bytes = random_bytes
        self._rules = rules

    def prepare(self, event: object, key: ApiKey, accepted_at: str) -> Ready | Refused | Unsealed:
        """Everything that happens to one report before it is published; `accepted_at` is wire time."""
        try:
            return self._prepared(event, key, accepted_at)
        finally:
            self._rules.likeness.forget()

    def _prepared(self, event: object, key: ApiKey, accepted_at: str) -> Ready | Refused | Unsealed:
        submission, errors = self._spec.read(event)
        if errors:
            return Refused(_id_of(event), errors)
        data = submission.data.wire()
        jurisdiction, wrong = _placed(submission.jurisdiction, data.get("grid_code"), key)
        wrong += _unplaced(submission, self._spec.report_type, key) + _wrong_source(submission.source, key)
        wrong += _wrong_time(data, accepted_at)
        over = look_over(matter_of(self._spec.name, data), self._rules)
        taken = take_conduct(self._spec.name, data, self._spec.prose, self._rules, over)
        cleaned = clean(data if taken is None else taken.data, self._spec.identifiers, submission.id)
        wrong += [_personal_number(f"data.{path}") for path, _ in cleaned.refused]
        telling = self._telling(data)
        wrong += [_telling_number(f"data.{path}") for path in telling]
        if cleaned.named:
            wrong.append(_personal_number("id"))
        told = names_conduct(self._spec.name, submission.id, self._rules)
        if told:
            wrong.append(_telling_number("id"))
        if wrong:
            return Refused("" if cleaned.named or told else _id_of(event), tuple(wrong))
        code = content_mac(self._ring.content, event["data"])  # type: ignore[index]  # read() accepted it: a mapping
        plain = taken is None and submission.type == self._spec.report_type and _same_words(data, cleaned.data)
        proposed = self._proposed(cleaned.data, over) if plain else None
        draft = _Draft(submission, key, jurisdiction, accepted_at, code, cleaned, proposed)
        return self._ready(draft) if taken is None else self._unsealed(draft, taken, self._restored(draft, data))

    def _proposed(self, data: dict[str, Any], over: Over) -> Proposed | None:
        """What the ledger stream would propose by the same rules, which it then need not ask.

        `over`: the same title and text, looked over.
        """
        mark = self._rules.mark
        if not 0 < len(mark) <= LONGEST_MARK:
            return None
        matter = msgspec.structs.replace(matter_of(self._spec.name, data), screened=mark)
        found = by_itself(matter, self._rules, over)
        return Proposed(found.danger, found.lane, found.tags, few(found.facts))

    def _telling(self, data: dict[str, Any]) -> list[str]:
        """Paths of numbers that say what an official did; they link reports, so they cannot be left out."""
        names = self._spec.identifiers - FILES - LINKS
        return [path for path, value in _strings(data, names) if names_conduct(self._spec.name, value, self._rules)]

    def _restored(self, draft: _Draft, data: dict[str, Any]) -> dict[str, Any]:
        """What sealing changed, as it would have been published: cleaned with the reporter's own data at hand, which
        the office has not. An identifier that may not be published stays away for good."""
        whole = clean(data, self._spec.identifiers, draft.submission.id)
        for path, _ in whole.refused:
            _leave_out(whole.data, path.split("."))
        return {name: value for name, value in whole.data.items() if value != draft.cleaned.data.get(name)}

    def sealed(self, one: Unsealed, receipt: str) -> Ready | Refused:
        """The rest of a report whose part the discipline office has: its receipt says so to the books."""
        return self._ready(one.draft, {"receipt": receipt, **_called(one.danger)})

    def held(self, one: Unsealed) -> Ready | Refused:
        """The rest of a report in danger whose part the office did not take in time.

        The part goes along in the report's own encrypted field and waits there to be handed over.
        """
        return self._ready(one.draft, {"held": True, **_called(one.danger)}, {HELD: orjson.dumps(one.entry).decode()})

    def _unsealed(self, draft: _Draft, taken: Taken, restored: dict[str, Any]) -> Unsealed | Refused:
        entry: dict[str, Any] = {
            "jurisdiction": draft.jurisdiction,
            "channel": self._spec.name,
            "source": draft.key.source,
            "number": draft.submission.id,
            "up": taken.up,
            "rules": self._rules.version[:LONGEST_VERSION],
            "content": draft.content,
            "parts": taken.parts,
            "restored": restored,
        }
        if "report" in draft.cleaned.data:
            entry["of"] = draft.cleaned.data["report"]
        whole = self._ready(
            draft, {"receipt": LONGEST_RECEIPT, **_called(taken.danger)}, {HELD: orjson.dumps(entry).decode()}
        )
        if isinstance(whole, Refused):
            return whole
        return Unsealed(whole.id, whole.cause, whole.content, entry, taken.danger, draft, whole.concerns)

    def _ready(
        self, draft: _Draft, conduct: Mapping[str, Any] | None = None, more: Mapping[str, str] | None = None
    ) -> Ready | Refused:
        submission, key, jurisdiction = draft.submission, draft.key, draft.jurisdiction
        personal = {**draft.cleaned.personal, **(more or {})}
        encrypted = encrypt(self._ring, personal, self._random_bytes) if personal else None
        data = self._completed(draft, encrypted)
        if conduct is not None:
            data["conduct"] = conduct
        envelope = self._envelope(submission, key, jurisdiction, draft.accepted_at, draft.content, data)
        value = orjson.dumps(envelope)
        if len(value) > RECORD_LIMIT:
            return Refused(submission.id, (_too_long(),))
        named = cause(key.source, submission.id, jurisdiction)
        of = data.get("report")
        concerns = cause(key.source, of, jurisdiction) if of is not None else ""
        return Ready(submission.id, named, draft.content, jurisdiction.encode(), value, encrypted, concerns)

    def _completed(self, draft: _Draft, encrypted: Encrypted | None) -> dict[str, Any]:
        """The cleaned data with what the door adds: the number, the pseudonym, the encrypted field."""
        data, event, source = dict(draft.cleaned.data), draft.submission, draft.key.source
        if event.type == self._spec.report_type:
            data.setdefault("number", event.id)
            if draft.proposed is not None:
                data |= {"screened": self._rules.mark, "proposed": msgspec.to_builtins(draft.proposed)}
        reporter = draft.cleaned.reporter
        known = pseudonym(self._ring.pseudonym, reporter, source) if reporter else None
        if known is not None:
            data["reporter"] = known
        if encrypted is not None:
            data["sealed"] = encrypted.field
        return data

    def _envelope(
        self,
        event: Any,
        key: ApiKey,
        jurisdiction: str,
        accepted_at: str,
        code: str,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        kind = event.type.split(".")[2]
        return {
            "specversion": "1.0",
            "id": event.id,
            "source": key.source,
            "type": event.type,
            "time": data["occurred_at" if kind == "report" else "concluded_at"],
            "datacontenttype": "application/json",
            "dataschema": f"schemas/events/{self._spec.name}/{kind}.v1.schema.json",
            "jurisdiction": jurisdiction,
            "acceptedat": accepted_at,
            "contentmac": code,
            "data": data,
        }


def _same_words(posted: Mapping[str, Any], published: Mapping[str, Any]) -> bool:
    """Whether title and text were published as they were posted: what was masked may read otherwise."""
    return all(posted.get(name) == published.get(name) for name in ("title", "text"))


def _called(danger: Danger | None) -> dict[str, str]:
    """What the ledger could not see in the rest."""
    return {} if danger is None else {"danger": danger}


def _id_of(event: object) -> str:
    """The sender's id, to tell the items apart; one that may hold a person's number is not repeated."""
    given = event.get("id") if isinstance(event, Mapping) else None
    plain = isinstance(given, str) and len(given) <= 128 and given.isprintable()
    return given if plain and looks_personal(given) is None else ""  # type: ignore[arg-type, return-value]


def _placed(given: str | None, grid_code: str | None, key: ApiKey) -> tuple[str, list[FieldError]]:
    """The county given, else the grid code's, else the key's own authority; never a guess beyond that."""
    if given is not None:
        field, code = "jurisdiction", given
    elif grid_code is not None:
        field, code = "data.grid_code", grid_code[:6]
    else:
        field, code = "jurisdiction", key.authority
    return code, [] if code.startswith(key.jurisdiction) else [_outside(field, key)]


def _unplaced(event: Any, report_type: str, key: ApiKey) -> list[FieldError]:
    """A grid code may have placed its report: filed under the authority, the outcome would be refused for good."""
    if event.type == report_type or event.jurisdiction is not None or len(key.jurisdiction) == COUNTY_DIGITS:
        return []
    message = "办理结果须写明所办件的县级行政区划代码：本密钥可报多个县区，仅凭编号无法确定是哪个县区的件"
    return [FieldError("jurisdiction", "required", message, key.authority)]


def _outside(field: str, key: ApiKey) -> FieldError:
    message = f"不在本密钥的行政区划之内（须以 {key.jurisdiction} 开头）"
    return FieldError(field, "outside_jurisdiction", message, key.authority)


def _wrong_source(given: str | None, key: ApiKey) -> list[FieldError]:
    if given is None or given == key.source:
        return []
    return [FieldError("source", "source_mismatch", "来源须与密钥登记的来源一致，也可以不填", key.source)]


def _wrong_time(data: Mapping[str, Any], accepted_at: str) -> list[FieldError]:
    """A wrong year would keep a matter open to links, and first in every list, until that year comes."""
    field, label = ("occurred_at", "发生时间") if "occurred_at" in data else ("concluded_at", "办结时间")
    if data[field] <= _latest(accepted_at):  # wire times are all of one form, so their order is that of their letters
        return []
    message = f"{label}晚于当前时间一天以上；请核对年份和时区"
    return [FieldError(f"data.{field}", "in_the_future", message, "2026-03-05T09:30:00+08:00")]


@lru_cache(4)  # one post has one time of acceptance
def _latest(accepted_at: str) -> str:
    return wire_time(round(datetime.fromisoformat(accepted_at).timestamp() * 1000) + CLOCK_ERROR_MS)


def _personal_number(field: str) -> FieldError:
    message = f"编号或文件名看上去含{Kind.PHONE}、{Kind.ID_CARD}、{Kind.BANK_CARD}号码或诉求人姓名；请改用业务编号"
    return FieldError(field, "personal_number", message, "RX-2026-000123")


def _telling_number(field: str) -> FieldError:
    message = "编号看上去写有反映公职人员的内容；请改用业务编号，具体情况写在内容里"
    return FieldError(field, "telling_number", message, "RX-2026-000123")


def _strings(value: Any, names: frozenset[str], name: str = "", path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of the strings in fields of these names, at any depth."""
    if isinstance(value, str):
        if name in names:
            yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, names, key, f"{path}.{key}" if path else key)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _strings(inner, names, name, f"{path}.{place}")


def _leave_out(data: dict[str, Any], path: list[str]) -> None:
    """Without the field below the top in which the path ends: a list of names goes whole."""
    inner = data.get(path[0])
    if isinstance(inner, dict) and len(path) > 1:
        data[path[0]] = {name: value for name, value in inner.items() if name != path[1]}
    else:
        data.pop(path[0], None)


def _too_long() -> FieldError:
    return FieldError("data", "too_large", f"一件最多 {RECORD_LIMIT // 1000} KB，请缩短内容")
