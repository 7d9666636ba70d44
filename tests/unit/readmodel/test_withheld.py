"""A case whose accused may be with the discipline office: no unit finds anything of it, every desk works as before.

The readers are the service's own; the index behind them is a list that answers the few clauses they ask by.
"""

from typing import Any, cast

import pytest
from msgspec import structs

from services.ledger.reader import CaseReader
from services.ledger.warnings import WarningReader
from tests.support.listed import ListedIndex
from tests.support.samples import a_case, a_report
from tests.support.view import Ledger, raised, written
from wufang.adapters.conduct import take_conduct
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.profile_files import triage_rules
from wufang.catalogue.channels import channel_specs
from wufang.domain.case import Case, arrived
from wufang.domain.events import CaseOpened
from wufang.domain.report import SealedPart
from wufang.domain.warning import About
from wufang.readmodel.actions import Action, case_action, placed_action
from wufang.readmodel.queries import Search, WarningSearch
from wufang.readmodel.scope import Scope

COUNTY = "430102"
OFFICE = "平川县和平街道办事处"
FULL = {
    "title": "和平路积水没人管",
    "text": "和平路一下雨就积水，一个月没人修。街道办王主任收了包工头五万元红包。",
    "accused": OFFICE,
}
CASE = f"{COUNTY}-1-0"
UNITS = [Scope(COUNTY, OFFICE, unit=True), Scope(COUNTY, "和平街道办", unit=True), Scope(COUNTY, "别的单位", unit=True)]
DESKS = [Scope(COUNTY), Scope("43", "平川县12345"), Scope(COUNTY, "平川县督查室")]


@pytest.fixture
def index() -> ElasticIndex:
    """A case of what is left at the door of the report, and a warning of it; beside it a case without such a part."""
    (spec,) = [spec for spec in channel_specs() if spec.name == "hotline"]
    taken = take_conduct("hotline", FULL, spec.prose, triage_rules())
    assert taken is not None
    assert OFFICE not in str(taken.data), "what it accuses went along: nothing else can hide the case"
    report = a_report(1, jurisdiction=COUNTY, **taken.data, conduct=SealedPart("r" * 40))
    plain = a_report(2, jurisdiction=COUNTY, title="和平路路灯不亮", text="和平路路灯不亮。")
    ledger = Ledger()
    assert ledger.open(report) == CASE
    ledger.open(plain)
    warning = raised(f"{COUNTY}-9-1", About("matter", CASE), CASE, [report])
    return cast(ElasticIndex, ListedIndex([*ledger.actions, written(COUNTY, warning)]))


async def seen(index: ElasticIndex, scope: Scope) -> tuple[bool, bool, bool, list[str], int]:
    """The case, the report, its page with the timeline, what the list shows, and how many warnings there are."""
    reader = CaseReader(index)
    report = await reader.report(f"{1:064x}", scope)
    page = await reader.whole(CASE, scope, 20)
    found = await reader.search(Search(), scope)
    warnings = await WarningReader(index).page(WarningSearch(), scope)
    assert found.total == len(found.cases)
    listed = [case.case_id for case in found.cases]
    return await reader.case(CASE, scope) is not None, report is not None, page is not None, listed, len(warnings[0])


@pytest.mark.parametrize("scope", UNITS)
async def test_a_unit_finds_nothing_of_it_and_everything_else(index: ElasticIndex, scope: Scope) -> None:
    assert await seen(index, scope) == (False, False, False, [f"{COUNTY}-2-0"], 0)


@pytest.mark.parametrize("scope", DESKS)
async def test_a_desk_with_or_without_an_organisation_finds_all_of_it(index: ElasticIndex, scope: Scope) -> None:
    assert await seen(index, scope) == (True, True, True, [CASE, f"{COUNTY}-2-0"], 1)


async def test_what_a_desk_sees_does_not_tell_that_anything_was_sealed(index: ElasticIndex) -> None:
    whole = await CaseReader(index).whole(CASE, Scope(COUNTY), 20)
    assert whole is not None
    shown = " ".join(part.model_dump_json() for part in (whole[0], *whole[1].entries, *whole[2].reports))
    assert "和平路一下雨就积水" in shown
    assert whole[0].accused == []
    for word in ("withheld", "conduct", "另有其他单位", "另行转交", "r" * 40):
        assert word not in shown


@pytest.mark.parametrize("changed", [{"withheld": True}, {"accused": (OFFICE,)}])
async def test_a_case_put_into_one_out_of_reach_does_not_tell_that_there_is_one(changed: dict[str, Any]) -> None:
    """Where it leads was on its page and in the list of cases put elsewhere, and opened nothing: so there was one."""
    own, on_the_way, hidden = (
        structs.replace(a_case(a_report(1, jurisdiction=COUNTY)), id=f"{COUNTY}-{number}-0") for number in (1, 2, 3)
    )
    way = [
        structs.replace(own, state="merged", leads_to=on_the_way.id),
        structs.replace(on_the_way, state="merged", leads_to=hidden.id),
    ]

    async def found(scope: Scope, *last: Case) -> tuple[int, int]:
        """How many of the two are opened, and how many the list has of all (this index has no post filter)."""
        index = cast(ElasticIndex, ListedIndex([case_action(case) for case in (*way, *last)]))
        reader, asked = CaseReader(index), Search(facets={"state": ("merged",)})
        opened = [await reader.case(case.id, scope) for case in way]
        return len([case for case in opened if case is not None]), (await reader.search(asked, scope)).total

    unit = UNITS[0]
    assert await found(unit, structs.replace(hidden, **changed)) == (0, 0)
    assert await found(unit) == (0, 0), "what is not in the index yet may be hidden"
    assert (await found(unit, hidden))[0] == 2, "one that leads into reach is opened"
    assert await found(Scope(COUNTY), structs.replace(hidden, **changed)) == (2, 3)


@pytest.mark.parametrize("put_into", [{"withheld": True}, {"accused": (OFFICE,)}, None])
async def test_a_timeline_does_not_tell_of_a_report_that_left_without_an_entry(put_into: dict[str, Any] | None) -> None:
    """It came into this case and stands in one out of reach, or in one that is not in the index yet."""
    stays, left = (a_report(number, jurisdiction=COUNTY) for number in (1, 2))
    here, there = f"{COUNTY}-1-0", f"{COUNTY}-7-0"

    async def entries(changed: dict[str, Any] | None) -> list[str | None]:
        moved = placed_action(arrived(CaseOpened(here, left), 2, 0, "p/0/2"), there, 7)
        own = placed_action(arrived(CaseOpened(here, stays), 1, 0, "p/0/1"), here, 1)
        actions: list[Action] = [case_action(structs.replace(a_case(stays), id=here)), own, moved]
        if changed is not None:
            actions.append(case_action(structs.replace(a_case(left), id=there, **changed)))
        page = await CaseReader(cast(ElasticIndex, ListedIndex(actions))).whole(here, UNITS[0], 20)
        assert page is not None
        return [entry.report_id for entry in page[1].entries]

    assert await entries(put_into) == [stays.id]
    assert await entries({}) == [stays.id, left.id], "one that stands in reach is told of"
