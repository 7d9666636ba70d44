"""Words of strangers on a terminal: they may neither steer it nor be taken for markup."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from wufang.cli import case, output, suggesting
from wufang.cli.output import SafeConsole, print_json

EVIL = "停\x1b]52;c;cm0=\x07水\x9b2J[/red][link=https://evil.example]看\u202e"
NOT_WANTED = ("\x1b", "\x07", "\x9b", "\u202e")


def shown(*renderables: Any) -> str:
    file = io.StringIO()
    console = SafeConsole(file=file, width=200, force_terminal=False)
    for one in renderables:
        console.print(one)
    return file.getvalue()


def test_nothing_printed_steers_the_terminal() -> None:
    table = Table("一")
    table.add_row(Text(EVIL))
    told = shown(Text(EVIL), table)
    assert "停" in told
    assert "看" in told
    assert [sign for sign in NOT_WANTED if sign in told] == []


def test_a_full_width_space_stays_where_it_stood() -> None:
    table = Table("一", "二")
    table.add_row(Text("供水\u3000建议"), "边")
    table.add_row(Text("十二个字的宽"), "边")
    told = shown(table)
    assert "供水\u3000建议" in told
    edges = [cell_len(line.partition("边")[0]) for line in told.splitlines() if "边" in line]
    assert edges == [edges[0]] * 2


def test_colours_stay() -> None:
    file = io.StringIO()
    SafeConsole(file=file, force_terminal=True, color_system="standard").print("[red]坏[/]")
    assert "\x1b[31m" in file.getvalue()


def test_a_case_of_strange_words_is_printed_as_it_is() -> None:
    report: dict[str, Any] = {
        "report_id": "r",
        "channel": "hotline",
        "number": EVIL,
        "title": EVIL,
        "link": {"kind": "repeat", "score": 0.9, "reasons": [{"detail": EVIL}]},
    }
    at = "2026-03-05T01:30:00.000Z"
    head: dict[str, Any] = {
        "title": EVIL,
        "case_id": "990101-1-0",
        "channels": {"hotline": 1},
        "reports": 1,
        "progress": "none",
        "concluded": 0,
        "addresses": [EVIL],
        "accused": [EVIL],
        "first_occurred_at": at,
        "last_occurred_at": at,
    }
    ended: dict[str, Any] = {"result": "solved", "reply": EVIL, "concluded_at": at}
    entries: list[dict[str, Any]] = [
        {"type": "case_opened", "report_id": "r", "at": at, "occurred_at": at, "title": EVIL},
        {"type": "report_concluded", "report_id": "r", "at": at, "outcome": ended},
    ]
    told = shown(case.head_panel(head), case.evidence_table([report]), case.timeline_table(entries, [report]))
    assert [sign for sign in NOT_WANTED if sign in told] == []
    assert told.count("[/red]") >= 7


def test_json_says_such_signs_in_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"title": EVIL})
    told = capsys.readouterr().out
    assert json.loads(told) == {"title": EVIL}
    assert "停" in told
    assert [sign for sign in NOT_WANTED if sign in told] == []


def test_both_streams_are_safe() -> None:
    assert isinstance(output.out, SafeConsole)
    assert isinstance(output.err, SafeConsole)


def test_what_a_person_is_asked_is_printed_as_it_is() -> None:
    """One title with a closing tag of forums ended the whole list; others were taken for links and colours."""
    link = {"score": 0.5, "reasons": [{"detail": EVIL}]}
    one = {"case_id": "990101-1-0", "title": EVIL, "reports": 1, "channels": {"hotline": 1}, "excerpt": f"{EVIL}[/b]"}
    pair = {"case": one, "other": {**one, "case_id": "990101-2-0"}, "link": link}
    side = {"places": [EVIL], "words": [EVIL], "reports": [{"report_id": "r", "number": "1", "title": EVIL}]}
    orders = {"move": {"reports": ["r"]}, "keep_together": {"reports": ["r"]}}
    split = {"case": one, "sides": [side, side], "reasons": link["reasons"], **orders}
    told = shown(suggesting._pair(pair)[0], suggesting._apart(split)[0])
    assert told.count("[/red][link=https://evil.example]") == 5 + 8
    assert [sign for sign in NOT_WANTED if sign in told] == []
