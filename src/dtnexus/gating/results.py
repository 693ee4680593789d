"""What a gate comes to: a verdict for each rule and group, with what it rests on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dtnexus.assessment import Interval
from dtnexus.rating import CoderRef
from dtnexus.record import Record

Verdict = Literal["pass", "fail", "undecided", "too_few"]
"""``undecided``: the limit lies inside the interval, or what was seen does not allow a verdict. ``too_few``: fewer
conversations than the rule asks for. Neither is a failing of the agent."""


class Spot(Record):
    """Where words stand, without the words."""

    transcript_id: str
    session: int = Field(ge=0)
    turn: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Found(Record):
    """One episode or flag behind a verdict, and where it stands."""

    interaction_id: str
    criterion: str
    score: int | None
    spot: Spot | None
    """None: no words were recorded."""
    quote: str | None
    """The words; None where none were recorded or they may not be printed."""
    withheld: bool
    """Whether there are words that may not be printed: somebody lived the conversation, and nobody asked for them."""
    probe: str | None
    repeat: int | None
    note: str = ""


class Measure(Record):
    """A number with what it rests on."""

    name: str
    """What is measured, in words."""
    unit: Literal["share", "score", "count", "difference"]
    value: float | None
    """None: there was no opportunity."""
    events: float
    of: int = Field(ge=0)
    """Opportunities: episodes, interactions or planned occasions."""
    interactions: int = Field(ge=0)
    """Interactions with at least one opportunity."""
    effective: float | None = None
    """Independent opportunities that these are worth; None where every one is."""
    interval: Interval | None = None


class Needed(Record):
    """How much would decide, if what comes is like what was seen."""

    interactions: int = Field(ge=1)
    """In all, those that are there included."""
    repeats: int | None = Field(default=None, ge=1)
    """The same as repeats of each probe; None where not everything comes from probes."""


class Case(Record):
    """One rule on one group of conversations."""

    rule: str
    kind: str
    subject: str
    """Criterion or rate; ``-`` where the rule is about neither."""
    probe: str | None
    """None: all conversations that the rule looks at."""
    verdict: Verdict
    advisory: bool
    limit: str
    """What the rule wants, in words."""
    said: str
    """What was found, in a sentence."""
    why: str
    measure: Measure | None = None
    baseline: Measure | None = None
    needed: Needed | None = None
    found: tuple[Found, ...] = ()
    """Episodes against the rule, at most `SHOWN`."""
    more: int = Field(default=0, ge=0)
    """Further ones that are not listed."""

    @property
    def name(self) -> str:
        """A name that is the same in every run: rule, subject and probe."""
        parts = [self.rule, *(each for each in (self.subject, self.probe) if each not in ("-", None))]
        return " / ".join(str(part) for part in parts)


class Outcome(Record):
    """The whole gate."""

    dtnexus: str
    policy: str
    policy_digest: str
    about: str
    run: str
    """As the caller names it."""
    baseline: str | None
    framework: str
    framework_digest: str
    coders: tuple[CoderRef, ...]
    agents: tuple[str, ...]
    interactions: int = Field(ge=0)
    probes: tuple[str, ...]
    """Probes that played a client; empty where none did."""
    confidence: float
    cases: tuple[Case, ...]
    notes: tuple[str, ...]

    @property
    def verdict(self) -> Literal["pass", "fail", "undecided"]:
        """``fail`` where a rule that counts fails; else ``undecided`` where one is; an empty gate is undecided."""
        verdicts = {case.verdict for case in self.cases if not case.advisory}
        if "fail" in verdicts:
            return "fail"
        return "undecided" if not verdicts or verdicts & {"undecided", "too_few"} else "pass"

    def counted(self, verdict: Verdict) -> int:
        """How many cases came to it, those without effect on the gate left out."""
        return sum(case.verdict == verdict and not case.advisory for case in self.cases)


SHOWN = 8
"""Episodes that a case lists, at most."""
