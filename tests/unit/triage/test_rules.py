"""A profile's rules: read whole, or refused with what is wrong."""

from pathlib import Path

import pytest

from tests.support.triage_file import SMALLEST
from wufang.adapters.profile_files import BadProfile, triage_rules, triage_rules_in


def read(folder: Path, text: str) -> str:
    (folder / "default").mkdir()
    (folder / "default" / "triage.toml").write_text(text, "utf-8")
    return triage_rules(folder=folder).version


def test_a_good_file_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, SMALLEST) == "t-1"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('gives = "119"', 'gives = "999"', "999"),
        ('gives = "119"', 'gives = "urgent"', "fire"),
        ("<word>", "<other>", "other"),
        ("<word>", ".*火", "fire"),
        ("<word>", "火{2,}", "fire"),
        ("<word>", "(火", "fire"),
        ("<word>", "火?", "fire"),
        ('needs = ["<word>"]', "needs = []", "fire"),
        ('why = "正在着火"', 'because = "正在着火"', "because"),
        ("[sealing]", "[sealing", "triage.toml"),
    ],
)
def test_a_bad_file_is_refused_and_says_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SMALLEST
    with pytest.raises(BadProfile, match=said):
        read(tmp_path, SMALLEST.replace(old, new))


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="fire"):
        read(tmp_path, SMALLEST + SMALLEST[SMALLEST.index("[[rule]]") :])


def test_a_profile_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match=r"triage\.toml"):
        triage_rules(folder=tmp_path)


def test_a_rule_corrected_under_the_old_version_has_another_mark(tmp_path: Path) -> None:
    marks = set()
    for number, text in enumerate((SMALLEST, SMALLEST, SMALLEST + "# said\n", SMALLEST.replace("着火", "起火"))):
        file = tmp_path / f"{number}.toml"
        file.write_text(text, "utf-8")
        made = triage_rules_in(file)
        assert made.mark.startswith(f"{made.version}#")
        marks.add(made.mark)
    assert len(marks) == 2
