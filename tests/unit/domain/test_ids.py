"""Identities: equal for equal parts, different for anything else."""

import hashlib

import pytest

from wufang.domain import ids


def test_cause_is_the_hash_of_the_json_array_of_source_id_and_county() -> None:
    assert ids.cause("热线", "A-1", "430102") == hashlib.sha256('["热线","A-1","430102"]'.encode()).hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [(("ab", "c"), ("a", "bc")), (("a", ""), ("", "a")), (('a","b', "c"), ("a", 'b","c')), (("a", "b"), ("b", "a"))],
)
def test_parts_never_run_together(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert ids.cause(*one, "430102") != ids.cause(*other, "430102")
    assert ids.cause("desk", *one) != ids.cause("desk", *other)


def test_one_id_of_a_source_in_two_counties_has_two_causes() -> None:
    assert ids.cause("desk", "1", "430102") != ids.cause("desk", "1", "430103")


def test_genesis_differs_by_jurisdiction() -> None:
    assert ids.genesis("430102") == hashlib.sha256(b"wufang:430102").hexdigest()
    assert ids.genesis("430102") != ids.genesis("430103")


def test_conflict_cause_differs_by_content() -> None:
    original = ids.cause("desk", "1", "430102")
    assert len({original, ids.conflict_cause(original, "k:1"), ids.conflict_cause(original, "k:2")}) == 3


def test_case_id_says_record_and_place() -> None:
    assert ids.case_id("430102", 7, 2) == "430102-7-2"
    assert ids.jurisdiction_of("430102-7-2") == "430102"
