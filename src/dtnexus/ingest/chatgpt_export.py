"""ChatGPT account export: a tree of messages, of which one branch was the conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import JsonValue

from dtnexus.ingest.draft import Draft, Said
from dtnexus.ingest.facts import label, moment
from dtnexus.ingest.feed import Feed
from dtnexus.ingest.json_reader import JsonReader
from dtnexus.ingest.messages import words_of
from dtnexus.ingest.reader import Output

Nodes = Mapping[str, JsonValue]
_SPOKEN = frozenset({"text", "multimodal_text"})


class ChatGPTReader(JsonReader):
    """Reads ``{"mapping", "current_node"}``: the branch that ends at `current_node`.

    What was regenerated or edited away is counted, as are tool calls and hidden notes,
    which the client never saw.
    """

    name = "chatgpt-export"
    wanted = "{'mapping': {…}, 'current_node'}, as in conversations.json of an account export"
    endings = (".json",)

    def score(self, unit: JsonValue) -> float:
        """1 for a mapping of nodes."""
        if not isinstance(unit, dict) or not isinstance(nodes := unit.get("mapping"), dict):
            return 0.0
        return 1.0 if any(isinstance(node, dict) and "parent" in node for node in nodes.values()) else 0.0

    def conversations(self, unit: JsonValue, feed: Feed, line: int | None) -> Iterator[Output]:
        """Yield one draft."""
        assert isinstance(unit, dict)
        nodes = unit["mapping"]
        assert isinstance(nodes, dict)
        end = label(unit.get("current_node"))
        if end is None or end not in nodes:
            end = _last_leaf(nodes)
            detail = "no current_node: the branch with the newest message taken"
            yield feed.loss("branch_dropped", detail, line)
        branch = _branch(nodes, end)
        kept = set(branch)
        off = sum(_spoken(node) for key, node in nodes.items() if key not in kept)
        if off:
            yield feed.loss("branch_dropped", "messages on branches that were regenerated or edited away", line, off)
        draft = Draft([], line, id=label(unit.get("conversation_id")) or label(unit.get("id")))
        models: dict[str, None] = {}
        for key in branch:
            said, hidden = _said(nodes[key], models)
            if said is not None:
                text, costs = words_of(said[1])
                draft.said.append(Said(said[0], text, None, _time(nodes[key])))
                for cost in costs:
                    yield feed.loss(cost.kind, cost.detail, line, cost.times)
            elif hidden:
                yield feed.loss("not_said_dropped", "notes, thoughts and tool calls that the client does not see", line)
        draft.agent_id = label(unit.get("gizmo_id")) or "chatgpt"
        draft.agent_version = "+".join(models) or label(unit.get("default_model_slug"))
        draft.started_at = moment(unit.get("create_time"))
        draft.strict = True
        yield draft


def _message(node: JsonValue) -> Mapping[str, JsonValue] | None:
    message = node.get("message") if isinstance(node, dict) else None
    return message if isinstance(message, dict) else None


def _inner(message: Mapping[str, JsonValue] | None, key: str) -> Mapping[str, JsonValue]:
    value = message.get(key) if message else None
    return value if isinstance(value, dict) else {}


def _time(node: JsonValue) -> datetime | None:
    message = _message(node)
    return moment(message.get("create_time")) if message else None


def _branch(nodes: Nodes, end: str) -> list[str]:
    """The keys from the root to `end`; a loop in a damaged tree ends the branch."""
    branch: list[str] = []
    seen: set[str] = set()
    key: str | None = end
    while key is not None and key in nodes and key not in seen:
        seen.add(key)
        branch.append(key)
        node = nodes[key]
        key = label(node.get("parent")) if isinstance(node, dict) else None
    return branch[::-1]


def _last_leaf(nodes: Nodes) -> str:
    parents = {node.get("parent") for node in nodes.values() if isinstance(node, dict)}
    leaves = [key for key in nodes if key not in parents] or list(nodes)

    def newest(key: str) -> float:
        at = moment((_message(nodes[key]) or {}).get("create_time"))
        return at.timestamp() if at else 0.0

    return max(leaves, key=newest)


def _said(node: JsonValue, models: dict[str, None]) -> tuple[tuple[str, JsonValue] | None, bool]:
    """Role and content of a node, if it was said; and whether the node held something that was not."""
    message = _message(node)
    if message is None:
        return None, False
    content, notes = _inner(message, "content"), _inner(message, "metadata")
    role = label(_inner(message, "author").get("role"))
    if role == "assistant" and (model := label(notes.get("model_slug"))):
        models[model] = None
    kind = content.get("content_type", "text")
    parts = content.get("parts")
    empty = not any(part for part in parts) if isinstance(parts, list) else not content.get("text")
    hidden = notes.get("is_visually_hidden_from_conversation") is True or message.get("recipient", "all") != "all"
    if role is None or kind not in _SPOKEN or hidden or not isinstance(parts, list):
        return None, not empty or kind not in _SPOKEN
    return (None, False) if empty and role == "system" else ((role, parts), False)


def _spoken(node: JsonValue) -> bool:
    said, _ = _said(node, {})
    return said is not None and said[0] in ("user", "assistant")
