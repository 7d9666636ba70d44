"""The console's routes: the same reader and the same scope as the API; a page never shows what the API would not."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.staticfiles import StaticFiles
from starlette.responses import RedirectResponse, Response

from services.ledger.access import DESK, scope_of
from services.ledger.audit import Audit
from services.ledger.commands import Desk
from services.ledger.console.links import Links, hot_page, span
from services.ledger.console.merging import Found, other_case
from services.ledger.console.orders import Orders
from services.ledger.console.pages import HERE, page
from services.ledger.console.session import LoginNeeded, Sessions, local_page, posted
from services.ledger.cursors import Cursors
from services.ledger.hot import HotReader
from services.ledger.params import CaseSearch, HotList, OtherCase, Turning, WarningList
from services.ledger.reader import CaseReader
from services.ledger.routes import Clock, not_found
from services.ledger.warnings import WarningReader
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import NotAPerson, People, Person
from wufang.domain.categories import Tree
from wufang.domain.shanghai import local

HOT_SPANS = (7, 30, 90)  # days up to today that are one click away
ENTRIES = 40  # of a case's timeline on one page
PAIRS = 20  # cases that wait for a person on one page


def add_console(
    app: FastAPI,
    reader: CaseReader,
    warnings: WarningReader,
    hot: HotReader,
    desk: Desk,
    tree: Tree,
    cursors: Cursors,
    people: People,
    audit: Audit,
    clock: Clock,
) -> None:
    """Pages under /console, their static files, and the way to the login."""
    sessions = Sessions(people, audit)
    app.include_router(_pages(_Console(reader, warnings, hot, cursors, clock, tree), Orders(desk, reader), sessions))
    app.include_router(_doors(sessions))
    app.mount("/console/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_exception_handler(LoginNeeded, _to_login)


def _pages(console: "_Console", orders: Orders, sessions: Sessions) -> APIRouter:
    router = APIRouter(prefix="/console", include_in_schema=False)
    who = Annotated[Person, Depends(sessions.person)]

    @router.get("")
    async def search(one: who, asked: Annotated[CaseSearch, Query()]) -> Response:
        return await console.search(one, asked)

    @router.get("/warnings")
    async def warnings(one: who, asked: Annotated[WarningList, Query()]) -> Response:
        return await console.warnings(one, asked)

    @router.get("/hot")
    async def hot(one: who, asked: Annotated[HotList, Query()]) -> Response:
        return await console.hot(one, asked)

    @router.get("/cases/{case_id}")
    async def case(one: who, case_id: str, asked: Annotated[Turning, Query()]) -> Response:
        return await console.case(one, case_id, asked.cursor, asked.ordered)

    @router.get("/cases/{case_id}/merge")
    async def merge(one: who, case_id: str, asked: Annotated[OtherCase, Query()]) -> Response:
        return await console.merge(one, case_id, asked.q.strip())

    @router.get("/suggestions")
    async def suggestions(one: who, asked: Annotated[Turning, Query()]) -> Response:
        return await console.suggestions(one, asked.cursor, asked.ordered)

    @router.get("/splits")
    async def splits(one: who, asked: Annotated[Turning, Query()]) -> Response:
        return await console.splits(one, asked.cursor, asked.ordered)

    @router.post("/cases/{case_id}/order")
    async def order(one: who, case_id: str, request: Request) -> Response:
        return await orders.take(one, case_id, await posted(request))

    return router


def _doors(sessions: Sessions) -> APIRouter:
    router = APIRouter(prefix="/console", include_in_schema=False)

    @router.get("/login")
    async def login(next: str = "") -> Response:
        return page("login", next=local_page(next), failed=False)

    @router.post("/login")
    async def enter(request: Request) -> Response:
        form = await posted(request)
        following = local_page(form.get("next", ""))
        try:
            return sessions.open(request, RedirectResponse(following, 303), form.get("token", ""))
        except NotAPerson:
            return page("login", 401, next=following, failed=True)

    @router.post("/logout")
    async def leave(request: Request) -> Response:
        await posted(request)
        return sessions.close(RedirectResponse("/console/login", 303))

    return router


async def _to_login(request: Request, _error: Exception) -> Response:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/console/login?next={quote(wanted, safe='')}", 303)


class _Console:
    """What the pages show."""

    def __init__(
        self,
        reader: CaseReader,
        warnings: WarningReader,
        hot: HotReader,
        cursors: Cursors,
        clock: Clock,
        tree: Tree,
    ) -> None:
        self._reader, self._warnings, self._hot, self._cursors, self._clock = reader, warnings, hot, cursors, clock
        self._tree = tree

    async def search(self, person: Person, asked: CaseSearch) -> Response:
        named = asked.named()
        after = self._cursors.read(person.subject, named, asked.cursor)
        found = await self._reader.search(asked.search(after), scope_of(person))
        following = self._cursors.write(person.subject, named, found.after)
        first = person.role in DESK and not (asked.q or asked.cursor)
        answers = await self._reader.category_answers(scope_of(person)) if first else None
        links = Links(asked)
        return page("search", person=person, asked=asked, found=found, next=following, links=links, answers=answers)

    async def warnings(self, person: Person, asked: WarningList) -> Response:
        named = asked.named()
        after = self._cursors.read(person.subject, named, asked.cursor)
        found = await self._warnings.page(asked.search(after), scope_of(person))
        following = self._cursors.write(person.subject, named, found.after)
        links = Links(asked, "/console/warnings")
        return page("warnings", person=person, asked=asked, warnings=found.warnings, next=following, links=links)

    async def hot(self, person: Person, asked: HotList) -> Response:
        today = local(self._clock()).date()
        window = asked.window(today)
        area, scope = asked.jurisdiction or "", scope_of(person)
        found = await self._hot.page(window, area, asked.size, scope)
        chosen = asked.since is not None or asked.until is not None
        newest = None if found.top or chosen else await self._hot.newest(area, scope)
        earlier = None if newest is None or newest >= found.since else hot_page(asked, newest, window.days)
        spans = [span(asked, window, today, days) for days in HOT_SPANS]
        older = {"newest": newest, "earlier": earlier}
        return page("hot", person=person, asked=asked, found=found, spans=spans, days=window.days, older=older)

    async def case(self, person: Person, case_id: str, cursor: str, ordered: str) -> Response:
        head = await self._reader.case(case_id, scope_of(person))
        if head is None:
            raise not_found()
        named = ["timeline", case_id]
        after = self._cursors.read(person.subject, named, cursor)
        scope = scope_of(person)
        entries = await self._reader.timeline(head, scope, ENTRIES, after)
        asked = await self._reader.suggestions(scope, PAIRS, head) if person.role in DESK and not cursor else None
        apart = await self._reader.splits(scope, 1, case_id) if person.role in DESK and not cursor else None
        reports = await self._reader.reports_named(
            case_id, {entry.report_id for entry in entries.entries if entry.report_id}
        )
        following = self._cursors.write(person.subject, named, entries.after)
        return page(
            "case",
            person=person,
            case=head,
            timeline=entries,
            reports=reports,
            next=following,
            later=bool(cursor),
            suggestions=asked.suggestions if asked else [],
            splits=apart.splits if apart else [],
            desk=person.role in DESK,
            tree=self._tree,
            ordered=ordered,
        )

    async def merge(self, person: Person, case_id: str, words: str) -> Response:
        """The case and the one it may be put into, side by side; nothing is ordered here."""
        scope = scope_of(person)
        head = await self._reader.case(case_id, scope)
        if head is None:
            raise not_found()
        if head.state != "open":
            raise Refusal("refused", f"事项 {case_id} 已转入别处，不能再并案")
        found = await other_case(self._reader, head, words, scope) if words else Found()
        return page("merge", person=person, case=head, found=found, words=words)

    async def suggestions(self, person: Person, cursor: str, ordered: str) -> Response:
        after = self._cursors.read(person.subject, ["suggestions"], cursor)
        found = await self._reader.suggestions(scope_of(person), PAIRS, after=after)
        following = self._cursors.write(person.subject, ["suggestions"], found.after)
        return page("suggestions", person=person, found=found, next=following, later=bool(cursor), ordered=ordered)

    async def splits(self, person: Person, cursor: str, ordered: str) -> Response:
        after = self._cursors.read(person.subject, ["splits"], cursor)
        found = await self._reader.splits(scope_of(person), PAIRS, after=after)
        following = self._cursors.write(person.subject, ["splits"], found.after)
        return page("splits", person=person, found=found, next=following, later=bool(cursor), ordered=ordered)
