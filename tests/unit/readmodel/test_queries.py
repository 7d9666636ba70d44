"""Queries: a user's words are only ever values; filters and facets say what they should."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.view import HOSTILE
from wufang.domain.case import MORE_ACCUSED
from wufang.readmodel.queries import FACETS, SORTS, Search, best_reports, cases_step, reports_step, suggestions_step
from wufang.readmodel.scope import Scope, allows, scope_filter
from wufang.readmodel.wording import Text, read_text

COUNTY = Scope("430102")
VALUE_KEYS = {"query", "value"}


def strings(body: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a body with the key it stands under."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield "name", name
            yield from strings(value, name)
    elif isinstance(body, list):
        for value in body:
            yield from strings(value, key)
    elif isinstance(body, str):
        yield key, body


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_typed_stands_only_where_values_stand(typed: str) -> None:
    marker = "注入标记"
    text = read_text(typed[:100] + marker, phrase=typed[:50] + marker)
    search = Search(text=text)
    for body in (
        reports_step(search, COUNTY),
        cases_step(search, COUNTY, {}),
        best_reports(text, ["430102-1-0"]),
    ):
        assert {key for key, string in strings(body) if marker in string} <= VALUE_KEYS


@pytest.mark.parametrize("typed", HOSTILE)
def test_no_query_names_a_parser_a_script_or_a_pattern(typed: str) -> None:
    body = cases_step(Search(text=read_text(typed)), COUNTY, {})
    names = {string for key, string in strings(body) if key == "name"}
    assert not names & {"query_string", "script", "regexp", "wildcard", "prefix", "fuzzy", "runtime_mappings"}


def test_long_queries_are_cut() -> None:
    text = read_text(" ".join(["噪音"] * 10_000))
    assert len(text.parts) == 8
    assert len(read_text("a" * 100_000).parts[0]) == 200


def clauses(body: Any) -> int:
    """How many single-field questions a query asks."""
    if isinstance(body, list):
        return sum(map(clauses, body))
    if not isinstance(body, dict):
        return 0
    here = len(body["multi_match"]["fields"]) if "multi_match" in body else 0
    return here + ("match_phrase" in body) + sum(map(clauses, body.values()))


@pytest.mark.parametrize(
    "typed", ["".join(map(chr, range(0x4E00, 0x4EC8))), " ".join("的了是在人有我他" * 100), *HOSTILE]
)
def test_the_longest_query_asks_a_bounded_number_of_questions(typed: str) -> None:
    """Elasticsearch refuses beyond what its heap allows, 4,096 at least for a gigabyte."""
    text = read_text(typed, phrase=typed)
    assert clauses(cases_step(Search(text=text), COUNTY)["query"]) <= 700


def test_blanks_separate_parts_and_quotes_make_phrases() -> None:
    assert read_text('芙蓉小区 “电梯停运” 噪音 "三天"') == Text(
        ("芙蓉小区", "噪音"), ("电梯停运", "三天"), "芙蓉小区噪音"
    )


def test_punctuation_alone_is_a_query_that_finds_nothing_not_everything() -> None:
    assert read_text("）（ *")
    assert not read_text("   ")


def test_the_row_filter_is_in_every_search() -> None:
    body = cases_step(Search(), Scope("4301", "某物业公司"))
    assert scope_filter(Scope("4301", "某物业公司")) in body["query"]["bool"]["filter"]
    reports = reports_step(Search(text=read_text("噪音")), Scope("4301"))
    assert {"term": {"areas": "4301"}} in reports["query"]["bool"]["filter"]


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope(""), True),
        (Scope("43"), True),
        (Scope("4302"), False),
        (Scope("430102"), True),
        (Scope("43", "另一单位"), True),
        (Scope("43", "某物业公司"), False),
    ],
)
def test_who_may_see_a_case(scope: Scope, seen: bool) -> None:
    assert allows(scope, {"jurisdiction": "430102", "accused": ["某物业公司"]}) is seen


def test_a_case_of_more_accused_than_it_can_name_is_hidden_from_every_organisation() -> None:
    case = {"jurisdiction": "430102", "accused": ["某物业公司", MORE_ACCUSED]}
    assert allows(Scope("43"), case)
    assert not allows(Scope("43", "另一单位"), case)


def test_a_facet_is_counted_under_the_other_facets_only() -> None:
    search = Search(facets={"channel": ("petition",), "category": ("电梯",)})
    counts = cases_step(search, COUNTY)["aggs"]
    assert counts["channel"]["filter"]["bool"]["filter"] == [{"terms": {"category": ["电梯"]}}]
    assert len(counts["month"]["filter"]["bool"]["filter"]) == 2
    assert set(counts) == set(FACETS)


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_ends_in_the_case_id(sort: Any) -> None:
    assert cases_step(Search(sort=sort, text=read_text("水")), COUNTY)["sort"][-1] == {"case_id": "asc"}


def test_without_words_relevance_is_the_newest() -> None:
    assert cases_step(Search(), COUNTY)["sort"][0] == {"last_occurred_at": "desc"}


def test_merged_cases_stand_outside_unless_asked_for() -> None:
    hidden = [{"terms": {"state": ["merged", "moved"]}}]
    assert cases_step(Search(), COUNTY)["query"]["bool"]["must_not"] == hidden
    assert "must_not" not in cases_step(Search(facets={"state": ("merged",)}), COUNTY)["query"]["bool"]


def test_a_later_page_counts_no_facets_again() -> None:
    body = cases_step(Search(after=(1, "430102-1-0")), COUNTY)
    assert "aggs" not in body
    assert body["search_after"] == [1, "430102-1-0"]


# line 4 where whom a case accuses may be with the discipline office


def test_no_unit_reads_a_case_whose_accused_may_be_sealed_and_the_desks_do() -> None:
    case = {"jurisdiction": "430102", "accused": [], "withheld": True}
    assert not allows(Scope("43", "平川县和平街道办事处", unit=True), case)
    for desk in (Scope("43"), Scope("43", "平川县12345"), Scope("430102", "平川县和平街道办事处")):
        assert allows(desk, case)
    assert allows(Scope("43", "平川县和平街道办事处", unit=True), {"jurisdiction": "430102", "accused": []})


def test_the_row_filter_of_a_unit_leaves_them_out_and_that_of_a_desk_does_not() -> None:
    withheld = {"term": {"withheld": True}}
    assert withheld in scope_filter(Scope("43", "某物业公司", unit=True))["bool"]["must_not"]
    assert withheld in scope_filter(Scope("43", unit=True))["bool"]["must_not"]
    assert "withheld" not in str(scope_filter(Scope("43", "平川县12345")))


def test_no_answer_of_the_index_carries_that_a_case_is_withheld_and_nothing_counts_it() -> None:
    for body in (cases_step(Search(), Scope("43")), suggestions_step(Scope("43"), 20)):
        assert "withheld" in body["_source"]["excludes"]
        assert "withheld" not in str(body.get("aggs", body.get("aggregations", {})))
