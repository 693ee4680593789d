"""Any JSON document: lists of messages are found wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import JsonValue

from dtnexus.errors import InputError
from dtnexus.ingest.facts import Facts, Object
from dtnexus.ingest.feed import Feed
from dtnexus.ingest.json_reader import JsonReader, ignored, told
from dtnexus.ingest.json_text import parsed
from dtnexus.ingest.messages import Keys, few_speakers, is_objects, keys_of, said_in
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reader import Output

_PROMPT_ID = ("prompt_id", "case_id", "scenario_id", "persona_id", "task_id")
_OWNERS = 3


class _Place(NamedTuple):
    value: JsonValue
    path: tuple[str, ...]
    """The keys that name it among its like."""
    owners: tuple[Object, ...]
    """The objects around the value, nearest first."""


class _Hit(NamedTuple):
    messages: list[dict[str, JsonValue]]
    keys: Keys
    path: tuple[str, ...]
    owners: tuple[Object, ...]


class NestedReader(JsonReader):
    """Finds every list of {role|from|speaker|…, content|value|text|…} in a document, in order.

    An `id` beside the list is the transcript's id; a prompt's id or the key above the list
    becomes ``file#key``. Text fields that hold JSON themselves are looked into.
    """

    name = "nested-json"
    wanted = "a list of {role or speaker, content or text} objects somewhere inside"
    splits_turns = True

    def score(self, unit: JsonValue) -> float:
        """0.4 where a list of messages is found: any reader that knows the shape comes first."""
        return 0.4 if next(_hits(unit), None) else 0.0

    def conversations(self, unit: JsonValue, feed: Feed, line: int | None) -> Iterator[Output]:
        """Yield a draft for each list of messages."""
        for hit in _hits(unit):
            facts = Facts(hit.owners)
            said, costs = said_in(hit.messages, hit.keys, names=hit.keys.who != "role")
            draft, losses = told(facts, said, costs, feed, line)
            if draft.id is None:
                key = facts.first(_PROMPT_ID) or (hit.path[-1] if hit.path else None)
                draft.id = None if key is None else f"{feed.stem}#{key}"
            yield from losses
            yield from ignored(facts, (_list_key(hit),), feed, line)
            yield draft

    def read(self, feed: Feed, options: ReadOptions) -> Iterator[Output]:
        """Yield all conversations; a document without one cannot be read."""
        empty = True
        for output in super().read(feed, options):
            empty = False
            yield output
        if empty:
            raise InputError(feed.path, "JSON without a conversation", self.wanted)


def _list_key(hit: _Hit) -> str:
    owner = hit.owners[0] if hit.owners else {}
    return next((key for key, value in owner.items() if value is hit.messages), "")


def _hits(document: JsonValue) -> Iterator[_Hit]:
    """The lists of messages of a document, in its order; never recursive, so depth is no danger."""
    stack = [_Place(document, (), ())]
    while stack:
        value, path, owners = stack.pop()
        if isinstance(value, str):
            value = _json_inside(value)
        if isinstance(value, list):
            keys = keys_of(value)
            if keys is not None and is_objects(value) and few_speakers(value, keys):
                yield _Hit(value, keys, path, owners)
            else:
                steps = [f"{path[-1]}.{place}" if path and len(value) > 1 else None for place in range(len(value))]
                inner = [
                    _Place(one, (*path[:-1], step) if step else path, owners)
                    for one, step in zip(value, steps, strict=True)
                ]
                stack.extend(reversed(inner))
        elif isinstance(value, dict):
            around = (value, *owners)[:_OWNERS]
            names = _names_things(value)
            inner = [_Place(one, (*path, key) if names else path, around) for key, one in value.items()]
            stack.extend(reversed(inner))


def _names_things(value: Object) -> bool:
    """Whether the keys of an object are names of like things, not its fields."""
    kinds = {type(one) for one in value.values()}
    return len(value) >= 2 and len(kinds) == 1 and kinds <= {dict, list}


def _json_inside(text: str) -> JsonValue:
    """The JSON document that a text field holds; None where it holds plain text."""
    if text.startswith(('{"', "[{")) and text.rstrip().endswith(("}", "]")):
        return parsed(text)
    return None
