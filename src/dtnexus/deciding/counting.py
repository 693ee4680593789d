"""What the sufficiency conditions count: sessions, turns, days, shares of criteria, observed facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from dtnexus.assessment import Truth
from dtnexus.deciding.consensus import Settled
from dtnexus.deciding.derived import needed_opportunities
from dtnexus.deciding.facts import holds
from dtnexus.framework import ExposureFact, Framework, Level, Sufficiency, SufficiencyFact
from dtnexus.profile import AgentProfile
from dtnexus.rating import CoderRef, NotApplicable, Observation
from dtnexus.transcript import Interaction, Role

SHARES: tuple[SufficiencyFact, ...] = ("opportunities_met", "double_coded", "two_humans")
WORDS = {
    "days_span": "days from first to last session",
    "longest_session_client_turns": "client turns in the longest session",
    "opportunities_met": "share of criteria with enough opportunities",
    "double_coded": "share of criteria coded twice, once by a person",
    "two_humans": "share of criteria coded by two people",
    "memory_on_late_probes": "late probes with memory on",
    "reliability_met": "reliability reached (1 is yes)",
    "documents_current": "documents current (1 is yes)",
}
EXPOSURE: frozenset[str] = frozenset(get_args(ExposureFact))


@dataclass(frozen=True, slots=True)
class Counted:
    """A sufficiency condition after counting."""

    truth: Truth
    found: str
    wanted: str


def observed(observations: Iterable[Observation]) -> dict[str, Observation]:
    """One observation for each fact that anybody could tell; unknown ones are absent.

    Adjudicators outrank people, people outrank machines. Among equals the value that asks
    more of the agent: the largest for exposure, the smallest for evidence.
    """
    chosen: dict[str, tuple[tuple[float, float, str], Observation]] = {}
    for observation in observations:
        if observation.value is None:
            continue
        harder = observation.value if observation.fact in EXPOSURE else -observation.value
        rank = (_rank(observation.coder), harder, observation.to_json())
        if observation.fact not in chosen or rank > chosen[observation.fact][0]:
            chosen[observation.fact] = (rank, observation)
    return {fact: observation for fact, (_, observation) in chosen.items()}


def _rank(coder: CoderRef) -> int:
    return {"adjudicator": 2, "human": 1}.get(coder.kind, 0)


def from_transcripts(interaction: Interaction) -> dict[SufficiencyFact, float]:
    """What the transcripts alone tell; facts that they cannot tell are absent.

    `days_span` is taken over the sessions that have a date, so it is a lower bound where
    some have none, and absent where fewer than two have one and there are several sessions.
    """
    turns = [sum(turn.role is Role.CLIENT for turn in session.turns) for session in interaction.sessions]
    counts: dict[SufficiencyFact, float] = {
        "sessions": float(len(turns)),
        "client_turns": float(sum(turns)),
        "longest_session_client_turns": float(max(turns)),
    }
    dates = session_dates(interaction)
    if len(dates) > 1 or (dates and len(turns) == 1):
        counts["days_span"] = (dates[-1] - dates[0]).total_seconds() / 86400
    return counts


def session_dates(interaction: Interaction) -> list[datetime]:
    """When the dated sessions started, in order; a time without a zone is read as UTC."""
    starts = (session.started_at for session in interaction.sessions)
    return sorted(s.replace(tzinfo=UTC) if s.tzinfo is None else s for s in starts if s is not None)


def share(
    fact: SufficiencyFact, criteria: Sequence[str], level: int, settled: Mapping[str, Settled], framework: Framework
) -> float | None:
    """The share (0-1) of the criteria for which the fact holds; None where no criterion applies."""
    applicable = [c for c in criteria if not isinstance(settled[c].coded, NotApplicable)]
    if not applicable:
        return None
    needed = needed_opportunities(framework, level)
    met = 0
    for criterion_id in applicable:
        of = settled[criterion_id]
        match fact:
            case "opportunities_met":
                met += of.consensus.opportunities >= max(1, needed[criterion_id])
            case "double_coded":
                people = of.consensus.human_coders
                met += people >= 2 or (people == 1 and bool(of.consensus.second_raters))
            case _:
                met += of.consensus.human_coders >= 2
    return met / len(applicable)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that sufficiency conditions are counted from."""

    interaction: Interaction
    profile: AgentProfile | None
    framework: Framework
    settled: Mapping[str, Settled]
    observations: Mapping[str, Observation]


def count(condition: Sufficiency, level: Level, material: Material) -> Counted:
    """Pass where any fact reaches its value; fail where a profile fact makes it impossible; else unknown."""
    known = from_transcripts(material.interaction)
    found: list[str] = []
    passed = False
    for fact, wanted in sorted(condition.at_least.items()):
        value = known.get(fact)
        if fact in SHARES:
            value = share(fact, condition.criteria, level.number, material.settled, material.framework)
        elif value is None and fact in material.observations:
            value = material.observations[fact].value
        found.append(f"{_words(fact)}: {'unknown' if value is None else _number(value)}")
        passed = passed or (value is not None and value >= wanted - 1e-9)
    wants = " or ".join(
        f"{_words(fact)}: at least {_number(value)}" for fact, value in sorted(condition.at_least.items())
    )
    truth: Truth = "unknown"
    if passed:
        truth = "pass"
    else:
        for rule in condition.impossible_when:
            if holds(rule, material.interaction.agent, material.profile):
                truth = "fail"
                found.append(f"impossible by design: {rule.because}")
    return Counted(truth, ", ".join(found), wants)


def _words(fact: str) -> str:
    return WORDS.get(fact, fact.replace("_", " "))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
