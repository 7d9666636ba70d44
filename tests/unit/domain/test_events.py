"""The families of events: what is passed over, balanced and answered alike is alike."""

import msgspec
import pytest

from wufang.domain.events import CaseOpened, Commanded, Event

EVENTS: tuple[type[msgspec.Struct], ...] = Event.__args__
COMMANDED = [event for event in EVENTS if issubclass(event, Commanded)]


def encrypted(event: type[msgspec.Struct]) -> set[str]:
    """What an event holds, at any depth, that may hold an encrypted field."""
    return set(msgspec.json.schema(event)["$defs"]) & {"Sealed", "Report", "Outcome"}


def test_an_event_with_the_content_code_of_an_order_is_of_the_family() -> None:
    """A refused report or outcome has a code too, and the key of its encrypted copy."""
    coded = {event for event in EVENTS if "content" in event.__struct_fields__ and "key" not in event.__struct_fields__}
    assert set(COMMANDED) == coded


@pytest.mark.parametrize("event", COMMANDED, ids=lambda event: event.__name__)
def test_nothing_of_an_order_is_encrypted(event: type[msgspec.Struct]) -> None:
    assert encrypted(event) == set()


def test_what_is_encrypted_would_be_seen() -> None:
    assert encrypted(CaseOpened) == {"Sealed", "Report"}
