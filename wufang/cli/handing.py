"""`wufang handover`: parts that doors held for the discipline office go to its store; says how many, never what."""

from __future__ import annotations

import typer

from wufang.cli import local, operating
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, out, print_json
from wufang.cli.progress import shown
from wufang.operations.handover import NotTaken, hand_over

app = typer.Typer()
NAMED = 20  # causes of refused parts that are printed


@app.command(name="handover")
def handover_command(as_json: AsJson = False) -> None:
    """移交：险情先行发布而暂存的部分，补交纪检封存库。可重复执行。"""
    settings = operating.settings("kafka")
    try:
        with shown(quiet=as_json) as progress:
            handed = operating.run(hand_over(settings, progress))
    except NotTaken as error:
        raise Failure(f"纪检封存库没有收下（{error}）；{local.how_to_mend('discipline')}，恢复后再执行") from error
    if as_json:
        print_json({"handed_over": handed.over, "erased": handed.erased, "refused": list(handed.refused)})
    else:
        erased = f"；密钥已擦除、无从移交 {handed.erased} 件" if handed.erased else ""
        none = not (handed.over or handed.erased or handed.refused)
        out.print("没有待移交的。" if none else f"已在封存库 {handed.over} 件{erased}")
    if handed.refused:
        listed = "、".join(handed.refused[:NAMED])
        raise Failure(f"纪检封存库拒收 {len(handed.refused)} 件，仍在原处：{listed}；请核对密钥与封存库的版本后再执行")
