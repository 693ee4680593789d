"""``{"conversation": [{"speaker", "text"}]}`` and bare lists of messages; speakers by group are refused."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from dtnexus.ingest.facts import Facts
from dtnexus.ingest.feed import Feed
from dtnexus.ingest.json_reader import JsonReader, ignored, told
from dtnexus.ingest.messages import Keys, few_speakers, is_objects, keys_of, said_in
from dtnexus.ingest.reader import Output
from dtnexus.ingest.roles import role_word

_LISTS = ("conversation", "dialogue", "dialog", "transcript")


class SpeakerListReader(JsonReader):
    """Reads one list of messages, bare or in a field; refuses messages sorted by speaker."""

    name = "speaker-list"
    wanted = "{'conversation': [{'speaker', 'text'}]} or a list of such messages"
    endings = (".json",)
    splits_turns = True

    def score(self, unit: JsonValue) -> float:
        """0.9 for such a list, 0.6 for the refused form."""
        if _found(unit) is not None:
            return 0.9
        return 0.6 if _sorted_by_speaker(unit) else 0.0

    def conversations(self, unit: JsonValue, feed: Feed, line: int | None) -> Iterator[Output]:
        """Yield one draft, or the reason why there is none."""
        found = _found(unit)
        if found is None:
            detail = "messages sorted by speaker: the order of turns is lost; wanted " + self.wanted
            yield feed.loss("line_failed", detail, line)
            return
        key, messages, keys = found
        facts = Facts([unit] if isinstance(unit, dict) else [])
        said, costs = said_in(messages, keys, names=keys.who != "role")
        draft, losses = told(facts, said, costs, feed, line)
        yield from losses
        yield from ignored(facts, (key,), feed, line)
        yield draft


def _found(unit: JsonValue) -> tuple[str, list[dict[str, JsonValue]], Keys] | None:
    named = {key: unit.get(key) for key in _LISTS} if isinstance(unit, dict) else {"": unit}
    for key, value in named.items():
        keys = keys_of(value)
        if keys is not None and is_objects(value) and few_speakers(value, keys):
            return key, value, keys
    return None


def _sorted_by_speaker(unit: JsonValue) -> bool:
    """Whether an object maps each speaker to a list of messages."""
    if not isinstance(unit, dict):
        return False
    inner = next((unit[key] for key in _LISTS if isinstance(unit.get(key), dict)), unit)
    if not isinstance(inner, dict) or len(inner) < 2:
        return False
    lists = [value for value in inner.values() if isinstance(value, list) and value]
    plain = all(isinstance(one, str) for value in lists for one in value)
    return len(lists) == len(inner) and plain and any(role_word(name) for name in inner)
