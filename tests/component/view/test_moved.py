"""A case that a person took reports out of: who is accused by these finds nothing of them on what is left."""

from typing import Any, NamedTuple

import pytest

from tests.component.view.conftest import Fill, Login
from tests.support.desk import Desk
from tests.support.events import COUNTY, report_event
from tests.support.matters import BOTH, GAS, LAMPS, LIFT, LIFT_AGAIN, POOL, POOL_AGAIN
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.secrets_file import create_secrets
from wufang.ledger.folding.fold import Fold
from wufang.ledger.proofs.rebuild import case_actions, final_actions
from wufang.readmodel.actions import Action
from wufang.settings import Settings

ACCUSED = "清河物业公司"


def about(number: int, matter: tuple[str, str]) -> dict[str, Any]:
    """Who tells of the pool or of gas accuses; a report of two matters does not."""
    title, text = matter
    more = {"accused": ACCUSED} if matter in (POOL, POOL_AGAIN, GAS) else {}
    return report_event(number, data={**report_event(number)["data"], "title": title, "text": text, **more})


def written(desk: Desk) -> list[Action]:
    """All documents of a ledger as they are in the end."""
    fold, last = Fold(), dict[tuple[str, str], Action]()
    for offset, value in enumerate(desk.values):
        applied = fold.fold(offset, value)
        assert applied is not None
        last |= {(action.kind, action.id): action for action in final_actions(applied)}
    fold.commit()
    return [*last.values(), *case_actions(fold)]


class Town(NamedTuple):
    """A case and the accusing reports that were taken out of it; another that one was put into and taken out again."""

    case_id: str
    moved: list[Any]
    to: str
    lamps: Any
    gas: Any


@pytest.fixture
def view(own_settings: Settings, own_index: ElasticIndex) -> Settings:
    """Indices of each test's own: a desk's cases are named as those of every other desk."""
    create_secrets(own_settings.secrets)
    return own_settings


@pytest.fixture
def index(own_index: ElasticIndex) -> ElasticIndex:
    return own_index


@pytest.fixture
async def town(fill: Fill) -> Town:
    desk = Desk()
    lift, pool, *again = [
        desk.take(about(number, matter)) for number, matter in enumerate((LIFT, POOL, LIFT_AGAIN, POOL_AGAIN), 200)
    ]
    desk.take(about(210, BOTH))
    moved = [pool, again[1]]
    desk.order("keep_together", case_id=lift.case_id, reports=[lift.report.id, pool.report.id])
    to = desk.order("move", case_id=lift.case_id, reports=[pool.report.id]).to
    desk.order("move", case_id=lift.case_id, reports=[again[1].report.id], to=to)
    lamps, gas = desk.take(about(230, LAMPS)), desk.take(about(231, GAS))
    assert lamps.case_id != gas.case_id
    desk.order("merge", case_id=lamps.case_id, merged=gas.case_id)
    desk.order("keep_together", case_id=lamps.case_id)
    desk.order("restore", case_id=lamps.case_id, restored=gas.case_id)
    await fill(written(desk))
    return Town(lift.case_id, moved, to, lamps, gas)


async def test_the_accused_finds_nothing_of_reports_that_were_put_elsewhere(town: Town, login: Login) -> None:
    unit, operator = login(COUNTY, role="handler", organisation=ACCUSED), login(COUNTY, role="operator")
    assert (await unit.get(f"/v1/cases/{town.to}")).status_code == 404
    telling = [word for one in town.moved for word in (one.report.id, one.report.title, one.report.number)]
    for path in (f"/v1/cases/{town.case_id}", f"/v1/cases/{town.case_id}/timeline"):
        seen, all_of_it = (await unit.get(path)).raise_for_status(), (await operator.get(path)).text
        for word in (*telling, town.to):
            assert (word in seen.text, word in all_of_it) == (False, True)
    entries = (await unit.get(f"/v1/cases/{town.case_id}/timeline")).json()
    told = [(one["type"], len(one["reports"])) for one in entries["entries"]]
    assert told == [("case_opened", 0), ("report_linked", 0), ("report_linked", 0), ("case_kept_together", 1)]
    assert entries["total"] == len(told)


async def test_an_order_names_no_report_of_a_case_that_was_taken_out_again(town: Town, login: Login) -> None:
    path, hidden = f"/v1/cases/{town.lamps.case_id}/timeline", (town.gas.report.id, town.gas.case_id)
    seen = (await login(COUNTY, role="handler", organisation=ACCUSED).get(path)).raise_for_status().text
    assert town.lamps.report.id in seen
    assert not any(word in seen for word in hidden)
    all_of_it = (await login(COUNTY, role="operator").get(path)).text
    assert all(word in all_of_it for word in hidden)


async def test_a_report_that_left_while_its_case_was_part_of_another_is_not_told_of(fill: Fill, login: Login) -> None:
    """The order to move it stands on the timelines of the case that held its own, and of where it went; not here."""
    desk = Desk()
    lift, lamps, again, gas = (
        desk.take(about(number, matter)) for number, matter in enumerate((LIFT, LAMPS, LIFT_AGAIN, GAS), 240)
    )
    desk.order("move", case_id=lift.case_id, reports=[again.report.id], to=gas.case_id)
    desk.order("merge", case_id=lamps.case_id, merged=gas.case_id)
    to = desk.order("move", case_id=lamps.case_id, reports=[gas.report.id]).to
    desk.order("restore", case_id=lamps.case_id, restored=gas.case_id)
    await fill(written(desk))
    unit, path = login(COUNTY, role="handler", organisation=ACCUSED), f"/v1/cases/{gas.case_id}"
    assert (await unit.get(f"/v1/cases/{to}")).status_code == 404
    telling = (gas.report.id, gas.report.number, to)
    for seen in (await unit.get(path), await unit.get(f"{path}/timeline")):
        assert seen.status_code == 200
        assert not any(word in seen.text for word in telling)
    all_of_it = (await login(COUNTY, role="operator").get(f"{path}/timeline")).text
    assert gas.report.id in all_of_it
