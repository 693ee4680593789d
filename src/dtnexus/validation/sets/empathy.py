"""EPITOME (Sharma et al. 2020), GPT-ABCEval (Finch et al. 2023), iEval (Svikhnushina et al. 2022), ESConv (2021)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dtnexus.errors import InputError
from dtnexus.transcript import Interaction
from dtnexus.validation.sets.tables import document, table, wanted
from dtnexus.validation.sets.talks import sessions, talk

EPITOME: Final = {
    "epitome-emotional-reaction": "emotional-reactions-reddit.csv",
    "epitome-interpretation": "interpretations-reddit.csv",
    "epitome-exploration": "explorations-reddit.csv",
}
ABCEVAL: Final = "behavior-classification-results.json"
IEVAL_HALF: Final = "ieval_data_even_tasks.json"
IEVAL_WHOLE: Final = "ieval_data.json"
HELD_OUT_EVERY: Final = 4
FAILED: Final = "FailedESConv.json"
GOOD: Final = ("q-esconv.json", "q-esconv-dpo.json")
SAME_FROM: Final = 60
"""Characters from which an utterance that two sessions share shows that they are one."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to a post with a level of one EPITOME mechanism."""

    post_id: str
    post: str
    reply: str
    level: int
    """0 none, 1 weak, 2 strong."""


def epitome_replies(path: Path) -> list[Reply]:
    """The replies of one EPITOME file.

    Raises:
        InputError: the file is not the set's.
    """
    rows = table(path, ("sp_id", "seeker_post", "response_post", "level"))
    return [Reply(row["sp_id"], row["seeker_post"], row["response_post"], int(row["level"])) for row in rows]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue with a bot: turns of user and bot, and a label for each turn of the bot."""

    id: str
    turns: Sequence[tuple[str, str]]
    """What the user said, what the bot answered."""
    empathetic: Sequence[bool]
    """The first human coder's label of each answer."""


def abceval_dialogues(folder: Path) -> list[Dialogue]:
    """The dialogues of GPT-ABCEval.

    Raises:
        InputError: the file is not the set's.
    """
    path = folder / ABCEVAL
    out = []
    for name, turns in wanted(document(path), (), path).items():
        records = [wanted(turn, ("user", "system", "behaviors"), path) for turn in turns]
        labels = [bool(wanted(each["behaviors"], ("empathetic",), path)["empathetic"]["human"][0]) for each in records]
        out.append(Dialogue(name, [(str(each["user"]), str(each["system"])) for each in records], labels))
    return out


@dataclass(frozen=True, slots=True)
class Chat:
    """A dialogue of a person with a bot, rated by that person."""

    interaction: Interaction
    task: str
    understood: int
    """1-5: "the chatbot understood my emotions"."""
    held_out: bool
    """Whether no turn of its task shaped the shipped weights."""


def ieval_file(folder: Path) -> Path:
    """The file of iEval that is there: all tasks, or those with an even index."""
    return folder / IEVAL_WHOLE if (folder / IEVAL_WHOLE).is_file() else folder / IEVAL_HALF


def ieval_chats(folder: Path) -> list[Chat]:
    """The rated dialogues of iEval.

    The shipped weights learnt from the tasks with an even index, counted among themselves from 0, save every
    `HELD_OUT_EVERY`-th of them (`training/corpus.py`).

    Raises:
        InputError: a file is not the set's.
    """
    path = ieval_file(folder)
    step = 2 if path.name == IEVAL_WHOLE else 1
    out = []
    for at, task in enumerate(document(path)):
        place, odd = divmod(at, step)
        held_out = odd == 1 or place % HELD_OUT_EVERY == HELD_OUT_EVERY - 1
        for valence in ("positive", "negative"):
            for colour, chat in wanted(task, ("positive", "negative"), path)[valence].items():
                if isinstance(chat, dict) and chat.get("EU") is not None:
                    interaction = talk(f"ieval-{at}-{valence}-{colour}", _chat_turns(chat))
                    out.append(Chat(interaction, str(at), int(chat["EU"]), held_out))
    return out


def _chat_turns(chat: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The lines of a log as turns; the person begins."""
    said = [line.removeprefix("-").strip() for line in str(chat["chat_log"]).split("\n") if line.strip()]
    return [("client" if at % 2 == 0 else "agent", text) for at, text in enumerate(said)]


def esconv_sessions(folder: Path) -> list[tuple[Interaction, bool]]:
    """Each ESConv session, and whether it was accepted as good support.

    A failed session is left out where it shares a longer utterance with a good one, since it is
    then the same conversation.

    Raises:
        InputError: a file cannot be read.
    """
    good = [each for name in GOOD for each in sessions(folder / name, "human")]
    known = {text for each in good for text in _longer(each)}
    failed = [each for each in sessions(folder / FAILED, "human") if not known & set(_longer(each))]
    if not good or not failed:
        raise InputError(str(folder), "sessions of one kind only", "good and failed sessions")
    return [*((each, True) for each in good), *((each, False) for each in failed)]


def _longer(interaction: Interaction) -> list[str]:
    texts = (" ".join(turn.text.casefold().split()) for session in interaction.sessions for turn in session.turns)
    return [text for text in texts if len(text) >= SAME_FROM]
