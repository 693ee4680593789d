"""What comes out: one record for each coefficient, and the whole of a run with what it rests on."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from dtnexus.record import FrozenMap, Record

About = Literal["scores", "observable", "star_lowest", "star_two_lowest", "severity"]
"""What is agreed on: scores; observable or not; lowest score or not; one of the two lowest or not; a coder's mean
deviation."""


class Band(Record):
    """How a published source calls values between the two ends of an interval."""

    low: str
    """What the source calls the lower end."""
    high: str
    """What the source calls the upper end."""
    source: str

    def __str__(self) -> str:
        """The words and whose they are."""
        words = self.low if self.low == self.high else f"{self.low} to {self.high}"
        return f"{words} ({self.source})"


class Estimate(Record):
    """A coefficient on one criterion, with its interval and what it rests on; or why there is no value."""

    about: About
    criterion: str | None
    """None: all criteria together, each (unit, criterion) a unit."""
    coefficient: str
    """A stable id, for instance ``alpha_ordinal``."""
    name: str
    """The name with form and weights, as a paper would write it."""
    coder: str | None = None
    """Rater severity only: whose."""
    value: float | None
    low: float | None
    high: float | None
    """Ends of the 95 % interval."""
    units: int = Field(ge=0)
    coders: int = Field(ge=0)
    coder_pairs: int = Field(ge=0)
    score_pairs: int = Field(ge=0)
    interactions: int = Field(ge=0)
    """See `dtnexus.agreement.statistic.Basis`."""
    why_none: str = ""
    why_no_interval: str = ""
    note: str = ""
    band: Band | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.value is None) != bool(self.why_none):
            raise ValueError("a missing value and only a missing value has a reason")
        if (self.low is None) != (self.high is None) or (self.value is None and self.low is not None):
            raise ValueError("an interval has two ends and a value")
        return self


class CoderCount(Record):
    """A coder and how much they did."""

    name: str
    kind: str
    """human, embedded, judge; empty where the file does not say."""
    scores: int
    not_observable: int


class Agreement(Record):
    """Everything that was computed on one ratings file, before adjudication."""

    dtnexus: str
    """Version of the program."""
    source: str
    """Name of the file."""
    units: int
    interactions: int
    by_interaction: bool
    """False: the file names no interactions, so each unit was resampled alone."""
    coders: tuple[CoderCount, ...]
    criteria: tuple[str, ...]
    stars: tuple[str, ...]
    """Those of the criteria that are safety-critical."""
    scale: tuple[int, int]
    left_out: FrozenMap[str, int]
    """Lines that do not enter, by reason."""
    draws: int
    seed: int
    notes: tuple[str, ...]
    """What a reader must know beside the numbers."""
    methods: str
    """A paragraph for a paper; its sources are in `references`."""
    references: tuple[str, ...]
    estimates: tuple[Estimate, ...]

    def of(self, about: About, coefficient: str, criterion: str | None) -> Estimate | None:
        """The estimate of this coefficient, or None where it was not asked for."""
        wanted = about, coefficient, criterion
        for each in self.estimates:
            if (each.about, each.coefficient, each.criterion) == wanted:
                return each
        return None
