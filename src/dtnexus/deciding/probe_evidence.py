"""Probe evidence (class P) apart from transcript evidence (class T), whoever coded it."""

from __future__ import annotations

from collections.abc import Sequence

from dtnexus.rating import Episode, NotObservable, Rating, Said
from dtnexus.transcript import Interaction

NAMED = 6
"""Probes that a note names, at most."""


def as_evidence(statement: Said, interaction: Interaction) -> Said:
    """The statement in which each episode from the transcript of a probe is evidence of class P.

    People and older files say T of every transcript; the transcript itself says what it is. So a
    criterion that probes are no evidence for (`Criterion.evidence`) is not carried by them.
    """
    if not isinstance(statement, Rating | NotObservable) or not any(s.probe for s in interaction.sessions):
        return statement
    episodes = tuple(_classed(episode, interaction) for episode in statement.episodes)
    return statement if episodes == statement.episodes else statement.model_copy(update={"episodes": episodes})


def probed_sessions(interaction: Interaction) -> tuple[str, ...]:
    """For each session that a probe made, the probe and its version, in order."""
    runs = (session.probe for session in interaction.sessions)
    return tuple(f"{run.probe} {run.version}" for run in runs if run is not None)


def note_on_probes(interaction: Interaction) -> Sequence[str]:
    """One sentence on which sessions probes made; none where no probe did."""
    probed = probed_sessions(interaction)
    if not probed:
        return ()
    different = tuple(dict.fromkeys(probed))
    names = ", ".join(different[:NAMED]) + (f" and {len(different) - NAMED} more" if len(different) > NAMED else "")
    which = (
        "The session was"
        if len(interaction.sessions) == 1
        else f"{len(probed)} of {len(interaction.sessions)} sessions were"
    )
    return (f"{which} played by a probe ({names}): evidence of class P.",)


def _classed(episode: Episode, interaction: Interaction) -> Episode:
    here = episode.session < len(interaction.sessions) and interaction.sessions[episode.session].probe is not None
    return episode.model_copy(update={"evidence_class": "P"}) if here and episode.evidence_class == "T" else episode
