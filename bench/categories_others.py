"""Other learners that could have been shipped, on the same readings; none is used outside this bench."""

import math
from collections.abc import Sequence

from wufang.domain.categories import Reading, Tree
from wufang.domain.categories.reading import SCALE

KEPT = 500  # reports replayed from: a bounded past


class Learner:
    """What learns one report at a time."""

    def learn(self, reading: Reading, code: str) -> None:
        """Take one confirmed report in."""
        raise NotImplementedError

    def best(self, reading: Reading) -> str:
        """The code to suggest."""
        raise NotImplementedError


class Multinomial(Learner):
    """Multinomial naive Bayes on log counts; keywords are words, and begin with ten mentions in their category."""

    smoothing, begin = 0.1, 10.0

    def __init__(self, tree: Tree, among: Sequence[str]) -> None:
        self.among = among
        self.counts: dict[str, dict[str, float]] = {}
        self.totals = dict.fromkeys(among, 0.0)
        for keyword, codes in tree.keywords.items():
            for code in codes:
                if code[: len(among[0])] in self.totals:
                    self._count(f"k:{keyword}", code[: len(among[0])], self.begin)

    def _count(self, word: str, code: str, weight: float) -> None:
        counts = self.counts.setdefault(word, {})
        counts[code] = counts.get(code, 0.0) + weight
        self.totals[code] += weight

    def learn(self, reading: Reading, code: str) -> None:
        for word, weight in features(reading).items():
            self._count(word, code, weight)

    def best(self, reading: Reading) -> str:
        known = [(self.counts[word], weight) for word, weight in features(reading).items() if word in self.counts]
        room = self.smoothing * len(self.counts)
        scores = {}
        for code in self.among:
            log_total = math.log(self.totals[code] + room) if room else 0.0
            scores[code] = sum(
                weight * (math.log(counts.get(code, 0.0) + self.smoothing) - log_total) for counts, weight in known
            )
        return max(scores, key=lambda code: scores[code])


class Linear(Learner):
    """Weights for each word and code, on texts of length one; the tree's votes are features, each for its own code."""

    replay = 0
    votes = 1.0  # of the length of a text

    def __init__(self, tree: Tree, among: Sequence[str]) -> None:
        self.tree, self.among = tree, among
        self.weights: dict[str, list[float]] = {}
        if tree.keywords:
            for place, code in enumerate(among):
                self.weights[f"v:{code}"] = [float(place == at) for at in range(len(among))]
        self.recent: list[tuple[dict[str, float], int]] = []
        self.turn = 0

    def learn(self, reading: Reading, code: str) -> None:
        example = (self._vector(reading), self.among.index(code))
        self._step(*example)
        self.recent = [*self.recent, example][-KEPT:]
        for _ in range(self.replay):
            self.turn = (self.turn + 7_919) % len(self.recent)
            self._step(*self.recent[self.turn])

    def best(self, reading: Reading) -> str:
        scores = self._scores(self._vector(reading))
        return self.among[scores.index(max(scores))]

    def _vector(self, reading: Reading) -> dict[str, float]:
        found = features(reading)
        length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
        return {word: weight / length for word, weight in found.items()} | self._voted(reading)

    def _voted(self, reading: Reading) -> dict[str, float]:
        votes: dict[str, float] = {}
        for keyword, weight in reading.keywords.items():
            for code in self.tree.keywords.get(keyword, ()):
                name = f"v:{code[: len(self.among[0])]}"
                if name in self.weights:
                    votes[name] = votes.get(name, 0.0) + weight
        whole = sum(votes.values()) or 1.0
        return {name: self.votes * weight / whole for name, weight in votes.items()}

    def _scores(self, vector: dict[str, float], weights: dict[str, list[float]] | None = None) -> list[float]:
        scores = [0.0] * len(self.among)
        for word, value in vector.items():
            row = (self.weights if weights is None else weights).get(word)
            if row is not None:
                for place, weight in enumerate(row):
                    scores[place] += value * weight
        return scores

    def _row(self, word: str) -> list[float]:
        return self.weights.setdefault(word, [0.0] * len(self.among))

    def _step(self, vector: dict[str, float], true: int) -> None:
        raise NotImplementedError


class PassiveAggressive(Linear):
    """PA-I, multiclass (Crammer et al. 2006): aggressiveness 1, five replays of the last 500."""

    replay = 5

    def _step(self, vector: dict[str, float], true: int) -> None:
        scores = self._scores(vector)
        rival = max((place for place in range(len(scores)) if place != true), key=lambda place: scores[place])
        loss = 1 - scores[true] + scores[rival]
        if loss > 0:
            rate = min(1.0, loss / (2 * sum(value * value for value in vector.values()) or 1.0))
            for word, value in vector.items():
                row = self._row(word)
                row[true] += rate * value
                row[rival] -= rate * value


class Averaged(Linear):
    """Averaged perceptron, five replays of the last 500."""

    replay = 5

    def __init__(self, tree: Tree, among: Sequence[str]) -> None:
        super().__init__(tree, among)
        self.steps = 1
        self.late: dict[str, list[float]] = {}  # weights times the step they came at

    def _step(self, vector: dict[str, float], true: int) -> None:
        scores = self._scores(vector)
        guess = scores.index(max(scores))
        if guess != true:
            for word, value in vector.items():
                row, late = self._row(word), self.late.setdefault(word, [0.0] * len(self.among))
                for place, sign in ((true, 1), (guess, -1)):
                    row[place] += sign * value
                    late[place] += sign * value * self.steps
        self.steps += 1

    def best(self, reading: Reading) -> str:
        vector = self._vector(reading)
        now, late = self._scores(vector), self._scores(vector, self.late)
        mean = [one - other / self.steps for one, other in zip(now, late, strict=True)]
        return self.among[mean.index(max(mean))]


class Logistic(Linear):
    """Multinomial logistic regression, AdaGrad at rate 0.3, five replays of the last 500."""

    replay, rate = 5, 0.3

    def __init__(self, tree: Tree, among: Sequence[str]) -> None:
        super().__init__(tree, among)
        self.squares: dict[str, list[float]] = {}

    def _step(self, vector: dict[str, float], true: int) -> None:
        scores = self._scores(vector)
        parts = [math.exp(score - max(scores)) for score in scores]
        whole = sum(parts)
        wrong = [part / whole - (place == true) for place, part in enumerate(parts)]
        for word, value in vector.items():
            row, squares = self._row(word), self.squares.setdefault(word, [0.01] * len(self.among))
            for place, error in enumerate(wrong):
                step = error * value
                squares[place] += step * step
                row[place] -= self.rate * step / math.sqrt(squares[place])


def features(reading: Reading) -> dict[str, float]:
    """Words and keywords with the logs of their mentions."""
    return {word: weight / SCALE for word, weight in reading.words.items()} | {
        f"k:{keyword}": weight / SCALE for keyword, weight in reading.keywords.items()
    }


OTHERS: dict[str, type[Multinomial] | type[Linear]] = {
    "multinomial naive Bayes": Multinomial,
    "passive-aggressive": PassiveAggressive,
    "averaged perceptron": Averaged,
    "logistic regression": Logistic,
}
