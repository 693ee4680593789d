"""Writes oracles.json: what three other programs say of the sets below.

Their licences forbid shipping them and irrCAC needs an old numpy, so they live in an environment of their own:

    python3 -m venv oracles && oracles/bin/pip install --group oracles   # or the packages of that group by name
    oracles/bin/python tests/agreement/make_oracles.py

The tests read the frozen numbers. Run this again only if a set or a package changes, and look at the difference.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
import pingouin
from irrCAC.raw import CAC

HERE = Path(__file__).parent
WEIGHTS = ("identity", "linear", "quadratic", "ordinal")
FORMS = ("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")
"""In the order of pingouin's table."""


def invented() -> dict[str, Any]:
    """Sets of scores 0-4 by units and coders; None is missing. The same at every call."""
    random = np.random.default_rng(20_260_101)
    sets: dict[str, Any] = {}
    for name, units, coders, centre, missing in (
        ("complete, three coders", 25, 3, 2.0, 0.0),
        ("a quarter missing, four coders", 40, 4, 2.0, 0.25),
        ("skewed to the top, three coders", 60, 3, 3.6, 0.1),
        ("two coders", 30, 2, 1.5, 0.0),
        ("mostly missing, six coders", 50, 6, 2.0, 0.6),
    ):
        true = random.normal(centre, 1.1, (units, 1))
        scores = np.clip(np.rint(true + random.normal(0, 0.7, (units, coders))), 0, 4)
        gone = random.random((units, coders)) < missing
        sets[name] = {
            "scale": [0, 4],
            "scores": [
                [None if out else int(score) for score, out in zip(row, outs, strict=True)]
                for row, outs in zip(scores, gone, strict=True)
            ],
        }
    return sets


def published() -> dict[str, Any]:
    """The two worked examples that most programs are checked on."""
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    judges = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    return {
        "krippendorff 2011": {"scale": [1, 5], "scores": [list(unit) for unit in zip(*observers, strict=True)]},
        "shrout and fleiss 1979": {"scale": [1, 10], "scores": judges},
    }


def said(given: dict[str, Any]) -> dict[str, float]:
    """What the programs say of one set."""
    scores = np.array(given["scores"], dtype=float)
    low, high = given["scale"]
    points = list(range(low, high + 1))
    found = {}
    for level in ("nominal", "ordinal", "interval"):
        alpha = krippendorff.alpha(reliability_data=scores.T, level_of_measurement=level)
        found[f"krippendorff alpha_{level}"] = float(alpha)
    frame = pd.DataFrame(scores)
    for weights in WEIGHTS:
        cac = CAC(frame, weights=weights, categories=[float(point) for point in points], digits=10)
        found[f"irrCAC ac_{weights}"] = float(cac.gwet()["est"]["coefficient_value"])
        if weights == "identity":
            found["irrCAC percent_agreement"] = float(cac.gwet()["est"]["pa"])
        if scores.shape[1] == 2 and weights != "ordinal":
            found[f"irrCAC kappa_{weights}"] = float(cac.conger()["est"]["coefficient_value"])
    complete = scores[~np.isnan(scores).any(axis=1)]
    if len(complete) >= 5:
        long = pd.DataFrame(complete).melt(ignore_index=False, var_name="coder", value_name="score").reset_index()
        table = pingouin.intraclass_corr(long, targets="index", raters="coder", ratings="score")
        found["complete units"] = len(complete)
        found.update({f"pingouin icc_{form}": float(icc) for form, icc in zip(FORMS, table["ICC"], strict=True)})
    return found


def main() -> None:
    sets = {**published(), **invented()}
    made = {
        "made_by": {name: version(name) for name in ("krippendorff", "irrCAC", "pingouin", "numpy", "scipy")},
        "sets": {name: {**given, "said": said(given)} for name, given in sets.items()},
    }
    text = json.dumps(made, indent=1)
    (HERE / "oracles.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
