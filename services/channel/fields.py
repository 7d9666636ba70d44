"""The field types all channels share: bounded, strict, with Chinese names; types only, no decisions."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self, cast

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

TIME_EXAMPLE = "2026-03-05T09:30:00+08:00"
DAY_EXAMPLE = "2026-03-05"
_DAY = "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME_PATTERN = f"^{_DAY}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{{1,9}})?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})$"
DAY_PATTERN = f"^{_DAY}$"


def to_rfc3339(moment: datetime) -> str:
    """A time as it stands on the topics: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class _Moment:
    """A string first (no Unix numbers), then a time with an offset; both steps run inside pydantic-core."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.chain_schema(
            [
                core_schema.str_schema(pattern=TIME_PATTERN, max_length=40),
                core_schema.datetime_schema(tz_constraint="aware"),
            ],
            serialization=core_schema.plain_serializer_function_ser_schema(
                to_rfc3339, return_schema=core_schema.str_schema()
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": "date-time", "pattern": TIME_PATTERN, "maxLength": 40}


class _Day:
    """A calendar day as a string, YYYY-MM-DD."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.chain_schema(
            [core_schema.str_schema(pattern=DAY_PATTERN, max_length=10), core_schema.date_schema()],
            serialization=core_schema.plain_serializer_function_ser_schema(
                date.isoformat, return_schema=core_schema.str_schema()
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": "date", "pattern": DAY_PATTERN, "maxLength": 10}


def _prose(longest: int) -> Any:
    """Words of people: the door masks personal data in them."""
    return Field(min_length=1, max_length=longest, json_schema_extra={"x-prose": True})


Time = Annotated[datetime, _Moment()]
Day = Annotated[date, _Day()]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000_000)]
Title = Annotated[str, _prose(200)]
Text = Annotated[str, _prose(10_000)]
Prose = Annotated[str, _prose(4_000)]
Line = Annotated[str, _prose(200)]
Organisation = Annotated[str, _prose(100)]
Number = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9A-Za-z一-龥〇(\[（〔【][0-9A-Za-z一-龥〇 ._:/#()\[\]（）〔〕【】－—-]{0,127}$", max_length=128
    ),
]
GridCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}[0-9A-Za-z-]{0,24}$", max_length=30)]
FileRef = Annotated[
    str,
    StringConstraints(
        pattern=r"^(https://[0-9A-Za-z.-]+(:[0-9]{1,5})?/)?[0-9A-Za-z一-龥〇_][0-9A-Za-z一-龥〇 ()（）_./-]{0,299}$",
        max_length=400,
    ),
]
Account = Annotated[str, StringConstraints(min_length=1, max_length=128)]
PersonName = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() -]{5,24}$", max_length=24)]
IdCard = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z()-]{5,30}$", max_length=30)]


class Labelled(StrEnum):
    """An English value on the wire with its Chinese label for people."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "enum": [m.value for m in cls], "x-labels": {m.value: m.label for m in cls}}


def required(title: str, example: Any, **bounds: Any) -> Any:
    """A field that must be there; `title` is its Chinese name."""
    return Field(title=title, examples=[example], **bounds)


def optional(title: str, example: Any, **bounds: Any) -> Any:
    """A field that may be left out or null."""
    return Field(default=None, title=title, examples=[example], **bounds)


def listed(title: str, example: list[Any], most: int, told: str | None = None) -> Any:
    """A bounded list, empty when left out; `told` is what its sender should know of it."""
    return cast(Any, Field(default=(), title=title, examples=[example], max_length=most, description=told))
