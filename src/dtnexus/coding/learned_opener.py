"""Where a learned opener sees an opportunity: the chance that a careful reader opens an episode at an exchange.

A declared rule names the clearest cues. An opener weighs how clearly they hold together with every other signal of the
exchange, of the agent's turn before it, and of the client so far: a logistic regression, fitted on dialogues that were
coded whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.exchanges import ABSENT, FEATURES, ExchangePlace, Exchanges

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LearnedOpener:
    """A logistic regression: log odds of an episode = shift + rule_weight * rule + weights . odds."""

    weights: Floats
    """Shape (len(FEATURES),)."""
    rule_weight: float
    shift: float

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> LearnedOpener:
        """The opener from the document that training writes; signals that came later weigh nothing."""
        known = document["weights"]
        weights = np.array([known[place].get(signal, 0.0) for signal, place in FEATURES], dtype=np.float64)
        return LearnedOpener(weights, float(document["rule_weight"]), float(document["shift"]))

    def as_json(self) -> dict[str, Any]:
        """The document."""
        weights: dict[str, dict[str, float]] = {}
        for (signal, place), weight in zip(FEATURES, self.weights, strict=True):
            weights.setdefault(place, {})[signal] = round(float(weight), 4)
        return {"rule_weight": round(self.rule_weight, 4), "shift": round(self.shift, 4), "weights": weights}

    def chances(self, found: Exchanges, rule: Floats) -> Floats:
        """The chance of an episode in each exchange, 0-1; `rule` is how far the declared rule opens one, 0-1."""
        latent = self.shift + self.rule_weight * rule + found.odds @ self.weights
        chances: Floats = 1.0 / (1.0 + np.exp(-np.clip(latent, -30.0, 30.0)))
        return chances

    def telling(self, odds: Floats, place: ExchangePlace) -> str:
        """The signal at a place that speaks most for an episode; one likelier than not, if there is any."""
        own = [at for at, feature in enumerate(FEATURES) if feature[1] == place]
        clear = [at for at in own if odds[at] >= 0 and self.weights[at] > 0]
        best = max(clear or own, key=lambda at: float(self.weights[at] * (odds[at] - ABSENT)))
        return FEATURES[best][0]
