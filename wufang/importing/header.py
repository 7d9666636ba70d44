"""Which columns a table may have: labels on persons stop the import before a row is looked at."""

from collections.abc import Callable, Iterable, Sequence

from wufang.importing.problems import ImportProblem

KeyRule = Callable[[str], str | None]
# docs/domain.md, line 3. Columns of authors or papers fit no field and stay behind; these must not be in the file.
STOPPING = ("person_label", "hold_down")


def clean_header(cells: Sequence[object]) -> list[str]:
    """Column names without blanks around; unnamed ones are dropped at the end, else named by their place."""
    names = ["" if cell is None else str(cell).strip().lstrip("\ufeff") for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise ImportProblem("表是空的，第一行须为表头")
    named = [name or f"第{place}列" for place, name in enumerate(names, start=1)]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise ImportProblem(f"表头有重复的列名：{'、'.join(twice)}，请改成不同的名字")
    return named


def refuse_labels(header: Iterable[str], key_rule: KeyRule) -> None:
    """Raises ImportProblem naming every column that labels persons, mapped or not."""
    refused = [name for name in header if key_rule(name) in STOPPING]
    if refused:
        raise ImportProblem(
            f"列“{'”“'.join(refused)}”是对人的标签，不得导入，一行都没有发送；请从文件中删去这些列再导入，只描述事项本身"
        )
