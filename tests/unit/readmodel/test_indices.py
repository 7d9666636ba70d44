"""Index names are built and parsed as a pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufang.readmodel.indices import (
    KINDS,
    IndexName,
    build_index_name,
    index_prefix,
    parse_index_name,
    writing_alias,
)

PREFIXES = st.from_regex(r"([a-z0-9]{1,8}-){0,2}", fullmatch=True)


@given(prefix=PREFIXES, kind=st.sampled_from(KINDS), generation=st.integers(1, 10**6))
def test_what_is_built_is_parsed_back(prefix: str, kind: str, generation: int) -> None:
    name = IndexName(prefix, kind, generation)  # type: ignore[arg-type]
    assert parse_index_name(build_index_name(name)) == name


@pytest.mark.parametrize(
    "text", ["cases", "cases-g0", "cases-g01", "mycases-g1", "cases-g1-write", "demo-users-g1", ""]
)
def test_other_names_are_nobodys(text: str) -> None:
    assert parse_index_name(text) is None


def test_a_prefix_that_could_not_be_parsed_back_is_refused() -> None:
    with pytest.raises(ValueError, match="not an index name"):
        build_index_name(IndexName("demo", "cases", 1))


def test_a_writing_alias_is_no_index_name() -> None:
    assert parse_index_name(writing_alias(IndexName("demo-", "cases", 2))) is None


def test_a_settings_prefix_becomes_an_index_prefix() -> None:
    assert index_prefix("demo.") == "demo-"
