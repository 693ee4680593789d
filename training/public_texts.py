"""The words of labelled turns of public sets, found again in a reader's own copy of the sets.

The repository keeps labels by (set, conversation, turn) and no text. A turn is cut where its
labeller's was (`chars`), and with it goes the end of the turn before.
"""

import csv
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path

from dtnexus.coding.turn_features import BEFORE_CHARACTERS
from dtnexus.validation.sets.danger import llms_answers

Texts = Sequence[str]

_SPEAKER = re.compile(r"^(?:user|agent|chatbot|assistant): ", re.MULTILINE)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _vera(folder: Path, conversation: str) -> Texts:
    text = (folder / "vera_mh" / "conversations" / conversation).read_text(encoding="utf-8")
    return [part.strip() for part in _SPEAKER.split(text)[1:] if part.strip()]


@cache
def _spiral_file(path: Path) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    for run in json.loads(path.read_text(encoding="utf-8")).values():
        for prompts in run.values():
            if isinstance(prompts, dict):
                for name, talks in prompts.items():
                    if isinstance(talks, list) and talks and "transcript" in talks[0]:
                        found[name] = [str(message["content"]).strip() for message in talks[0]["transcript"]]
    return found


def _spiral(folder: Path, conversation: str) -> Texts:
    name, _, prompt = conversation.partition(":")
    return _spiral_file(folder / "spiral_bench" / name)[prompt]


@cache
def _ieval_tasks(path: Path) -> list[dict[str, dict[str, dict[str, str]]]]:
    return list(json.loads(path.read_text(encoding="utf-8")))


def _ieval(folder: Path, conversation: str) -> Texts:
    task, valence, bot = conversation.split("-")
    log = _ieval_tasks(folder / "ieval" / "ieval_data_even_tasks.json")[int(task)][valence][bot]["chat_log"]
    return [line.removeprefix("- ").replace("_x000D_", "").strip() for line in log.split("\n")]


@cache
def _column(path: Path, column: str, key: str | None = None) -> dict[str, str]:
    return {item[key] if key else str(at): item[column].strip() for at, item in enumerate(_table(path))}


def _bolt(folder: Path, conversation: str) -> Texts:
    side, part, row = conversation.split("-")
    return [_column(folder / "bolt" / f"finetune_{side}_combined_{part}.csv", "prompt")[row]]


def _anthro_bench(folder: Path, conversation: str) -> Texts:
    return [_column(folder / "anthro_bench" / "first_turns.csv", "user_first_turn", "conv_id")[conversation]]


def _syco_bench(folder: Path, conversation: str) -> Texts:
    name, row, column = conversation.split("-")
    return [_column(folder / "syco_bench" / f"{name}.csv", column)[row]]


@cache
def _robot_table(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((folder / "rua_robot").glob("*.*.csv")):
        found |= {item["guid"]: item["text"].strip() for item in _table(path)}
    return found


def _rua_robot(folder: Path, conversation: str) -> Texts:
    return [_robot_table(folder)[conversation]]


@cache
def reply_texts(folder: Path) -> dict[str, Texts]:
    """The turns of every reply in llms-as-therapists, the reply last, by what the label files call the reply."""
    found: dict[str, Texts] = {}
    for answer in chain(*llms_answers(folder / "llms_as_therapists")):
        texts = [turn.text for turn in answer.interaction.sessions[0].turns]
        found.setdefault(f"{answer.stimulus}/{reply_name(texts[-1])}", texts)
    return found


def reply_name(reply: str) -> str:
    """What a reply of llms-as-therapists is called in the label files: the start of its words' SHA-256."""
    return sha256(reply.encode()).hexdigest()[:12]


def _llms(folder: Path, conversation: str) -> Texts:
    return reply_texts(folder)[conversation]


_SETS: dict[str, Callable[[Path, str], Texts]] = {
    "vera_mh": _vera, "spiral_bench": _spiral, "ieval": _ieval, "bolt": _bolt,
    "anthro_bench": _anthro_bench, "syco_bench": _syco_bench, "rua_robot": _rua_robot, "llms_as_therapists": _llms,
}  # fmt: skip


def turn_text(folder: Path, name: str, conversation: str, turn: int, characters: int) -> tuple[str, str]:
    """The end of the turn before ("" for a first turn), and the turn, cut at `characters`.

    Raises:
        KeyError: the set is not one that may train, or has no such conversation.
    """
    texts = _SETS[name](folder, conversation)
    before = texts[turn - 1][-BEFORE_CHARACTERS:] if turn else ""
    return before, texts[turn][:characters]
