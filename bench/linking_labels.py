"""What a labelled folder says, and the figures its scorer defines, over all messages or a part of them."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

Cases = Mapping[str, str]  # message id to case id
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Labels:
    """`matter` and `doubt` by message id; pairs of one doubt and different matters count neither way."""

    matter: Mapping[str, str]
    doubt: Mapping[str, str]
    user: Mapping[str, str]
    hard: tuple[Pair, ...]  # alike in words, different in matter

    def wrong(self, one: str, other: str) -> bool:
        """Whether the two are surely not one matter."""
        return self.matter[one] != self.matter[other] and self.doubt[one] != self.doubt[other]


def read_labels(folder: Path, messages: Path) -> Labels:
    """The labels of `matters.csv` and `hard_negatives.csv`."""
    matters = list(_rows(folder / "matters.csv"))
    return Labels(
        matter={row["message_id"]: row["matter_id"] for row in matters},
        doubt={row["message_id"]: row["dontcare_group_id"] for row in matters},
        user={row["message_id"]: row["user"] for row in _rows(messages)},
        hard=tuple((row["id_a"], row["id_b"]) for row in _rows(folder / "hard_negatives.csv")),
    )


def figures(cases: Cases, labels: Labels) -> dict[str, Any]:
    """B-cubed over matters of two or more, pairs of different users, hard negatives linked; of the messages in `cases`.

    The scorer of the folder gives the same over a whole file.
    """
    hard = [pair for pair in labels.hard if pair[0] in cases and pair[1] in cases]
    return {
        "bcubed_multi": bcubed(cases, labels),
        "pairs_xuser": pairs(cases, labels),
        "hard_linked": [sum(cases[one] == cases[other] for one, other in hard), len(hard)],
    }


def bcubed(cases: Cases, labels: Labels) -> dict[str, float]:
    """Precision and recall are means over the messages whose matter holds two or more of these."""
    by_matter, by_case = grouped(cases, labels.matter.__getitem__), grouped(cases, cases.__getitem__)
    precision = recall = 0.0
    counted = [message for message in cases if len(by_matter[labels.matter[message]]) > 1]
    for message in counted:
        same = by_matter[labels.matter[message]]
        mates = {mate for mate in by_case[cases[message]] if not labels.wrong(message, mate)}
        wrong = len(by_case[cases[message]]) - len(mates)
        both = len(mates & same)
        precision += both / (both + wrong)
        recall += both / len(same)
    most = len(counted) or 1
    return scores(precision / most, recall / most)


def pairs(cases: Cases, labels: Labels) -> dict[str, float]:
    """Over pairs of messages of different users."""
    right = false = missed = 0
    for one, other in pairs_within(grouped(cases, cases.__getitem__).values()):
        if labels.user[one] != labels.user[other]:
            right += labels.matter[one] == labels.matter[other]
            false += labels.wrong(one, other)
    for one, other in pairs_within(grouped(cases, labels.matter.__getitem__).values()):
        missed += labels.user[one] != labels.user[other] and cases[one] != cases[other]
    return scores(_share(right, right + false), _share(right, right + missed))


def scores(precision: float, recall: float) -> dict[str, float]:
    """Precision, recall and their harmonic mean, four digits."""
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"p": round(precision, 4), "r": round(recall, 4), "f1": round(f1, 4)}


def grouped(messages: Iterable[str], of: Callable[[str], str]) -> dict[str, set[str]]:
    """The messages by what `of` says of each."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for message in messages:
        groups[of(message)].add(message)
    return groups


def pairs_within(groups: Iterable[Collection[str]]) -> Iterable[Pair]:
    """All pairs that share a group."""
    for group in groups:
        yield from combinations(sorted(group), 2)


def half(labels: Labels, which: int) -> frozenset[str]:
    """One half of the messages (0 or 1), by hash; doubtful groups and the pairs to keep apart stay together."""
    leader = {doubt: doubt for doubt in labels.doubt.values()}

    def lead(doubt: str) -> str:
        while leader[doubt] != doubt:
            doubt = leader[doubt]
        return doubt

    for one, other in labels.hard:
        leader[lead(labels.doubt[one])] = lead(labels.doubt[other])
    return frozenset(
        message
        for message, doubt in labels.doubt.items()
        if hashlib.sha256(f"half:{lead(doubt)}".encode()).digest()[-1] & 1 == which
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)
