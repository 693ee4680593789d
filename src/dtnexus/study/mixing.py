"""Hidden gold units among the work: so many in every block of so many, at places drawn at random."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from dtnexus.sheet import Planned
from dtnexus.study.settings import StudySettings


class Queued(NamedTuple):
    """A work unit in a coder's queue."""

    position: int
    begun: bool
    """Opened, submitted or skipped: nothing is put beside it any more."""


class Mixed(NamedTuple):
    """What is put into one coder's queue."""

    planned: tuple[Planned, ...]
    wanting: int
    """Hidden gold units that the rule asks for and that are not there."""


def mixed(person_id: str, work: Sequence[Queued], had: int, free: Sequence[str], settings: StudySettings) -> Mixed:
    """Where hidden gold units go in a coder's queue, by the rule of the settings (2 in every 25 work units).

    Each whole block of work units gets its hidden ones at places among those of its units that are not
    begun. A block that is begun to the end gets none any more. The same seed draws the same places.

    Args:
        person_id: the coder.
        work: the coder's work units in the coder's own order.
        had: hidden gold units that the queue has already.
        free: units that the coder may still be given, none of which the coder has met.
        settings: seed, and how many in how many.
    """
    drawn = random.Random(f"{settings.seed}/drift/{person_id}/{had}")  # noqa: S311 - order, not secrets
    supply = sorted(free)
    drawn.shuffle(supply)
    planned: list[Planned] = []
    wanting = 0
    for block in range(len(work) // settings.drift_every):
        missing = min(settings.drift_units, (block + 1) * settings.drift_units - had)
        places = [
            each.position
            for each in work[block * settings.drift_every : (block + 1) * settings.drift_every]
            if not each.begun
        ]
        for position in drawn.sample(places, min(max(0, missing), len(places))):
            if not supply:
                wanting += 1
                continue
            planned.append(Planned(unit_id=supply.pop(), person_id=person_id, position=position, overlap=False))
    return Mixed(tuple(planned), wanting)
