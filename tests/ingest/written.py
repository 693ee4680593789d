"""Tiny invented conversations, one file for each reader: what is in it and what must come out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from dtnexus.ingest import Loss, ReadOptions, ReadReport, read_all
from dtnexus.transcript import Agent, Role, Transcript, Turn

TURNS = (
    (Role.CLIENT, "I could not sleep again."),
    (Role.AGENT, "That sounds tiring.\n\nWhat kept you awake?"),
    (Role.CLIENT, "Thoughts about: work, mostly."),
)
RECORD = Transcript(
    id="night-1",
    turns=tuple(Turn(index=place, role=role, text=text) for place, (role, text) in enumerate(TURNS)),
    agent=Agent(id="calm", kind="digital", version="3"),
)


@dataclass(frozen=True)
class Example:
    """One file of one format that holds `TURNS`."""

    reader: str
    file: str
    content: str
    ids: tuple[str, ...]

    def write(self, folder: Path) -> Path:
        path = folder / self.file
        path.write_bytes(self.content.encode())
        return path


def _messages(who: str, words: str, client: str, agent: str) -> list[dict[str, str]]:
    names = {Role.CLIENT: client, Role.AGENT: agent}
    return [{who: names[role], words: text} for role, text in TURNS]


def _node(parent: str | None, role: str, text: str) -> dict[str, object]:
    message = {"author": {"role": role}, "content": {"content_type": "text", "parts": [text]}}
    return {"parent": parent, "message": message}


TREE = {
    "conversation_id": "night-1",
    "mapping": {
        "r": {"parent": None, "message": None},
        "a": _node("r", "user", TURNS[0][1]),
        "b": _node("a", "assistant", TURNS[1][1]),
        "x": _node("a", "assistant", "An answer that was made again."),
        "c": _node("b", "user", TURNS[2][1]),
    },
    "current_node": "c",
}

_CHAT = _messages("role", "content", "user", "assistant")
_ROWS = [f'c7,{place},{role},"{text}"' for place, (role, text) in enumerate(TURNS)]

LOG = {
    "version": 2,
    "status": "success",
    "eval": {"task": "nights", "model": "lab/calm-3", "config": {"epochs": 1}},
    "samples": [{"id": "night-1", "epoch": 1, "input": TURNS[0][1], "target": "", "messages": _CHAT, "output": {}}],
}

EXAMPLES = (
    Example("dtnexus", "a.jsonl", RECORD.to_json() + "\n", ("night-1",)),
    Example("inspect", "k.json", json.dumps(LOG), ("night-1",)),
    Example("openai", "b.jsonl", json.dumps({"id": "night-1", "messages": _CHAT}) + "\n", ("night-1",)),
    Example(
        "sharegpt",
        "c.json",
        json.dumps([{"id": "night-1", "conversations": _messages("from", "value", "human", "gpt")}], indent=2),
        ("night-1",),
    ),
    Example("chatgpt-export", "d.json", json.dumps([TREE]), ("night-1",)),
    Example(
        "speaker-list",
        "e.json",
        json.dumps({"conversation": _messages("speaker", "text", "Client", "Counselor")}),
        ("e",),
    ),
    Example(
        "nested-json",
        "f.json",
        json.dumps({"runs": {"p1": {"log": _CHAT}, "p2": {"log": _CHAT}}, "note": 1}),
        ("f#p1", "f#p2"),
    ),
    Example("table", "g.csv", "dialogue_id,turn,speaker,text\n" + "\n".join(_ROWS) + "\n", ("c7",)),
    Example(
        "eou-lines", "h.txt", " __eou__ ".join(text.replace("\n", " ") for _, text in TURNS) + " __eou__\n", ("h",)
    ),
    Example(
        "labelled-text",
        "i.txt",
        "\n\n".join(f"{'user' if role is Role.CLIENT else 'agent'}: {text}" for role, text in TURNS) + "\n",
        ("i",),
    ),
)


def read_text(
    folder: Path, name: str, content: str | bytes, options: ReadOptions | None = None
) -> tuple[list[Transcript], ReadReport]:
    """Write one file and read it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_all([path], options or ReadOptions())


def said(transcript: Transcript) -> list[tuple[str, str]]:
    """Role and text of each turn."""
    return [(str(turn.role), turn.text) for turn in transcript.turns]


def kinds(losses: tuple[Loss, ...]) -> list[str]:
    """The kinds of losses, in order."""
    return [loss.kind for loss in losses]
