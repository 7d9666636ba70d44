"""What the domain lists stands once: enums are built from it, and tables of labels name all of it in its order."""

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from services.channel.report import CONTACT, ContactMode, Result
from services.ledger import params
from wufang.adapters.jwt_people import ROLE_LABELS, Role
from wufang.domain import report
from wufang.domain.linking import Kind
from wufang.readmodel import labels


@pytest.mark.parametrize(
    ("listed", "table"),
    [
        (report.Channel, report.CHANNEL_LABELS),
        (report.ContactMode, CONTACT),
        (report.ContactMode, labels.CONTACT),
        (report.Result, labels.RESULTS),
        (Kind, labels.LINKS),
        (params.Progress, labels.PROGRESS),
        (Role, ROLE_LABELS),
    ],
)
def test_a_table_of_labels_names_every_value_and_no_other(listed: Any, table: Mapping[str, str]) -> None:
    assert tuple(table) == get_args(listed)
    assert all(table.values())


@pytest.mark.parametrize(("listed", "enum"), [(report.ContactMode, ContactMode), (report.Result, Result)])
def test_an_enum_at_the_door_has_the_domains_values(listed: Any, enum: Any) -> None:
    assert tuple(member.value for member in enum) == get_args(listed)


def test_a_search_asks_for_the_domains_kinds_of_links() -> None:
    assert params.CaseSearch.model_fields["link_kind"].annotation == list[Kind]
