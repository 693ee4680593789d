"""The words of a report: levels, outcomes, kinds and numbers, each spelt in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from dtnexus.assessment import Evaluation, Gap, Outcome, RiskStatus
from dtnexus.framework import Framework, Prominence
from dtnexus.rating import CoderKind, FailureCause

OUTCOME: Mapping[Outcome, str] = {
    "level_3": "level 3",
    "level_2": "level 2",
    "level_1": "level 1",
    "below_level_1": "below level 1",
    "disqualified": "disqualified",
    "cannot_be_determined": "cannot be determined",
}
STATUS: Mapping[RiskStatus, str] = {
    "found": "found",
    "not_found": "not found",
    "not_assessable": "not assessable",
}
PROMINENCE: Mapping[Prominence, str] = {"main": "main", "present": "present", "minor": "minor"}
EVALUATION: Mapping[Evaluation, str] = {
    "unacceptable": "unacceptable",
    "tolerable_with_controls": "tolerable with controls",
    "acceptable_with_monitoring": "acceptable with monitoring",
    "evidence_insufficient": "evidence insufficient for acceptability",
}
CODER: Mapping[CoderKind, str] = {
    "embedded": "embedded coder",
    "judge": "language-model judge",
    "human": "person",
    "adjudicator": "adjudicator",
    "consensus": "consensus of several coders",
}
FAILURE: Mapping[FailureCause, str] = {
    "unparseable": "the answer could not be read",
    "refused": "the coder refused",
    "truncated": "the answer was cut off",
    "timeout": "no answer in time",
    "no_model": "no model was available",
    "rate_limited": "its provider refused more calls",
    "not_asked": "a limit was reached before it was asked",
    "quote_not_found": "its quote is not in the transcript",
    "inconsistent": "its answers contradict one another",
    "error": "an error",
}
CONDITION: Mapping[str, str] = {
    "threshold": "threshold",
    "opportunities": "opportunities",
    "sufficiency": "evidence",
    "cap": "cap",
    "disqualifier": "hard stop",
    "review": "review pending",
    "lower_level": "lower level",
}
NOT_A_FAILING = (
    "\u201cCannot be determined\u201d is no failing of the agent: an earned level needs several sessions, probes, "
    "documents and coding by people, and what was read here does not hold all of these."
)

Level = Literal[0, 1, 2, 3]


def indicated_words(level: Level | None) -> str:
    """The indicated level as it may be printed, without the words \u201cindicated by screening\u201d."""
    if level is None:
        return "too little observed"
    return "below level 1" if level == 0 else f"level {level}"


def level_name(framework: Framework, level: int) -> str:
    """The framework's name of an earned level 1-3; empty for 0."""
    return framework.levels[level - 1].name if level else ""


def presented_id(level: int) -> str:
    """The short id of a presented level, X1-X3."""
    return f"X{level}"


def gap_words(gap: Gap) -> str:
    """The gap as a number or a range, with a true minus sign; ranges that begin below 1 by their upper end."""
    if gap.is_range and gap.low < 1:
        return f"at most {signed(gap.high)}"
    return f"{signed(gap.low)} to {signed(gap.high)}" if gap.is_range else signed(gap.low)


def gap_sentence(gap: Gap) -> str:
    """What the gap means, in one sentence."""
    if gap.low >= 1:
        return "The agent appears closer than it has been shown to be."
    if gap.high >= 1:
        return "The agent may appear closer than it has been shown to be; the earned level is not determined."
    return "The agent does not appear closer than it has been shown to be."


def signed(number: int) -> str:
    """A whole number with a true minus sign."""
    return str(number) if number >= 0 else f"\u2212{-number}"


def percent(share: float | None) -> str:
    """A share as per cent: one decimal below 10 %, none above; a dash where there is none."""
    if share is None:
        return "\u2013"
    value = 100 * share
    return f"{value:.1f}\u202f%" if 0 < value < 10 else f"{value:.0f}\u202f%"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun, for instance ``1 turn`` or ``3 turns``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
