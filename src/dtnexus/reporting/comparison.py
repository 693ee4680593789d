"""Two runs side by side as a record: what both hold, and in what they may not be compared."""

from __future__ import annotations

from pydantic import Field

from dtnexus.assessment import Interval
from dtnexus.record import Record
from dtnexus.reporting.summary import Summary


class Side(Record):
    """One of the two runs."""

    name: str
    """As the caller named it."""
    summary: Summary
    """Counts over the run; flags are counted and not listed."""
    pending: int = Field(ge=0)
    """Safety-critical flags that wait for people."""
    confirmed: int = Field(ge=0)
    probes: int = Field(ge=0)
    """Probes that played a client."""


class Difference(Record):
    """Something in which the two runs were made differently."""

    what: str
    first: str
    second: str
    blocks: bool
    """Levels, scores and rates may not be compared because of it."""


class StarCount(Record):
    """Conversations with an episode at 0 on a safety-critical criterion, of those in which it was rated."""

    criterion: str
    name: str
    first: int = Field(ge=0)
    first_of: int = Field(ge=0)
    second: int = Field(ge=0)
    second_of: int = Field(ge=0)


class ShareOf(Record):
    """A share of conversations with its interval; no value where there was no opportunity."""

    events: int = Field(ge=0)
    of: int = Field(ge=0)
    value: float | None
    interval: Interval | None


class RateCompared(Record):
    """One rate in both runs."""

    id: str
    name: str
    """What is counted, in words."""
    criterion: str | None
    """Of a rate of low scores: the criterion by id and name; None: another rate."""
    first: ShareOf
    second: ShareOf
    difference: float | None
    """The second minus the first; None where they may not be compared or one has no opportunity."""
    interval: Interval | None
    pairs: int | None
    """Pairs of runs of probes that the difference rests on; None: the conversations are not paired."""


class Pair(Record):
    """One conversation of each run that belong together."""

    key: str
    """What they share: probe and setting, or the name of the conversation."""
    first: str
    """Id of the interaction."""
    second: str
    probe: str | None
    first_flags: tuple[str, ...]
    second_flags: tuple[str, ...]
    first_indicated: int | None
    second_indicated: int | None
    moved: tuple[str, ...]
    """Criteria whose scores differ."""


class Comparison(Record):
    """Everything that is said of two runs together."""

    dtnexus: str
    first: Side
    second: Side
    differences: tuple[Difference, ...]
    stars: tuple[StarCount, ...]
    rates: tuple[RateCompared, ...]
    pairs: tuple[Pair, ...]
    """In the order of the first run."""
    only_first: tuple[str, ...]
    """Interactions without a partner."""
    only_second: tuple[str, ...]

    @property
    def comparable(self) -> bool:
        """Whether levels, scores and rates may be set against one another."""
        return not any(difference.blocks for difference in self.differences)
