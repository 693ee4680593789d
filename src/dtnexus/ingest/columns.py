"""Which column of a table is which: by the caller's word or by known names."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from dtnexus.ingest.options import ColumnUse

_DELIMITERS = (",", "\t", ";", "|")
_KNOWN: Mapping[ColumnUse, tuple[str, ...]] = {
    "conversation": (
        "transcript_id",
        "conversation_id",
        "dialogue_id",
        "dialog_id",
        "conv_id",
        "chat_id",
        "thread_id",
        "session_id",
        "conversation",
    ),
    "speaker": ("interlocutor", "speaker", "role", "author", "sender", "speaker_role", "from"),
    "text": ("utterance_text", "text", "utterance", "message", "content", "message_text", "body"),
    "order": (
        "utterance_id",
        "turn",
        "turn_id",
        "turn_index",
        "turn_number",
        "utterance_index",
        "message_index",
        "message_id",
        "order",
        "timestamp",
        "created_at",
    ),
    "client": ("client_id", "user_id", "patient_id", "participant_id"),
    "agent": ("agent_id", "model", "therapist_id"),
    "session": ("session_index", "session_number"),
    "at": ("timestamp", "created_at", "time"),
}
USES: tuple[ColumnUse, ...] = get_args(ColumnUse)


@dataclass(frozen=True)
class Layout:
    """Where the columns of a table stand, and how its cells are separated."""

    delimiter: str
    header: tuple[str, ...]
    places: Mapping[ColumnUse, int]
    """Column number by use; lacks the uses that the table has no column for."""
    missing: tuple[str, ...]
    """What a table must have and this one lacks: a use, or a column that the caller named."""
    unused: tuple[str, ...]

    def shown(self) -> str:
        """The columns that exist, for messages; a cell too long for a name is not shown."""
        names = [repr(name) if len(name) <= 40 else f"(column {place})" for place, name in enumerate(self.header, 1)]
        more = f" and {len(names) - 20} more" if len(names) > 20 else ""
        return ", ".join(names[:20]) + more


def layout_of(lines: Sequence[str], columns: Mapping[ColumnUse, str]) -> Layout:
    """The layout of the table that begins with these lines, with the delimiter that explains most of it."""
    layouts = [_layout(lines, delimiter, columns) for delimiter in _DELIMITERS]
    return max(layouts, key=lambda one: (-len(one.missing), len(one.places), len(one.header)))


def _layout(lines: Sequence[str], delimiter: str, columns: Mapping[ColumnUse, str]) -> Layout:
    try:
        header = tuple(next(csv.reader(lines, delimiter=delimiter), []))
    except csv.Error:
        header = ()
    names = [_plain(name) for name in header]
    places: dict[ColumnUse, int] = {}
    missing: list[str] = []
    for use in USES:
        wanted = (columns[use],) if use in columns else _KNOWN[use]
        place = next((names.index(_plain(name)) for name in wanted if _plain(name) in names), None)
        if place is not None:
            places[use] = place
        elif use in columns:
            missing.append(repr(columns[use]))
        elif use in ("speaker", "text"):
            missing.append(f"for the {use}")
    used = set(places.values())
    unused = tuple(name for place, name in enumerate(header) if place not in used)
    return Layout(delimiter, header, places, tuple(missing), unused)


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")
