"""How many units a study needs for an interval of a wanted width, by formula with its source."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from statistics import NormalDist
from typing import Final, Literal, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator

from dtnexus.agreement.exact_binomial import exact_interval
from dtnexus.agreement.grid import FloatArray
from dtnexus.agreement.references import cited_in
from dtnexus.agreement.weights import agreement_weights
from dtnexus.errors import UsageError
from dtnexus.record import Record

What = Literal["icc", "alpha", "kappa", "sensitivity"]
PlanWeighting = Literal["identity", "linear", "quadratic"]
MOST: Final = 1_000_000
"""More units than this are not searched for."""
_CLUSTERS: Final = (
    "The formula takes units as independent. Where several units come from one interaction, multiply by "
    "1 + (m - 1) r, with m units in an interaction and r their correlation (Kish 1965)."
)


class Question(Record):
    """What is to be planned."""

    what: What
    expected: float = Field(gt=-1, le=1)
    """The value that the study is expected to show."""
    width: float | None = Field(default=0.2, gt=0, lt=1)
    """Full width of the interval; None with `floor`."""
    floor: float | None = Field(default=None, gt=0, lt=1)
    """Sensitivity only: what the lower end of the interval must reach, instead of `width`."""
    per_unit: int = Field(default=2, ge=2)
    """Coders that answer each unit."""
    shares: tuple[float, ...] = ()
    """How often each score is expected, adding up to 1; for kappa, and for alpha if there is a guess."""
    weighting: PlanWeighting = "quadratic"
    """Kappa only."""
    prevalence: float | None = Field(default=None, gt=0, le=1)
    """Sensitivity only: share of units that are truly positive."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.shares and (len(self.shares) < 2 or min(self.shares) <= 0 or abs(sum(self.shares) - 1) > 1e-6):
            raise ValueError("shares must be two or more numbers above 0 that add up to 1")
        if self.what == "sensitivity" and not 0 < self.expected <= 1:
            raise ValueError("a sensitivity lies above 0 and at most at 1")
        if self.what != "sensitivity" and not 0 <= self.expected < 1:
            raise ValueError("a coefficient to plan for lies from 0 to below 1")
        if self.what == "kappa" and (not self.shares or self.per_unit != 2):
            raise ValueError("kappa needs shares, for instance .1,.9, and two coders per unit")
        if self.what == "alpha" and self.shares and self.per_unit != 2:
            raise ValueError("alpha with shares is planned for two coders per unit")
        if self.floor is not None and (self.what != "sensitivity" or self.floor >= self.expected):
            raise ValueError("a floor is for sensitivity, and lies below the expected value")
        return self


class Plan(Record):
    """How many units are needed, by which formula."""

    question: Question
    units: int = Field(ge=1)
    """Units to be rated; for sensitivity without a prevalence, truly positive units."""
    positives: int | None = None
    """Sensitivity only: truly positive units."""
    formula: str
    source: str
    notes: tuple[str, ...]
    methods: str
    """A sentence for a paper or protocol."""
    references: tuple[str, ...]


def question(**asked: object) -> Question:
    """The question that these words ask.

    Raises:
        UsageError: a value is out of range, or they do not belong together.
    """
    try:
        return Question.model_validate(asked)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = f"--{str(first['loc'][0]).replace('_', '-')}" if first["loc"] else f"--plan {asked.get('what')}"
        wanted = first["msg"].removeprefix("Value error, ")
        given = f" {asked.get(str(first['loc'][0]))!r}" if first["loc"] else ""
        raise UsageError(f"{option}{given}: {wanted[0].lower()}{wanted[1:]}") from None


def plan(asked: Question) -> Plan:
    """The smallest number of units whose interval is expected to be no wider than asked.

    Raises:
        UsageError: more than a million units would be needed.
    """
    return _PLANS[asked.what](asked)


def _icc(asked: Question) -> Plan:
    """``8 z^2 (1-p)^2 (1+(k-1)p)^2 / (k (k-1) w^2) + 1`` units (Bonett 2002, formula 3), one-way or two-way."""
    units = _bonett(asked)
    notes = [_CLUSTERS]
    if asked.per_unit == 2 and asked.expected >= 0.7:
        more = ceil(_bonett_exact(asked) + 5 * asked.expected)
        notes.insert(0, f"For two coders and an ICC of .7 or more, Bonett adds 5 p to come closer: {more} units.")
    return _planned(asked, units, "ICC", "8 z^2 (1-p)^2 (1+(k-1)p)^2 / (k (k-1) w^2) + 1", "Bonett 2002", notes)


def _alpha(asked: Question) -> Plan:
    """Alpha by the formula of the coefficient that it approaches in large samples."""
    name = "Krippendorff's alpha"
    if asked.shares:
        units = _delta(asked, "identity")
        formula = (
            "4 z^2 V / w^2, V the large-sample variance of kappa with equal margins, which nominal alpha approaches"
        )
        smallest = min(asked.shares)
        notes = [_significance(asked.expected, smallest), _CLUSTERS]
        return _planned(asked, units, name, formula, "Fleiss, Cohen and Everitt 1969", notes)
    formula = "8 z^2 (1-p)^2 (1+(k-1)p)^2 / (k (k-1) w^2) + 1, that of the one-way ICC, which interval alpha approaches"
    notes = ["For nominal alpha give the expected shares of the answers.", _CLUSTERS]
    return _planned(asked, _bonett(asked), name, formula, "Bonett 2002", notes)


def _kappa(asked: Question) -> Plan:
    """``4 z^2 V / w^2`` units with V the variance of weighted kappa (Fleiss, Cohen and Everitt 1969).

    The joint distribution is the common-correlation model: with probability kappa both coders agree on an answer
    drawn from the shares, else each draws on their own. For two answers this is Donner and Eliasziw 1992.
    """
    source = "Fleiss, Cohen and Everitt 1969; Cantor 1996"
    formula = "4 z^2 V / w^2, V the large-sample variance of kappa under the common-correlation model"
    notes = [
        "Both coders are taken to use the answers equally often (Donner and Eliasziw 1992).",
        "Large-sample: with shares below 5% or few units, expect wider intervals.",
        _CLUSTERS,
    ]
    name = "kappa" if len(asked.shares) == 2 else f"kappa ({asked.weighting} weights)"
    return _planned(asked, _delta(asked, asked.weighting), name, formula, source, notes)


def _sensitivity(asked: Question) -> Plan:
    """The smallest number of positives from which the exact interval stays as asked (Clopper and Pearson 1934)."""
    share, confidence = asked.expected, asked.confidence

    def enough(of: int) -> bool:
        if asked.floor is not None:
            return exact_interval(int(share * of + 1e-9), of, confidence)[0] >= asked.floor
        low, high = exact_interval(round(share * of), of, confidence)
        return high - low <= _width(asked)

    positives = _from_where_on(enough, ceil(2 / min(share, 1 - share)) if share < 1 else 1)
    if asked.floor is None:
        wanted = f"an exact {_level(asked)} interval no wider than {_width(asked):g}"
    else:
        wanted = f"the lower end of an exact {_level(asked)} interval to reach {asked.floor:g}"
    units = positives if asked.prevalence is None else ceil(positives / asked.prevalence)
    notes = [
        "Only truly positive units count for sensitivity; for specificity plan the negative ones alike.",
        _CLUSTERS,
    ]
    if asked.prevalence is not None:
        notes.insert(0, f"Of {units} units, {positives} are expected to be positive; a random sample may hold fewer.")
    formula = "smallest n from which on the exact interval at the expected share keeps its limit"
    source = "Clopper and Pearson 1934"
    text = f"{positives} positive units are needed for {wanted} at an expected sensitivity of {share:g} ({source})" + (
        "." if asked.prevalence is None else f", {units} units at a prevalence of {asked.prevalence:g}."
    )
    return Plan(
        question=asked,
        units=units,
        positives=positives,
        formula=formula,
        source=source,
        notes=tuple(notes),
        methods=text,
        references=cited_in(" ".join([text, *notes])),
    )


def _planned(asked: Question, units: int, name: str, formula: str, source: str, notes: list[str]) -> Plan:
    text = (
        f"{units} units, each rated by {asked.per_unit} coders, are needed for a {_level(asked)} interval of {name} no "
        f"wider than {_width(asked):g} at an expected value of {asked.expected:g} ({source})."
    )
    return Plan(
        question=asked,
        units=units,
        formula=formula,
        source=source,
        notes=tuple(notes),
        methods=text,
        references=cited_in(" ".join([text, *notes])),
    )


def _level(asked: Question) -> str:
    return f"{100 * asked.confidence:g}%"


def _width(asked: Question) -> float:
    return 0.2 if asked.width is None else asked.width


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(1 - (1 - confidence) / 2)


def _bonett(asked: Question) -> int:
    return ceil(_bonett_exact(asked) - 1e-9)


def _bonett_exact(asked: Question) -> float:
    p, k, w = asked.expected, asked.per_unit, _width(asked)
    return 8 * _z(asked.confidence) ** 2 * (1 - p) ** 2 * (1 + (k - 1) * p) ** 2 / (k * (k - 1) * w**2) + 1


def _delta(asked: Question, weighting: PlanWeighting) -> int:
    variance = kappa_variance(asked.expected, np.array(asked.shares), weighting)
    return max(2, ceil(4 * _z(asked.confidence) ** 2 * variance / _width(asked) ** 2))


def kappa_variance(kappa: float, shares: FloatArray, weighting: PlanWeighting) -> float:
    """N times the large-sample variance of weighted kappa (Fleiss, Cohen and Everitt 1969).

    Under the common-correlation model with these shares of the answers (ascending scale, equal steps).
    """
    weights = agreement_weights(np.arange(len(shares), dtype=np.float64), weighting)
    joint = kappa * np.diag(shares) + (1 - kappa) * np.outer(shares, shares)
    observed, expected = float((weights * joint).sum()), float(shares @ weights @ shares)
    of_row, of_column = weights @ shares, shares @ weights
    terms = weights * (1 - expected) - (of_row[:, None] + of_column[None, :]) * (1 - observed)
    spread = float((joint * terms**2).sum()) - (observed * expected - 2 * expected + observed) ** 2
    return spread / (1 - expected) ** 4


def _significance(smallest_alpha: float, rarest: float) -> str:
    """Krippendorff's least number of units, from Bloch and Kraemer 1989, formula 3.7, at the 5 % level."""
    z = NormalDist().inv_cdf(0.95)
    spread = (1 + smallest_alpha) * (3 - smallest_alpha) / (4 * (1 - smallest_alpha) * rarest * (1 - rarest))
    least = ceil(2 * z**2 * (spread - smallest_alpha))
    return (
        f"To show at the 5% level that alpha is not below {smallest_alpha:g}, Krippendorff 2018 asks for {least} units "
        "for the rarest answer (from Bloch and Kraemer 1989)."
    )


def _from_where_on(enough: Callable[[int], bool], window: int) -> int:
    """The smallest n such that `enough` holds there and, since counts are whole, for the next `window` numbers too."""
    high = 1
    while not enough(high):
        high *= 2
        if high > MOST:
            raise UsageError(f"--plan: more than {MOST:,} units would be needed; ask for a wider interval")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    start = max(1, high - window)
    last_failing = max((n for n in range(start, high + window) if not enough(n)), default=start - 1)
    while last_failing >= start:
        start = last_failing + 1
        last_failing = max((n for n in range(start, start + window) if not enough(n)), default=start - 1)
    return start


_PLANS: Final[dict[What, Callable[[Question], Plan]]] = {
    "icc": _icc,
    "alpha": _alpha,
    "kappa": _kappa,
    "sensitivity": _sensitivity,
}
