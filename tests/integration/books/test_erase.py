"""Erasing a report on the real broker: every copy's key is a tombstone, the ledger folds to the same cases."""

from typing import Any

import pytest

from tests.integration.books.days import books
from tests.integration.books.office import Office
from tests.support.events import cause_of, outcome_data, outcome_event, report_data, report_event
from wufang.ledger.proofs.books import ledger_hash
from wufang.operations.erase import NothingFound, erase, wrapped_keys
from wufang.privacy.encryption import CannotDecrypt, Encrypted, decrypt, encrypt
from wufang.privacy.keyring import KeyRing, make_secrets, read_secrets
from wufang.wire import topics


class Dice:
    """Bytes that are different each time and the same in every run."""

    def __init__(self) -> None:
        self._next = 0

    def __call__(self, count: int) -> bytes:
        self._next += 1
        return bytes((self._next * 37 + place * 11) % 256 for place in range(count))


@pytest.fixture
def dice() -> Dice:
    return Dice()


@pytest.fixture
def ring(dice: Dice) -> KeyRing:
    return read_secrets(make_secrets(dice))


async def sealed(office: Office, ring: KeyRing, dice: Dice, phone: str) -> Encrypted:
    """A sealed phone, its key published as a door does."""
    made = encrypt(ring, {"reporter_phone": phone}, dice)
    await office.put(topics.DATA_KEYS, made.wrapped, made.key_id.encode())
    return made


async def fingerprint(office: Office) -> tuple[int, str]:
    return ledger_hash((await office.folds()).values())


async def test_every_copy_of_a_report_is_erased_and_nothing_else(office: Office, ring: KeyRing, dice: Dice) -> None:
    seals = {name: await sealed(office, ring, dice, f"1390000000{n}") for n, name in enumerate("abcdefg")}

    def data(name: str, **changed: Any) -> dict[str, Any]:
        return report_data(1, sealed=seals[name].field, **changed)

    original = report_event(1, data=data("a"))
    await office.publish(original)
    await office.publish(report_event(1, data=data("b"), contentmac=original["contentmac"]))  # a duplicate
    await office.publish(report_event(1, data=data("c", title="不同的说法")))  # a conflict
    ended = outcome_event(1, "R1", data=outcome_data("R1", sealed=seals["d"].field))
    await office.publish(ended, report_event(2, data=report_data(2, sealed=seals["e"].field)))
    await office.publish(report_event(1, data=data("g"), jurisdiction="430103"))  # another county's number
    await office.put("reports.grid", b'{"id":"R1","source":"hotline-desk","data":7}', b"430102")
    await office.work()
    await office.publish(outcome_event(9, "R1", data=outcome_data("R1", sealed=seals["f"].field)))  # not yet taken
    before = await fingerprint(office)

    keys = [one.key_id for one in seals.values()]
    there = await wrapped_keys(office.reader, keys)
    assert decrypt(ring, there[seals["a"].key_id], seals["a"].field) == {"reporter_phone": "13900000000"}

    result = await erase(office.settings, cause_of(original), by="tester", why="asked for")
    assert set(result.keys) == {seals[name].key_id for name in "abcdf"}
    left = await wrapped_keys(office.reader, keys)
    assert {name for name, one in seals.items() if left[one.key_id] is not None} == {"e", "g"}
    for name in "abcdf":
        with pytest.raises(CannotDecrypt, match="erased"):
            decrypt(ring, left[seals[name].key_id], seals[name].field)
    tombstones = [m for m in await office.messages(topics.DATA_KEYS) if m.value is None]
    assert {(m.key or b"").decode() for m in tombstones} == set(result.keys)

    assert await fingerprint(office) == before
    await office.work()
    assert (await books(office)).balanced


async def test_a_cause_that_nobody_sent_erases_nothing(office: Office) -> None:
    await office.publish(report_event(1))
    await office.work()
    with pytest.raises(NothingFound):
        await erase(office.settings, "f" * 64, by="tester", why="")
    assert await office.messages(topics.DATA_KEYS) == []


async def test_a_report_with_nothing_sealed_has_copies_and_no_keys(office: Office) -> None:
    await office.publish(report_event(1))
    await office.work()
    result = await erase(office.settings, cause_of(report_event(1)), by="tester", why="")
    assert (result.copies, result.keys) == (2, ())
