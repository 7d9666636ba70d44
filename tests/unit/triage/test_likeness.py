"""A sentence that no rule holds for is sealed where it names somebody of the authorities and reads like conduct."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from bench.triage import Row, answer, rows
from bench.triage_likeness import learnt, left_out, main
from wufang.adapters.profile_files import BadProfile, triage_rules
from wufang.domain.triage import Matter, propose, redacted, screen
from wufang.domain.triage.likeness import NONE, SCALE, Likeness, Score, pairs
from wufang.domain.triage.sealing import LIKE

RULES = triage_rules()
LOTS = Path(__file__).parents[2] / "data" / "triage"
PROFILE = Path(__file__).parents[3] / "profiles" / "default"
LEANS = msgspec.structs.replace(RULES, likeness=Likeness("l-1", Score(-SCALE, 0, {"种花": 2 * SCALE})))


def test_a_sum_over_pairs_decides() -> None:
    score = Score(-150, 0, {"甲乙": 100, "乙，": 50, "丙丁": -1})
    assert score.of(pairs("甲乙。")) == 0
    assert score.of(pairs("甲乙。丙丁")) == -1
    assert pairs("1：2") == pairs("7，8")
    assert pairs("") == frozenset()


def test_it_seals_only_where_somebody_of_the_authorities_stands() -> None:
    named, nobody = "派出所的人又在那里种花。路灯坏了。", "隔壁的邻居又在那里种花。路灯坏了。"
    conduct = screen(Matter("hotline", "路灯", named), LEANS)
    assert conduct is not None
    assert [(one.rule, one.why) for one in conduct.facts] == [("like-conduct", LIKE)]
    assert "种花" not in "".join(redacted("路灯", named, conduct))
    assert "路灯坏了" in redacted("路灯", named, conduct)[1]
    assert screen(Matter("hotline", "路灯", nobody), LEANS) is None
    assert screen(Matter("hotline", "路灯", "派出所的人种花。"), LEANS) is None
    assert screen(Matter("hotline", "路灯", named), msgspec.structs.replace(RULES, likeness=NONE)) is None


def test_a_common_view_is_told_nothing_of_it() -> None:
    proposal = propose(Matter("hotline", "路灯", "派出所的人又在那里种花。路灯坏了。"), LEANS)
    assert proposal.conduct is not None
    assert all("种花" not in one.matched for one in proposal.facts)


def test_the_version_names_both(tmp_path: Path) -> None:
    assert RULES.version == "triage-2+likeness-1"
    (tmp_path / "default").mkdir()
    shutil.copy(PROFILE / "triage.toml", tmp_path / "default")
    alone = triage_rules(folder=tmp_path)
    assert (alone.version, alone.likeness) == ("triage-2", NONE)


@pytest.mark.parametrize(
    "bad", ["{", '{"version": "x", "conduct": {"start": 0, "over": 0, "weights": {"甲乙": "much"}}}']
)
def test_a_bad_file_of_weights_is_refused(tmp_path: Path, bad: str) -> None:
    (tmp_path / "default").mkdir()
    shutil.copy(PROFILE / "triage.toml", tmp_path / "default")
    (tmp_path / "default" / "triage-likeness.json").write_text(bad, "utf-8")
    with pytest.raises(BadProfile):
        triage_rules(folder=tmp_path)


def labelled(place: int, text: str, sealed: bool) -> Row:
    labels = {"danger": "none", "sealed": "yes" if sealed else "no", "lane": "ordinary", "tags": ""}
    return Row(f"T{place}", Matter("hotline", "", text), labels, (text,) if sealed else ())


def test_what_is_learnt_is_what_sets_the_rows_apart_and_the_same_each_time() -> None:
    table = [labelled(place, "社区的人昨天下午在门口种花", True) for place in range(8)]
    table += [labelled(place, "社区的人昨天下午在门口扫地", False) for place in range(8, 16)]
    weights = learnt(table)
    assert weights == learnt(table)
    assert weights.conduct.weights["种花"] > 0 > weights.conduct.weights["扫地"]
    assert left_out(table, RULES).endswith("found 8/8, wrongly 0/8")


def test_the_file_is_written_as_it_is_read(tmp_path: Path) -> None:
    table = tmp_path / "small.csv"
    lines = (LOTS / "lot_b.csv").read_text("utf-8").splitlines()
    table.write_text("\n".join(lines[:20]) + "\n", "utf-8")
    assert main(["--table", str(table), "--out", str(tmp_path / "out.json")]) == 0
    written = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert written["version"] == "likeness-1"
    assert all(type(weight) is int for weight in written["conduct"]["weights"].values())


def test_it_finds_some_that_the_rules_miss() -> None:
    alone = msgspec.structs.replace(RULES, likeness=NONE)
    read = [row for name in ("lot_a.csv", "lot_b.csv") for row in rows(LOTS / name, False)]
    missed = [row for row in read if row.spans and answer(row, alone).conduct is None]
    assert len([row for row in missed if answer(row, RULES).conduct is None]) < len(missed)
