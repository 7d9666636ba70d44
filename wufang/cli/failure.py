"""What a person is told when a command cannot do its work: one Chinese sentence, what, where and how to mend it."""

COUNTY_DIGITS = 6


class Failure(Exception):
    """`code` is the exit status."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def county_of(jurisdiction: str | None) -> str | None:
    """A county's code as it was given, or the failure that says it is none."""
    if jurisdiction is None or (
        jurisdiction.isascii() and jurisdiction.isdigit() and len(jurisdiction) == COUNTY_DIGITS
    ):
        return jurisdiction
    raise Failure(f"--jurisdiction 须是六位行政区划代码，不能是“{jurisdiction}”", code=2)


def explain(error: Exception) -> Failure | None:
    """The failure behind an error that a person can mend; None for a fault of the program, which keeps its trace."""
    if isinstance(error, Failure):
        return error
    speaking = {"ImportProblem", "KeeperError", "StackError", "PreflightError", "ArtifactError", "KeysMissing"}
    return Failure(str(error)) if type(error).__name__ in speaking else None
