"""Shares and means of what sittings hold, with intervals that count a sitting as one piece of evidence.

The episodes of one sitting resemble one another, so many of them are worth fewer independent ones. The effective
number is the one whose binomial variance equals the linearised between-sitting variance of the ratio (Korn and
Graubard 1998, Survey Methodology 24:193-201), at least 1 and at most what is there; where all or none are events it
cannot be estimated, and each sitting counts once. The interval is Wilson's (1927) for that number.

A mean on a scale is treated as a share of the scale's width: of all values with one mean, those at the two ends vary
the most, and the effective number takes the true variance into account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isclose
from statistics import NormalDist
from typing import NamedTuple

from dtnexus.assessment import Interval
from dtnexus.deciding.bounds import wilson

MOST = 100_000
"""Interactions beyond which nobody would wait for a verdict."""


class Tally(NamedTuple):
    """One sitting: events (or a sum of values between 0 and 1) among so many opportunities, at least one."""

    events: float
    of: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share over sittings with its interval."""

    events: float
    of: int
    sittings: int
    effective: float
    interval: Interval

    @property
    def share(self) -> float:
        """Events per opportunity."""
        return self.events / self.of


def estimate(tallies: Sequence[Tally], confidence: float) -> Estimate | None:
    """The share of events among the opportunities of all sittings; None without an opportunity."""
    tallies = [tally for tally in tallies if tally.of]
    of = sum(tally.of for tally in tallies)
    if not of:
        return None
    events = sum(tally.events for tally in tallies)
    effective = _effective(tallies, events / of, of)
    counted = effective if events == of else events / of * effective
    interval = wilson(counted, effective, confidence)
    assert interval is not None
    return Estimate(events, of, len(tallies), effective, interval)


def _effective(tallies: Sequence[Tally], share: float, of: int) -> float:
    """Independent opportunities that these are worth; see the top of this module."""
    count = len(tallies)
    if count == 1 or share <= 0 or share >= 1:
        return float(count)
    scatter = sum((tally.events - share * tally.of) ** 2 for tally in tallies)
    variance = count / (count - 1) * scatter / of**2
    return float(of) if variance == 0 else min(float(of), max(1.0, share * (1 - share) / variance))


def deciding_number(found: Estimate, limit: float, least: int, confidence: float) -> int | None:
    """Interactions, in all, at which the interval of the same share leaves the limit on one side.

    Wilson's interval ends at the limit t where ``n (p - t)^2 = z^2 t (1 - t)``; the effective number grows with
    the interactions. Never fewer than `least`. None: the share lies on the limit, or more than `MOST` were needed.
    """
    if isclose(found.share, limit, abs_tol=1e-12):
        return None
    z = NormalDist().inv_cdf(1 - (1 - confidence) / 2)
    wanted = z * z * limit * (1 - limit) / (found.share - limit) ** 2
    interactions = max(least, ceil(wanted / found.effective * found.sittings - 1e-9))
    return interactions if interactions <= MOST else None
