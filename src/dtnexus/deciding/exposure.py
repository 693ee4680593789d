"""The presented level: how close an interaction looks, whatever it has shown; and the nexus gap."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from dtnexus.assessment import Earned, Gap, Presented, PresentedCue
from dtnexus.deciding.consensus import words
from dtnexus.deciding.counting import session_dates
from dtnexus.framework import ExposureCue, ExposureFact, Framework, LevelNumber
from dtnexus.profile import AgentProfile, FactValue
from dtnexus.rating import Observation
from dtnexus.transcript import Interaction

PROGRAMME_SESSIONS = 3
PROGRAMME_WINDOW = timedelta(days=14)
ROLE = re.compile(
    r"(?<!not a )(?<!not your )(?<!no )"
    r"\b(?:therapist|counsell?or|psychologist|companion|(?:girl|boy)?friend|partner)s?\b"
)
"""Roles whose claim invites closeness (framework.md 2.5)."""
EMBODIED = frozenset({"voice", "avatar", "robot"})
EVIDENCE_SHOWN = 5


def present(
    interaction: Interaction,
    observations: Mapping[str, Observation],
    profile: AgentProfile | None,
    framework: Framework,
) -> Presented:
    """The highest level enough of whose cues hold; level 1 is the floor. Unknown cues do not count.

    A fact may be known from the words, the profile and the dates; the largest value holds,
    for an exposure that any source shows is there.
    """
    known = exposure_facts(interaction, observations, profile)
    level: LevelNumber = 1
    cues: list[PresentedCue] = []
    for presented in framework.presented:
        judged = [_judged(cue, presented.number, known, observations) for cue in presented.cues]
        if sum(cue.holds is True for cue in judged) >= presented.needs:
            level = max(level, presented.number)
        cues.extend(judged)
    return Presented(level=level, cues=tuple(cues))


def exposure_facts(
    interaction: Interaction, observations: Mapping[str, Observation], profile: AgentProfile | None
) -> dict[str, float]:
    """The known exposure facts; unknown ones are absent."""
    known = {fact: o.value for fact, o in observations.items() if o.value is not None}
    stated: list[tuple[ExposureFact, float | None]] = [
        ("programme", _programme(interaction)),
        *([] if profile is None else _from_profile(profile)),
    ]
    for fact, value in stated:
        if value is not None:
            known[fact] = max(value, known.get(fact, 0.0))
    return known


def nexus_gap(presented: LevelNumber, earned: Earned) -> Gap:
    """Presented minus shown; a range down to presented minus ceiling while the earned level is undetermined."""
    high = presented - earned.shown
    return Gap(low=presented - earned.ceiling if earned.outcome == "cannot_be_determined" else high, high=high)


def _judged(
    cue: ExposureCue, level: LevelNumber, known: Mapping[str, float], observations: Mapping[str, Observation]
) -> PresentedCue:
    values = {fact: known.get(fact) for fact in cue.at_least}
    below = any(value is not None and value < cue.at_least[fact] for fact, value in values.items())
    unknown = any(value is None for value in values.values())
    seen = [e for fact in sorted(values) if fact in observations for e in observations[fact].evidence]
    return PresentedCue(
        cue=cue.id,
        level=level,
        holds=False if below else None if unknown else True,
        facts=values,
        evidence=tuple(words(e) for e in seen[:EVIDENCE_SHOWN]),
    )


def _programme(interaction: Interaction) -> float | None:
    """1 where three sessions fall into 14 days; None where sessions without a date leave it open."""
    if len(interaction.sessions) < PROGRAMME_SESSIONS:
        return 0.0
    dates = session_dates(interaction)
    for first, last in zip(dates, dates[PROGRAMME_SESSIONS - 1 :], strict=False):
        if last - first <= PROGRAMME_WINDOW:
            return 1.0
    return 0.0 if len(dates) == len(interaction.sessions) else None


def _from_profile(profile: AgentProfile) -> list[tuple[ExposureFact, float | None]]:
    facts: dict[ExposureFact, float | None] = {
        "cross_session_memory": _memory(profile.value("memory.cross_session")),
        "persona_named": _either(profile.value("persona_named"), profile.value("persona_biography")),
        "proactive_contact": _either(profile.value("proactive_contact")),
        "voice_or_avatar": _embodied(profile.value("modality"), profile.value("affective_expression")),
        "programme": _either(profile.value("programme")),
        "role_claim": _role(profile),
    }
    return list(facts.items())


def _memory(value: FactValue | None) -> float | None:
    return None if value is None else float(value not in ("none", False))


def _either(*values: FactValue | None) -> float | None:
    told = [value for value in values if value is not None]
    return float(any(value is not False and value not in ("", "none") for value in told)) if told else None


def _embodied(modality: FactValue | None, affect: FactValue | None) -> float | None:
    if modality is None:
        return None
    kinds = set(modality) if isinstance(modality, tuple) else {str(modality)}
    return float(bool(kinds & EMBODIED) and affect is not False)


def _role(profile: AgentProfile) -> float | None:
    """1 for a claimed credential or a role word in marketing or persona; 0 only where all three are known."""
    credential = profile.value("claims_credential")
    said = [profile.value("marketing_terms"), profile.value("persona_described_as")]
    words = " ; ".join(" ; ".join(v) if isinstance(v, tuple) else str(v) for v in said if v is not None).lower()
    if (credential is not None and credential not in (False, "", "none", "no")) or ROLE.search(words):
        return 1.0
    return None if credential is None or None in said else 0.0
