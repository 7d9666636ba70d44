"""Reports the writer of the rules made up: what held once goes on to hold; no measure of how the rules do elsewhere."""

from collections import Counter
from pathlib import Path

from bench.triage import STEPS, said
from wufang.adapters.profile_files import triage_rules
from wufang.domain.triage import Matter, propose

CASES = Path(__file__).parents[2] / "data" / "triage" / "own_cases.txt"
ALLOWED = 0.02  # rows a fair reader may see otherwise


def test_what_held_holds() -> None:
    rules = triage_rules()
    lines = [line for line in CASES.read_text("utf-8").splitlines() if not line.startswith("#")]
    wrong: Counter[str] = Counter()
    for *labels, text in (line.split("|", 4) for line in lines):
        proposed = said(propose(Matter("hotline", "", text), rules))
        wrong.update(step for step, label in zip(STEPS, labels, strict=True) if proposed[step] != label)
    assert len(lines) > 200
    assert max(wrong.values(), default=0) <= ALLOWED * len(lines)
