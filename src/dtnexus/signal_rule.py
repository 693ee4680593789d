"""How the embedded coder reads a criterion from signals: cues, conditions and scores, as data.

A *turn* here is everything that one side says until the other side speaks. An *episode*
begins with a cue and has an *answer*, the agent turn that is scored.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from dtnexus.record import Record

ScoreValue = Annotated[int, Field(ge=0, le=4)]

SignalPlace = Literal["turn", "window", "kept", "before", "earlier", "opening", "next"]
"""Where a signal is read, always among the turns of the signal's own role.

``turn``: the client turn that opened the episode, or the agent turn that is scored.
``window``: highest over the episode. ``kept``: lowest over the agent turns of a full
window (never true in a shorter one). ``before``: the turn just before the cue.
``earlier``: highest over all turns before the cue. ``opening``: the scored turn, if it is
the first of its role in the session. ``next``: the first turn of the role after the answer.
"""

CuePattern = Literal["going_flat"]
"""Cues in the form of the talk. ``going_flat``: two minimal client turns running after fuller ones."""


class SignalTest(Record):
    """True where a signal reaches a value on its own scale."""

    signal: str
    at_least: float = Field(ge=0)
    at: SignalPlace = "turn"
    over: str | None = None
    """Another signal of the same role that must be read as less likely at the same place."""


class SignalCondition(Record):
    """True where all of `all_of`, one of `any_of` (if there are any) and none of `none_of` hold."""

    all_of: tuple[SignalTest, ...] = ()
    any_of: tuple[SignalTest, ...] = ()
    none_of: tuple[SignalTest, ...] = ()


class ScoreWhen(SignalCondition):
    """A score and the signals that lead to it."""

    score: ScoreValue


class SignalRule(Record):
    """How the embedded coder finds opportunities for a criterion and scores the answer.

    An opportunity arises where any of `cues` or `patterns` holds (client signals: in the
    client turn before; agent signals: in the agent turn itself, when no episode is open),
    `only_if` is true, none of `unless` holds, and `not_at_first` does not stand against it. The
    first matching entry of `scores` decides; `otherwise` applies when none matches.
    """

    cues: tuple[SignalTest, ...] = Field(min_length=1)
    patterns: tuple[CuePattern, ...] = ()
    only_if: SignalCondition = SignalCondition()
    unless: tuple[SignalTest, ...] = ()
    not_at_first: bool = False
    """The client's first turn of an interaction, with its answer, opens no episode: what is asked for is a change."""
    sure_from: float = Field(default=0.0, ge=0, le=1)
    """Reading (as a share of its maximum) that at least one cue needs for a rating; otherwise passages are shown.

    Of what a learned opener alone opens its chance counts.
    """
    opener: str | None = None
    """Name of a learned opener of the embedded coder; with how far the cues and conditions hold, it decides what opens.

    `skip` is then for opportunities that a probe planned.
    """
    opens_from: float = Field(default=0.5, gt=0, lt=1)
    """Chance of an episode, by the learned opener, from which one opens."""
    opener_adds: bool = False
    """What the cues and conditions open stays open, `skip` excepted; the opener only adds to it."""
    opens_again: tuple[SignalTest, ...] = ()
    """Cues that open a new episode inside an open one when they are read clearly higher than since its beginning."""
    window: int = Field(default=3, ge=1)
    """Agent turns after which an episode closes."""
    takes: Literal["first", "worst", "best", "harm"] = "first"
    """Which agent turn of the episode is the answer; `harm` is the worst that does something low, else the best."""
    skip: tuple[SignalCondition, ...] = ()
    """Episodes that are not rated after all."""
    scores: tuple[ScoreWhen, ...] = ()
    otherwise: ScoreValue
    scorer: str | None = None
    """Name of a learned scorer of the embedded coder; it corrects what `scores` expects."""
    scorer_reads: tuple[str, ...] = ()
    """Signals of the answer, or of the client's turn before it, that the scorer reads.

    As log odds that may weigh otherwise from a hint on and from one half on, instead of how far the tests of `scores`
    hold. Used when it is trained.
    """
    scorer_reads_next: tuple[str, ...] = ()
    """Signals that it reads beside those in the next turn of their own side: what the client makes of the answer."""
    sessions_needed: int = Field(default=1, ge=1)
    """Fewer sessions: not observable."""
    single_session_cap: ScoreValue | None = None
    """Highest score that one session alone can show."""

    @model_validator(mode="after")
    def _names_what_it_needs(self) -> SignalRule:
        if self.scorer_reads_next and not self.scorer_reads:
            raise ValueError("scorer_reads_next names signals and scorer_reads none; name those of the answer there")
        if self.opener_adds and self.opener is None:
            raise ValueError("opener_adds is true and no opener is named; name one as opener, or leave opener_adds out")
        return self
