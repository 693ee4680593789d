"""Entries as rating records: only with words that stand in the transcripts and a confidence that somebody gave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dtnexus.exchanging.entry import Entry, Refusal, Spot
from dtnexus.framework import Framework
from dtnexus.rating import CoderKind, CoderRef, Episode, NotApplicable, NotObservable, Rating
from dtnexus.transcript import Interaction, Role

Statement = Rating | NotObservable | NotApplicable


@dataclass(frozen=True, slots=True)
class Terms:
    """What records need beside the entries."""

    framework: Framework
    interactions: Mapping[str, Interaction]
    confidence: float | None = None
    """Of coders who gave none; None: such answers are refused."""
    adjudicators: Collection[str] = ()
    """Names of coders who settle disagreements."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Name in the file -> name in the records."""
    asked_in: str = "the file"
    """What the answers come from, as reasons name it."""


def records(entries: Iterable[Entry], terms: Terms) -> Iterator[Statement | Refusal]:
    """Yield a record for each entry, or why there is none. Nothing that is missing is filled in.

    A score becomes a `Rating` where it has words as evidence and a confidence. Every spot becomes an episode with
    the coder's score.
    """
    known = {criterion.id for criterion in terms.framework.criteria}
    seen: dict[tuple[str, str, str], str] = {}
    for entry in entries:
        key = entry.interaction, entry.coder, entry.criterion
        before = seen.get(key)
        seen.setdefault(key, entry.place)
        if before is not None:
            yield Refusal(entry.place, f"coder {entry.coder!r} answered on {entry.criterion!r} before, at {before}")
        elif entry.criterion not in known:
            yield Refusal(entry.place, f"framework {terms.framework.id!r} has no criterion {entry.criterion!r}")
        elif entry.interaction not in terms.interactions:
            yield Refusal(entry.place, f"interaction {entry.interaction!r} is not among the transcripts")
        else:
            yield _record(entry, terms)


def _record(entry: Entry, terms: Terms) -> Statement | Refusal:
    coder = coder_ref(entry, terms)
    about = {"interaction_id": entry.interaction, "criterion": entry.criterion, "coder": coder}
    if entry.answer == "not observable":
        reason = entry.why or f"called not observable in {terms.asked_in}"
        return NotObservable.model_validate({**about, "reason": reason})
    if entry.answer == "not applicable":
        fact = entry.why or f"called not applicable in {terms.asked_in}"
        return NotApplicable.model_validate({**about, "fact": fact})
    confidence = entry.confidence if entry.confidence is not None else terms.confidence
    if confidence is None:
        return Refusal(entry.place, "a score without confidence; ask coders for it, or give --confidence")
    if not entry.spots:
        return Refusal(entry.place, "a score without words as evidence; a table can hold it, a rating record cannot")
    interaction = terms.interactions[entry.interaction]
    episodes = []
    for spot in sorted(entry.spots):
        made = _episode(entry, spot, interaction, float(confidence))
        if isinstance(made, str):
            return Refusal(entry.place, made)
        episodes.append(made)
    return Rating.model_validate(
        {
            **about,
            "score": entry.answer,
            "expected": float(entry.answer),
            "confidence": confidence,
            "episodes": tuple(episodes),
            "why": entry.why,
        }
    )


def _episode(entry: Entry, spot: Spot, interaction: Interaction, confidence: float) -> Episode | str:
    place = f"session {spot.session}, turn {spot.turn}, characters {spot.start}-{spot.end}"
    if spot.session >= len(interaction.sessions) or spot.turn >= len(interaction.sessions[spot.session].turns):
        return f"{place}: there is no such turn"
    session = interaction.sessions[spot.session]
    turn = session.turns[spot.turn]
    if not 0 <= spot.start < spot.end <= len(turn.text):
        return f"{place}: the turn has {len(turn.text)} characters"
    return Episode.model_validate(
        {
            "transcript_id": session.id,
            "session": spot.session,
            "turn": spot.turn,
            "start": spot.start,
            "end": spot.end,
            "quote": turn.text[spot.start : spot.end],
            "criterion": entry.criterion,
            "agent_turn": spot.turn if turn.role is Role.AGENT else None,
            "score": entry.answer,
            "expected": float(entry.answer) if isinstance(entry.answer, int) else None,
            "confidence": confidence,
        }
    )


def coder_ref(entry: Entry, terms: Terms) -> CoderRef:
    """Who answered; people in the version of the codebook that they rated by."""
    name = terms.names.get(entry.coder, entry.coder)
    kind: CoderKind = entry.kind or "human"
    if {name, entry.coder} & set(terms.adjudicators):
        kind = "adjudicator"
    return CoderRef(kind=kind, name=name, version=f"{terms.framework.id}@{terms.framework.version}")
