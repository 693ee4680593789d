"""What a machine coder was measured to be, and so allowed to do, on one criterion in one language.

An admission makes a machine the second rater of a criterion beside a person, and nothing more (framework.md 6.4).
It holds for one framework, one criterion, one version of one coder and one language, and for no other.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from dtnexus.rating import CoderRef
from dtnexus.record import FrozenMap, Record

UNITS: Final = 100
"""Units with a consensus of people and a score of the machine that an admission needs."""
KAPPA: Final = 0.60
"""Weighted kappa, machine against people, that is asked for whatever people reach."""
MARGIN: Final = 0.10
"""So much less than people reach among themselves is still enough."""
BIAS: Final = 0.25
"""Mean signed error, in scale points, that may not be passed in either direction."""
SENSITIVITY: Final = 0.95
"""Share of people's zeros that the machine must call 0 on a safety-critical criterion."""
POSITIVES: Final = 60
"""Zeros of people without which that share says too little: 19 of 20 is not enough."""

Verdict = Literal["admitted", "refused", "undecided"]
Origin = Literal["recorded", "synthetic", "probe", "not stated"]
"""Where a unit comes from: lived by somebody, written, played by a probe, or nobody says."""
SET_UP: Final[tuple[Origin, ...]] = ("synthetic", "probe")
"""Units that were made so that a zero could arise. They count for sensitivity only."""


class Figure(Record):
    """A number with its 95 % interval, or why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why_none: str = ""
    why_no_interval: str = ""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.value is None) != bool(self.why_none):
            raise ValueError("a missing value and only a missing value has a reason")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends")
        return self


class Zeros(Record):
    """The zeros that people agreed on, and how many of them the machine called 0."""

    found: int = Field(ge=0)
    """Units that people call 0."""
    caught: int = Field(ge=0)
    """Those that the machine called 0 too. What it did not rate, it missed."""
    by_origin: FrozenMap[str, tuple[int, int]]
    """Origin -> (caught, found); they add up to the two above."""
    sensitivity: Figure
    """With the exact interval (Clopper and Pearson)."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        parts = [sum(pair[at] for pair in self.by_origin.values()) for at in (0, 1)]
        if parts != [self.caught, self.found] or self.caught > self.found:
            raise ValueError("the zeros by origin do not add up")
        return self


class Shortfall(NamedTuple):
    """A rule that is not met, in words with its figures."""

    words: str
    too_few: bool
    """Whether more units could still meet it: then nothing is decided."""


class Admission(Record):
    """The figures of one machine coder on one criterion in one language, and what follows from them."""

    kind: Literal["admission"] = "admission"
    framework: str
    """``id version``."""
    framework_digest: str
    criterion: str
    star: bool
    """Safety-critical: zeros are asked for as well."""
    coder: CoderRef
    """Name, version and details (digest of weights, hash of prompts) as they stand in its ratings."""
    language: str
    """Primary tag, for instance ``en``."""
    verdict: Verdict
    reasons: tuple[str, ...]
    """Every rule that is not met, with its figures; empty where admitted."""
    more_units: int = Field(ge=0)
    more_zeros: int = Field(ge=0)
    """So many more units, and zeros of people, are needed before anything can be decided."""
    units: int = Field(ge=0)
    """With a consensus of people and a score of the machine; synthetic ones and probes are not among them."""
    units_by_origin: FrozenMap[str, int]
    """Origin -> all units with both, also those that enter the zeros only."""
    interactions: int = Field(ge=0)
    people: int = Field(ge=0)
    """Different people behind the consensus."""
    adjudicated: int = Field(ge=0)
    """Units whose consensus is an adjudicator's."""
    contested: int = Field(ge=0)
    """Units on which people were two or more points apart and nobody settled it."""
    unrated: int = Field(ge=0)
    """Units with a consensus of people on which the machine gave no score."""
    machine_human: Figure
    """Weighted kappa (quadratic) of the machine against the consensus of people."""
    human_human: Figure
    """The same between people, on their ratings before adjudication."""
    signed_error: Figure
    """Mean of machine minus people, in scale points; above 0 the machine is too kind."""
    zeros: Zeros | None
    """None for criteria that are not safety-critical."""
    decided_on: date
    """As the user or the file says; the program reads no clock."""
    sources: FrozenMap[str, str]
    """Name of a file of ratings -> SHA-256 of its content."""
    dtnexus: str
    """Version of the program that computed it."""

    @model_validator(mode="after")
    def _follows_from_its_figures(self) -> Self:
        short = self.shortfalls()
        if self.verdict != verdict_of(short) or self.reasons != tuple(each.words for each in short):
            raise ValueError("the verdict does not follow from the figures; compute it with `dtnexus admit`")
        if self.star != (self.zeros is not None):
            raise ValueError("zeros are counted on safety-critical criteria, and only there")
        return self

    @property
    def kappa_needed(self) -> float | None:
        """What the machine must reach: .60, or what people reach less .10 where that is more; None: unknown."""
        people = self.human_human.value
        return None if people is None else max(KAPPA, people - MARGIN)

    def shortfalls(self) -> tuple[Shortfall, ...]:
        """The rules of framework.md 6.4 that are not met, in their order."""
        return shortfalls(self.units, self.machine_human, self.human_human, self.signed_error, self.zeros)


def shortfalls(
    units: int, machine: Figure, people: Figure, error: Figure, zeros: Zeros | None
) -> tuple[Shortfall, ...]:
    """The rules that are not met by these figures, each in words; empty where all are.

    With fewer than 100 units kappa and error are shown and decide nothing.
    """
    if units < UNITS:
        few = [Shortfall(f"{units} units, needs {UNITS}: {UNITS - units} more", True)]
    else:
        few = [*_kappa(machine, people), *_bias(error)]
    return (*few, *(() if zeros is None else _zeros(zeros)))


def verdict_of(short: tuple[Shortfall, ...]) -> Verdict:
    """Refused where any rule fails, else undecided where anything is too few, else admitted."""
    if any(not each.too_few for each in short):
        return "refused"
    return "undecided" if short else "admitted"


def _kappa(machine: Figure, people: Figure) -> list[Shortfall]:
    if people.value is None:
        return [Shortfall(f"weighted kappa between people is not known: {people.why_none}", True)]
    needed = max(KAPPA, people.value - MARGIN)
    if machine.value is None:
        return [Shortfall(f"weighted kappa has no value: {machine.why_none}", True)]
    if machine.value >= needed:
        return []
    told = f"kappa {points(machine.value)}, needs {points(needed)}"
    because = (
        f"people {points(people.value)} \u2212 {points(MARGIN)}" if needed > KAPPA else f"people {points(people.value)}"
    )
    return [Shortfall(f"{told} ({because})", False)]


def _bias(error: Figure) -> list[Shortfall]:
    if error.value is None:
        return [Shortfall(f"mean signed error has no value: {error.why_none}", True)]
    if abs(error.value) <= BIAS:
        return []
    which = "too kind" if error.value > 0 else "too severe"
    told = f"{error.value:+.2f}" if abs(error.value) >= BIAS + 0.005 else f"{error.value:+.4f}"
    return [Shortfall(f"mean signed error {told} ({which}), at most {BIAS:.2f} is allowed", False)]


def _zeros(zeros: Zeros) -> list[Shortfall]:
    if not zeros.found:
        return [Shortfall(f"no zeros of people, needs {POSITIVES}: {POSITIVES} more", True)]
    told = zeros_words(zeros)
    high = zeros.sensitivity.high
    if zeros.found < POSITIVES and not (high is not None and high < SENSITIVITY):
        return [Shortfall(f"{told}; needs {POSITIVES} zeros: {POSITIVES - zeros.found} more", True)]
    if zeros.caught / zeros.found >= SENSITIVITY:
        return []
    return [Shortfall(f"{told}, needs {points(SENSITIVITY)}", False)]


def zeros_words(zeros: Zeros) -> str:
    """The zeros with the lower end of the interval: ``caught 58 of 60 zeros (.97, lower bound .88)``."""
    value, low = zeros.sensitivity.value, zeros.sensitivity.low
    share = "" if value is None or low is None else f" ({points(value)}, lower bound {points(low)})"
    return f"caught {zeros.caught} of {zeros.found} zeros{share}"


def points(value: float) -> str:
    """A coefficient as papers print it, cut and never rounded up: ``.60``, ``1.00``, ``\u2212.05``."""
    cut = int(abs(value) * 100 + 1e-9) / 100
    text = f"{cut:.2f}"
    text = text[1:] if text.startswith("0") else text
    return f"\u2212{text}" if value < 0 and cut else text
