"""How often triage proposes what a reader would: `python -m bench.triage --table FILE.csv [--json OUT]`.

`--plain FILE.csv` (`title`, `text` or `body`, `channel` if there is one) and `--corpus N` say which share of reports
without labels it seals, hands over or puts into a lane, and by which rules: of plain ones nearly none is right.

The table has the columns of tests/data/triage/README.md; every figure is said with and without `category` and
`accused`.
"""

import argparse
import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import msgspec

from bench.corpus import Corpus
from wufang.adapters.profile_files import DEFAULT, triage_rules
from wufang.domain.triage import Conduct, Fact, Matter, Rules, Triage, danger, propose, redacted, screen

LONG = Path(__file__).parents[1] / "tests" / "data" / "triage" / "long.txt"  # 300 to 400 signs each
TIMES = 5
STEPS = ("danger", "sealed", "lane", "tags")


class Row(msgspec.Struct, frozen=True):
    """A labelled report; `labels` by step, `spans` the exact words a reader sealed."""

    id: str
    matter: Matter
    labels: dict[str, str]
    spans: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """What the rules propose for a row, in the labels' words."""

    row: Row
    proposed: dict[str, str]
    conduct: Conduct | None
    delayed: bool


def rows(table: Path, fields: bool = True) -> list[Row]:
    """The rows of a table, with the labeller's category and accused or without."""
    with table.open(encoding="utf-8", newline="") as file:
        return [_row(line, fields) for line in csv.DictReader(file)]


def _row(line: dict[str, str], fields: bool) -> Row:
    category, accused = (line["category"] or None, line["accused"] or None) if fields else (None, None)
    matter = Matter(line["channel"], line["title"], line["text"], category, accused)
    labels = {step: line[f"label_{step}"] for step in STEPS}
    return Row(line["id"], matter, labels, tuple(part for part in line["conduct_span"].split("|") if part))


NOTHING = {"danger": "none", "sealed": "no", "lane": "ordinary", "tags": ""}


def plain(table: Path) -> list[Row]:
    """Reports without labels, as if nothing were to be done about them."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        return [
            _unlabelled(place, line.get("channel") or "hotline", line["title"], line.get("text") or line["body"])
            for place, line in enumerate(csv.DictReader(file))
        ]


def made_up(count: int, seed: int = 3) -> list[Row]:
    """Reports of the load's corpus, which tell of no conduct; the weights were learnt from some of another seed."""
    events = enumerate(Corpus(seed).events(count))
    return [_unlabelled(place, channel, one["data"]["title"], one["data"]["text"]) for place, (channel, one) in events]


def _unlabelled(place: int, channel: str, title: str, text: str) -> Row:
    return Row(f"P{place}", Matter(channel, title, text), NOTHING, ())


def shares(table: Sequence[Row], rules: Rules) -> dict[str, dict[str, int]]:
    """How many reports each step, and each set of rules behind a seal or a handing over, is proposed for."""
    told = [propose(row.matter, rules) for row in table]
    steps = Counter(f"{step} {label or '-'}" for one in told for step, label in said(one).items())
    sealed = Counter(_by(one.conduct.facts) for one in told if one.conduct is not None)
    handed = Counter(_by(fact for fact in one.facts if "danger" in fact.rule) for one in told if one.danger)
    return {"steps": dict(sorted(steps.items())), "sealed by": _most(sealed), "handed over by": _most(handed)}


def _by(facts: Iterable[Fact]) -> str:
    return "+".join(sorted({fact.rule for fact in facts if not fact.rule.startswith(("context-", "unlike-"))}))


def _most(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def answer(row: Row, rules: Rules) -> Answer:
    """What the rules propose; `delayed` where the whole proposal hands over to others than danger alone does."""
    proposal = propose(row.matter, rules)
    delayed = danger(row.matter, rules, proposal.conduct)[0] != proposal.danger
    return Answer(row, said(proposal), screen(row.matter, rules), delayed)


def said(proposal: Triage) -> dict[str, str]:
    """A proposal in the labels' words."""
    sealed = "no" if proposal.conduct is None else "up" if proposal.conduct.up else "yes"
    return {
        "danger": proposal.danger or "none",
        "sealed": sealed,
        "lane": proposal.lane,
        "tags": ";".join(proposal.tags),
    }


def left(one: Answer) -> int:
    """How many signs of what a reader sealed are not sealed; blanks do not count."""
    title, text = one.row.matter.title, one.row.matter.text
    covered = {(span.field, sign) for span in _spans(one) for sign in range(span.start, span.end)}
    count = 0
    for part in one.row.spans:
        for field, whole in (("title", title), ("text", text)):
            start = whole.find(part)
            places = range(start, start + len(part)) if start >= 0 else range(0)
            count += sum((field, sign) not in covered and not whole[sign].isspace() for sign in places)
    return count


def _spans(one: Answer) -> Iterable[Any]:
    return one.conduct.spans if one.conduct is not None else ()


def shown(one: Answer) -> list[str]:
    """The parts a reader sealed that stand whole in the redacted report: what a common view would give away."""
    seen = "\n".join(redacted(one.row.matter.title, one.row.matter.text, one.conduct))
    return [part for part in one.row.spans if part in seen]


def figures(answers: Sequence[Answer]) -> dict[str, Any]:
    """Accuracy of each step, of each lane and each tag, what was mistaken for what, and every row missed."""
    result: dict[str, Any] = {"rows": len(answers)}
    for step in STEPS:
        pairs = [(one.row.labels[step], one.proposed[step]) for one in answers]
        result[step] = _share(pairs) | {"confusion": _confusion(pairs), "by_label": _by_label(pairs)}
    result["all_steps"] = _share([(str(one.row.labels), str(one.proposed)) for one in answers])
    for tag in ("study", "joint"):
        result[f"tag_{tag}"] = _binary([(tag in _tags(one.row.labels), tag in _tags(one.proposed)) for one in answers])
    for lane in ("urgent", "dedicated", "ordinary"):
        result[f"lane_{lane}"] = _binary(
            [(one.row.labels["lane"] == lane, one.proposed["lane"] == lane) for one in answers]
        )
    result["missed"] = [_miss(one, step) for one in answers for step in STEPS if _wrong(one, step)]
    result["conduct_signs_left"] = sum(map(left, answers))
    result["conduct_shown"] = [one.row.id for one in answers if shown(one)]
    both = [one for one in answers if one.row.labels["danger"] != "none" and one.row.spans]
    result["danger_with_conduct"] = {
        "rows": len(both),
        "delayed": [one.row.id for one in both if one.delayed or one.proposed["danger"] == "none"],
    }
    return result


def _tags(labels: dict[str, str]) -> list[str]:
    return labels["tags"].split(";")


def _wrong(one: Answer, step: str) -> bool:
    return one.row.labels[step] != one.proposed[step]


def _miss(one: Answer, step: str) -> dict[str, str]:
    return {"id": one.row.id, "step": step, "label": one.row.labels[step], "proposed": one.proposed[step]}


def _share(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    right = sum(label == proposed for label, proposed in pairs)
    return {"right": right, "accuracy": round(right / max(len(pairs), 1), 4)}


def _binary(pairs: Sequence[tuple[bool, bool]]) -> dict[str, Any]:
    found = sum(label and proposed for label, proposed in pairs)
    return {
        "labelled": sum(label for label, _ in pairs),
        "found": found,
        "wrongly": sum(proposed and not label for label, proposed in pairs),
        "accuracy": round(sum(label == proposed for label, proposed in pairs) / max(len(pairs), 1), 4),
    }


def _confusion(pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    counted = Counter(f"{label or '-'} -> {proposed or '-'}" for label, proposed in pairs if label != proposed)
    return dict(sorted(counted.items()))


def _by_label(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    total, right = Counter(label for label, _ in pairs), Counter(label for label, found in pairs if label == found)
    return {label or "-": f"{right[label]}/{total[label]}" for label in sorted(total)}


def cost(table: Path, rules: Rules) -> dict[str, dict[str, float]]:
    """Microseconds of processor time for a report, the least of some times: of this table, and of long made-up ones."""
    long = [line for line in LONG.read_text("utf-8").splitlines() if not line.startswith("#")]
    reports = {
        "table": [row.matter for row in rows(table)],
        "long": [Matter("petition", "情况反映", text) for text in long],
    }
    return {
        f"{name} {what}": _spread([_least(ask, matter, rules) for matter in matters])
        for what, ask in (("propose", propose), ("screen", screen))
        for name, matters in reports.items()
    }


def _least(ask: Callable[[Matter, Rules], object], matter: Matter, rules: Rules) -> float:
    ask(matter, rules)  # compiles what it needs
    times = []
    for _ in range(TIMES):
        began = time.process_time_ns()
        ask(matter, rules)
        times.append(time.process_time_ns() - began)
    return min(times) / 1000


def _spread(costs: Sequence[float]) -> dict[str, float]:
    ordered = sorted(costs) or [0.0]
    p99 = ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)]
    return {"mean": round(fmean(ordered), 1), "p99": round(p99, 1)}


def measured(table: Path, rules: Rules) -> dict[str, Any]:
    """The figures with the labeller's fields and without them."""
    return {
        "rules": rules.version,
        "microseconds": cost(table, rules),
        "with_category_and_accused": figures([answer(row, rules) for row in rows(table)]),
        "without": figures([answer(row, rules) for row in rows(table, fields=False)]),
    }


def summary(result: dict[str, Any]) -> str:
    """A line a step, then what was missed."""
    lines = [f"rules {result['rules']}"]
    lines += [f"  {what}: {_words(spread)} microseconds" for what, spread in result["microseconds"].items()]
    for name in ("with_category_and_accused", "without"):
        part = result[name]
        lines.append(f"{name}: {part['rows']} rows, all steps right {part['all_steps']['accuracy']:.3f}")
        lines += [f"  {step:8}{part[step]['accuracy']:.3f}  {_words(part[step]['by_label'])}" for step in STEPS]
        lines += [f"  {key:14}{_words(part[key])}" for key in part if key.startswith(("lane_", "tag_"))]
        both = part["danger_with_conduct"]
        lines.append(f"  conduct signs left {part['conduct_signs_left']}, shown whole {part['conduct_shown']}")
        lines.append(f"  danger with conduct {both['rows']}, delayed {both['delayed']}")
        lines += [
            f"  missed {one['id']} {one['step']}: {one['label'] or '-'} -> {one['proposed'] or '-'}"
            for one in part["missed"]
        ]
    return "\n".join(lines)


def _words(numbers: dict[str, Any]) -> str:
    return " ".join(f"{key} {value}" for key, value in numbers.items())


def _result(options: argparse.Namespace, rules: Rules) -> tuple[dict[str, Any], str]:
    if options.table:
        result = measured(options.table, rules)
        return result, summary(result)
    found = shares(plain(options.plain) if options.plain else made_up(options.corpus), rules)
    reports = sum(count for step, count in found["steps"].items() if step.startswith("sealed "))
    lines = [f"rules {rules.version}, {reports} reports"]
    lines += [
        f"  {what}: {label} {count} ({count / reports:.1%})"
        for what, part in found.items()
        for label, count in part.items()
    ]
    return {"rules": rules.version, "reports": reports, **found}, "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure a table, say it, and write it where asked."""
    parser = argparse.ArgumentParser(prog="bench.triage", description=__doc__)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--table", type=Path, help="labelled reports, as tests/data/triage/README.md says")
    asked.add_argument("--plain", type=Path, help="reports without labels: title, and text or body")
    asked.add_argument("--corpus", type=int, metavar="N", help="so many made-up reports without conduct")
    parser.add_argument("--profile", default=DEFAULT, help="whose rules")
    parser.add_argument("--json", type=Path, help="every figure and every row missed")
    options = parser.parse_args(arguments)
    result, told = _result(options, triage_rules(options.profile))
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
