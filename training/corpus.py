"""The labelled turns that may train shipped weights, as rows with groups for honest folds."""

import csv
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.signals import SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS
from dtnexus.coding.weight_file import OUTPUTS

OWN_WEIGHT = 1.5
OWN = ("own_turns", "own_chat", "own_risk", "own_stance", "own_bond", "own_work", "own_courtesy")
"""Invented rows in this folder, labelled by language-model writers with the guide of the signals. `own_chat`
is ordinary talk and talk about health habits: what a coder meets outside mental-health conversations."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled turn."""

    role: SignalRole
    before: str
    text: str
    values: dict[str, float]
    """Signals that hold, with their mean value over labellers; the others are 0."""
    known: frozenset[str] | None
    """The signals that were labelled at all; None is all of them."""
    group: str
    """Rows of one group never stand on two sides of a fold."""
    pair: str
    """Minimal pair, or "" for none."""
    source: str
    weight: float = 1.0


def data_folder() -> Path:
    """The folder of the research data: `DTNEXUS_DATA`, or `../shared/data` beside the repository."""
    return Path(os.environ.get("DTNEXUS_DATA", "../shared/data"))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file, in order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def labelled_turns(folder: Path) -> Iterator[Row]:
    """Turns of public sets; where two labelled one turn, the mean of the two."""
    units: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for item in read_jsonl(folder / "labels" / "turns.jsonl"):
        units[item["unit"]].append(item)
    for items in units.values():
        first = items[0]
        names = {name for item in items for name in item["signals"]}
        values = {name: sum(float(item["signals"].get(name, 0)) for item in items) / len(items) for name in names}
        group = f"{first['set']}/{first['conversation']}"
        if first["set"] == "llms_as_therapists":
            group = "/".join((first["set"], *str(first["conversation"]).split("_")[1:2]))
        yield Row(first["role"], first["before"], first["text"], values, None, group, "", first["set"])


def synthetic_turns(folder: Path) -> Iterator[Row]:
    """Invented turns, grouped by minimal pair or exchange; those of the repository too."""
    shared = folder / "labels" / "synthetic_turns.jsonl"
    own = [(Path(__file__).with_name(f"{name}.jsonl"), name) for name in OWN]
    for path, source in ((shared, "synthetic"), *own):
        for item in read_jsonl(path):
            known = frozenset(item["known"]) if "known" in item else None
            group = f"{source}/{item['pair']}"
            pair = "" if source == "own_chat" else group
            yield Row(
                item["role"], item["before"], item["text"], item["signals"], known, group, pair, source,
                OWN_WEIGHT if source.startswith("own") else 1.0,
            )  # fmt: skip


def synthetic_episodes(folder: Path) -> Iterator[Row]:
    """Turns of invented episodes, once each; the versions of one situation are one group."""
    seen: set[tuple[str, str, str]] = set()
    for episode in read_jsonl(folder / "labels" / "synthetic_episodes.jsonl"):
        before = ""
        for turn in episode["turns"]:
            text = turn["text"]
            if (turn["role"], before, text) not in seen and "signals" in turn:
                seen.add((turn["role"], before, text))
                yield Row(
                    turn["role"], before, text, turn["signals"], None,
                    f"episode/{episode['situation']}", "", "episode",
                )  # fmt: skip
            before = text[-BEFORE_CHARACTERS:]


def robot_questions(folder: Path) -> Iterator[Row]:
    """Utterances of R-U-A-Robot, train and val only: `asks_if_ai` holds for `pos`, not for `neg`."""
    for label in ("pos", "neg"):
        for split in ("train", "val"):
            with (folder / "rua_robot" / f"{label}.{split}.csv").open(encoding="utf-8", newline="") as lines:
                for number, item in enumerate(csv.DictReader(lines)):
                    values = {"asks_if_ai": 1.0} if label == "pos" else {}
                    yield Row(
                        "client", "", item["text"], values, frozenset(("asks_if_ai",)),
                        f"rua_robot/{label}/{number // 20}", "", "rua_robot", 0.3,
                    )  # fmt: skip


def rows(folder: Path) -> list[Row]:
    """All training rows, in an order that depends on the files only."""
    return [
        *labelled_turns(folder), *synthetic_turns(folder), *synthetic_episodes(folder), *robot_questions(folder),
    ]  # fmt: skip


def targets(chosen: list[Row], role: SignalRole) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Targets and weights of the rows for every output of the role, both of shape (n_rows, n_outputs).

    An output is "the signal is at least this value"; a mean of two labellers that lies between
    two values gives a target between 0 and 1. A signal that was not labelled has weight 0.
    """
    outputs = OUTPUTS[role]
    target = np.zeros((len(chosen), len(outputs)), dtype=np.float32)
    weight = np.zeros_like(target)
    for at, row in enumerate(chosen):
        for column, (name, level) in enumerate(outputs):
            weight[at, column] = row.weight if row.known is None or name in row.known else 0.0
            target[at, column] = min(max(row.values.get(name, 0.0) - (level - 1), 0.0), 1.0)
    return target, weight
