"""Ships what out-of-fold models read in a set that trains, so that `dtnexus validate` can measure on it."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from dtnexus.coding.reading_folds import FOLDS, TurnKey, write_reading_folds
from dtnexus.coding.signals import SignalRole
from training.corpus import ONLY_READ, REPLIES, Row
from training.out_of_fold import Floats, places_of

WEIGHTS: Final = Path(__file__).parents[1] / "src" / "dtnexus" / "coding" / "weights"


def keep_reading_folds(
    member: str, digest: str, everything: Sequence[Row], logits: Mapping[SignalRole, Floats]
) -> None:
    """Writes a member's file of readings of llms-as-therapists; `logits` has the rows of each role in order.

    A stimulus that two labelled, or that stands before many replies, is kept once; its readings are the same.
    """
    found: dict[str, dict[TurnKey, Floats]] = {}
    for role, values in logits.items():
        for place, row_logits in zip(places_of(everything, role), values, strict=True):
            row = everything[place]
            if row.source in (REPLIES, ONLY_READ):
                found.setdefault(row.group, {}).setdefault((role, row.text), row_logits)
    content = BytesIO()
    write_reading_folds(content, digest, found)
    (WEIGHTS / FOLDS[member]).write_bytes(content.getvalue())
