"""Agreement of coders: can these ratings be trusted? Coefficients, intervals, severity, planning.

Everything works on ratings as they were before adjudication, and needs numpy only.
"""

from dtnexus.agreement.measure import agreement
from dtnexus.agreement.planning import plan
from dtnexus.agreement.reading import Asked, read_ratings
from dtnexus.agreement.rendering import rendered
from dtnexus.agreement.resampling import Resampler
from dtnexus.agreement.results import Agreement, Band, Estimate
from dtnexus.agreement.table import RatingsTable, tabulated

__all__ = [
    "Agreement",
    "Asked",
    "Band",
    "Estimate",
    "RatingsTable",
    "Resampler",
    "agreement",
    "plan",
    "rendered",
    "read_ratings",
    "tabulated",
]
