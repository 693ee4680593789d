"""A probe that was played inside an Inspect log: how its transcripts stand in the metadata of a sample.

The words stand only once, in the messages of the sample; the record says which messages are the turns of which
session. What is read back is exactly what was written, so `assess` of a log finds the plan of each probe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pydantic import JsonValue, ValidationError

from dtnexus.ingest.messages import words_of
from dtnexus.transcript import Transcript

KEY: Final = "dtnexus"
"""The field of the metadata."""
FORMAT: Final = "dtnexus probe 1"
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class PlanFault(ValueError):
    """A record of a probe does not fit this version or the messages beside it; repeats no words."""


def without_halves(text: str) -> str:
    """The text without lone surrogates, which no file can hold."""
    return _HALF_CHARACTER.sub("\ufffd", text)


def plan_of(sessions: Iterable[tuple[Transcript, Sequence[int]]]) -> dict[str, JsonValue]:
    """The record of the sessions of one run.

    Args:
        sessions: each transcript, with the place of the message that holds each of its turns.
    """
    return {"format": FORMAT, "sessions": [_session(transcript, places) for transcript, places in sessions]}


def _session(transcript: Transcript, places: Sequence[int]) -> dict[str, JsonValue]:
    about: dict[str, JsonValue] = transcript.model_dump(mode="json", exclude={"turns", "source"})
    turns: list[JsonValue] = [
        {"role": str(turn.role), "message": place} for turn, place in zip(transcript.turns, places, strict=True)
    ]
    return {**about, "turns": turns}


def planned_transcripts(record: JsonValue, messages: Sequence[JsonValue]) -> tuple[Transcript, ...]:
    """The transcripts that a record and the messages beside it make, without a source.

    Raises:
        PlanFault: they do not fit one another, or not this version.
    """
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise PlanFault(f"a record of a probe that is not {FORMAT!r}")
    sessions = record.get("sessions")
    if not isinstance(sessions, list) or not sessions:
        raise PlanFault("a record of a probe without sessions")
    return tuple(_transcript(session, messages) for session in sessions)


def _transcript(session: JsonValue, messages: Sequence[JsonValue]) -> Transcript:
    turns = session.get("turns") if isinstance(session, dict) else None
    if not isinstance(session, dict) or not isinstance(turns, list):
        raise PlanFault("a session of a probe without turns")
    said = [{**_turn(turn, messages), "index": index} for index, turn in enumerate(turns)]
    try:
        return Transcript.model_validate({**session, "turns": said})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "its parts"
        raise PlanFault(f"a session of a probe that does not fit this version ({where})") from None


def _turn(turn: JsonValue, messages: Sequence[JsonValue]) -> Mapping[str, JsonValue]:
    place = turn.get("message") if isinstance(turn, dict) else None
    if not isinstance(turn, dict) or not isinstance(place, int) or not 0 <= place < len(messages):
        raise PlanFault("a session of a probe that names a message which is not there")
    message = messages[place]
    wanted = {"client": "user", "agent": "assistant"}.get(str(turn.get("role")))
    if not isinstance(message, dict) or message.get("role") != wanted:
        raise PlanFault("a session of a probe whose turns are other people's messages")
    return {"role": turn["role"], "text": without_halves(words_of(message.get("content"))[0])}
