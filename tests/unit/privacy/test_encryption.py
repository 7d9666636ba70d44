"""Encryption, pseudonyms, content codes and keys: what fits opens, what was changed does not."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufang.privacy.content import content_mac
from wufang.privacy.encryption import CannotDecrypt, decrypt, encrypt
from wufang.privacy.keyring import KeysMissing, NamedKey, make_secrets, read_secrets
from wufang.privacy.pseudonym import normal_id_card, normal_phone, pseudonym


def counting() -> Any:
    """Random bytes that a test can foresee; never the same twice."""
    calls = 0

    def random_bytes(count: int) -> bytes:
        nonlocal calls
        calls += 1
        return hashlib.shake_256(str(calls).encode()).digest(count)

    return random_bytes


SECRETS = make_secrets(counting())
RING = read_secrets(SECRETS)
PERSONAL = {"reporter_name": "某某某", "text": "电话13812345678"}


def test_what_was_encrypted_is_read_with_its_key_only() -> None:
    random_bytes = counting()
    one, other = encrypt(RING, PERSONAL, random_bytes), encrypt(RING, PERSONAL, random_bytes)
    assert decrypt(RING, one.wrapped, one.field) == PERSONAL
    assert one.key_id != other.key_id
    assert one.field["ciphertext"] != other.field["ciphertext"]
    with pytest.raises(CannotDecrypt):
        decrypt(RING, other.wrapped, one.field)
    with pytest.raises(CannotDecrypt):
        decrypt(RING, other.wrapped, {**one.field, "key": other.key_id})


def test_without_its_key_the_field_is_gone_for_good() -> None:
    field = encrypt(RING, PERSONAL, counting()).field
    for gone in (None, b""):
        with pytest.raises(CannotDecrypt, match="erased"):
            decrypt(RING, gone, field)


@pytest.mark.parametrize("part", ["key", "nonce", "ciphertext"])
def test_a_changed_field_does_not_open(part: str) -> None:
    done = encrypt(RING, PERSONAL, counting())
    text = done.field[part]
    changed = {**done.field, part: ("A" if text[0] != "A" else "B") + text[1:]}
    with pytest.raises(CannotDecrypt):
        decrypt(RING, done.wrapped, changed)
    with pytest.raises(CannotDecrypt):
        decrypt(RING, done.wrapped, {k: v for k, v in done.field.items() if k != part})


def test_a_new_master_key_still_opens_what_the_old_one_wrapped() -> None:
    done = encrypt(RING, PERSONAL, counting())
    fresh = base64.b64encode(b"n" * 32).decode()
    keys = {**SECRETS["master"]["keys"], "master-2": fresh}
    rotated = read_secrets({**SECRETS, "master": {"current": "master-2", "keys": keys}})
    assert decrypt(rotated, done.wrapped, done.field) == PERSONAL
    assert orjson.loads(encrypt(rotated, PERSONAL, counting()).wrapped)["master"] == "master-2"
    only_new = read_secrets({**SECRETS, "master": {"current": "master-2", "keys": {"master-2": fresh}}})
    with pytest.raises(CannotDecrypt):
        decrypt(only_new, done.wrapped, done.field)


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_any_text_survives_sealing(personal: dict[str, str]) -> None:
    done = encrypt(RING, personal, counting())
    assert decrypt(RING, done.wrapped, done.field) == personal


def test_keys_are_not_printed() -> None:
    shown = repr(RING) + str(RING) + repr(RING.master)
    for purpose in SECRETS.values():
        for key in purpose["keys"].values():
            assert key not in shown
            assert repr(base64.b64decode(key)) not in shown


SAME = base64.b64encode(b"s" * 32).decode()


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ([], "JSON object"),
        ({}, "master"),
        ({**SECRETS, "content": {"current": "c", "keys": {}}}, "content"),
        ({**SECRETS, "content": {"current": "x", "keys": {"c": SAME}}}, "current content"),
        ({**SECRETS, "content": {"current": "c", "keys": {"c": "%"}}}, "base64"),
        ({**SECRETS, "content": {"current": "c", "keys": {"c": "AAAA"}}}, "3 bytes"),
        ({**SECRETS, "content": {"current": "C:", "keys": {"C:": SAME}}}, "bad name"),
        (
            {
                **SECRETS,
                "content": {"current": "c", "keys": {"c": SAME}},
                "receipt": {"current": "r", "keys": {"r": SAME}},
            },
            "two purposes",
        ),
    ],
)
def test_secrets_that_cannot_be_used_say_why(document: object, word: str) -> None:
    with pytest.raises(KeysMissing, match=word):
        read_secrets(document)


def test_equal_content_has_one_code_whatever_the_order() -> None:
    key = NamedKey("content-1", b"c" * 32)
    assert content_mac(key, {"a": 1, "b": {"c": 2, "d": 3}}) == content_mac(key, {"b": {"d": 3, "c": 2}, "a": 1})
    assert content_mac(key, {"a": 1}) != content_mac(key, {"a": 2})
    assert content_mac(key, {"a": 1}) != content_mac(NamedKey("content-1", b"d" * 32), {"a": 1})
    assert content_mac(key, {"a": 1}).startswith("content-1:")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("013812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("(0731) 8234 5678", "073182345678"),
        ("12345", ""),
        ("00000000000", ""),
        ("13800000000", ""),
        ("", ""),
    ],
)
def test_phones_are_one_form_and_placeholders_none(text: str, normal: str) -> None:
    assert normal_phone(text) == normal


def test_an_old_card_is_the_new_one() -> None:
    assert normal_id_card("110105 491231 002") == "11010519491231002X" == normal_id_card("11010519491231002x")
    assert normal_id_card("1111") == normal_id_card("00000000") == ""


def test_the_best_basis_counts_and_accounts_belong_to_their_source() -> None:
    key = NamedKey("pseudonym-1", b"p" * 32)
    everything = {
        "reporter": "user-1",
        "reporter_name": "某 某",
        "reporter_phone": "13812345678",
        "reporter_id_card": "11010519491231002X",
    }
    bases = []
    for field in ("reporter_phone", "reporter_id_card", "reporter", "reporter_name"):
        found = pseudonym(key, everything, "a")
        assert found is not None
        bases.append(found["basis"])
        everything.pop(field)
    assert bases == ["phone", "id_card", "account", "name"]
    assert pseudonym(key, {"reporter_phone": "12345"}, "a") is None
    account = {"reporter": "user-1"}
    assert pseudonym(key, account, "a") != pseudonym(key, account, "b")
    assert pseudonym(key, {"reporter_phone": "13812345678"}, "a") == pseudonym(
        key, {"reporter_phone": "+86 138 1234 5678"}, "b"
    )
