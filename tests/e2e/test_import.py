"""`wufang import` on the whole system: encodings, spreadsheets, bad rows, twice, broken off and gone on with."""

from __future__ import annotations

import csv
import signal
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.e2e.conftest import Shell
from tests.support.deployment import until
from tests.support.gate import Gate
from wufang.importing.door_client import MOST_ITEMS

MESSAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "messages.csv"
HEADER = ["工单编号", "来电时间", "标题", "内容", "来电人", "诉求类型"]
COLUMNS = (
    ("id", "工单编号"),
    ("occurred_at", "来电时间"),
    ("title", "标题"),
    ("text", "内容"),
    ("reporter_phone", "来电人"),
    ("request_type", "诉求类型"),
)
FLAGS = [part for field, column in COLUMNS for part in ("--column", f"{field}={column}")]
FIRST, SECOND = "柏石紫丁海槐榆枫桂兰", "树榴竹香棠荫林叶花溪"
STREETS = [f"{one}{other}街" for one in FIRST for other in SECOND]
TROUBLES = (
    ("路灯不亮", "路灯已经坏了一周，晚上漆黑一片，请派人维修。"),
    ("垃圾没人清", "垃圾堆放多日无人清运，气味很大，请环卫处理。"),
    ("夜间施工噪音", "工地夜里十二点还在施工，噪音扰民，请执法部门制止。"),
    ("下水道堵塞", "下水道堵塞返水，污水流到路面，请市政疏通。"),
    ("违规停车", "车辆长期违规停放，占用盲道，请交警处理。"),
)


def row(number: int, name: str = "GD") -> list[object]:
    street, (title, text) = STREETS[number % 97], TROUBLES[number % len(TROUBLES)]
    told = f"平川县{street}{number}号{text}"
    when = f"2026年3月{number % 28 + 1}日 {number % 24}时{number % 60}分"
    return [f"{name}-{number:05}", when, f"{street}{number}号{title}", told, f"1300000{number % 10000:04}", "投诉"]


def write_csv(path: Path, rows: Iterable[list[object]], encoding: str = "gb18030") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def imported(shell: Shell, file: Path, county: str, *more: str, code: int = 0) -> Any:
    return shell.json("import", "热线", file.name, *FLAGS, "--jurisdiction", county, "--yes", *more, code=code)


def reports_of(shell: Shell, county: str) -> int:
    """How many reports stand in cases that a person finds there."""
    return sum(case["reports"] for case in shell.cases(area=county, sort="oldest", size=100))


def until_found(shell: Shell, county: str, count: int) -> None:
    """A receipt tells at once, a search within about a second: it is the search that is waited for."""
    until(f"{count} reports of {county} found", lambda: reports_of(shell, county) == count)


def test_csv_of_an_office_with_bad_rows(shell: Shell) -> None:
    """gb18030; what is wrong in a row is told by row and column, and the rest is taken."""
    rows = [row(number) for number in range(8)]
    rows[2][1] = "昨天上午"
    rows[4][5] = "吵架"
    rows[6][2] = ""
    file = write_csv(shell.folder / "一周工单.csv", rows)
    result = imported(shell, file, "990201", "--wait", code=1)
    assert (result["rows"], result["accepted"], result["refused"]) == (8, 5, 3)
    assert result["states"] == {"in_case": 5}
    assert [(e["row"], e["column"], e["rule"]) for e in result["errors"]] == [
        (4, "来电时间", "time_format"),
        (6, "诉求类型", "enum"),
        (8, "标题", "missing"),
    ]
    told = (shell.folder / "一周工单.csv.errors.csv").read_text("utf-8-sig")
    assert told.splitlines()[0] == "行号,编号,列,字段,规则,说明"
    assert "昨天上午" not in told
    until_found(shell, "990201", 5)


def test_mended_file_adds_only_what_was_missing(shell: Shell) -> None:
    rows = [row(number, "GM") for number in range(6)]
    rows[3][1] = "不知道"
    file = write_csv(shell.folder / "a.csv", rows)
    imported(shell, file, "990202", "--wait", code=1)
    write_csv(file, [row(number, "GM") for number in range(6)])
    result = imported(shell, file, "990202", "--wait")
    assert result["states"] == {"in_case": 1, "duplicate": 5}
    until_found(shell, "990202", 6)
    assert not (shell.folder / "a.csv.errors.csv").exists()


def test_spreadsheet(shell: Shell) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for number in range(4):
        _, _, *rest = row(number)
        sheet.append([20260300 + number, datetime(2026, 3, 5, 9, number), *rest])
    book.save(shell.folder / "工单.xlsx")
    result = imported(shell, shell.folder / "工单.xlsx", "990203", "--wait")
    assert result["states"] == {"in_case": 4}
    until_found(shell, "990203", 4)  # a receipt tells sooner than the search
    (case,) = shell.json("search", '"20260302"', "--area", "990203")["cases"]
    assert case["first_occurred_at"] == "2026-03-05T01:02:00.000Z"


def test_twice_adds_nothing_with_and_without_the_journal(shell: Shell) -> None:
    file = write_csv(shell.folder / "a.csv", [row(number, "GT") for number in range(10)])
    assert imported(shell, file, "990204", "--wait")["states"] == {"in_case": 10}
    known = imported(shell, file, "990204", "--wait")
    assert (known["sent"], known["known"], known["states"]) == (0, 10, {"in_case": 10})
    again = imported(shell, file, "990204", "--again", "--wait")
    assert (again["sent"], again["states"]) == (10, {"duplicate": 10})
    until_found(shell, "990204", 10)


def test_rows_without_an_id_column(shell: Shell) -> None:
    file = write_csv(shell.folder / "a.csv", [row(number) for number in range(5)])
    arguments = ["import", "hotline", "a.csv", *FLAGS[2:], "--jurisdiction", "990205", "--wait", "--yes"]
    assert shell.json(*arguments)["states"] == {"in_case": 5}
    assert shell.json(*arguments, "--again")["states"] == {"duplicate": 5}
    assert file.exists()


def test_broken_off_and_gone_on_with(shell: Shell) -> None:
    """Ctrl-C between a batch whose answer was lost and one that was not sent; the same command again: each row once."""
    taken, lost, unsent = MOST_ITEMS, MOST_ITEMS, 50
    count = taken + lost + unsent
    file = write_csv(shell.folder / "a.csv", (row(number, "GB") for number in range(count)))
    with Gate(shell.system.url("hotline"), "/v1/events", let=1) as gate:
        arguments = ["import", "hotline", file.name, *FLAGS, "--jurisdiction", "990206", "--url", gate.url]
        running = shell.start(*arguments)
        until("a batch that is not answered", lambda: gate.shut.is_set() or running.poll() is not None)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=120)
        assert running.returncode == 130
        assert "会接着做" in said
        gate.open()
        result = shell.json(*arguments, "--wait")
    assert (result["known"], result["accepted"]) == (taken, lost + unsent)
    assert result["states"] == {"in_case": taken + unsent, "duplicate": lost}
    until_found(shell, "990206", count)


@pytest.mark.parametrize("column", ["扬言人", "老户", "重点人员", "callerLabel"])
def test_labels_on_persons_stop_everything(shell: Shell, column: str) -> None:
    """docs/domain.md, line 3: refused and reported, before a row is sent."""
    file = shell.folder / "a.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([[*HEADER, column], [*row(1, "GL"), "是"]])
    said = shell.run("import", "hotline", "a.csv", *FLAGS, "--jurisdiction", "990207", code=1).stderr
    assert column in said
    assert "一行都没有发送" in said
    assert reports_of(shell, "990207") == 0


@pytest.mark.skipif(not MESSAGES.exists(), reason=f"no real messages at {MESSAGES}")
def test_real_messages_as_the_readme_writes_it(shell: Shell) -> None:
    """2,257 real messages: all accounted for, all in cases that are found, the books balanced."""
    (shell.folder / "messages.csv").symlink_to(MESSAGES)
    written = (
        "import hotline messages.csv --column id=message_id --column reporter=user --column occurred_at=time"
        " --column title=title --column text=body --jurisdiction 430100"
    ).split()
    assert "收下 2257" in shell.run(*written).stdout
    again = shell.json(*written, "--wait")
    assert (again["known"], again["sent"], again["states"]) == (2257, 0, {"in_case": 2257})
    until_found(shell, "430100", 2257)
    with MESSAGES.open(encoding="utf-8-sig", newline="") as file:
        sample = list(csv.DictReader(file))[::150]
    for message in sample:
        (case,) = shell.cases(q=f'"{message["message_id"]}"', area="430100")
        assert case["best_report"]["number"] == message["message_id"]
    assert shell.json("reconcile")["balanced"]
