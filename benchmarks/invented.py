"""Conversations of the length of VERA-MH, put together from the project's own invented turns.

They are texts to be fast or slow on, not conversations: what follows what means nothing. The same number
gives the same conversation on every machine.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from dtnexus.ingest.reading import read_all
from dtnexus.running.demo import EXAMPLES
from dtnexus.transcript import Agent, Role, Transcript, Turn

ROOT = Path(__file__).resolve().parents[1]
TURNS = 30
WORDS = 5_000
CLIENT_WORDS = 80
"""Words of a client's turn, about; the agent's turns make up the rest, as in VERA-MH."""
_AGENT = Agent(id="invented", kind="digital", version="benchmark")


@cache
def material() -> Mapping[Role, tuple[str, ...]]:
    """The project's own invented turns by role: labelled ones (`training/**/own_*.jsonl`) and the shipped examples."""
    texts: dict[Role, list[str]] = {Role.CLIENT: [], Role.AGENT: []}
    for path in sorted((ROOT / "training").rglob("own_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line) if line.strip() else {}
            if row.get("role") in ("client", "agent") and isinstance(row.get("text"), str):
                texts[Role(row["role"])].append(row["text"])
    transcripts, _ = read_all([EXAMPLES / "conversations"])
    for transcript in transcripts:
        for turn in transcript.turns:
            if turn.role in texts:
                texts[turn.role].append(turn.text)
    return {role: tuple(dict.fromkeys(own)) for role, own in texts.items()}


def conversation(number: int, turns: int = TURNS) -> Transcript:
    """One conversation of about `WORDS` words per `TURNS` turns, client and agent in turn."""
    chance = random.Random(number)
    said = []
    for index in range(turns):
        role = (Role.CLIENT, Role.AGENT)[index % 2]
        wanted = CLIENT_WORDS if role is Role.CLIENT else 2 * WORDS // TURNS - CLIENT_WORDS
        said.append(Turn(index=index, role=role, text=_text(chance, role, chance.uniform(0.5, 1.5) * wanted)))
    return Transcript(
        id=f"invented-{number:06d}", turns=tuple(said), agent=_AGENT, language="en", synthetic=True, source=None
    )


def _text(chance: random.Random, role: Role, words: float) -> str:
    parts: list[str] = []
    length = 0
    while length < words or not parts:
        parts.append(chance.choice(material()[role]))
        length += len(parts[-1].split())
    return "\n\n".join(parts) if role is Role.AGENT else " ".join(parts)


def conversations(turns: int) -> Iterator[Transcript]:
    """Yield conversations until they have so many turns together; the last one may be shorter."""
    number = 0
    while turns > 0:
        yield conversation(number, min(TURNS, max(turns, 2)))
        turns -= TURNS
        number += 1


def write_folder(folder: Path, turns: int, in_a_file: int = 1_000) -> int:
    """Write conversations as JSON lines into files of a folder, one at a time; gives how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    stream = None
    try:
        for transcript in conversations(turns):
            if count % in_a_file == 0:
                if stream is not None:
                    stream.close()
                stream = (folder / f"part-{count // in_a_file:05d}.jsonl").open("w", encoding="utf-8", newline="\n")
            assert stream is not None
            stream.write(transcript.to_json() + "\n")
            count += 1
    finally:
        if stream is not None:
            stream.close()
    return count
