"""ShareGPT: ``conversations`` with from and value."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from dtnexus.ingest.facts import Facts
from dtnexus.ingest.feed import Feed
from dtnexus.ingest.json_reader import JsonReader, ignored, told
from dtnexus.ingest.messages import Keys, keys_of, said_in
from dtnexus.ingest.reader import Output

_KEYS = Keys("from", "value")
_LISTS = ("conversations", "conversation", "items")


class ShareGPTReader(JsonReader):
    """Reads ``{"id", "conversations": [{"from", "value"}]}``; role names vary between tools."""

    name = "sharegpt"
    wanted = "{'conversations': [{'from', 'value'}]}"

    def score(self, unit: JsonValue) -> float:
        """0.95 for from and value."""
        return 0.95 if _list_of(unit) else 0.0

    def conversations(self, unit: JsonValue, feed: Feed, line: int | None) -> Iterator[Output]:
        """Yield one draft."""
        key = _list_of(unit)
        assert isinstance(unit, dict)
        assert key is not None
        messages = unit[key]
        assert isinstance(messages, list)
        facts = Facts([unit])
        said, costs = said_in(messages, _KEYS, names=False)
        draft, losses = told(facts, said, costs, feed, line)
        yield from losses
        yield from ignored(facts, (key,), feed, line)
        yield draft


def _list_of(unit: JsonValue) -> str | None:
    if not isinstance(unit, dict):
        return None
    return next((key for key in _LISTS if keys_of(unit.get(key), ("from",), ("value",))), None)
