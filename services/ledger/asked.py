"""What may be asked of a case (并案、撤销并案、改归、不得并案、确为一事、定办、定类), and the command that it makes."""

from abc import abstractmethod
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from wufang.domain.commands import (
    MOST_MOVED,
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
from wufang.domain.triage import Lane, Tag
from wufang.privacy.masking import mask

CaseId = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}-[1-9][0-9]{0,17}-[0-9]{1,9}$")]
Code = Annotated[str, StringConstraints(pattern=r"^(?:[0-9]{2}){1,3}$")]
ReportId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class Asked(BaseModel):
    """Something asked of a case, by who saw it and the other case it names in these versions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seen: dict[CaseId, Annotated[int, Field(ge=1)]] = Field(
        title="所见版本：指令提到的每个事项及您看到它时的版本", max_length=2
    )

    def cases(self, case_id: str) -> tuple[str, ...]:
        """The cases it names, all of which its person must be allowed to see."""
        return (case_id,)

    @abstractmethod
    def command(self, case_id: str, by: Actor) -> Command:
        """The command for the ledger; personal data in the reason is masked."""


class _Reasoned(Asked):
    reason: Reason = Field(title="理由", examples=["同一处积水，两家分别反映"])

    def why(self) -> str:
        """The reason as the ledger may hold it."""
        return mask(self.reason)


class MergeAsked(_Reasoned):
    """并案：把 merged 并入本事项。"""

    merged: CaseId = Field(title="并入的事项")

    def cases(self, case_id: str) -> tuple[str, ...]:
        return (case_id, self.merged)

    def command(self, case_id: str, by: Actor) -> Command:
        return Merge(case_id, self.merged, self.seen, by, self.why())


class RestoreAsked(_Reasoned):
    """撤销并案：把 restored 从本事项恢复为独立事项。"""

    restored: CaseId = Field(title="恢复的事项")

    def cases(self, case_id: str) -> tuple[str, ...]:
        return (case_id, self.restored)

    def command(self, case_id: str, by: Actor) -> Command:
        return Restore(case_id, self.restored, self.seen, by, self.why())


class MoveAsked(_Reasoned):
    """改归：把若干件移出本事项，归入 to；不填 to 则另立事项。"""

    reports: list[ReportId] = Field(title="诉求件", min_length=1, max_length=MOST_MOVED)
    to: CaseId | None = Field(None, title="归入的事项")

    def cases(self, case_id: str) -> tuple[str, ...]:
        return (case_id,) if self.to is None else (case_id, self.to)

    def command(self, case_id: str, by: Actor) -> Command:
        return Move(case_id, tuple(sorted(set(self.reports))), self.seen, by, self.why(), self.to)


class KeepApartAsked(_Reasoned):
    """不得并案：本事项与 other 不是同一事项，以后也不再建议或自动并案。"""

    other: CaseId = Field(title="另一事项")

    def cases(self, case_id: str) -> tuple[str, ...]:
        return (case_id, self.other)

    def command(self, case_id: str, by: Actor) -> Command:
        return KeepApart(case_id, self.other, self.seen, by, self.why())


class KeepTogetherAsked(_Reasoned):
    """确为一事：本事项的这些件是同一事项，以后不再建议分开；不填 reports 则为全部。"""

    reports: list[ReportId] = Field([], title="诉求件", max_length=MOST_MOVED)

    def command(self, case_id: str, by: Actor) -> Command:
        return KeepTogether(case_id, self.seen, by, self.why(), tuple(sorted(set(self.reports))))


class LaneAsked(_Reasoned):
    """定办：定本事项的办理方式；以后的建议不再改动它。"""

    lane: Lane = Field(title="办理方式：urgent 速办，dedicated 专办，ordinary 一般")
    tags: list[Tag] = Field([], title="标签：study 研办，joint 联办", max_length=2)

    def command(self, case_id: str, by: Actor) -> Command:
        return DecideLane(case_id, self.lane, tuple(self.tags), self.seen, by, self.why())


class CategoryAsked(Asked):
    """定类：定本事项的内容分类，采纳或更正建议；以后的建议由此学习。"""

    code: Code = Field(title="分类目录中的代码，二、四或六位", examples=["010202"])
    reason: Reason | None = Field(None, title="理由，可不填")

    def command(self, case_id: str, by: Actor) -> Command:
        reason = None if self.reason is None else mask(self.reason)
        return DecideCategory(case_id, self.code, self.seen, by, reason)
