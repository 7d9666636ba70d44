"""What the domain lists stands once: enums are built from it, and tables of labels name all of it in its order."""

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from services.channel.report import CONTACT, ContactMode, Result
from services.ledger import params
from tests.golden import ledger
from wufang.adapters.jwt_people import ROLE_LABELS, Role
from wufang.domain import notice, report, triage
from wufang.domain.commands import Refusal
from wufang.domain.events import Answer
from wufang.domain.linking import Kind
from wufang.ledger.folding.fold import Fold
from wufang.ledger.proofs.rebuild import final_actions
from wufang.readmodel import labels
from wufang.readmodel.queries import timeline_of_two
from wufang.readmodel.timeline import arrival_entry


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
        (triage.Lane, labels.LANES),
        (triage.Tag, labels.TAGS),
        (triage.Danger, labels.DANGERS),
        (notice.Kind, labels.WARNINGS),
        (notice.State, labels.WARNING_STATES),
        (Answer, labels.ANSWERS),
        (Refusal, labels.REFUSALS),
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


def timeline() -> list[Mapping[str, Any]]:
    """The entries of a made-up ledger that holds every event (tests/golden.py)."""
    folded = Fold()
    applied = [folded.fold(offset, value) for offset, value in enumerate(ledger())]
    actions = (action for one in applied if one is not None for action in final_actions(one))
    return [
        action.document if action.kind == "timeline" else arrival_entry(action.id, action.document)
        for action in actions
        if action.kind in ("timeline", "reports")
    ]


def test_every_entry_of_a_timeline_has_a_word() -> None:
    assert {entry["type"] for entry in timeline()} == set(labels.EVENTS)


def test_what_an_entry_tells_of_others_is_asked_for_before_it_is_shown() -> None:
    """Of another case or of reports by their ids: whether the scope reaches them (docs/domain.md, line 4)."""
    (asked,) = [clause for clause in timeline_of_two(["x"])["query"]["bool"]["filter"] if "type" in clause["terms"]]
    telling = {entry["type"] for entry in timeline() if "from_to" in entry or "reports" in entry}
    assert telling == set(asked["terms"]["type"])
