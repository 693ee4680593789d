"""A transcript as it is shown: turns with marked words and the coded episodes beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dtnexus.assessment import Assessment
from dtnexus.framework import Criterion, Framework
from dtnexus.rating import Episode, Evidence, NotObservable
from dtnexus.reporting.lock import Lock
from dtnexus.reporting.marks import Mark, Segment, cut, shortened
from dtnexus.reporting.summary import episodes_of
from dtnexus.reporting.wording import presented_id
from dtnexus.transcript import Transcript, Turn

Place = tuple[str, int, int, int]
"""Transcript id, turn, start, end."""

_POSITION = {
    "held": "position held",
    "held_not_pressed": "position held, not pressed",
    "hedged": "position hedged",
    "reversed": "position reversed",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One coded passage in the margin of a turn."""

    anchor: str
    key: str
    """Criterion, cue or risk id."""
    name: str
    score: int | None
    word: str
    """What the score is called, or what the passage is."""
    tone: str
    """``s0``-``s4``, ``look``, ``cue`` or ``risk``."""
    details: tuple[str, ...]
    low: bool
    """Scored 0 or 1."""


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn: its words in pieces, and its chips."""

    anchor: str
    turn: Turn
    segments: tuple[Segment, ...]
    marks: tuple[Mark, ...]
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session: its transcript, or only the id where the transcript is not at hand."""

    number: int
    id: str
    transcript: Transcript | None
    turns: tuple[TurnView, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that somebody said, with the place they stand."""

    text: str
    where: str
    anchor: str | None
    """None where the transcript is not at hand."""
    score: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the turns of one interaction are in the page."""

    prefix: str
    assessment: Assessment
    transcripts: Mapping[str, Transcript]

    def quote(self, evidence: Evidence, most: int = 240) -> Quote:
        """A piece of evidence as a quote that links to its turn."""
        ids = self.assessment.transcript_ids
        where = f"turn {evidence.turn}"
        if len(ids) > 1 and evidence.transcript_id in ids:
            where = f"session {ids.index(evidence.transcript_id) + 1}, {where}"
        score = evidence.score if isinstance(evidence, Episode) else None
        return Quote(shortened(evidence.quote, most), where, self.anchor(evidence), score)

    def anchor(self, evidence: Evidence) -> str | None:
        """The id of the turn in the page; None where the transcript is not at hand."""
        ids = self.assessment.transcript_ids
        transcript = self.transcripts.get(evidence.transcript_id)
        if evidence.transcript_id not in ids or transcript is None or evidence.turn >= len(transcript.turns):
            return None
        return self.turn(ids.index(evidence.transcript_id), evidence.turn)

    def turn(self, session: int, turn: int) -> str:
        """The id of a turn in the page."""
        return f"{self.prefix}-s{session}-t{turn}"


@dataclass(slots=True)
class _Passages:
    """Coded passages by transcript and turn, each span and key once."""

    by_turn: dict[tuple[str, int], list[tuple[Evidence, Chip]]] = field(default_factory=dict)
    seen: set[Place] = field(default_factory=set)
    count: int = 0

    def add(self, evidence: Evidence, chip: Chip) -> None:
        self.by_turn.setdefault((evidence.transcript_id, evidence.turn), []).append((evidence, chip))
        self.seen.add(place_of(evidence))
        self.count += 1


def place_of(evidence: Evidence) -> Place:
    """Where a piece of evidence stands."""
    return (evidence.transcript_id, evidence.turn, evidence.start, evidence.end)


def sessions_of(places: Places, framework: Framework, lock: Lock) -> tuple[SessionView, ...]:
    """The sessions of an interaction with every coded passage marked."""
    passages = _passages(places, framework, lock)
    shown = []
    for number, transcript_id in enumerate(places.assessment.transcript_ids):
        transcript = places.transcripts.get(transcript_id)
        turns = () if transcript is None else transcript.turns
        views = [
            _turn(places.turn(number, turn.index), turn, passages.by_turn.get((transcript_id, turn.index), []))
            for turn in turns
        ]
        shown.append(SessionView(number + 1, transcript_id, transcript, tuple(views)))
    return tuple(shown)


def _passages(places: Places, framework: Framework, lock: Lock) -> _Passages:
    passages = _Passages()
    assessment = places.assessment
    for criterion in framework.criteria:
        coded = assessment.ratings.get(criterion.id)
        for episode in episodes_of(coded):
            anchor = f"{places.prefix}-e{passages.count}"
            look = isinstance(coded, NotObservable)
            passages.add(episode, _episode_chip(anchor, episode, criterion, framework, look, lock))
    for cue in (cue for cue in assessment.presented_details.cues if cue.holds):
        element = framework.by_id.get(cue.cue)
        name = lock.prose(element.name) if element is not None else cue.cue
        for evidence in cue.evidence:
            chip = Chip(
                f"{places.prefix}-e{passages.count}",
                presented_id(cue.level),
                name,
                None,
                "presented cue",
                "cue",
                (),
                False,
            )
            passages.add(evidence, chip)
    coded_places = frozenset(passages.seen)
    for risk in assessment.risks:
        element = framework.by_id.get(risk.id)
        name = lock.prose(element.name) if element is not None else risk.id
        for evidence in risk.evidence:
            if place_of(evidence) not in coded_places:
                anchor = f"{places.prefix}-e{passages.count}"
                passages.add(evidence, Chip(anchor, risk.id, name, None, "risk", "risk", (), False))
    return passages


def _episode_chip(
    anchor: str, episode: Episode, criterion: Criterion, framework: Framework, look: bool, lock: Lock
) -> Chip:
    details = [f"expected {episode.expected:.2f}, confidence {episode.confidence:.2f}"]
    if episode.agent_turn is not None and episode.agent_turn != episode.turn:
        details.append(f"answered in turn {episode.agent_turn}")
    if episode.cue_turn is not None and episode.cue_turn != episode.turn:
        details.append(f"opened by turn {episode.cue_turn}")
    if episode.position is not None:
        new = {True: "new evidence brought", False: "no new evidence", None: "new evidence not coded"}
        details.append(f"{_POSITION[episode.position]}; {new[episode.new_evidence]}")
    if episode.why:
        details.append(lock.prose(episode.why))
    word = "not rated: too few or too uncertain" if look else framework.scale[episode.score].name
    return Chip(
        anchor,
        criterion.id,
        lock.prose(criterion.name),
        None if look else episode.score,
        word,
        "look" if look else f"s{episode.score}",
        tuple(details),
        low=not look and episode.score <= 1,
    )


def _turn(anchor: str, turn: Turn, passages: Sequence[tuple[Evidence, Chip]]) -> TurnView:
    ordered = sorted(passages, key=lambda p: (p[0].start, p[0].end, p[1].key))
    marks = []
    chips = []
    for evidence, chip in ordered:
        if turn.text[evidence.start : evidence.end] == evidence.quote:
            label = chip.key if chip.score is None else f"{chip.key}\u00b7{chip.score}"
            marks.append(Mark(evidence.start, evidence.end, label, chip.tone))
        else:
            fault = "the quote is not found at this place; the transcript differs from the one that was coded"
            chip = Chip(
                chip.anchor, chip.key, chip.name, chip.score, chip.word, chip.tone, (*chip.details, fault), chip.low
            )
        chips.append(chip)
    return TurnView(anchor, turn, cut(turn.text, marks), tuple(marks), tuple(chips))
