"""AnnoMI (Wu et al. 2022, 2023) and the MI gold sentences of Welivita and Pu (2022, 2023)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dtnexus.coding.signals import SignalRole
from dtnexus.transcript import Interaction
from dtnexus.validation.sets.tables import table
from dtnexus.validation.sets.talks import sessions

ANNOMI: Final = "AnnoMI-full.csv"
MI_GOLD: Final = "mi_gold_test_output.csv"


@dataclass(frozen=True, slots=True)
class Utterances:
    """One AnnoMI session, one entry an utterance."""

    id: str
    high: bool
    """Whether the session shows high MI quality."""
    roles: Sequence[SignalRole]
    texts: Sequence[str]
    behaviours: Sequence[str | None]
    """The majority of the annotators of a therapist's utterance (the first named of equals); None for a client's."""


def annomi_utterances(folder: Path) -> list[Utterances]:
    """The sessions of AnnoMI with the main behaviour of each therapist utterance.

    Raises:
        InputError: the file is not AnnoMI's.
    """
    columns = ("mi_quality", "transcript_id", "utterance_id", "interlocutor", "utterance_text")
    found: dict[str, dict[int, tuple[SignalRole, str, Counter[str]]]] = {}
    high: dict[str, bool] = {}
    for row in table(folder / ANNOMI, (*columns, "main_therapist_behaviour")):
        role: SignalRole = "agent" if row["interlocutor"] == "therapist" else "client"
        high[row["transcript_id"]] = row["mi_quality"] == "high"
        turns = found.setdefault(row["transcript_id"], {})
        turn = turns.setdefault(int(row["utterance_id"]), (role, row["utterance_text"], Counter()))
        turn[2][row["main_therapist_behaviour"]] += 1
    out = []
    for name, turns in found.items():
        ordered = [turns[at] for at in sorted(turns)]
        votes = [said.most_common(1)[0][0] if role == "agent" else None for role, _, said in ordered]
        out.append(Utterances(name, high[name], [t[0] for t in ordered], [t[1] for t in ordered], votes))
    return out


def annomi_sessions(folder: Path) -> list[tuple[Interaction, bool]]:
    """Each AnnoMI session as an interaction, and whether it shows high MI quality.

    Raises:
        InputError: the file is not AnnoMI's.
    """
    rows = table(folder / ANNOMI, ("transcript_id", "mi_quality"))
    high = {row["transcript_id"]: row["mi_quality"] == "high" for row in rows}
    return [(each, high[each.id]) for each in sessions(folder / ANNOMI, "human")]


def mi_sentences(folder: Path) -> list[tuple[str, str]]:
    """Each sentence with its gold MI code.

    Raises:
        InputError: the file is not the set's.
    """
    return [(row["Text"], row["Ground truth"]) for row in table(folder / MI_GOLD, ("Text", "Ground truth"))]
