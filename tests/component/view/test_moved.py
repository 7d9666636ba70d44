"""A case that a person took reports out of: who is accused by these finds nothing of them on what is left."""

from typing import Any

from tests.component.view.conftest import Fill, Login
from tests.support.events import COUNTY, report_event
from tests.unit.ledger.test_regrouping import BOTH, LIFT, POOL, Desk
from tests.unit.ledger.test_splits import LIFT_AGAIN, POOL_AGAIN
from wufang.ledger.fold import Fold
from wufang.ledger.rebuild import case_actions, final_actions
from wufang.readmodel.document import Action

ACCUSED = "清河物业公司"


def about(number: int, matter: tuple[str, str]) -> dict[str, Any]:
    """Who tells of the pool accuses; a report of both does not."""
    title, text = matter
    more = {"accused": ACCUSED} if matter in (POOL, POOL_AGAIN) else {}
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


async def test_the_accused_finds_nothing_of_reports_that_were_put_elsewhere(fill: Fill, login: Login) -> None:
    desk = Desk()
    lift, pool, *again = [
        desk.take(about(number, matter)) for number, matter in enumerate((LIFT, POOL, LIFT_AGAIN, POOL_AGAIN), 200)
    ]
    desk.take(about(210, BOTH))
    case_id, leave = lift.case_id, [pool.report.id, again[1].report.id]
    desk.order("keep_together", case_id=case_id, reports=[lift.report.id, leave[0]])
    first = desk.order("move", case_id=case_id, reports=leave[:1]).to
    desk.order("move", case_id=case_id, reports=leave[1:], to=first)
    await fill(written(desk))
    unit, operator = login(COUNTY, role="handler", organisation=ACCUSED), login(COUNTY, role="operator")
    assert (await unit.get(f"/v1/cases/{first}")).status_code == 404
    for path in (f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/timeline"):
        seen, all_of_it = (await unit.get(path)).raise_for_status(), (await operator.get(path)).text
        for telling in (*leave, POOL[0], POOL_AGAIN[0], pool.report.number, first):
            assert (telling in seen.text, telling in all_of_it) == (False, True)
    entries = (await unit.get(f"/v1/cases/{case_id}/timeline")).json()
    told = [(one["type"], len(one["reports"])) for one in entries["entries"]]
    assert told == [("case_opened", 0), ("report_linked", 0), ("report_linked", 0), ("case_kept_together", 1)]
    assert entries["total"] == len(told)
