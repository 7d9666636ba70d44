"""What `wufang handover` does with a part that the store refuses: it goes past it, and says so at the end."""

from typing import Any, Self

import orjson
import pytest
from typer.testing import CliRunner

from tests.support.doors import RING
from wufang.adapters.door import HELD
from wufang.adapters.sealing_store import StoreRefuses
from wufang.cli import handing, operating
from wufang.cli.failure import Failure
from wufang.domain.report import Sealed
from wufang.operations import handover
from wufang.operations.handover import Handed, NotTaken, hand_over
from wufang.privacy.encryption import encrypt
from wufang.settings import Settings

SETTINGS = Settings.model_validate({})
CAUSES = ["a" * 64, "b" * 64, "c" * 64]


class Held:
    """The log's held parts, one for each cause, and a store that refuses some and does not answer for others."""

    def __init__(self, refuses: tuple[str, ...] = (), silent: tuple[str, ...] = ()) -> None:
        self.refuses, self.silent = refuses, silent
        self.taken: list[str] = []
        numbers = iter(range(9))
        made = [
            encrypt(RING, {HELD: orjson.dumps({"n": cause}).decode()}, lambda n: bytes([next(numbers)]) * n)
            for cause in CAUSES
        ]
        self.waiting = [(cause, Sealed(**one.field)) for cause, one in zip(CAUSES, made, strict=True)]
        self.keys: dict[str, bytes | None] = {one.field["key"]: one.wrapped for one in made}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def put(self, cause: str, entry: dict[str, Any], content: object) -> str:
        if cause in self.silent:
            raise TimeoutError
        if cause in self.refuses:
            raise StoreRefuses("422")
        self.taken.append(entry["n"])
        return "receipt"


def standing(monkeypatch: pytest.MonkeyPatch, held: Held) -> Held:
    async def waiting(*_: object) -> list[tuple[str, Sealed]]:
        return held.waiting

    async def keys(*_: object) -> dict[str, bytes | None]:
        return held.keys

    for name, made in {
        "LogReader": lambda _: held,
        "SealingStore": lambda _: held,
        "load_key_ring": lambda _: RING,
        "_waiting": waiting,
        "wrapped_keys": keys,
    }.items():
        monkeypatch.setattr(handover, name, made)
    return held


async def test_a_refused_part_does_not_keep_the_others_back(monkeypatch: pytest.MonkeyPatch) -> None:
    held = standing(monkeypatch, Held(refuses=(CAUSES[0],)))
    held.keys[held.waiting[1][1].key] = None
    assert await hand_over(SETTINGS) == Handed(over=1, erased=1, refused=(CAUSES[0],))
    assert held.taken == [CAUSES[2]]


async def test_a_store_that_does_not_answer_ends_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    held = standing(monkeypatch, Held(silent=(CAUSES[1],)))
    with pytest.raises(NotTaken):
        await hand_over(SETTINGS)
    assert held.taken == [CAUSES[0]]


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_the_command_says_what_was_refused_and_fails(monkeypatch: pytest.MonkeyPatch, flags: list[str]) -> None:
    standing(monkeypatch, Held(refuses=tuple(CAUSES[:2])))
    monkeypatch.setattr(operating, "settings", lambda *_: SETTINGS)
    answer = CliRunner().invoke(handing.app, flags)
    assert isinstance(answer.exception, Failure)
    assert answer.exception.code == 1
    assert "拒收 2 件" in str(answer.exception)
    assert CAUSES[0] in str(answer.exception)


def test_the_command_is_content_when_all_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    standing(monkeypatch, Held())
    monkeypatch.setattr(operating, "settings", lambda *_: SETTINGS)
    assert CliRunner().invoke(handing.app, []).exit_code == 0
