"""Folds that keep reports of one matter on one side, and the score of a classification."""

import random
from collections.abc import Sequence

Folds = list[list[int]]
ALIKE = 0.4  # Jaccard similarity of two reports' words from which they are taken for one text told again
LEAST_WORDS = 5  # shorter texts are alike by chance


def groups(reports: Sequence[tuple[str, str, frozenset[str]]]) -> list[list[int]]:
    """Reports (user, class, words) that may be about one matter, by their places.

    No labels of matters are known for them: alike in words, or told by one user under one class, is taken for one.
    """
    leader = list(range(len(reports)))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for place, one in enumerate(reports):
        for before in range(place):
            if _together(one, reports[before]):
                leader[find(place)] = find(before)
    found: dict[int, list[int]] = {}
    for place in range(len(reports)):
        found.setdefault(find(place), []).append(place)
    return list(found.values())


def _together(one: tuple[str, str, frozenset[str]], other: tuple[str, str, frozenset[str]]) -> bool:
    if one[:2] == other[:2]:
        return True
    mine, theirs = one[2], other[2]
    least, most = sorted((len(mine), len(theirs)))
    if least < LEAST_WORDS or least < ALIKE * most:
        return False
    shared = len(mine & theirs)
    return shared >= ALIKE * (least + most - shared)


def folds(together: Sequence[Sequence[int]], classes: Sequence[str], count: int, seed: str) -> Folds:
    """Groups dealt out class by class, each to the fold that has fewest of its class; seeded."""
    chance = random.Random(seed)
    mixed = chance.sample(list(together), len(together))
    mixed.sort(key=lambda group: (-len(group), classes[group[0]]))
    found: Folds = [[] for _ in range(count)]
    for group in mixed:
        code = classes[group[0]]
        sizes = [(sum(classes[place] == code for place in fold), len(fold)) for fold in found]
        found[sizes.index(min(sizes))].extend(group)
    return [sorted(fold) for fold in found]


def of_class(truth: Sequence[str], guesses: Sequence[str]) -> dict[str, float]:
    """F1 of each class that is in the truth."""
    scores = {}
    for code in sorted(set(truth)):
        hits = sum(true == guess == code for true, guess in zip(truth, guesses, strict=True))
        scores[code] = 2 * hits / (truth.count(code) + guesses.count(code))
    return scores


def overall(truth: Sequence[str], guesses: Sequence[str]) -> float:
    """Macro-F1: the mean of the classes' F1."""
    scores = of_class(truth, guesses)
    return sum(scores.values()) / len(scores)
