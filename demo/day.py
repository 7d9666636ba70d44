"""The day of a county that does not exist, read from story/*.toml into steps in the order of the clock; pure data."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["report", "again", "outcome", "refused"]
EXPECTED: Mapping[Kind, str] = {
    "report": "in_case",
    "again": "duplicate",
    "outcome": "recorded",
    "refused": "refused_at_door",
}
_NOT_DATA = {"channel", "id", "at", "matter", "rule"}
OFFSET = "+08:00"


@dataclass(frozen=True)
class Step:
    """One thing an agency hands in; `matter` is the case it is meant to end in, None for outcomes and refusals."""

    kind: Kind
    at: datetime
    channel: str
    event: Mapping[str, Any]
    matter: str | None = None
    rule: str | None = None

    @property
    def id(self) -> str:
        return str(self.event["id"])

    @property
    def title(self) -> str:
        return str(self.event["data"].get("title") or self.event["data"].get("reply") or "")


@dataclass(frozen=True)
class Day:
    """`matters` says in a sentence what each case is about; `sources` are the agencies' registered names."""

    name: str
    code: str
    search: str
    sources: Mapping[str, str]
    matters: Mapping[str, str]
    steps: tuple[Step, ...]

    @property
    def reports(self) -> list[Step]:
        return [step for step in self.steps if step.kind == "report"]


def load_day() -> Day:
    """The packaged story. Raises ValueError when an id comes twice or an outcome names no report."""
    folder = files("demo") / "story"
    chapters = [tomllib.loads(file.read_text("utf-8")) for file in sorted(folder.iterdir(), key=lambda f: f.name)]
    return make_day(chapters)


def make_day(chapters: list[dict[str, Any]]) -> Day:
    """The first chapter is the county, the others its reports."""
    county, *rest = chapters
    steps = sorted(_steps(rest, county["day"]), key=lambda step: step.at)
    _check(steps)
    matters = {chapter["matter"]: chapter["about"] for chapter in rest if "matter" in chapter}
    return Day(county["name"], county["code"], county["search"], county["sources"], matters, tuple(steps))


def _steps(chapters: Sequence[dict[str, Any]], day: str) -> Iterator[Step]:
    reports = [
        _step("report", told, day, told.get("matter") or chapter.get("matter") or told["id"])
        for chapter in chapters
        for told in chapter.get("report", ())
    ]
    yield from reports
    first = {step.id: step for step in reports}
    for chapter in chapters:
        yield from (_step("outcome", told, day) for told in chapter.get("outcome", ()))
        yield from (_step("refused", told, day) for told in chapter.get("refused", ()))
        yield from (_again(first[event_id]) for event_id in chapter.get("again", ()))


def _step(kind: Kind, told: Mapping[str, Any], day: str, matter: str | None = None) -> Step:
    at = f"{day}T{told['at']}:00{OFFSET}"
    data = {name: value for name, value in told.items() if name not in _NOT_DATA}
    when = "concluded_at" if kind == "outcome" else "occurred_at"
    event = {
        "specversion": "1.0",
        "id": told["id"],
        "type": f"wufang.{told['channel']}.{'outcome' if kind == 'outcome' else 'report'}.v1",
        "data": {**data, when: at},
    }
    return Step(kind, datetime.fromisoformat(at), told["channel"], event, matter, told.get("rule"))


def _again(step: Step) -> Step:
    """The same event word for word, two minutes later, as a sender does that saw no answer."""
    return Step("again", step.at + timedelta(minutes=2), step.channel, step.event)


def _check(steps: Iterable[Step]) -> None:
    ids = [step.id for step in steps if step.kind != "again"]
    if twice := {event_id for event_id in ids if ids.count(event_id) > 1}:
        raise ValueError(f"ids used twice in the story: {sorted(twice)}")
    named = {step.event["data"]["report"] for step in steps if step.kind == "outcome"}
    if unknown := named - set(ids):
        raise ValueError(f"outcomes of reports that the story does not tell: {sorted(unknown)}")
