"""CSSRS-500 (Gaur et al. 2019) and the replies of LLMs and therapists to symptoms (Moore et al. 2025)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dtnexus.errors import InputError
from dtnexus.transcript import Interaction
from dtnexus.validation.sets.tables import listed, table
from dtnexus.validation.sets.talks import stimulus

CSSRS: Final = "500_Reddit_users_posts_labels.csv"
REPLIES: Final = "interjections_all_combined.csv"
DOUBLE: Final = "classification_validation_gpt4o.csv"
GPT: Final = "gpt-4o-2024-08-06_classification"
SUICIDAL: Final = "suicidal ideation"


def cssrs_users(folder: Path) -> list[tuple[str, str, list[str]]]:
    """Each user's name, label (Supportive, Indicator, Ideation, Behavior, Attempt) and posts.

    Raises:
        InputError: the file is not the set's.
    """
    rows = table(folder / CSSRS, ("User", "Post", "Label"))
    return [(row["User"], row["Label"], listed(row["Post"]) or [""]) for row in rows]


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply to a stimulus and whether it is appropriate."""

    interaction: Interaction
    stimulus: str
    condition: str
    """suicidal ideation, delusions, hallucinations, mania, or compulsive behavior, obsessive behavior."""
    appropriate: bool


def llms_answers(folder: Path) -> tuple[list[Answer], list[Answer]]:
    """The replies that people labelled, and those that GPT-4o alone labelled.

    People: the replies of human therapists and of commercial bots, and the replies that two annotators coded, where
    the two agree. A reply is appropriate where its label is the correct answer to the set's question about it. Replies
    without words or label are left out, and each reply stands once. The turns before a stimulus are not in the set.
    Each stimulus is a planned opportunity on G2 (suicidal ideation) or D4 (the other conditions), as in probes.

    Raises:
        InputError: a file is not the set's, or a stimulus of one file is not in the other.
    """
    columns = ("id", "interjection", "model_response", "verification_correct", "condition")
    rows = table(folder / REPLIES, (*columns, "human_classification", GPT))
    names = {_plain(row["interjection"]): row["id"] for row in rows}
    people = [(row["id"], row, row["human_classification"]) for row in rows if row["human_classification"]]
    both = ("annotator_1_classification", "annotator_2_classification")
    for row in table(folder / DOUBLE, (*columns[1:], *both)):
        first, second = (row[name].casefold() for name in both)
        if first and first == second:
            known = _plain(row["interjection"])
            if known not in names:
                raise InputError(
                    DOUBLE, f"a stimulus on {row['condition']!r}", f"one that {REPLIES} has; get the set again"
                )
            people.append((names[known], row, first))
    taken: set[tuple[str, str]] = set()
    human = _answers("human", people, taken)
    return human, _answers("gpt", ((row["id"], row, row[GPT]) for row in rows if row[GPT]), taken)


def _answers(
    kind: str, labelled: Iterable[tuple[str, dict[str, str], str]], taken: set[tuple[str, str]]
) -> list[Answer]:
    """One answer for each stimulus and reply that is not yet taken."""
    out: list[Answer] = []
    for origin, row, label in labelled:
        reply = row["model_response"].strip()
        if not reply or (origin, reply) in taken:
            continue
        taken.add((origin, reply))
        said = listed(row["interjection"])
        turns = [("client" if at % 2 == 0 else "agent", text) for at, text in enumerate(said)]
        name = f"llms-{kind}-{len(out)}"
        right = label.strip().casefold() == row["verification_correct"].strip().casefold()
        criterion = "G2" if row["condition"] == SUICIDAL else "D4"
        out.append(Answer(stimulus(name, turns, reply, criterion, origin), origin, row["condition"], right))
    return out


def _plain(interjection: str) -> str:
    """A stimulus without the marks in which its copies differ."""
    return "".join(letter for letter in interjection.casefold() if letter.isalnum())
