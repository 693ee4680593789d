"""What the agent profile says: does a rule on a fact hold, and which documents were rated."""

from __future__ import annotations

from dtnexus.framework import Framework, NotApplicableWhen
from dtnexus.profile import AgentProfile, FactValue
from dtnexus.rating import CoderRef, FactEvidence, Rating
from dtnexus.transcript import Agent, AgentKind, Interaction


def agent_kind(agent: Agent, profile: AgentProfile | None) -> AgentKind:
    """Human, digital or unknown: as the transcripts say, or else the profile."""
    if agent.kind != "unknown" or profile is None:
        return agent.kind
    return profile.kind


def holds(rule: NotApplicableWhen, agent: Agent, profile: AgentProfile | None) -> bool | None:
    """Whether the fact has the value; None where the fact is unknown or not stated.

    A fact that is a list holds where the wanted value is one of its entries.
    """
    value: FactValue | None
    if rule.field == "agent.kind":
        kind = agent_kind(agent, profile)
        value = None if kind == "unknown" else kind
    else:
        value = None if profile is None else profile.value(rule.field)
    return None if value is None else _same(value, rule.equals)


def _same(value: FactValue, wanted: FactValue) -> bool:
    if isinstance(value, tuple) and not isinstance(wanted, tuple):
        return wanted in value
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def impossible(
    rules: tuple[NotApplicableWhen, ...], agent: Agent, profile: AgentProfile | None
) -> NotApplicableWhen | None:
    """The rule whose fact makes a criterion impossible by design; None where none holds."""
    return next((rule for rule in rules if holds(rule, agent, profile)), None)


def document_ratings(interaction: Interaction, profile: AgentProfile | None, framework: Framework) -> list[Rating]:
    """The profile's ratings of documents, as ratings by the people who checked them.

    Ratings of criteria that the framework does not have are left out; whether documents
    count as evidence for a criterion is decided with all other ratings.
    """
    known = {criterion.id for criterion in framework.criteria}
    return [
        Rating(
            interaction_id=interaction.id,
            criterion=rated.criterion,
            coder=CoderRef(kind="human", name=rated.checked_by, version=rated.dated.isoformat()),
            score=rated.score,
            expected=float(rated.score),
            confidence=1.0,
            facts=(FactEvidence(document=rated.document, dated=rated.dated, because=rated.because),),
            why=rated.because,
        )
        for rated in (profile.document_ratings if profile is not None else ())
        if rated.criterion in known
    ]
