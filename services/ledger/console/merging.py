"""Two cases side by side before one is put into the other; which one is found by its number, a report's, or words."""

from collections.abc import Sequence
from typing import NamedTuple

from services.ledger.reader import CaseReader
from services.ledger.views import CaseHead, CaseSummary
from wufang.readmodel.queries import Search
from wufang.readmodel.scope import Scope
from wufang.readmodel.wording import read_text

MOST_SHOWN = 6  # cases from which a person chooses


class Found(NamedTuple):
    """What a person's words lead to: the one case, or several to choose from, or neither and why."""

    one: CaseSummary | None = None
    several: Sequence[CaseSummary] = ()
    why: str = ""


async def other_case(reader: CaseReader, case: CaseHead, words: str, scope: Scope) -> Found:
    """The case that `case` may be put into; it is open, of the same county, and the scope reaches it."""
    named = await reader.standing(words, scope)
    if named is None:
        return await _searched(reader, case, words, scope)
    if named.case_id == case.case_id:
        return Found(why="这就是本事项，请输入另一事项")
    if named.jurisdiction != case.jurisdiction:
        return Found(why="两个事项不在同一区县；跨区县的事项各自办理")
    return Found(one=named)


async def _searched(reader: CaseReader, case: CaseHead, words: str, scope: Scope) -> Found:
    """Those with a report of that very number first; else what a search finds, if it finds so few."""
    search = Search(text=read_text(words), area=case.jurisdiction, size=MOST_SHOWN + 1)
    cases = (await reader.search(search, scope)).cases
    numbered = [one for one in cases if one.best_report is not None and one.best_report.number == words]
    others = [one for one in numbered or cases if one.case_id != case.case_id]
    if len(others) == 1:
        return Found(one=others[0])
    if others:
        return Found(several=others[:MOST_SHOWN])
    own = "这一件就在本事项中，请输入另一事项" if numbered else "没有找到，或不在您的范围内"
    return Found(why=own)
