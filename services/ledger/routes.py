"""The query API: each route finds the person, asks the reader inside their scope, and signs the next page's cursor."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from services.ledger.access import PersonRequired, scope_of
from services.ledger.cursors import Cursors
from services.ledger.hot import HotReader
from services.ledger.params import CaseSearch, HotList, Paging, WarningList
from services.ledger.reader import CaseReader, Entries, Reports, Suggestions
from services.ledger.views import (
    CaseHead,
    CasePage,
    CaseView,
    Me,
    ReportPage,
    ReportView,
    SplitPage,
    SuggestionPage,
    TimelinePage,
)
from services.ledger.warnings import WarningReader
from services.ledger.watch_views import HotPage, WarningPage
from wufang.adapters.http_docs import problem_answer
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import ROLE_LABELS, Person
from wufang.domain.shanghai import local

FIRST_PAGE = 50
Clock = Callable[[], datetime]
_ANSWERS: Mapping[int | str, dict[str, Any]] = {
    401: problem_answer("没有有效的人员令牌"),
    403: problem_answer("角色不能使用此功能，或游标不是本人的"),
    503: problem_answer("暂时无法查询", retry=True),
}
_SEARCHED = {**_ANSWERS, 400: problem_answer("游标无效"), 422: problem_answer("参数有误")}
_ONE = {**_ANSWERS, 404: problem_answer("没有，或不在您的范围内：两者不加区分"), 422: problem_answer("参数有误")}


def api(reader: CaseReader, cursors: Cursors, person: PersonRequired) -> APIRouter:
    """The routes under /v1."""
    router = APIRouter(prefix="/v1")
    pages = _Pages(reader, cursors)
    who = Annotated[Person, Depends(person)]

    @router.get("/me", summary="我是谁", tags=["人员"], responses=dict(_ANSWERS))
    async def me(one: who) -> Me:
        label = ROLE_LABELS[one.role]
        rest = {"organisation": one.organisation, "jurisdiction": one.jurisdiction}
        return Me(name=one.name, role=one.role, role_label=label, **rest)

    @router.get("/cases", summary="查找事项", tags=["事项"], responses=dict(_SEARCHED))
    async def cases(one: who, asked: Annotated[CaseSearch, Query()]) -> CasePage:
        return await pages.cases(one, asked)

    @router.get("/cases/{case_id}", summary="一个事项", tags=["事项"], responses=dict(_ONE))
    async def case(one: who, case_id: str) -> CaseView:
        return await pages.case(one, case_id)

    @router.get("/cases/{case_id}/timeline", summary="事项的时间线", tags=["事项"], responses=dict(_ONE | _SEARCHED))
    async def timeline(one: who, case_id: str, asked: Annotated[Paging, Query()]) -> TimelinePage:
        return await pages.timeline(one, case_id, asked)

    @router.get("/cases/{case_id}/reports", summary="事项的诉求件", tags=["事项"], responses=dict(_ONE | _SEARCHED))
    async def reports(one: who, case_id: str, asked: Annotated[Paging, Query()]) -> ReportPage:
        return await pages.reports(one, case_id, asked)

    _work_lists(router, pages, who)

    @router.get("/reports/{report_id}", summary="一件诉求件", tags=["诉求件"], responses=dict(_ONE))
    async def report(one: who, report_id: str) -> ReportView:
        found = await reader.report(report_id, scope_of(one))
        if found is None:
            raise not_found()
        return found

    return router


def _work_lists(router: APIRouter, pages: "_Pages", who: Any) -> None:
    """What waits for a person."""

    @router.get("/suggestions", summary="疑似同一事项，待人判断", tags=["事项"], responses=dict(_SEARCHED))
    async def suggestions(one: who, asked: Annotated[Paging, Query()]) -> SuggestionPage:
        return await pages.suggestions(one, asked)

    @router.get("/cases/{case_id}/suggestions", summary="与本事项疑似同一的", tags=["事项"], responses=dict(_ONE))
    async def suggestions_of(one: who, case_id: str) -> SuggestionPage:
        return await pages.suggestions_of(one, case_id)

    @router.get("/splits", summary="疑似两个事项，待人判断", tags=["事项"], responses=dict(_SEARCHED))
    async def splits(one: who, asked: Annotated[Paging, Query()]) -> SplitPage:
        return await pages.splits(one, asked)

    @router.get("/cases/{case_id}/splits", summary="本事项疑似两个事项的", tags=["事项"], responses=dict(_ONE))
    async def splits_of(one: who, case_id: str) -> SplitPage:
        return await pages.splits_of(one, case_id)


def warnings_api(warnings: WarningReader, cursors: Cursors, person: PersonRequired) -> APIRouter:
    """GET /v1/warnings."""
    router = APIRouter(prefix="/v1", tags=["预警"])

    @router.get("/warnings", summary="预警", responses=dict(_SEARCHED))
    async def listed(one: Annotated[Person, Depends(person)], asked: Annotated[WarningList, Query()]) -> WarningPage:
        named = asked.named()
        after = cursors.read(one.subject, named, asked.cursor)
        found = await warnings.page(asked.search(after), scope_of(one))
        following = cursors.write(one.subject, named, found.after)
        return WarningPage(warnings=found.warnings, next=following)

    return router


def hot_api(hot: HotReader, person: PersonRequired, clock: Clock) -> APIRouter:
    """GET /v1/hot-topics."""
    router = APIRouter(prefix="/v1", tags=["热点"])
    too_much = {**_SEARCHED, 413: problem_answer("查询范围太大")}

    @router.get("/hot-topics", summary="热点", responses=dict(too_much))
    async def listed(one: Annotated[Person, Depends(person)], asked: Annotated[HotList, Query()]) -> HotPage:
        window = asked.window(local(clock()).date())
        return await hot.page(window, asked.jurisdiction or "", asked.size, scope_of(one))

    return router


def _suggestion_page(found: Suggestions, following: str | None) -> SuggestionPage:
    return SuggestionPage(suggestions=found.suggestions, next=following)


def not_found() -> Refusal:
    """The same whether it does not exist or is not for this person."""
    return Refusal("not_found", "没有找到，或不在您的范围内")


class _Pages:
    """Pages and their cursors."""

    def __init__(self, reader: CaseReader, cursors: Cursors) -> None:
        self._reader, self._cursors = reader, cursors

    async def cases(self, person: Person, asked: CaseSearch) -> CasePage:
        named = asked.named()
        after = self._after(person, named, asked.cursor)
        found = await self._reader.search(asked.search(after), scope_of(person))
        return CasePage(
            total=found.total,
            total_is_exact=found.exact,
            cases=found.cases,
            facets=found.facets,
            next=self._next(person, named, found.after),
        )

    async def case(self, person: Person, case_id: str) -> CaseView:
        whole = await self._reader.whole(case_id, scope_of(person), FIRST_PAGE)
        if whole is None:
            raise not_found()
        head, entries, reports = whole
        timeline = self._timeline_page(person, case_id, entries)
        return CaseView(case=head, timeline=timeline, reports=self._report_page(person, case_id, reports))

    async def timeline(self, person: Person, case_id: str, asked: Paging) -> TimelinePage:
        head = await self._visible(person, case_id)
        after = self._after(person, ["timeline", case_id], asked.cursor)
        found = await self._reader.timeline(head, scope_of(person), asked.size, after)
        return self._timeline_page(person, case_id, found)

    async def reports(self, person: Person, case_id: str, asked: Paging) -> ReportPage:
        await self._visible(person, case_id)
        after = self._after(person, ["reports", case_id], asked.cursor)
        return self._report_page(person, case_id, await self._reader.reports(case_id, asked.size, after))

    async def suggestions(self, person: Person, asked: Paging) -> SuggestionPage:
        after = self._after(person, ["suggestions"], asked.cursor)
        found = await self._reader.suggestions(scope_of(person), asked.size, after=after)
        return _suggestion_page(found, self._next(person, ["suggestions"], found.after))

    async def suggestions_of(self, person: Person, case_id: str) -> SuggestionPage:
        head = await self._visible(person, case_id)
        return _suggestion_page(await self._reader.suggestions(scope_of(person), FIRST_PAGE, head), None)

    async def splits(self, person: Person, asked: Paging) -> SplitPage:
        after = self._after(person, ["splits"], asked.cursor)
        found = await self._reader.splits(scope_of(person), asked.size, after=after)
        return SplitPage(splits=found.splits, next=self._next(person, ["splits"], found.after))

    async def splits_of(self, person: Person, case_id: str) -> SplitPage:
        head = await self._visible(person, case_id)
        found = await self._reader.splits(scope_of(person), 1, head.case_id)
        return SplitPage(splits=found.splits, next=None)

    async def _visible(self, person: Person, case_id: str) -> CaseHead:
        head = await self._reader.case(case_id, scope_of(person))
        if head is None:
            raise not_found()
        return head

    def _timeline_page(self, person: Person, case_id: str, found: Entries) -> TimelinePage:
        following = self._next(person, ["timeline", case_id], found.after)
        return TimelinePage(total=found.total, entries=found.entries, next=following)

    def _report_page(self, person: Person, case_id: str, found: Reports) -> ReportPage:
        following = self._next(person, ["reports", case_id], found.after)
        return ReportPage(total=found.total, reports=found.reports, next=following)

    def _after(self, person: Person, named: Any, cursor: str) -> tuple[Any, ...]:
        return self._cursors.read(person.subject, named, cursor)

    def _next(self, person: Person, named: Any, after: list[Any] | None) -> str | None:
        return self._cursors.write(person.subject, named, after)
