"""Runs with judges: the call, what it left, and where the key must not be."""

from __future__ import annotations

import json
from pathlib import Path

from dtnexus.rating import STATEMENT, Said
from dtnexus.record import read_jsonl
from tests.cli.program import Ran, call

KEY = "sk-this-must-never-be-written"
MODEL_NAME = "judge:openai/some-model"
AWAY = "https://judge.example.org/v1"
CALLS = 8
"""Calls for one conversation."""
PRICES = "currency: EUR\nper_tokens: 1000000\nmodels:\n  openai/some-model: {input: 2.0, output: 10.0}\n"


def assess(talks: Path, out: Path, url: str, *more: str | Path) -> Ran:
    return call("assess", talks, "-o", out, "--coder", MODEL_NAME, "--base-url", url, *more)


def said(folder: Path) -> list[Said]:
    return list(read_jsonl(folder / "ratings.jsonl", STATEMENT))


def every_file(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without_log(folder: Path) -> dict[str, bytes]:
    """Every file but the replies, whose order may differ, and the log, which holds times."""
    return {name: text for name, text in every_file(folder).items() if not name.startswith("judge/")}


def notes_of(folder: Path) -> list[str]:
    first = json.loads((folder / "assessments.jsonl").read_text(encoding="utf-8").splitlines()[0])
    return list(first["notes"])
