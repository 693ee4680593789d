"""Which coefficients are computed on which question, under which names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from dtnexus.agreement.alpha import alpha
from dtnexus.agreement.grid import Grid
from dtnexus.agreement.gwet import gwet, percent_agreement
from dtnexus.agreement.icc import NAMES, icc
from dtnexus.agreement.kappa import kappa
from dtnexus.agreement.specific import specific_agreement
from dtnexus.agreement.statistic import NoValue, Statistic


class Coefficient(NamedTuple):
    """A coefficient by id and name, and how it is made of a grid."""

    id: str
    name: str
    of: Callable[[Grid], Statistic | NoValue]


PERCENT: Final = Coefficient("percent_agreement", "percent agreement", percent_agreement)
SCORES: Final = (
    PERCENT,
    Coefficient("alpha_nominal", "Krippendorff's alpha, nominal", partial(alpha, metric="nominal")),
    Coefficient("alpha_ordinal", "Krippendorff's alpha, ordinal", partial(alpha, metric="ordinal")),
    Coefficient("alpha_interval", "Krippendorff's alpha, interval", partial(alpha, metric="interval")),
    Coefficient("kappa_linear", "Cohen's kappa, linear weights", partial(kappa, weighting="linear")),
    Coefficient("kappa_quadratic", "Cohen's kappa, quadratic weights", partial(kappa, weighting="quadratic")),
    Coefficient("ac1", "Gwet's AC1", partial(gwet, weighting="identity")),
    Coefficient("ac2_linear", "Gwet's AC2, linear weights", partial(gwet, weighting="linear")),
    Coefficient("ac2_quadratic", "Gwet's AC2, quadratic weights", partial(gwet, weighting="quadratic")),
    Coefficient("ac2_ordinal", "Gwet's AC2, ordinal weights", partial(gwet, weighting="ordinal")),
    *(
        Coefficient(
            f"icc_{form.replace(',', '_')}",
            f"{named.shrout_fleiss} = {named.mcgraw_wong}, {named.words}",
            partial(icc, form=form),
        )
        for form, named in NAMES.items()
    ),
)
"""On scores."""


def yes_no(yes: str, no: str) -> tuple[Coefficient, ...]:
    """On a question with two answers: `yes` names the answer 1, `no` the answer 0."""
    return (
        PERCENT,
        Coefficient(
            "positive_agreement", f"positive agreement ({yes})", partial(specific_agreement, code=1, called=yes)
        ),
        Coefficient("negative_agreement", f"negative agreement ({no})", partial(specific_agreement, code=0, called=no)),
        Coefficient("ac1", "Gwet's AC1", partial(gwet, weighting="identity")),
        Coefficient("kappa", "Cohen's kappa", partial(kappa, weighting="identity")),
        Coefficient("alpha_nominal", "Krippendorff's alpha, nominal", partial(alpha, metric="nominal")),
    )
