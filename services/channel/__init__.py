"""What the five channels share: field types, base models, refusals, errors and the ChannelSpec of a door."""

from services.channel.checks import COMMON, OF_PERSONS, Check
from services.channel.report import (
    PERSONAL_FIELDS,
    CommonReport,
    ContactMode,
    Details,
    Model,
    Outcome,
    Point,
    ReportOfPerson,
    Result,
    Submission,
)
from services.channel.spec import ChannelSpec
from wufang.adapters.http_problems import FieldError

__all__ = [
    "COMMON",
    "OF_PERSONS",
    "PERSONAL_FIELDS",
    "ChannelSpec",
    "Check",
    "CommonReport",
    "ContactMode",
    "Details",
    "FieldError",
    "Model",
    "Outcome",
    "Point",
    "ReportOfPerson",
    "Result",
    "Submission",
]
