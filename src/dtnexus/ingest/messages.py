"""Lists of messages in JSON: which key says who, which says what, and the words of a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, TypeGuard

from pydantic import JsonValue

from dtnexus.ingest.draft import Said
from dtnexus.ingest.facts import Object, label, moment
from dtnexus.ingest.loss import LossKind

WHO = ("role", "from", "speaker", "interlocutor", "sender", "author", "agent")
WORDS = ("content", "value", "text", "message", "utterance", "utterance_text")
_AT = ("at", "timestamp", "created_at", "create_time", "time")
_TEXT_PARTS = frozenset({"text", "input_text", "output_text", "refusal"})


class Cost(NamedTuple):
    """A loss inside one conversation, before the file is known."""

    kind: LossKind
    detail: str
    times: int = 1


class Keys(NamedTuple):
    """The two keys of a list of messages."""

    who: str
    words: str


def is_objects(value: JsonValue) -> TypeGuard[list[dict[str, JsonValue]]]:
    """Whether a value is a list, not empty, and mostly of objects."""
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[0], dict | None)
        and sum(isinstance(one, dict) for one in value) * 5 >= len(value) * 4
    )


def keys_of(value: JsonValue, who: Sequence[str] = WHO, words: Sequence[str] = WORDS) -> Keys | None:
    """The keys by which a list of objects is a list of messages; None where it is none."""
    if not is_objects(value):
        return None
    objects = [one for one in value if isinstance(one, dict)]
    for who_key in who:
        named = [one for one in objects if _who(one.get(who_key)) is not None]
        if not named or len(named) * 5 < len(objects) * 4:
            continue
        for words_key in words:
            if words_key == who_key:
                continue
            worded = [one for one in named if isinstance(one.get(words_key), str | list)]
            if worded and len(worded) * 2 >= len(named):
                return Keys(who_key, words_key)
    return None


def _who(value: JsonValue) -> str | None:
    if isinstance(value, dict):
        return label(value.get("role")) or label(value.get("name"))
    return label(value)


def few_speakers(value: list[dict[str, JsonValue]], keys: Keys) -> bool:
    """Whether a list can be a conversation: not a list in which everybody speaks once."""
    names = {_who(one.get(keys.who)) for one in value if isinstance(one, dict)}
    return len(names) <= 2 or (len(names) <= 8 and len(names) * 2 <= len(value))


def words_of(content: JsonValue) -> tuple[str, list[Cost]]:
    """The words of a message: text as it is, text parts joined; other parts are counted."""
    if isinstance(content, str):
        return content, []
    if not isinstance(content, list):
        return "", []
    texts: list[str] = []
    dropped = 0
    for part in content:
        text = _part(part)
        if text is None:
            dropped += 1
        else:
            texts.append(text)
    costs = [Cost("parts_dropped", "parts that are no text (pictures, sound, files)", dropped)] if dropped else []
    if len(texts) > 1:
        costs.append(Cost("parts_joined", "text parts of one message joined with a line break", len(texts) - 1))
    return "\n".join(texts), costs


def _part(part: JsonValue) -> str | None:
    if isinstance(part, str):
        return part
    if isinstance(part, dict) and part.get("type", "text") in _TEXT_PARTS:
        for key in ("text", "refusal"):
            text = part.get(key)
            if isinstance(text, str):
                return text
    return None


def said_in(messages: Sequence[JsonValue], keys: Keys, *, names: bool) -> tuple[list[Said], list[Cost]]:
    """The turns of a list of messages, in order, and what could not be taken over.

    `names`: whether the key that says who holds names worth keeping, not only roles.
    """
    said: list[Said] = []
    costs: list[Cost] = []
    for message in messages:
        who = _who(message.get(keys.who)) if isinstance(message, dict) else None
        if not isinstance(message, dict) or who is None:
            costs.append(Cost("row_dropped", "entries of a conversation that are no messages"))
            continue
        text, lost = words_of(message.get(keys.words))
        costs.extend(lost)
        if "tool_calls" in message or "function_call" in message:
            costs.extend(_unsaid(message))
        speaker = label(message.get("name")) or label(message.get("speaker"))
        said.append(Said(who, text, speaker or (who if names else None), _at(message)))
    return said, costs


def _unsaid(message: Object) -> Iterator[Cost]:
    calls = message.get("tool_calls") or message.get("function_call")
    if calls:
        count = len(calls) if isinstance(calls, list) else 1
        yield Cost("not_said_dropped", "calls of tools, which the client does not hear", count)


def _at(message: Object) -> datetime | None:
    return next((at for key in _AT if key in message and (at := moment(message[key])) is not None), None)
