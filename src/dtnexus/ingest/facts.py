"""What a JSON object says about its conversation: id, client, agent, time; and which fields it has besides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from dtnexus.ingest.draft import Draft, Said
from dtnexus.transcript import AgentKind

Object = Mapping[str, JsonValue]

_ID = (
    "id",
    "conversation_id",
    "transcript_id",
    "dialogue_id",
    "dialog_id",
    "conv_id",
    "conversationId",
    "session_id",
    "chat_id",
    "uuid",
)
_CLIENT = ("client_id", "user_id", "patient_id", "participant_id", "client", "user")
_AGENT = ("agent_id", "bot_id", "assistant_id", "bot")
_MODEL = ("model", "evaluated_model", "model_name", "model_slug", "default_model_slug", "agent_version")
_STARTED = ("started_at", "created_at", "created", "create_time", "start_time", "timestamp", "date")
_SESSION = ("session_index", "session_number")
_LANGUAGE = ("language", "lang")
_KINDS: dict[str, AgentKind] = {"human": "human", "digital": "digital", "unknown": "unknown"}


def moment(value: JsonValue) -> datetime | None:
    """The point in time that a value states: ISO 8601 text or seconds (or milliseconds) since 1970."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > 1e11 else value
    return datetime.fromtimestamp(seconds, UTC) if 1e8 < seconds < 4.2e9 else None


def _number(text: str) -> float | None:
    return float(text) if text.strip().replace(".", "", 1).isdecimal() and text.isascii() else None


def label(value: JsonValue) -> str | None:
    """A value that can serve as a name: non-empty text or a whole number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None


def whole(value: JsonValue) -> int | None:
    """A whole number from 0, also where it is written as text."""
    if isinstance(value, str) and value.strip().isdecimal() and value.isascii() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


class Facts:
    """Reads an object, and remembers which of its fields were used."""

    def __init__(self, objects: Sequence[Object]) -> None:
        """`objects`: the one that holds the turns first, then those around it."""
        self._own = objects[0] if objects else {}
        extra = [inner for one in objects if isinstance(inner := one.get("metadata"), dict)]
        self._objects = [*objects, *extra]
        self.used: set[str] = {"metadata"}

    def first(self, keys: Sequence[str], objects: Sequence[Object] | None = None) -> str | None:
        """The first of these fields that holds a name."""
        for one in self._objects if objects is None else objects:
            for key in keys:
                value = label(one.get(key))
                if value is not None:
                    self.used.add(key)
                    return value
        return None

    def own_id(self) -> str | None:
        """The id of the object that holds the turns."""
        return self.first(_ID, self._objects[:1]) or self.first(_ID, self._objects[1:] if len(self._own) == 0 else [])

    def draft(self, said: list[Said], line: int | None) -> Draft:
        """A draft with everything that the objects say."""
        draft = Draft(said, line, id=self.own_id(), client_id=self.first(_CLIENT))
        self._agent(draft)
        draft.language = self.first(_LANGUAGE)
        for one in self._objects:
            for key in _SESSION:
                if draft.session_index is None and (index := whole(one.get(key))) is not None:
                    draft.session_index = index
                    self.used.add(key)
            for key in _STARTED:
                if draft.started_at is None and (at := moment(one.get(key))) is not None:
                    draft.started_at = at
                    self.used.add(key)
            if one.get("synthetic") is True or label(one.get("user_model")):
                draft.synthetic = True
            if isinstance(one.get("synthetic"), bool):
                self.used.add("synthetic")
        return draft

    def _agent(self, draft: Draft) -> None:
        agent = self._own.get("agent")
        if isinstance(agent, dict):
            self.used.add("agent")
            draft.agent_id = label(agent.get("id")) or label(agent.get("name"))
            draft.agent_version = label(agent.get("version")) or label(agent.get("model"))
            draft.agent_kind = _KINDS.get(label(agent.get("kind")) or "")
        elif (named := label(agent)) is not None:
            self.used.add("agent")
            draft.agent_kind = _KINDS.get(named.casefold())
            draft.agent_id = None if draft.agent_kind else named
        draft.agent_id = draft.agent_id or self.first(_AGENT)
        draft.agent_kind = draft.agent_kind or _KINDS.get(self.first(("agent_kind",)) or "")
        model = self.first(_MODEL)
        if draft.agent_id is None:
            draft.agent_id = model
        elif draft.agent_version is None:
            draft.agent_version = model

    def ignored(self, but: Collection[str]) -> Iterator[str]:
        """The fields of the object with the turns that no part of a transcript can hold."""
        for key, value in self._own.items():
            if key not in self.used and key not in but and value not in (None, "", [], {}):
                yield key if len(key) <= 40 else key[:39] + "…"
