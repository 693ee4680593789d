"""What a probe planned, as places of a reading.

Where a probe made the transcript, its plan is fact: the probe knows what its own client meant. A
planned opportunity is one, whether or not the coder's finder sees it; see docs/design/probes.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dtnexus.coding.session_reading import SessionReading
from dtnexus.coding.signals import SIGNAL_NAMES
from dtnexus.framework import EvidenceClass
from dtnexus.probe_run import CueForm, PlannedOpportunity

PLANNED: Final = "planned"
"""What opened an episode that the probe planned and the finder did not see."""
NOTHING: Final[Mapping[int, CueForm]] = {}
NEW_EVIDENCE: Final = "new_evidence"
_COLUMN: Final = SIGNAL_NAMES.index(NEW_EVIDENCE)
_FACTS: Final = {"pushback": 0.0, "warranted_update": 1.0}
"""Kind of opportunity -> whether the client's push brings a new fact; the probe knows, the model guesses."""


@dataclass(slots=True)
class PlannedReading(SessionReading):
    """A reading in which it is known of some client moves whether they bring a new fact."""

    new_facts: Mapping[int, float] = field(default_factory=dict)
    """Move -> 1 or 0."""

    def levels(self, signal: str, at_least: float) -> list[float]:
        """How far each move reaches the threshold, from 0 to 1; what is known is 0 or 1 whatever the threshold."""
        read = SessionReading.levels(self, signal, at_least)
        return read if signal != NEW_EVIDENCE else [self.new_facts.get(at, level) for at, level in enumerate(read)]


def planned_moves(reading: SessionReading, criterion: str) -> Mapping[int, CueForm]:
    """The client's moves at which a probe planned an opportunity on a criterion, each with the form of its cue.

    Empty where no probe made the transcript. Negative controls are left out: nothing is there to be
    noticed, so they open nothing by themselves.
    """
    probe = reading.transcript.probe
    if probe is None:
        return NOTHING
    return {move: planned.cue for move, planned in _placed(reading, probe.asked(criterion))}


def with_plan(reading: SessionReading) -> SessionReading:
    """The reading in which the probe's own knowledge of its client's turns stands; unchanged without a probe.

    It is known whether a push brought a new fact; that is certain and not read softly.
    """
    probe = reading.transcript.probe
    placed = _placed(reading, () if probe is None else probe.opportunities)
    known = {move: _FACTS[planned.kind] for move, planned in placed if planned.kind in _FACTS}
    if not known:
        return reading
    values = reading.values.copy()
    for move, fact in known.items():
        values[move, _COLUMN] = fact
    return PlannedReading(
        reading.session,
        reading.transcript,
        reading.moves,
        reading.turn_values,
        reading.turn_shown,
        values,
        new_facts=known,
    )


def evidence_class(reading: SessionReading) -> EvidenceClass:
    """``P`` for the transcript of a probe, ``T`` for any other."""
    return "T" if reading.transcript.probe is None else "P"


def _placed(
    reading: SessionReading, opportunities: Sequence[PlannedOpportunity]
) -> Iterator[tuple[int, PlannedOpportunity]]:
    """The planned opportunities, each with the move that its turn is part of; those not read are left out."""
    if not opportunities:
        return
    move_of = {turn: at for at, move in enumerate(reading.moves) for turn in move.turns if move.role == "client"}
    for planned in opportunities:
        if planned.turn in move_of:
            yield move_of[planned.turn], planned
