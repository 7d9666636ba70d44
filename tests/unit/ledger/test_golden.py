"""What a ledger folds to changes with a number that says so, or not at all."""

from pathlib import Path

import pytest

from tests import golden
from tests.golden import Golden, Part


@pytest.fixture(scope="module")
def now() -> Golden:
    return golden.computed()


def test_what_is_made_is_what_was_filed(now: Golden) -> None:
    assert golden.complaints(golden.filed(), now) == []


def test_the_ledger_holds_every_kind_of_event() -> None:
    text = b"".join(golden.ledger())
    for kind in ("case_opened", "report_linked", "report_concluded", "submission_conflicted", "outcome_refused"):
        assert f'"{kind}.v'.encode() in text


def test_the_decisions_are_some_links_and_some_new_cases() -> None:
    decided = list(golden._decisions(golden.ledger()))
    assert 0 < decided.count(b'"Found(link=None, near=())"') < len(decided)


@pytest.mark.parametrize(
    ("part", "number"),
    [("state", "FORMAT"), ("linker", "rules.py"), ("links", "rules.py"), ("documents", "DOCUMENTS"), ("ledger", "tag")],
)
def test_bytes_that_change_under_their_number_are_refused(
    now: Golden, part: str, number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = next(iter(now[part].hashes))
    before = {**now, part: Part(now[part].numbers, {**now[part].hashes, other: "0" * 64})}
    (complaint,) = golden.complaints(before, now)
    assert complaint.startswith(f"{part} ({other}) changed under its old number")
    assert number in complaint


def test_a_table_more_is_a_change(now: Golden) -> None:
    fewer = dict(list(now["state"].hashes.items())[1:])
    before = {**now, "state": Part(now["state"].numbers, fewer)}
    assert len(golden.silent_changes(before, now)) == 1


def test_a_new_number_is_filed_by_the_command(now: Golden) -> None:
    before = {**now, "state": Part({"fold": 0}, {"cases": "0" * 64})}
    assert golden.silent_changes(before, now) == []
    assert golden.complaints(before, now) == ["state has a new number and is not filed: run `python -m tests.golden`"]


def test_the_command_files_what_is_made_and_refuses_a_silent_change(
    now: Golden, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "golden.json"
    assert golden.main([], path) == 0
    assert golden.filed(path) == now
    touched = path.read_bytes().replace(now["state"].hashes["cases"].encode(), b"0" * 64)
    path.write_bytes(touched)
    assert golden.main([], path) == 1
    assert "raise FORMAT" in capsys.readouterr().err
    assert path.read_bytes() == touched
    assert golden.main(["--another-ledger"], path) == 0
    assert golden.filed(path) == now
