"""The harness of the cost of a report: every part is seen, and the digest is that of the bytes and of nothing else."""

from bench.corpus import COUNTIES
from bench.decision import measure


def test_two_runs_make_the_same_bytes_and_see_every_part() -> None:
    said: list[str] = []
    first, second = (measure(60, 20, COUNTIES[:2], None, said.append) for _ in range(2))
    assert first["digest"] == second["digest"] != measure(61, 20, COUNTIES[:2], None, said.append)["digest"]
    assert min(first["ledger_us"][part] for part in ("decode", "find", "triage", "fold: cases", "encode")) > 0
    assert first["door_us"]["screening"] > 0
    assert "60 reports measured" in said
