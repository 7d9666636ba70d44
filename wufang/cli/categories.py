"""`wufang categories`: the profile's category tree, whole or by words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from wufang.cli.output import AsJson, out, print_json
from wufang.settings import Settings

if TYPE_CHECKING:
    from wufang.domain.categories import Tree

app = typer.Typer()


def tree() -> Tree:
    """The tree of the profile that WUFANG_PROFILE names."""
    from wufang.adapters.profile_files import category_tree

    return category_tree(Settings.from_env().profile)


@app.command(name="categories")
def categories(
    words: Annotated[list[str] | None, typer.Argument(help="名称或用词中的字，须都有；不填则列出全部")] = None,
    as_json: AsJson = False,
) -> None:
    """分类目录：列出各类的代码，或按词查找。"""
    known = tree()
    found = [code for code in known.nodes if all(_said(known, code, word) for word in words or ())]
    if as_json:
        print_json({"tree": known.version, "categories": [{"code": code, "path": known.path(code)} for code in found]})
        return
    table = Table("代码", "分类", box=None, title=f"分类目录 {known.version}", title_justify="left")
    for code in found:
        table.add_row(Text(code), Text(known.path(code)))
    out.print(table if found else "没有这样的分类。")


def _said(known: Tree, code: str, word: str) -> bool:
    return word in known.path(code) or any(word in keyword for keyword in known.nodes[code].keywords)
