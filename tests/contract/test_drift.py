"""What is generated stands in the tree byte for byte; `make catalogue` brings it there."""

from pathlib import Path

import pytest

from wufang.catalogue.__main__ import main
from wufang.catalogue.generate import Files, drift, generated, write


@pytest.fixture(scope="module")
def files() -> Files:
    return generated()


def test_generated_files_stand_as_generated(files: Files) -> None:
    assert drift(files) == [], "run `make catalogue`"


def test_generating_twice_gives_the_same_bytes(files: Files) -> None:
    assert generated() == files


def test_a_written_tree_has_no_drift(files: Files, tmp_path: Path) -> None:
    assert len(write(files, tmp_path)) == len(files)
    assert drift(files, tmp_path) == []


def test_a_changed_file_is_drift(files: Files, tmp_path: Path) -> None:
    write(files, tmp_path)
    page = tmp_path / "docs/catalogue/topics.md"
    page.write_text(page.read_text() + "edited by hand\n")
    assert drift(files, tmp_path) == ["docs/catalogue/topics.md: changed"]


def test_a_missing_file_is_drift(files: Files, tmp_path: Path) -> None:
    write(files, tmp_path)
    (tmp_path / "schemas/ledger/record.v1.schema.json").unlink()
    assert drift(files, tmp_path) == ["schemas/ledger/record.v1.schema.json: missing"]


def test_a_leftover_file_is_drift_and_is_removed(files: Files, tmp_path: Path) -> None:
    write(files, tmp_path)
    leftover = tmp_path / "schemas/events/hotline/gone.v1.schema.json"
    leftover.write_text("{}")
    assert drift(files, tmp_path) == ["schemas/events/hotline/gone.v1.schema.json: left over"]
    write(files, tmp_path)
    assert not leftover.exists()


def test_a_wrong_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regenerate"]) == 2
    assert "generate|check|release" in capsys.readouterr().err
