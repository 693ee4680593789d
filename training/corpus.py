"""The labelled turns that may train shipped weights, as rows with groups for honest folds."""

import csv
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.signals import RATED, SignalRole
from dtnexus.coding.turn_features import BEFORE_CHARACTERS
from dtnexus.coding.weight_file import OUTPUTS
from dtnexus.transcript import Role
from dtnexus.validation.sets.empathy import ieval_chats
from training.public_texts import reply_texts, turn_text

LABELS = Path(__file__).with_name("labels")
SINGLE_TURNS = ("own_turns", "own_chat", "own_risk", "own_stance", "own_bond", "own_work", "own_courtesy")
"""Invented turns with the turn before, in `labels/NAME.jsonl`, labelled by language-model writers."""
DIALOGUES = (
    "own_spoken", "own_peer", "own_pressure", "own_limits", "own_posts", "own_credentials", "own_everyday",
    "own_replies", "own_consult", "own_moods", "own_support", "own_sentences", "own_threads", "own_smalltalk",
    "own_forum", "own_hints", "own_openchat", "own_helpline", "own_beliefs", "own_drives", "own_covert", "own_alarms",
    "own_selves", "own_kindness", "own_sessions", "own_urges", "own_flat", "own_banter", "own_volunteers", "own_unreal",
    "own_news", "own_nudges",
)  # fmt: skip
"""Invented dialogues, every turn labelled, in `labels/NAME.jsonl`."""
EPISODES = ("synthetic_episodes", "own_episodes")
"""Invented episodes with a score, in `labels/NAME.jsonl`; versions of one situation share `situation`."""
IEVAL = "ieval"
RATINGS = "ieval_ratings"
"""The source of rows that carry a rating by the person who chatted, and no label of the turn."""
REPLIES = "llms_as_therapists"
ONLY_READ = "llms_as_therapists_unlabelled"
"""The source of rows that nobody labelled and that weigh nothing."""
LATER: Mapping[str, int] = {"personal_disclosure": 5, "style_feedback": 5, "altered_experience": 6}
"""Signals that came after most labels, with the guide that brought them.

A turn says something of them only where `labels/later.jsonl` has a label of that guide.
"""
OWN_WEIGHT = 1.5
ROBOT_WEIGHT = 0.8
HELD_OUT_EVERY = 4
"""Every fourth task of iEval (numbers 3, 7, 11, ...) trains nothing, so that `dtnexus validate` can measure on it."""
ALIKE = 0.15
"""Dialogues of one file whose first turns share this part of their longer words stand on one side of a fold."""

Values = Mapping[str, float]
Place = tuple[str, ...]
"""(set, conversation, turn) of a public turn, (file, row) of an invented one."""
LaterLabels = Mapping[int, list[Values]]
"""Guide -> the labels of one turn for the signals that it brought, one a labeller."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled turn."""

    role: SignalRole
    before: str
    text: str
    values: Values
    """Signals that hold, with their mean value over labellers; the others are 0."""
    known: frozenset[str] | None
    """The signals that were labelled at all; None is all that the guide had from the beginning."""
    group: str
    """Rows of one group never stand on two sides of a fold."""
    pair: str
    """Minimal pair, or "" for none."""
    source: str
    weight: float = 1.0
    later: frozenset[int] = frozenset()
    """The guides whose signals in `LATER` were labelled."""
    place: Place = ()
    """What other label files call the turn."""


def data_folder() -> Path:
    """The folder of the research data: `DTNEXUS_DATA`, or `../shared/data` beside the repository."""
    return Path(os.environ.get("DTNEXUS_DATA", "../shared/data"))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file, in order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def mean_values(labels: Iterable[Values]) -> Values:
    """The mean of each signal over labellers; one that a labeller does not name is 0 there."""
    given = list(labels)
    names = sorted({name for values in given for name in values})
    return {name: sum(float(values.get(name, 0)) for values in given) / len(given) for name in names}


def second_labels() -> dict[tuple[str, int], list[Values]]:
    """Labels of invented turns by other labellers, blind to the first: (file, row) -> labels."""
    found: dict[tuple[str, int], list[Values]] = defaultdict(list)
    for item in read_jsonl(LABELS / "second.jsonl"):
        found[item["file"], item["row"]].append(item["signals"])
    return found


def place_of(item: Mapping[str, Any]) -> Place:
    """The place that a line of a label file names."""
    names = ("file", "row") if "file" in item else ("set", "conversation", "turn")
    return tuple(str(item[name]) for name in names)


def later_labels() -> dict[Place, LaterLabels]:
    """Labels for the signals in `LATER`, by place."""
    found: dict[Place, LaterLabels] = defaultdict(lambda: defaultdict(list))
    for item in read_jsonl(LABELS / "later.jsonl"):
        found[place_of(item)][item["guide"]].append(item["signals"])
    return found


def with_later(row: Row, later: Mapping[Place, LaterLabels]) -> Row:
    """The row with labels of the later signals, unchanged where it has none."""
    labels = later.get(row.place)
    if not labels:
        return row
    values = {name: value for given in labels.values() for name, value in mean_values(given).items()}
    return replace(row, values={**row.values, **values}, later=frozenset(labels))


def stimulus_of(conversation: str) -> str:
    """The stimulus of a reply in llms-as-therapists, by what the label files call the reply."""
    return conversation.split("/")[0]


def task_of(conversation: str) -> str:
    """The task of a chat in iEval, by what the label files call the chat."""
    return conversation.split("-")[0]


def group_of(name: str, conversation: str) -> str:
    """What a public conversation stands on one side of a fold with: its stimulus, its task, or itself alone."""
    kin = {REPLIES: stimulus_of, IEVAL: task_of}.get(name)
    return f"{name}/{kin(conversation) if kin else conversation}"


def held_out(name: str, conversation: str) -> bool:
    """Whether a public conversation is kept for measuring."""
    return name == IEVAL and int(task_of(conversation)) % HELD_OUT_EVERY == HELD_OUT_EVERY - 1


def public_turns(folder: Path) -> Iterator[Row]:
    """Turns of public sets, with their words from `folder`; where two labelled one turn, the mean."""
    units: dict[tuple[str, str, int], list[dict[str, Any]]] = defaultdict(list)
    for item in read_jsonl(LABELS / "public.jsonl"):
        units[item["set"], item["conversation"], item["turn"]].append(item)
    later = later_labels()
    for (name, conversation, turn), items in units.items():
        if held_out(name, conversation):
            continue
        before, text = turn_text(folder, name, conversation, turn, items[0]["characters"])
        values = mean_values(item["signals"] for item in items)
        group, place = group_of(name, conversation), (name, conversation, str(turn))
        yield with_later(Row(items[0]["role"], before, text, values, None, group, "", name, place=place), later)


def unlabelled_replies(folder: Path) -> Iterator[Row]:
    """Turns of llms-as-therapists that nobody labelled, once each.

    They weigh nothing. Their out-of-fold readings are what `dtnexus validate` measures on this set.
    """
    labelled = {(item["conversation"], item["turn"]) for item in read_jsonl(LABELS / "public.jsonl")}
    every = list(reply_texts(folder).items())
    seen = {
        (stimulus_of(name), texts[turn])
        for name, texts in every
        for turn in range(len(texts))
        if (name, turn) in labelled
    }
    for name, texts in every:
        for turn, text in enumerate(texts):
            if (stimulus_of(name), text) not in seen:
                seen.add((stimulus_of(name), text))
                before = texts[turn - 1][-BEFORE_CHARACTERS:] if turn else ""
                role: SignalRole = "agent" if turn % 2 else "client"
                yield Row(role, before, text, {}, frozenset(), group_of(REPLIES, name), "", ONLY_READ)


def single_turns() -> Iterator[Row]:
    """Invented turns, grouped by minimal pair or exchange."""
    second, later = second_labels(), later_labels()
    for source in ("synthetic_turns", *SINGLE_TURNS):
        for at, item in enumerate(read_jsonl(LABELS / f"{source}.jsonl")):
            known = frozenset(item["known"]) if "known" in item else None
            group = f"{source}/{item['pair']}"
            pair = "" if source == "own_chat" else group
            values = mean_values([item["signals"], *second.get((source, at), [])])
            weight = OWN_WEIGHT if source in SINGLE_TURNS else 1.0
            place, text = (source, str(at)), item["text"]
            row = Row(item["role"], item["before"], text, values, known, group, pair, source, weight, place=place)
            yield with_later(row, later)


def alike(first_turns: Mapping[str, str]) -> dict[str, str]:
    """Dialogue -> the first dialogue that begins with nearly the same words, itself for none."""
    words = {
        name: frozenset(word for word in re.findall(r"[\w']+", text.lower()) if len(word) > 3)
        for name, text in first_turns.items()
    }
    home: dict[str, str] = {}
    for name, own in words.items():
        near = [other for other in home if len(own & words[other]) >= max(ALIKE * len(own | words[other]), 2)]
        home[name] = home[near[0]] if near else name
    return home


def dialogue_groups(source: str) -> dict[str, str]:
    """The group of each dialogue of a file; dialogues with nearly the same beginning are one group."""
    items = read_jsonl(LABELS / f"{source}.jsonl")
    home = alike({item["dialogue"]: item["text"] for item in items if item["turn"] == 0})
    return {name: f"{source}/{first}" for name, first in home.items()}


def dialogues() -> Iterator[Row]:
    """Every turn of the invented dialogues."""
    second, later = second_labels(), later_labels()
    for source in DIALOGUES:
        groups = dialogue_groups(source)
        before = ""
        for at, item in enumerate(read_jsonl(LABELS / f"{source}.jsonl")):
            before = before if item["turn"] else ""
            values = mean_values([item["signals"], *second.get((source, at), [])])
            group, place, text = groups[item["dialogue"]], (source, str(at)), item["text"]
            row = Row(item["role"], before, text, values, None, group, "", source, OWN_WEIGHT, place=place)
            yield with_later(row, later)
            before = item["text"][-BEFORE_CHARACTERS:]


def invented_episodes() -> list[dict[str, Any]]:
    """The invented episodes of all files, in order."""
    return [episode for name in EPISODES for episode in read_jsonl(LABELS / f"{name}.jsonl")]


def synthetic_episodes() -> Iterator[Row]:
    """Turns of invented episodes, once each; the versions of one situation are one group."""
    seen: set[tuple[str, str, str]] = set()
    for episode in invented_episodes():
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
                        f"rua_robot/{label}/{number // 20}", "", "rua_robot", ROBOT_WEIGHT,
                    )  # fmt: skip


def felt_understood(folder: Path) -> Iterator[Row]:
    """Every reply in the iEval chats that train, with what the person said of the whole chat: 1-5, here 0-1."""
    for chat in ieval_chats(folder / "ieval"):
        if chat.held_out:
            continue
        before = ""
        for turn in chat.interaction.sessions[0].turns:
            if turn.role is Role.AGENT:
                values = {"felt_understood": (chat.understood - 1) / 4}
                yield Row(
                    "agent", before, turn.text, values, RATED, f"{IEVAL}/{chat.task}", "", RATINGS,
                )  # fmt: skip
            before = turn.text[-BEFORE_CHARACTERS:]


def rows(folder: Path) -> list[Row]:
    """All training rows, in an order that depends on the files only."""
    return [
        *public_turns(folder), *single_turns(), *dialogues(), *synthetic_episodes(), *robot_questions(folder),
        *felt_understood(folder), *unlabelled_replies(folder),
    ]  # fmt: skip


def knows(row: Row, signal: str) -> bool:
    """Whether a row says anything of a signal."""
    if signal in LATER:
        return LATER[signal] in row.later
    return signal not in RATED if row.known is None else signal in row.known


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
            weight[at, column] = row.weight if knows(row, name) else 0.0
            target[at, column] = min(max(row.values.get(name, 0.0) - (level - 1), 0.0), 1.0)
    return target, weight
