"""The quick way proposes what the plain way does: for labelled reports, own cases, texts of the rules' own words."""

import re
import tomllib
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.triage import rows
from tests.support.plain_triage import plain
from wufang.adapters.profile_files import triage_rules
from wufang.domain.triage import Context, Matter, danger, propose, screen

FOLDER = Path(__file__).parents[2] / "data" / "triage"
PROFILE = Path(__file__).parents[3] / "profiles" / "default" / "triage.toml"
RULES = triage_rules()
PLAIN = plain(RULES)
KNOWN = Context(3, 2, True)


def same(matter: Matter, context: Context = KNOWN) -> None:
    proposed = propose(matter, PLAIN, context)
    assert propose(matter, RULES, context) == proposed
    if proposed.conduct is None:
        assert propose(msgspec.structs.replace(matter, screened=RULES.mark), RULES, context) == proposed
    assert screen(matter, RULES) == screen(matter, PLAIN)
    assert danger(matter, RULES) == danger(matter, PLAIN)


def lines(name: str) -> list[str]:
    return [line for line in (FOLDER / name).read_text("utf-8").splitlines() if not line.startswith("#")]


def test_the_same_for_labelled_reports() -> None:
    for row in rows(FOLDER / "dev.csv"):
        same(row.matter)


def test_the_same_for_own_cases_and_long_reports() -> None:
    for text in [line.split("|", 4)[4] for line in lines("own_cases.txt")] + lines("long.txt"):
        same(Matter("hotline", "反映问题", text))


@cache
def words() -> list[str]:
    """Every run of plain signs in the profile's patterns: the words the rules ask for, and those that stop them."""
    written = tomllib.loads(PROFILE.read_text("utf-8"))
    patterns = [
        *(word for group in written["group"].values() for word in group),
        *(word for part in written["sealing"].values() for word in part),
        *(word for mask in written["mask"] for word in mask["patterns"]),
        *(word for rule in written["rule"] for key in ("needs", "unless", "never") for word in rule.get(key, ())),
    ]
    return sorted({word for pattern in patterns for word in re.findall("[\u4e00-\u9fff0-9a-z]+", pattern)})


MARKS = ["，", "。", "！", "\n", "；", "的", "了", "他", "我们", "、", " ", "没有", "现在", "书记", "局", "钱"]


@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_same_for_texts_of_the_rules_own_words(data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.one_of(st.sampled_from(words()), st.sampled_from(MARKS)), max_size=30))
    channel = data.draw(st.sampled_from(["hotline", "grid", "sentiment", "petition", "party_building"]))
    title = data.draw(st.sampled_from(["", "路灯", "".join(parts[:3])]))
    accused = data.draw(st.sampled_from([None, "县纪委", "好味道饭店"]))
    same(Matter(channel, title, "".join(parts), None, accused), data.draw(st.sampled_from([Context(), KNOWN])))


def test_the_guard_fires_where_the_quick_way_forgets_an_alternative(monkeypatch: pytest.MonkeyPatch) -> None:
    matter = Matter("hotline", "", "楼道里着火了，快来人。")
    same(matter)
    for one in RULES.table._by_need:
        monkeypatch.setitem(RULES.table._by_need, one, frozenset())
    with pytest.raises(AssertionError):
        same(matter)


def test_patterns_that_nothing_is_needed_for_are_few() -> None:
    """They are searched in every report."""
    always = [one for several in RULES.table.several for one in several.always]
    everything = sum(len(several.branches) for several in RULES.table.several)
    assert len(always) < everything / 100


def test_a_doors_mark_counts_for_the_rules_it_names_alone() -> None:
    matter = Matter("hotline", "路灯", "县住建局王局长收了施工队的好处费，把工程批给亲戚。")
    assert propose(matter, RULES).conduct is not None
    assert propose(msgspec.structs.replace(matter, screened="triage-0"), RULES) == propose(matter, RULES)
    assert propose(msgspec.structs.replace(matter, screened=RULES.mark), RULES).conduct is None
