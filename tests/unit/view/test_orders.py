"""A form's verb to the command it makes: every command of people has a form, and none says more than its page did."""

import asyncio
from typing import Any, get_args

import pytest

from services.ledger.asked import Asked
from services.ledger.console.orders import Orders
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import Person
from wufang.domain.commands import (
    Actor,
    Command,
    DecideCategory,
    DecideLane,
    KeepApart,
    KeepTogether,
    Merge,
    Move,
    Restore,
)

ONE, OTHER = "990101-1-0", "990101-2-0"
REPORTS = ("a" * 64, "b" * 64)
WHY = "老问题"
PERSON = Person("u1", "李明", "operator", "平川县12345", "990101")
BY = Actor("u1", "operator", "平川县12345")
BOTH = {ONE: 3, OTHER: 5}
TWO = {"seen": "3", "other": OTHER, "seen_other": "5"}
CASES: tuple[tuple[dict[str, str], Command], ...] = (
    ({"verb": "merge", **TWO}, Merge(ONE, OTHER, BOTH, BY, WHY)),
    ({"verb": "keep_apart", **TWO}, KeepApart(ONE, OTHER, BOTH, BY, WHY)),
    ({"verb": "restore", "seen": "3", "other": OTHER}, Restore(ONE, OTHER, {ONE: 3, OTHER: 8}, BY, WHY)),
    (
        {"verb": "move", "seen": "3", "other": OTHER, "report": REPORTS[1]},
        Move(ONE, REPORTS[1:], {ONE: 3, OTHER: 8}, BY, WHY, OTHER),
    ),
    ({"verb": "move", "seen": "3", "other": "", "report": REPORTS[0]}, Move(ONE, REPORTS[:1], {ONE: 3}, BY, WHY)),
    (
        {"verb": "keep_together", "seen": "3", "report": ",".join(REPORTS[::-1])},
        KeepTogether(ONE, {ONE: 3}, BY, WHY, REPORTS),
    ),
    (
        {"verb": "decide_lane", "seen": "3", "lane": "dedicated", "tag_joint": "on"},
        DecideLane(ONE, "dedicated", ("joint",), {ONE: 3}, BY, WHY),
    ),
    ({"verb": "decide_category", "seen": "3", "code": "0102"}, DecideCategory(ONE, "0102", {ONE: 3}, BY, WHY)),
)


class Head:
    """A case in its latest version."""

    version = 8


class Reader:
    """Knows the other case alone."""

    async def case(self, case_id: str, _scope: object) -> Head | None:
        return Head() if case_id == OTHER else None


class Desk:
    """Keeps the commands it is asked for, and the cases each names."""

    def __init__(self) -> None:
        self.taken: list[tuple[Command, tuple[str, ...]]] = []

    async def order(self, _person: Person, case_id: str, asked: Asked, _once: str | None) -> None:
        self.taken.append((asked.command(case_id, BY), asked.cases(case_id)))


def taken(form: dict[str, str]) -> tuple[Command, tuple[str, ...]]:
    desk: Any = Desk()
    reader: Any = Reader()
    asyncio.run(Orders(desk, reader).take(PERSON, ONE, {"reason": WHY, **form}))
    (found,) = desk.taken
    command, named = found
    return command, named


@pytest.mark.parametrize(("form", "command"), CASES, ids=lambda one: one.get("verb") if isinstance(one, dict) else "")
def test_a_form_makes_its_command_of_the_versions_its_page_showed(form: dict[str, str], command: Command) -> None:
    made, named = taken(form)
    assert made == command
    assert set(named) == set(command.seen), "its person is asked for every case it speaks of"


def test_every_command_of_people_has_a_form() -> None:
    assert {type(command) for _, command in CASES} == set(get_args(Command))


def test_a_case_that_a_form_names_and_its_person_does_not_reach_is_not_found() -> None:
    with pytest.raises(Refusal) as refused:
        taken({"verb": "move", "seen": "3", "other": "990101-9-0", "report": REPORTS[0]})
    assert refused.value.kind == "not_found"


@pytest.mark.parametrize("form", [{"verb": "vanish"}, {"verb": "decide_lane", "seen": "3", "lane": "slow"}])
def test_what_no_form_says_is_refused(form: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        taken(form)
    assert refused.value.kind == "refused"


def test_a_category_is_confirmed_without_a_word() -> None:
    command, _ = taken({"verb": "decide_category", "seen": "3", "code": "0102", "reason": "  "})
    assert command == DecideCategory(ONE, "0102", {ONE: 3}, BY)


def test_a_telephone_in_a_reason_is_masked() -> None:
    command, _ = taken({"verb": "merge", **TWO, "reason": "来电人13812345678说是一处"})
    assert "13812345678" not in str(command)
