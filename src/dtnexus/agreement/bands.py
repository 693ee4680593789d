"""What published sources call a value; never without the source, and only by the interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from dtnexus.agreement.results import Band


class Scheme(NamedTuple):
    """Names of ranges: each from its lower limit (inclusive) to the next."""

    source: str
    ranges: tuple[tuple[float, str], ...]


_BELOW: Final = float("-inf")
KRIPPENDORFF: Final = Scheme(
    "Krippendorff 2018",
    ((_BELOW, "not to be relied on"), (0.667, "tentative conclusions only"), (0.8, "reliable")),
)
LANDIS_KOCH: Final = Scheme(
    "Landis and Koch 1977",
    (
        (_BELOW, "poor"),
        (0.0, "slight"),
        (0.2, "fair"),
        (0.4, "moderate"),
        (0.6, "substantial"),
        (0.8, "almost perfect"),
    ),
)
KOO_LI: Final = Scheme("Koo and Li 2016", ((_BELOW, "poor"), (0.5, "moderate"), (0.75, "good"), (0.9, "excellent")))
SCHEMES: Final[Mapping[str, Scheme]] = {"alpha": KRIPPENDORFF, "kappa": LANDIS_KOCH, "icc": KOO_LI}
"""First word of a coefficient's id -> its scheme; coefficients without a published one have none."""


def band_of(coefficient: str, low: float | None, high: float | None) -> Band | None:
    """The words for both ends of an interval; None without an interval or without a published scheme.

    Koo and Li ask for the interval instead of the value; the same is done for the others, since a value alone hides
    how little it may rest on.
    """
    scheme = SCHEMES.get(coefficient.partition("_")[0])
    if scheme is None or low is None or high is None:
        return None
    return Band(low=_called(scheme, low), high=_called(scheme, high), source=scheme.source)


def _called(scheme: Scheme, value: float) -> str:
    return [name for limit, name in scheme.ranges if value >= limit][-1]
