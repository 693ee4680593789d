"""How far two points of a scale are apart, for each way of weighting a disagreement."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dtnexus.agreement.grid import FloatArray

Weighting = Literal["identity", "linear", "quadratic", "ordinal"]


def agreement_weights(points: FloatArray, weighting: Weighting) -> FloatArray:
    """(points, points): how much two answers agree, 1 on the diagonal, 0 (or more) off it.

    identity: 1 if equal, else 0. linear: ``1 - |a - b| / range``. quadratic: its square in place of the distance
    (Cohen 1968; Fleiss and Cohen 1973). ordinal: ``1 - M(a, b) / max M`` with ``M = (d + 1) d / 2`` for answers
    that are d ranks apart (Gwet 2014). `points` are ascending and at least two.
    """
    if weighting == "identity":
        return np.eye(len(points))
    if weighting == "ordinal":
        ranks = np.arange(len(points), dtype=np.float64)
        apart = np.abs(ranks[:, None] - ranks)
        apart = apart * (apart + 1) / 2
    else:
        apart = np.abs(points[:, None] - points)
        apart = apart**2 if weighting == "quadratic" else apart
    weights: FloatArray = 1.0 - apart / apart.max()
    return weights
