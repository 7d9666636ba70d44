"""Requests ask the key file from several threads: the first ones must wait for the first read, not be turned away."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wufang.adapters import key_file
from wufang.adapters.key_file import ApiKey, KeyFile, create_key


def test_a_key_is_known_to_every_thread_while_the_file_is_first_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keys.json"
    token, _ = create_key(path, source="desk", channels=["hotline"], jurisdiction="9901")
    read = key_file.read_keys

    def slowly(file: Path) -> list[ApiKey]:
        time.sleep(0.1)
        return read(file)

    monkeypatch.setattr(key_file, "read_keys", slowly)
    keys = KeyFile(path)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: keys.find(token, datetime.now(UTC)), range(4)))
    assert [key.source if key else None for key in found] == ["desk"] * 4
