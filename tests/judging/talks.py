"""Invented conversations in files, for judges to be asked about."""

from __future__ import annotations

import json
from pathlib import Path

from tests.coding.judge.scenes import TALK


def write_talks(path: Path, count: int, agent: str = "invented") -> Path:
    """So many conversations that differ in one turn."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            turns = [{"role": role.value, "text": text} for role, text in TALK]
            turns[5] = {"role": "client", "text": f"Not really. You don't get it, I only meant the money. ({number})"}
            record = {"id": f"talk-{number}", "turns": turns, "agent": {"id": agent, "kind": "digital"}}
            out.write(json.dumps(record) + "\n")
    return path
