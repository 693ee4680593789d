"""OpenAI chat logs: ``messages`` with role and content, in lines or in one document."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from dtnexus.ingest.facts import Facts
from dtnexus.ingest.feed import Feed
from dtnexus.ingest.json_reader import JsonReader, ignored, told
from dtnexus.ingest.messages import Keys, is_objects, said_in
from dtnexus.ingest.reader import Output


class OpenAIReader(JsonReader):
    """Reads ``{"messages": [{"role", "content"}]}``.

    Content may be text, a list of parts, or null beside tool calls. Prompts and tool
    results are system turns; calls of tools are not said to the client and are counted.
    """

    name = "openai"
    wanted = "{'messages': [{'role', 'content'}]}"

    def score(self, unit: JsonValue) -> float:
        """0.95 for messages that have a role."""
        if not isinstance(unit, dict) or not is_objects(messages := unit.get("messages")):
            return 0.0
        return 0.95 if all("role" in one for one in messages[:5] if isinstance(one, dict)) else 0.0

    def conversations(self, unit: JsonValue, feed: Feed, line: int | None) -> Iterator[Output]:
        """Yield one draft."""
        assert isinstance(unit, dict)
        messages = unit["messages"]
        assert isinstance(messages, list)
        facts = Facts([unit])
        said, costs = said_in(messages, Keys("role", "content"), names=False)
        draft, losses = told(facts, said, costs, feed, line)
        draft.strict = True
        yield from losses
        yield from ignored(facts, ("messages",), feed, line)
        yield draft
