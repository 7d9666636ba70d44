"""What stops an import or one of its rows, in words for the person who runs it; values are never repeated."""

from dataclasses import dataclass


class ImportProblem(Exception):
    """The import cannot go on: one Chinese sentence with what, where, and how to mend it."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong in one row: `row` as a spreadsheet counts (the header is row 1)."""

    row: int
    id: str
    column: str
    field: str
    rule: str
    message: str
