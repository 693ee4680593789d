"""Proportional odds: one hidden value per answer, cut into scores by thresholds, which differ from scale to scale."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Vector = NDArray[np.float64]
Scores = NDArray[np.int64]
STEPS = 4
"""Thresholds of a scale of five scores."""
TO_THE_END: Final = {"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-15, "gtol": 1e-7, "maxcor": 50}


@dataclass(frozen=True, slots=True)
class Scale:
    """Answers that were scored on one scale."""

    inputs: Vector
    """What the hidden value is made of, shape (n, n_inputs)."""
    scores: Scores
    """0-4, shape (n,)."""
    weights: Vector
    """How much each answer counts, shape (n,)."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a fit begins and what it is pulled towards."""

    weights: Vector
    thresholds: Vector
    pull: Vector
    """Of every weight, shape (n_inputs,)."""
    threshold_pull: float


def chances(latent: Vector, thresholds: Vector) -> Vector:
    """Probability of each score, shape (n, 5)."""
    at_least = 1.0 / (1.0 + np.exp(-np.clip(latent[:, None] - thresholds[None, :], -30, 30)))
    ends = np.concatenate([np.ones((len(latent), 1)), at_least, np.zeros((len(latent), 1))], axis=1)
    return np.asarray(-np.diff(ends, axis=1))


def _loss(scale: Scale, latent: Vector, thresholds: Vector) -> tuple[float, Vector, Vector]:
    """Log loss, and its slopes by the hidden values and by the thresholds."""
    above = 1.0 / (1.0 + np.exp(-np.clip(latent[:, None] - thresholds[None, :], -30, 30)))
    ends = np.concatenate([np.ones((len(latent), 1)), above, np.zeros((len(latent), 1))], axis=1)
    spot = np.arange(len(latent))
    upper, lower = ends[spot, scale.scores], ends[spot, scale.scores + 1]
    chance = np.maximum(upper - lower, 1e-6)
    up, low = upper * (1 - upper) / chance, lower * (1 - lower) / chance
    by_threshold = np.zeros((len(latent), STEPS + 2))
    by_threshold[spot, scale.scores] += up
    by_threshold[spot, scale.scores + 1] -= low
    value = float(-(scale.weights * np.log(chance)).sum())
    by_threshold *= scale.weights[:, None]
    return value, scale.weights * (low - up), by_threshold[:, 1 : STEPS + 1].sum(axis=0)


def fit(scales: tuple[Scale, ...], start: Start) -> tuple[Vector, Vector]:
    """The shared weights, shape (n_inputs,), and the thresholds of the first scale, ascending, shape (4,).

    All scales measure the same hidden value; each has thresholds of its own. Fitted to the end, so that the order in
    which a processor sums does not reach the fourth decimal.
    """
    count = len(start.weights)
    whole = np.concatenate([start.weights, *(start.thresholds for _ in scales)])
    pull = np.concatenate([start.pull, np.full(STEPS * len(scales), start.threshold_pull)])

    def loss(at: Vector) -> tuple[float, Vector]:
        off = at - whole
        value, slope = 0.5 * float((pull * off**2).sum()), pull * off
        for number, scale in enumerate(scales):
            own = slice(count + STEPS * number, count + STEPS * (number + 1))
            lost, by_latent, by_threshold = _loss(scale, scale.inputs @ at[:count], at[own])
            value += lost
            slope[:count] += scale.inputs.T @ by_latent
            slope[own] += by_threshold
        return value, slope

    best = minimize(loss, whole, jac=True, method="L-BFGS-B", options=TO_THE_END).x
    return np.asarray(best[:count]), np.sort(best[count : count + STEPS])
