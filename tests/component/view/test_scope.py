"""A token's row filter: its authority's cases and no others, and none that names its own organisation."""

import pytest

from services.ledger.access import scope_of
from wufang.adapters.jwt_people import Person
from wufang.readmodel.scope import allows


@pytest.mark.parametrize(
    ("authority", "county", "accused", "seen"),
    [
        ("990101", "990101", [], True),
        ("990101", "990102", [], False),
        ("9901", "990102", [], True),
        ("9901", "990201", [], False),
        ("", "990201", [], True),
        ("990101", "990101", ["平川县城管局"], False),
        ("990101", "990101", ["某物业公司"], True),
    ],
)
def test_a_person_sees_the_cases_of_their_authority(
    authority: str, county: str, accused: list[str], seen: bool
) -> None:
    person = Person("p-1", "某某", "handler", "平川县城管局", authority)
    assert allows(scope_of(person), {"jurisdiction": county, "accused": accused}) is seen
