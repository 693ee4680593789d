"""The episodes of one criterion as numbers that a scorer is fitted to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dtnexus.signal_rule import SignalPlace, SignalRule

Vector = NDArray[np.float64]
Feature = tuple[str, SignalPlace]


@dataclass(frozen=True, slots=True)
class Rows:
    """The episodes of one criterion as numbers."""

    features: tuple[Feature, ...]
    expects: Vector
    """What the rule expects, 0-4, shape (n,)."""
    readings: Vector
    """Shape (n, n_read), as `dtnexus.coding.episode_scoring.feature_readings` gives them."""
    plain: Vector
    """Probabilities that the rule alone gives, shape (n, 5)."""
    scores: NDArray[np.int64]
    groups: NDArray[np.str_]

    def take(self, chosen: NDArray[np.bool_]) -> "Rows":
        """The chosen rows."""
        return Rows(
            self.features,
            self.expects[chosen],
            self.readings[chosen],
            self.plain[chosen],
            self.scores[chosen],
            self.groups[chosen],
        )

    def with_more(self, others: "Rows") -> "Rows":
        """These rows and others with the same features."""
        pairs = [(getattr(self, name), getattr(others, name)) for name in _ARRAYS]
        return Rows(self.features, *(np.concatenate(pair) for pair in pairs))

    def inputs(self) -> Vector:
        """What the rule expects and the readings side by side, shape (n, 1 + n_read)."""
        return np.concatenate([self.expects[:, None], self.readings], axis=1)


_ARRAYS = ("expects", "readings", "plain", "scores", "groups")


def rule_features(rule: SignalRule) -> tuple[Feature, ...]:
    """What a scorer reads beside what the rule expects: `scorer_reads`, or every test of `scores`, once each."""
    if rule.scorer_reads:
        own: list[Feature] = [(name, "turn") for name in rule.scorer_reads]
        return (*own, *((name, "next") for name in rule.scorer_reads_next))
    tests = [test for entry in rule.scores for test in (*entry.all_of, *entry.any_of, *entry.none_of)]
    return tuple(dict.fromkeys((test.signal, test.at) for test in tests))
