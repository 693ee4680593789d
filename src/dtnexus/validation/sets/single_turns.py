"""Sets of single turns and short scenes: R-U-A-Robot, medical queries, MentalManip, codes of delusional spirals."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dtnexus.coding.signals import SignalRole
from dtnexus.errors import InputError
from dtnexus.validation.sets.tables import table

MEDICAL: Final = "medicheck-expert.csv"
NOT_MEDICAL: Final = "medicheck-neg.csv"
MANIPULATION: Final = "mentalmanip_con.csv"
CODEBOOK: Final = "annotations.csv"
_SPEAKER: Final = re.compile(r"^(Person\s?[12])\s*:\s*", re.MULTILINE)
_REASON: Final = re.compile(r"^\s*\[Reason:[^\]]*\]\s*")
_CONTEXT: Final = re.compile(r"^\s*\[(User|Assistant|Context)\b[^:\]]*:?\s*([^\]]*)\]\s*")


def robot_utterances(folder: Path, label: str) -> list[str]:
    """The utterances of the test split with a label: ``pos``, ``neg`` or ``amb``.

    Raises:
        InputError: the file is not the set's.
    """
    return [row["text"] for row in table(folder / f"{label}.test.csv", ("text",))]


@dataclass(frozen=True, slots=True)
class MedicalReply:
    """A reply to a medical query, with the clinician's grade."""

    query: str
    reply: str
    grade: str
    """X irrelevant, 0 no answer, 1 general information, 2 recommendation, 3 treatment or diagnosis."""


def medical_replies(folder: Path) -> tuple[list[str], list[MedicalReply]]:
    """The medical queries (grade 1 to 3), and every graded reply.

    Raises:
        InputError: the file is not the set's.
    """
    bots = {"response-dialogpt": "", "response-alexa": "", "response-reddit": " "}
    wanted = [name for bot, gap in bots.items() for name in (bot + gap, f"{bot}-label-expert")]
    rows = table(folder / MEDICAL, ("query", "query-label-expert", *wanted))
    replies = [
        MedicalReply(row["query"], row[bot + gap], row[f"{bot}-label-expert"])
        for row in rows
        for bot, gap in bots.items()
        if row[f"{bot}-label-expert"] and row[bot + gap].strip()
    ]
    return [row["query"] for row in rows if row["query-label-expert"] in ("1", "2", "3")], replies


def other_queries(folder: Path) -> list[str]:
    """The queries that are not medical; the file has one column and no header."""
    with (folder / NOT_MEDICAL).open(encoding="utf-8", newline="") as found:
        return [row[0] for row in csv.reader(found) if row and row[0].strip()]


def scenes(folder: Path) -> list[tuple[str, bool, list[tuple[str, str]]]]:
    """Each scene's id, whether it is manipulative, and its (speaker, words).

    Raises:
        InputError: the file is not the set's.
    """
    out = []
    for row in table(folder / MANIPULATION, ("ID", "Dialogue", "Manipulative")):
        parts = _SPEAKER.split(row["Dialogue"])[1:]
        said = [(who, words.strip()) for who, words in zip(parts[::2], parts[1::2], strict=True) if words.strip()]
        if said:
            out.append((row["ID"], row["Manipulative"] == "1", said))
    return out


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of a code."""

    code: str
    positive: bool
    roles: Sequence[SignalRole]
    texts: Sequence[str]


def worked_examples(folder: Path, codes: Sequence[str]) -> list[Example]:
    """The worked examples of some codes; each line is one, and the words of the other side may stand before it.

    Raises:
        InputError: the file is not the set's, or a code is missing.
    """
    path = folder / CODEBOOK
    found = {row["id"]: row for row in table(path, ("id", "positive-examples", "negative-examples"))}
    out = []
    for code in codes:
        if code not in found:
            raise InputError(str(path), f"has no code {code!r}", "the codes of the published codebook")
        for positive, column in ((True, "positive-examples"), (False, "negative-examples")):
            out += [_example(code, positive, line) for line in found[code][column].splitlines() if line.strip()]
    return [example for example in out if example.texts[-1]]


def _example(code: str, positive: bool, line: str) -> Example:
    """One example: a remark on its reason is dropped, words of the other side become the turn before."""
    role: SignalRole = "agent" if code.startswith("bot-") else "client"
    other: SignalRole = "client" if role == "agent" else "agent"
    text = _REASON.sub("", line)
    found = _CONTEXT.match(text)
    if found is None:
        return Example(code, positive, [role], [text.strip()])
    said = text[found.end() :].strip()
    if found[1] == "Context":
        return Example(code, positive, [role], [said])
    return Example(code, positive, [other, role], [found[2].strip(), said])
