"""One channel as its door sees it: the models, the checks and one call that reads a submission; no I/O."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, create_model

from services.channel.checks import Check, authorless_identifiers, clean_identifiers
from services.channel.errors import MOST_ERRORS, explain, models_of
from services.channel.refusals import MOST_FIELDS, refused
from services.channel.report import PERSONAL_FIELDS, CommonReport, Outcome, ReportOfPerson, Submission
from wufang.adapters.http_problems import FieldError

Errors = tuple[FieldError, ...]


@dataclass(frozen=True)
class ChannelSpec:
    """`read` is the door's one call; the rest describes the channel to generators and importers."""

    name: str
    label: str
    report: type[CommonReport[Any]]
    outcome: type[Outcome] = Outcome
    checks: tuple[Check, ...] = ()

    @property
    def takes_reporter(self) -> bool:
        """Whether a person may stand behind a report (舆情 takes none)."""
        return issubclass(self.report, ReportOfPerson)

    @property
    def report_type(self) -> str:
        return f"wufang.{self.name}.report.v1"

    @property
    def outcome_type(self) -> str:
        return f"wufang.{self.name}.outcome.v1"

    @cached_property
    def events(self) -> dict[str, type[Submission]]:
        """Event type to the model of a whole submission of it."""
        return {
            self.report_type: _event_model(self.report_type, self.report),
            self.outcome_type: _event_model(self.outcome_type, self.outcome),
        }

    @cached_property
    def known_fields(self) -> frozenset[str]:
        """Every field name of the channel, at any depth."""
        return frozenset(_names(self.report) | _names(self.outcome))

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Names of the string fields that are no prose (numbers, references, links): never masked."""
        both = _named(self.report, _is_identifier) | _named(self.outcome, _is_identifier)
        return frozenset(both) - set(PERSONAL_FIELDS)

    @cached_property
    def prose(self) -> frozenset[str]:
        """Names of the fields that hold words of people, at any depth."""
        return frozenset(_named(self.report, _is_prose) | _named(self.outcome, _is_prose))

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        report, outcome = self.events.values()
        either: Any = Annotated[Union[report, outcome], Field(discriminator="type")]  # noqa: UP007
        return TypeAdapter(either)

    def read(self, event: object) -> tuple[Any, Errors]:
        """(submission, ()) or (None, what is wrong). `event` is decoded JSON; it is not changed.

        The submission has `.id .type .source .time .jurisdiction .data`; `.data.wire()` is the checked JSON
        of the report or outcome, still with the reporter's personal fields, which the door replaces.
        """
        errors = self._refused(event)
        if errors:
            return None, errors
        try:
            submission = self._adapter.validate_python(event)
        except ValidationError as error:
            return None, self._explained(event, error)
        errors = tuple(self._checked(submission))
        return (None, errors) if errors else (submission, ())

    def _refused(self, event: object) -> Errors:
        if not isinstance(event, dict):
            return (FieldError("", "model_type", "须为一个 CloudEvents JSON 对象"),)
        if len(event) > MOST_FIELDS:
            return (FieldError("", "too_many_fields", "字段太多"),)
        found = refused(event.get("data"), self.known_fields, authorless=not self.takes_reporter)
        return tuple(found[:MOST_ERRORS])

    def _explained(self, event: object, error: ValidationError) -> Errors:
        given = event.get("type") if isinstance(event, dict) else None
        model = self.events.get(given, Submission) if isinstance(given, str) else Submission
        return explain(model, error)

    def _checked(self, submission: Submission) -> list[FieldError]:
        found = list(clean_identifiers("id", [submission.id]))
        data: Any = getattr(submission, "data")  # noqa: B009  # only the concrete event models declare it
        if isinstance(data, CommonReport):
            found += [error for check in self.checks for error in check(data)]
        else:
            found += clean_identifiers("data.report", [data.report])
        if not self.takes_reporter:
            found += authorless_identifiers(submission)
        return found


def _event_model(name: str, data: type[BaseModel]) -> type[Submission]:
    literal: Any = Literal[name]
    return create_model(
        "".join(part.title() for part in name.replace("_", ".").split(".")[1:-1]) + "Event",
        __base__=Submission,
        type=(literal, Field(title="事件类型", examples=[name])),
        data=(data, Field(title="内容")),
    )


def _names(model: type[BaseModel]) -> set[str]:
    inner = (each for models in models_of(model).values() for each in models)
    return set(model.model_fields).union(*map(_names, inner))


def _named(model: type[BaseModel], chosen: Callable[[dict[str, Any]], bool]) -> set[str]:
    schema = model.model_json_schema()
    objects = [schema, *schema.get("$defs", {}).values()]
    fields = [item for each in objects for item in each.get("properties", {}).items()]
    return {name for name, field in fields if chosen(field)}


def _strings(field: dict[str, Any]) -> list[dict[str, Any]]:
    found = [choice.get("items", choice) for choice in field.get("anyOf", [field])]
    return [one for one in found if one.get("type") == "string"]


def _is_identifier(field: dict[str, Any]) -> bool:
    return any(not string.get("x-prose") and "format" not in string for string in _strings(field))


def _is_prose(field: dict[str, Any]) -> bool:
    return any(string.get("x-prose") for string in _strings(field))
