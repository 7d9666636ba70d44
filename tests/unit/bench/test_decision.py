"""The harness of the cost of a report: every part is seen, and the digests are those of the bytes."""

from bench.corpus import COUNTIES
from bench.decision import measure


def test_two_runs_make_the_same_bytes_and_see_every_part() -> None:
    said: list[str] = []
    first, second = (measure(60, 20, COUNTIES[:2], None, said.append) for _ in range(2))
    more = measure(61, 20, COUNTIES[:2], None, said.append)
    assert all(first[name] == second[name] != more[name] for name in ("published", "records"))
    assert min(first["ledger_us"][part] for part in ("decode", "find", "triage", "fold: cases", "encode")) > 0
    assert first["door_us"]["screening"] > 0
    assert "60 reports measured" in said
