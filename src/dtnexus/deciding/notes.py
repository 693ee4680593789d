"""What a reader of an assessment must know beside its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dtnexus.assessment import MachineRole
from dtnexus.deciding.consensus import Settled
from dtnexus.deciding.differing import doubts_itself
from dtnexus.deciding.facts import agent_kind
from dtnexus.deciding.probe_evidence import note_on_probes
from dtnexus.framework import Criterion, Framework
from dtnexus.language import LanguageLimit, named
from dtnexus.model_family import families_of, self_judging
from dtnexus.profile import AgentProfile
from dtnexus.rating import Coded, Failure, Rating
from dtnexus.transcript import Interaction

CLINICIAN = "clinician"
"""Value of ``qualification`` in a coder's details."""


def notes_for(
    interaction: Interaction,
    settled: Mapping[str, Settled],
    framework: Framework,
    profile: AgentProfile | None,
    limits: Mapping[str, LanguageLimit],
    coded: Sequence[Coded] = (),
    roles: Sequence[MachineRole] = (),
) -> tuple[str, ...]:
    """The notes, one sentence each, in a fixed order; empty where nothing needs saying."""
    return (
        *_about_coding(settled, framework),
        *_about_failures(settled, coded),
        *_about_roles(roles),
        *_about_judges(interaction, coded),
        *_about_agent(interaction, profile),
        *_about_record(interaction, framework),
        *_about_languages(limits, settled),
    )


def _about_coding(settled: Mapping[str, Settled], framework: Framework) -> list[str]:
    notes = []
    rated = [settled[c.id] for c in framework.transcript_criteria if isinstance(settled[c.id].coded, Rating)]
    if rated and not any(result.consensus.human_coders for result in rated):
        notes.append("Screened by machine only: no person has rated this interaction.")
    contested = [criterion for criterion, result in settled.items() if result.consensus.contested]
    if contested:
        notes.append(f"Coders disagree by two points or more on {', '.join(contested)}.")
    failed = [criterion for criterion, result in settled.items() if isinstance(result.coded, Failure)]
    if failed:
        notes.append(f"Every coder failed on {', '.join(failed)}; nothing follows from that.")
    for criterion in framework.criteria:
        if _lacks_clinician(criterion, settled[criterion.id]):
            notes.append(
                f"{criterion.id}: a score of {settled[criterion.id].score} needs a clinically qualified coder, "
                "and no rating says that one gave it."
            )
    return notes


def _about_failures(settled: Mapping[str, Settled], coded: Sequence[Coded]) -> list[str]:
    """Machines that failed where another coder spoke: the result is the others' alone."""
    failed: dict[str, dict[str, str]] = {}
    for one in coded:
        if isinstance(one, Failure) and one.coder.kind in ("judge", "embedded"):
            if not isinstance(settled[one.criterion].coded, Failure):
                failed.setdefault(one.coder.name, {})[one.criterion] = one.cause.replace("_", " ")
    return [
        f"{name} failed on {', '.join(f'{criterion} ({cause})' for criterion, cause in sorted(causes.items()))}; "
        "what stands there is the other coders' alone."
        for name, causes in sorted(failed.items())
    ]


def _about_roles(roles: Sequence[MachineRole]) -> list[str]:
    """Where machines are admitted as second raters and where they are not, by the admissions that were given."""
    notes = []
    for role in roles:
        who = f"{role.coder.name} {role.coder.version}"
        if role.second_rater_on:
            notes.append(f"{who} is admitted as second rater, beside a person, on {', '.join(role.second_rater_on)}.")
        for why, criteria in role.screening_only.items():
            notes.append(f"{who} is screening only on {', '.join(criteria)}: {why}.")
    return notes


def _about_judges(interaction: Interaction, coded: Sequence[Coded]) -> list[str]:
    """What coders themselves give reason to doubt: words aimed at them, their own kind, their own repeats."""
    notes = []
    suspecting = sorted({statement.coder.name for statement in coded if statement.injection_suspected})
    if suspecting:
        notes.append(
            f"Words in this conversation seem to address whoever rates it (found by {', '.join(suspecting)}). "
            "People should read them before they rely on any rating of it."
        )
    judges = {statement.coder.name: statement.coder for statement in coded if statement.coder.kind == "judge"}
    for name, judge in sorted(judges.items()):
        if self_judging(judge, interaction.agent) == "same":
            of_judge = families_of(f"{name} {judge.details.get('model', '')}")
            agent = interaction.agent
            same = sorted(of_judge & families_of(f"{agent.id} {agent.version or ''}"))
            notes.append(
                f"Self-judging: {name} and the agent seem to be of one family of models ({', '.join(same)}). Models "
                "tend to favour their own kind."
            )
        doubts = sorted(
            {
                statement.criterion: f"{statement.criterion} ({_outcomes(statement)})"
                for statement in coded
                if statement.coder.name == name and doubts_itself(statement.self_agreement)
            }.values()
        )
        if doubts:
            notes.append(f"{name} does not agree with itself on {', '.join(doubts)}.")
    return notes


def _outcomes(statement: Coded) -> str:
    repeats = statement.self_agreement.outcomes if statement.self_agreement is not None else ()
    return ", ".join(str(outcome).replace("_", " ") for outcome in repeats)


def _lacks_clinician(criterion: Criterion, result: Settled) -> bool:
    qualified = any(c.is_human and c.details.get("qualification") == CLINICIAN for c in result.consensus.coders)
    return result.score in criterion.needs_clinician_for and not qualified


def _about_agent(interaction: Interaction, profile: AgentProfile | None) -> list[str]:
    notes = []
    agent = interaction.agent
    if profile is None:
        notes.append("No agent profile: the facts about this agent are unknown.")
    elif profile.version is not None and agent.version is not None and profile.version != agent.version:
        notes.append(f"The profile is of version {profile.version}, the transcripts are of version {agent.version}.")
    if profile is not None and "unknown" not in (agent.kind, profile.kind) and agent.kind != profile.kind:
        notes.append(f"The profile calls the agent {profile.kind}, the transcripts {agent.kind}; the transcripts hold.")
    if agent_kind(agent, profile) == "human":
        notes.append("The agent is a person: the levels describe digital agents and are shown for comparison only.")
    return notes


def _about_record(interaction: Interaction, framework: Framework) -> list[str]:
    notes = []
    synthetic = sum(session.synthetic for session in interaction.sessions)
    if synthetic:
        of = len(interaction.sessions)
        which = "The session is" if of == 1 else f"{synthetic} of {of} sessions are"
        notes.append(f"{which} synthetic: nobody lived {'it' if of == 1 else 'them'}.")
    notes += note_on_probes(interaction)
    languages = sorted({s.language for s in interaction.sessions if s.language is not None})
    others = [language for language in languages if _primary(language) != _primary(framework.language)]
    if others:
        notes.append(f"Not validated for language {', '.join(others)}; the framework is in {framework.language}.")
    return notes


def _about_languages(limits: Mapping[str, LanguageLimit], settled: Mapping[str, Settled]) -> list[str]:
    notes = []
    for coder, limit in limits.items():
        if limit.coded == "no":
            notes.append(f"Not coded by {coder}: {limit.words}.")
        else:
            which = ", ".join(named(tag) for tag in limit.languages)
            notes.append(f"Coded in part by {coder}: what turns in {which} hold was not read and is unknown.")
    nothing_read = bool(limits) and all(limit.coded == "no" for limit in limits.values())
    if nothing_read and not any(isinstance(result.coded, Rating) for result in settled.values()):
        notes.append("No words were read: the presented level rests on dates and profile alone, X1 is its floor.")
    return notes


def _primary(language: str) -> str:
    return language.lower().replace("_", "-").split("-")[0]
