"""One behaviour suite for the tables: in memory, on disk, and on disk for one run."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wufang.ledger.storage.tables import Snapshot, Stored, Table

Make = Callable[[], Snapshot]


@pytest.fixture(params=["memory", "disk", "for one run"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    path = None if request.param == "memory" else tmp_path / "state" / "one.db"
    return lambda: Snapshot(path, lasting=request.param == "disk")


def texts(snapshot: Snapshot, name: str = "texts", cached: int = 20_000) -> Table[str, str]:
    return snapshot.table(name, str.encode, bytes.decode, cached)


def rows(snapshot: Snapshot, name: str = "texts") -> int:
    count: int = snapshot.connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
    return count


def test_absent_key_has_no_value(make: Make) -> None:
    assert texts(make()).get("a") is None


def test_written_value_is_read_at_once_and_stored_at_commit(make: Make) -> None:
    snapshot = make()
    table = texts(snapshot)
    table.put("a", "1")
    assert (table.get("a"), rows(snapshot)) == ("1", 0)
    snapshot.commit()
    assert (table.get("a"), rows(snapshot)) == ("1", 1)


def test_replaced_value_wins_before_and_after_commit(make: Make) -> None:
    snapshot = make()
    table = texts(snapshot)
    for value in ("1", "2", "3"):
        table.put("a", value)
        assert table.get("a") == value
        snapshot.commit()
        assert (table.get("a"), rows(snapshot)) == (value, 1)


def test_rollback_forgets_what_was_not_committed(make: Make) -> None:
    snapshot = make()
    table = texts(snapshot)
    table.put("a", "1")
    snapshot.commit()
    table.put("a", "2")
    table.put("b", "2")
    snapshot.rollback()
    assert (table.get("a"), table.get("b")) == ("1", None)


def test_undo_goes_back_to_the_last_settle_and_rollback_behind_it(make: Make) -> None:
    snapshot = make()
    table = texts(snapshot)
    table.put("a", "1")
    snapshot.commit()
    table.put_many(["a", "b"], ["2", "2"])
    snapshot.settle()
    table.put_many(["a", "b", "c"], ["3", "3", "3"])
    snapshot.undo()
    assert (table.get_many(["a", "b", "c"]), rows(snapshot)) == (["2", "2", None], 1)
    snapshot.rollback()
    assert table.get_many(["a", "b", "c"]) == ["1", None, None]


def test_many_new_keys_are_found_in_the_file(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of the keys on disk grows with them, and never denies one."""
    monkeypatch.setattr(Stored, "LEAST", 16)
    snapshot = make()
    table: Table[str, str] = snapshot.table("news", str.encode, bytes.decode, 1, often_new=True)
    for number in range(300):
        table.put(f"k{number}", f"v{number}")
        if number % 50 == 0:
            snapshot.commit()
    snapshot.commit()
    snapshot.rollback()
    keys = [f"k{number}" for number in range(600)]
    assert table.get_many(keys) == [f"v{number}" if number < 300 else None for number in range(600)]
    assert table._stored is not None
    assert not all(map(table._stored.may_hold, keys[300:]))


def test_falsy_values_are_values(make: Make) -> None:
    snapshot = make()
    table = texts(snapshot, cached=1)
    for key in ("a", "b"):
        table.put(key, "")
    snapshot.commit()
    assert (table.get("a"), table.get("b")) == ("", "")


def test_evicted_values_are_read_back(make: Make) -> None:
    snapshot = make()
    table = texts(snapshot, cached=3)
    for number in range(20):
        table.put(str(number), f"v{number}")
    assert table.get("0") == "v0"  # what is not written yet is never evicted
    snapshot.commit()
    assert [table.get(str(number)) for number in range(20)] == [f"v{number}" for number in range(20)]
    assert len(table._values) <= 3


def test_items_come_in_key_order_and_only_when_all_is_written(make: Make) -> None:
    snapshot = make()
    table = texts(snapshot)
    for key in ("b", "a", "中"):
        table.put(key, key)
    with pytest.raises(RuntimeError, match="uncommitted"):
        list(table.items())
    snapshot.commit()
    assert list(table.items()) == [("a", "a"), ("b", "b"), ("中", "中")]


@pytest.mark.parametrize("key", ["", "a\x00b", "'; DROP TABLE texts; --", "中文", "x" * 10_000], ids=repr)
def test_any_text_is_a_key(make: Make, key: str) -> None:
    snapshot = make()
    table = texts(snapshot, cached=1)
    table.put(key, "1")
    table.put("other", "2")
    snapshot.commit()
    assert (table.get(key), table.get("other")) == ("1", "2")


def test_numbers_and_bytes_are_keys(make: Make) -> None:
    snapshot = make()
    numbers: Table[int, str] = snapshot.table("numbers", str.encode, bytes.decode, 1)
    binary: Table[bytes, str] = snapshot.table("binary", str.encode, bytes.decode, 1)
    for number in (0, 7, 2**62):
        numbers.put(number, str(number))
        binary.put(number.to_bytes(8, "big"), str(number))
    snapshot.commit()
    assert [numbers.get(number) for number in (0, 7, 2**62)] == ["0", "7", str(2**62)]
    assert binary.get((7).to_bytes(8, "big")) == "7"


def test_failed_commit_leaves_all_tables_as_they_were(make: Make) -> None:
    def broken(_value: str) -> bytes:
        raise ValueError("cannot encode")

    snapshot = make()
    good = texts(snapshot)
    bad: Table[str, str] = snapshot.table("bad", broken, bytes.decode)
    good.put("a", "1")
    snapshot.commit()
    good.put("a", "2")
    bad.put("x", "y")
    with pytest.raises(ValueError, match="cannot encode"):
        snapshot.commit()
    assert (good.get("a"), bad.get("x")) == ("1", None)
    good.put("a", "3")
    snapshot.commit()
    assert good.get("a") == "3"


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abcde"), st.text(max_size=3)),
        st.tuples(st.sampled_from(["settle", "undo", "commit", "rollback"]), st.just(""), st.just("")),
    ),
    max_size=40,
)


@given(steps, st.integers(1, 4), st.booleans())
@settings(max_examples=250)
def test_like_a_dict_that_forgets_on_undo_and_rollback(
    taken: list[tuple[str, str, str]], cached: int, often_new: bool
) -> None:
    snapshot = Snapshot(None)
    table: Table[str, str] = snapshot.table("texts", str.encode, bytes.decode, cached, often_new)
    now: dict[str, str] = {}
    settled: dict[str, str] = {}
    kept: dict[str, str] = {}
    for step, key, value in taken:
        if step == "put":
            table.put(key, value)
            now[key] = value
        elif step == "settle":
            snapshot.settle()
            settled = dict(now)
        elif step == "undo":
            snapshot.undo()
            now = dict(settled)
        elif step == "commit":
            snapshot.commit()
            kept, settled = dict(now), dict(now)
        else:
            snapshot.rollback()
            now, settled = dict(kept), dict(kept)
        assert {key: table.get(key) for key in "abcde"} == {key: now.get(key) for key in "abcde"}


@pytest.mark.parametrize("forget", ["undo", "rollback", "failed commit"])
def test_whoever_keeps_what_was_read_is_told_after_it_is_forgotten(make: Make, forget: str) -> None:
    def broken(_value: str) -> bytes:
        raise ValueError("cannot encode")

    snapshot = make()
    table, told = texts(snapshot), list[str | None]()
    snapshot.on_forgetting(lambda: told.append(table.get("a")))
    table.put("a", "1")
    snapshot.commit()
    snapshot.settle()
    assert told == []
    table.put("a", "2")
    if forget == "failed commit":
        bad: Table[str, str] = snapshot.table("bad", broken, bytes.decode)
        bad.put("x", "y")
        with pytest.raises(ValueError, match="cannot encode"):
            snapshot.commit()
    else:
        getattr(snapshot, forget)()
    assert told == ["1"]


# --- on disk only


def test_reopened_file_holds_what_was_committed_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "one.db"
    snapshot = Snapshot(path)
    table, other = texts(snapshot), texts(snapshot, "others")
    table.put("a", "1")
    other.put("b", "2")
    snapshot.commit()
    table.put("a", "lost")
    snapshot.close()
    again = Snapshot(path)
    assert (texts(again).get("a"), texts(again, "others").get("b")) == ("1", "2")


def test_file_survives_a_process_that_never_closed_it(tmp_path: Path) -> None:
    snapshot = Snapshot(tmp_path / "one.db")
    table = texts(snapshot)
    table.put("a", "1")
    snapshot.commit()
    table.put("a", "2")
    reader = Snapshot(tmp_path / "one.db")  # the first is still open, as after a SIGKILL
    assert texts(reader).get("a") == "1"


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    path.write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Snapshot(path)


def test_a_power_cut_may_take_commits_and_never_single_pages(tmp_path: Path) -> None:
    """With synchronous=OFF a checkpoint's page could be lost unnoticed; SQLite keeps the order from NORMAL (1) on."""
    connection = Snapshot(tmp_path / "one.db").connection
    modes = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert modes == ["wal", 1]
