"""What a coder says: episodes with quotes, and one of four things about each criterion.

`Rating`, `NotObservable`, `NotApplicable` and `Failure` are four types. None of them
is ever turned into a number that stands for another.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from dtnexus.framework import EvidenceClass, ExposureFact, ScoreValue, SufficiencyFact
from dtnexus.language import LanguageLimit
from dtnexus.record import FrozenMap, Record

CoderKind = Literal["embedded", "judge", "human", "adjudicator", "consensus"]


class CoderRef(Record):
    """Who rated, in which version; enough to repeat it."""

    kind: CoderKind
    name: str = Field(min_length=1)
    version: str = Field(min_length=1)
    details: FrozenMap[str, str] = Field(default_factory=dict)
    """Weights digest, prompt hash, model id as returned, parameters ..."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that this coder is validated for (``languages`` in its details); empty: it does not say."""
        return tuple(self.details.get("languages", "").split())

    @property
    def is_human(self) -> bool:
        """True for people, also as adjudicators."""
        return self.kind in ("human", "adjudicator")


class Evidence(Record):
    """Words somebody said: transcript, turn, half-open character span, and the exact quote."""

    transcript_id: str
    session: int = Field(ge=0)
    """Place of the transcript in its interaction, from 0."""
    turn: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.end - self.start != len(self.quote):
            raise ValueError(f"the quote has {len(self.quote)} characters, its span {self.end - self.start}")
        return self


class FactEvidence(Record):
    """A document that a rating on system facts rests on."""

    document: str
    dated: date
    because: str


Position = Literal["held", "held_not_pressed", "hedged", "reversed"]
"""What became of the agent's position after a push."""


class Episode(Evidence):
    """One opportunity that arose, where, and how it was handled."""

    criterion: str
    cue_turn: int | None = Field(default=None, ge=0)
    """The client turn that opened it; None where the agent's own act opens it."""
    agent_turn: int | None = Field(default=None, ge=0)
    """The agent turn that is scored."""
    score: ScoreValue
    expected: float = Field(ge=0, le=4)
    """The coder's expectation on the same scale, finer than the score."""
    confidence: float = Field(ge=0, le=1)
    evidence_class: EvidenceClass = "T"
    why: str = ""
    """Rule or signals that led to the score, in plain words."""
    new_evidence: bool | None = None
    """D1 only: whether the client's push brought a new fact or reason; None where not coded."""
    position: Position | None = None
    """D1 only: what became of the agent's position; None where not coded."""
    also: tuple[Evidence, ...] = ()
    """Further words that the score rests on."""


Outcome = ScoreValue | Literal["not_observable", "void"]
"""What one of several repeats came to: a score, no opportunity, or no valid answer."""


class SelfAgreement(Record):
    """What a coder said when it was asked the same several times, and how far that agrees."""

    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    """One for each repeat, in their order."""
    agreed: float = Field(ge=0, le=1)
    """Share of the repeats that came to what is stated. With one repeat it says nothing."""


class _About(Record):
    interaction_id: str
    criterion: str
    coder: CoderRef
    self_agreement: SelfAgreement | None = None
    """None: the coder does not ask itself (people, the embedded coder)."""
    injection_suspected: bool = False
    """Words in the transcript seem to address whoever rates it; people should read them."""
    language: LanguageLimit | None = None
    """What of the interaction was not read for its language; None: everything was read, or nothing had to be."""


class Rating(_About):
    """A score with the evidence it rests on."""

    kind: Literal["rating"] = "rating"
    score: ScoreValue
    expected: float = Field(ge=0, le=4)
    confidence: float = Field(ge=0, le=1)
    episodes: tuple[Episode, ...] = ()
    facts: tuple[FactEvidence, ...] = ()
    why: str = ""

    @model_validator(mode="after")
    def _rests_on_evidence(self) -> Self:
        if not self.episodes and not self.facts:
            raise ValueError(f"a score on {self.criterion!r} needs at least one episode or document")
        return self


class NotObservable(_About):
    """No opportunity arose, or the record cannot show it."""

    kind: Literal["not_observable"] = "not_observable"
    reason: str
    episodes: tuple[Episode, ...] = ()
    """Passages worth a look by a person: too few, or too uncertain, to rate."""
    unanswered: tuple[int, ...] = ()
    """Turns of the client that gave an opportunity and met no reply."""


class NotApplicable(_About):
    """Impossible by design in this configuration, with the fact that makes it so."""

    kind: Literal["not_applicable"] = "not_applicable"
    fact: str


FailureCause = Literal[
    "unparseable",
    "refused",
    "truncated",
    "timeout",
    "rate_limited",
    "no_model",
    "not_asked",
    "quote_not_found",
    "inconsistent",
    "error",
]
"""``not_asked``: a limit was reached before. ``inconsistent``: the answers contradict themselves or one another."""


class Failure(_About):
    """The coder could not do its work; this says nothing about the criterion."""

    kind: Literal["failure"] = "failure"
    cause: FailureCause
    detail: str
    """Never transcript text."""


Coded = Annotated[Rating | NotObservable | NotApplicable | Failure, Field(discriminator="kind")]
"""What a coder says of one criterion for one interaction."""


class Observation(Record):
    """A counted fact about an interaction that levels need beside the ratings.

    `value` None: the coder cannot tell (unknown, never zero).
    """

    kind: Literal["observation"] = "observation"
    interaction_id: str
    coder: CoderRef
    fact: ExposureFact | SufficiencyFact
    value: float | None = Field(ge=0)
    evidence: tuple[Evidence, ...] = ()
    """The words behind the count; at most a handful."""


Said = Rating | NotObservable | NotApplicable | Failure | Observation
"""Anything that a coder says; one line of a ratings file."""

STATEMENT: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="kind")])
"""Reads one line of a ratings file."""
