"""One interaction, decided: presented, indicated and earned level, gap, risks, and the locked parallel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from dtnexus.admission import Admission
from dtnexus.assessment import Assessment, Coverage
from dtnexus.deciding.admitting import admitted_on, machine_roles
from dtnexus.deciding.alliance import parallel
from dtnexus.deciding.consensus import Settled, coders_of, settle
from dtnexus.deciding.counting import Counted, Material, count, observed
from dtnexus.deciding.derived import criterion_ids, framework_digest
from dtnexus.deciding.exposure import nexus_gap, present
from dtnexus.deciding.facts import document_ratings, holds, impossible
from dtnexus.deciding.gates import Finding, Sample, decide_gates
from dtnexus.deciding.indicate import indicate
from dtnexus.deciding.notes import notes_for
from dtnexus.deciding.probe_evidence import as_evidence
from dtnexus.deciding.risks import effective_gap, find_risks, opportunities
from dtnexus.deciding.sensitivity import sensitivity
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.language import LanguageLimit
from dtnexus.profile import AgentProfile
from dtnexus.rating import Coded, CoderRef, Failure, NotApplicable, NotObservable, Observation, Rating, Said
from dtnexus.transcript import Interaction

NOBODY_ADMITTED: Final[Mapping[str, Sequence[CoderRef]]] = MappingProxyType({})
"""No machine is admitted on any criterion."""


def assess(
    interaction: Interaction,
    statements: Iterable[Said],
    framework: Framework,
    profile: AgentProfile | None = None,
    admissions: Sequence[Admission] = (),
    left_contested: Collection[str] = (),
) -> Assessment:
    """Everything that the statements decide about the interaction (framework.md 2 and 3).

    The order of the statements is irrelevant. A criterion that nobody rated is not
    observable, a fact that nobody told is unknown; neither is ever a number. A machine counts
    as second rater beside a person where an admission holds for it here, and nowhere else. `left_contested` names the
    criteria of which an adjudicator said that they stay contested.

    Raises:
        UsageError: a statement is about another interaction or a criterion that the
            framework does not have, points to words that are not there, or the profile
            describes another agent.
    """
    _check_profile(interaction, profile)
    said = [as_evidence(statement, interaction) for statement in statements]
    for statement in said:
        _check(interaction, statement, framework)
    said += document_ratings(interaction, profile, framework)
    coded = [s for s in said if not isinstance(s, Observation)]
    observations = observed(s for s in said if isinstance(s, Observation))

    roles = machine_roles(interaction, coded, admissions, framework_digest(framework))
    settled = consensus(interaction, coded, framework, profile, admitted_on(roles), left_contested)
    findings = {criterion: finding_of(result) for criterion, result in settled.items()}
    ratings: dict[str, Coded] = {criterion: result.coded for criterion, result in settled.items()}
    sample = sampled(Material(interaction, profile, framework, settled, observations))

    presented = present(interaction, observations, profile, framework)
    indicated = indicate(framework, findings)
    earned = decide_gates(framework, findings, sample)
    gap = nexus_gap(presented.level, earned)
    risks = find_risks(
        framework,
        presented.level,
        opportunities(framework, (s for s in coded if isinstance(s, Rating | NotObservable)), settled),
        settled,
        effective_gap(gap, presented.level, indicated.level),
    )
    limits = language_limits(coded)
    alliance_parallel, withheld = parallel(framework, earned, ratings)
    return Assessment(
        interaction_id=interaction.id,
        transcript_ids=interaction.transcript_ids,
        agent=interaction.agent,
        client_id=interaction.client_id,
        synthetic=any(session.synthetic for session in interaction.sessions),
        framework=f"{framework.id} {framework.version}",
        framework_digest=framework_digest(framework),
        coders=coders_of(said),
        presented=presented.level,
        indicated=indicated.level,
        earned=earned,
        gap=gap,
        coverage=coverage_of(ratings.values()),
        ratings=ratings,
        risks=risks,
        alliance_parallel=alliance_parallel,
        alliance_withheld_because=withheld,
        presented_details=presented,
        indicated_details=indicated,
        consensus={criterion: result.consensus for criterion, result in settled.items()},
        sensitivity=sensitivity(framework, findings, sample),
        notes=notes_for(interaction, settled, framework, profile, limits, coded, roles),
        language_limits=limits,
        machine_roles=roles,
    )


def consensus(
    interaction: Interaction,
    coded: Sequence[Coded],
    framework: Framework,
    profile: AgentProfile | None,
    admitted: Mapping[str, Sequence[CoderRef]] = NOBODY_ADMITTED,
    left_contested: Collection[str] = (),
) -> dict[str, Settled]:
    """Every criterion of the framework, settled; also those that nobody rated."""
    said: dict[str, list[Coded]] = {criterion.id: [] for criterion in framework.criteria}
    for statement in coded:
        said[statement.criterion].append(statement)
    return {
        criterion.id: settle(
            criterion,
            said[criterion.id],
            interaction.id,
            impossible(criterion.not_applicable_when, interaction.agent, profile),
            admitted.get(criterion.id, ()),
            criterion.id in left_contested,
        )
        for criterion in framework.criteria
    }


def language_limits(coded: Iterable[Coded]) -> dict[str, LanguageLimit]:
    """By the name of the coder, what it did not read for its language; coders that read everything are absent."""
    found = {statement.coder.name: statement.language for statement in coded if statement.language is not None}
    return dict(sorted(found.items()))


def finding_of(settled: Settled) -> Finding:
    """A settled criterion in the simple values that the gates read."""
    coded = settled.coded
    match coded:
        case Rating():
            return Finding(
                score=coded.score,
                by_people=settled.consensus.human_coders > 0,
                zero=settled.consensus.zero,
                contested=settled.consensus.contested,
                opportunities=settled.consensus.opportunities,
            )
        case NotApplicable():
            left_out = settled.impossible is not None and settled.impossible.left_out
            return Finding(None, applicable=False, left_out=left_out, reason=coded.fact)
        case NotObservable():
            return Finding(None, zero=settled.consensus.zero, reason=coded.reason)
        case Failure():
            return Finding(None, reason=coded.detail)


def sampled(material: Material) -> Sample:
    """What is known beside the criteria: sufficiency, facts that close levels, synthetic or not."""
    interaction, framework = material.interaction, material.framework
    counted: dict[str, Counted] = {
        condition.id: count(condition, level, material) for level in framework.levels for condition in level.sufficiency
    }
    return Sample(
        sufficiency={condition: result.truth for condition, result in counted.items()},
        found={condition: result.found for condition, result in counted.items()},
        wanted={condition: result.wanted for condition, result in counted.items()},
        profile_caps={
            cap.id: holds(cap.profile, interaction.agent, material.profile)
            for cap in framework.caps
            if cap.profile is not None
        },
        synthetic_only=all(session.synthetic for session in interaction.sessions),
    )


def coverage_of(ratings: Iterable[Coded]) -> Coverage:
    """How many were asked and what became of each."""
    return coverage_of_kinds(Counter(rating.kind for rating in ratings))


def coverage_of_kinds(kinds: Counter[str]) -> Coverage:
    """The same from how often each kind of answer was given."""
    return Coverage(
        asked=kinds.total(),
        rated=kinds["rating"],
        not_observable=kinds["not_observable"],
        not_applicable=kinds["not_applicable"],
        failed=kinds["failure"],
    )


def _check_profile(interaction: Interaction, profile: AgentProfile | None) -> None:
    if profile is not None and profile.agent_id not in ("*", interaction.agent.id):
        raise UsageError(
            f"interaction {interaction.id!r}: the profile describes agent {profile.agent_id!r}, "
            f"the transcripts name {interaction.agent.id!r}; give the profile of this agent, or '*'"
        )


def _check(interaction: Interaction, statement: Said, framework: Framework) -> None:
    where = f"interaction {interaction.id!r}"
    if statement.interaction_id != interaction.id:
        raise UsageError(f"{where}: got a statement about {statement.interaction_id!r}; give only its own")
    if isinstance(statement, Observation):
        return
    if statement.criterion not in criterion_ids(framework):
        raise UsageError(
            f"{where}: a statement names criterion {statement.criterion!r}; "
            f"framework {framework.id!r} has none of this id"
        )
    if isinstance(statement, Rating | NotObservable):
        _check_words(interaction, statement)


def _check_words(interaction: Interaction, statement: Rating | NotObservable) -> None:
    ids = interaction.transcript_ids
    for episode in statement.episodes:
        here = episode.session < len(ids) and ids[episode.session] == episode.transcript_id
        turns = interaction.sessions[episode.session].turns if here else ()
        text = turns[episode.turn].text if episode.turn < len(turns) else None
        if text is None or text[episode.start : episode.end] != episode.quote:
            raise UsageError(
                f"interaction {interaction.id!r}: the quote for {statement.criterion!r} is not at session "
                f"{episode.session}, turn {episode.turn}, characters {episode.start}-{episode.end} of "
                f"{episode.transcript_id!r}; code the transcripts that are assessed"
            )
