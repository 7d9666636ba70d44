"""A machine that cannot run the stack is told so in one sentence, Chinese and English."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.preflight import GIB, Machine, PreflightError, check

GOOD = Machine("Linux", "x86_64", (3, 11), 8 * GIB, 20 * GIB)


@pytest.mark.parametrize("machine", [GOOD, replace(GOOD, architecture="aarch64"), replace(GOOD, memory=6 * GIB)])
def test_a_fit_machine_passes(machine: Machine) -> None:
    check(machine)


@pytest.mark.parametrize(
    ("machine", "chinese", "english"),
    [
        (replace(GOOD, system="Darwin"), "需要 Linux", "found Darwin"),
        (replace(GOOD, architecture="riscv64"), "需要 x86-64 或 arm64 处理器", "found riscv64"),
        (replace(GOOD, python=(3, 12)), "需要 Python 3.11", "found 3.12"),
        (replace(GOOD, memory=3 * GIB), "内存至少 6 GB", "found 3.0 GB"),
        (replace(GOOD, disk=1 * GIB), "可用磁盘至少 5 GB", "found 1.0 GB"),
    ],
    ids=["system", "processor", "python", "memory", "disk"],
)
def test_an_unfit_machine_is_told_in_one_sentence(machine: Machine, chinese: str, english: str) -> None:
    with pytest.raises(PreflightError) as refused:
        check(machine)
    sentence = str(refused.value)
    assert chinese in sentence
    assert english in sentence
    assert "\n" not in sentence
    assert sentence.count(" / ") == 1


def test_this_machine_is_described_even_where_the_folder_is_not_there_yet(tmp_path: Path) -> None:
    machine = Machine.here(tmp_path / "not" / "yet")
    assert machine.system == "Linux"
    assert machine.disk > 0
