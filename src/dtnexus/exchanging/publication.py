"""An archive for publication: ratings without names, the codebook, a data dictionary, how well coders agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dtnexus.exchanging.cells import Cell, csv_text
from dtnexus.exchanging.deidentifying import WARNING, Cleaned, Cleaner, Digests
from dtnexus.exchanging.long_table import long_rows
from dtnexus.exchanging.questions import codebook_html
from dtnexus.exchanging.tables import EPISODES, LONG, WORDS, episode_rows
from dtnexus.framework import Framework
from dtnexus.rating import CoderRef, Episode, Failure, NotApplicable, NotObservable, Observation, Rating, Said
from dtnexus.transcript import Interaction, Transcript


@dataclass(frozen=True, slots=True)
class Material:
    """What is to be published."""

    statements: Sequence[Said]
    framework: Framework
    interactions: Sequence[Interaction] = ()
    """Their words go out only where `with_text`; without them, spans point to places in texts that are not there."""
    with_text: bool = False


@dataclass(frozen=True, slots=True)
class Hidden:
    """The same without names of people and sessions, and what was taken out."""

    statements: tuple[Said, ...]
    transcripts: tuple[Transcript, ...]
    counts: Mapping[str, int]


def hide(material: Material, cleaner: Cleaner, digests: Digests) -> Hidden:
    """Ids and people's names replaced by digests; free words of coders and quotes gone, or cleaned where text goes out.

    Dates and hours of sessions and turns, names of speakers, sources and file paths are dropped. Machines keep their
    names and versions.
    """
    cleaned: dict[tuple[str, int], Cleaned] = {}
    transcripts = []
    for interaction in material.interactions if material.with_text else ():
        for session in interaction.sessions:
            transcripts.append(_transcript(session, cleaner, digests, cleaned))
    statements = []
    for said in material.statements:
        if isinstance(said, Rating | NotObservable | NotApplicable):
            statements.append(_statement(said, material, cleaner, digests, cleaned))
    return Hidden(tuple(statements), tuple(transcripts), dict(sorted(cleaner.counts.items())))


def _transcript(
    session: Transcript, cleaner: Cleaner, digests: Digests, cleaned: dict[tuple[str, int], Cleaned]
) -> Transcript:
    turns = []
    for turn in session.turns:
        cleaned[session.id, turn.index] = one = cleaner.clean(turn.text)
        turns.append(turn.model_copy(update={"text": one.text, "speaker": None, "at": None}))
    return Transcript(
        id=digests.of("transcript", session.id),
        turns=tuple(turns),
        agent=session.agent,
        client_id=None if session.client_id is None else digests.of("client", session.client_id),
        session_index=session.session_index,
        language=session.language,
        synthetic=session.synthetic,
    )


def _statement(
    said: Rating | NotObservable | NotApplicable,
    material: Material,
    cleaner: Cleaner,
    digests: Digests,
    cleaned: Mapping[tuple[str, int], Cleaned],
) -> Said:
    def words(text: str) -> str:
        return cleaner.clean(text).text if material.with_text else ""

    update: dict[str, object] = {
        "interaction_id": digests.of("interaction", said.interaction_id),
        "coder": _coder(said.coder, digests),
    }
    if isinstance(said, Rating | NotObservable):
        update["episodes"] = tuple(_episode(each, words, digests, cleaned) for each in said.episodes)
    if isinstance(said, Rating):
        update |= {"why": words(said.why), "facts": ()}
    elif isinstance(said, NotObservable):
        update["reason"] = words(said.reason)
    else:
        update["fact"] = words(said.fact)
    return said.model_copy(update=update)


def _episode(
    episode: Episode, words: Callable[[str], str], digests: Digests, cleaned: Mapping[tuple[str, int], Cleaned]
) -> Episode:
    one = cleaned.get((episode.transcript_id, episode.turn))
    update: dict[str, object] = {
        "transcript_id": digests.of("transcript", episode.transcript_id),
        "why": "",
        "quote": "",
    }
    if one is not None:
        start, end = one.moved(episode.start, episode.end)
        update |= {"start": start, "end": end, "quote": one.text[start:end], "why": words(episode.why)}
    return episode.model_copy(update=update)


def _coder(coder: CoderRef, digests: Digests) -> CoderRef:
    if not coder.is_human:
        return coder
    return CoderRef(kind=coder.kind, name=digests.of("coder", coder.name), version=coder.version)


def archive_files(material: Material, hidden: Hidden, agreement: Mapping[str, str], listed: int) -> dict[str, str]:
    """Name in the archive -> content. `agreement` holds the pages on agreement; `listed` names stood in the list."""
    columns = [*EPISODES, *(WORDS if material.with_text else ())]
    files = {
        "README.md": _readme(material, hidden, listed),
        "ratings.csv": csv_text(list(LONG), long_rows(hidden.statements)),
        "episodes.csv": csv_text(columns, ({n: row[n] for n in columns} for row in episode_rows(hidden.statements))),
        "data-dictionary.csv": csv_text(("file", "column", "type", "meaning"), _dictionary(material)),
        "codebook.html": codebook_html(material.framework),
        "framework.json": material.framework.model_dump_json(indent=1) + "\n",
        "de-identification.json": json.dumps(_deidentified(material, hidden, listed), indent=1) + "\n",
        **agreement,
    }
    if material.with_text:
        files["transcripts.jsonl"] = "".join(f"{each.to_json()}\n" for each in hidden.transcripts)
    return files


def _deidentified(material: Material, hidden: Hidden, listed: int) -> dict[str, object]:
    return {
        "transcripts_included": material.with_text,
        "ids": "replaced by salted digests; the salt is not in this archive",
        "names_listed": listed,
        "replaced": dict(hidden.counts),
        "warning": WARNING,
    }


_MEANING: Final = {
    "interaction": "the sessions of one client with one agent configuration; digest",
    "unit": "what was rated; here the interaction",
    "coder": "who rated; people as digests, machines by name",
    "kind": "human, adjudicator, embedded, judge or consensus",
    "criterion": "id in the codebook",
    "score": "0 to 4, not observable, or not applicable",
    "adjudicated": "yes for a decision after the coding",
    "confidence": "the coder's own, 0 to 1; empty where none was given",
    "episodes": "passages that the answer rests on",
    "rated": "whether the passage carries a score, or is only worth a look",
    "transcript": "session; digest",
    "session": "place of the session in the interaction, from 0",
    "turn": "place of the turn in the session, from 0",
    "start": "first character in the turn, from 0",
    "end": "character after the last one",
    "cue_turn": "client turn that opened the episode; empty where the agent's own act did",
    "agent_turn": "agent turn that is scored",
    "expected": "finer value of the score, 0 to 4",
    "quote": "the words, de-identified by rules",
    "why": "the coder's reason, de-identified by rules",
}


def _dictionary(material: Material) -> list[dict[str, Cell]]:
    rows: list[dict[str, Cell]] = []
    episodes = {**EPISODES, **(WORDS if material.with_text else {})}
    for file, columns in (("ratings.csv", LONG), ("episodes.csv", episodes)):
        for name, kind in columns.items():
            meaning = "0 to 4" if (file, name) == ("episodes.csv", "score") else _MEANING[name]
            rows.append({"file": file, "column": name, "type": str(kind), "meaning": meaning})
    return rows


def _readme(material: Material, hidden: Hidden, listed: int) -> str:
    people = len({said.coder.name for said in hidden.statements if said.coder.is_human})
    machines = sorted({f"{s.coder.name} {s.coder.version}" for s in hidden.statements if not s.coder.is_human})
    about = len({said.interaction_id for said in hidden.statements})
    framework = material.framework
    replaced = ", ".join(f"{kind} {count}" for kind, count in hidden.counts.items()) or "nothing"
    text = (
        f"transcripts.jsonl holds the conversations. Replaced in them and in words of coders: {replaced} "
        f"({listed} names were listed)."
        if material.with_text
        else "No words of conversations or of coders are in this archive; spans point to places in texts that are not "
        "here."
    )
    return f"""# Ratings of {about} interactions

TITLE, AUTHORS, DATE AND CITATION: fill in.

LICENCE: fill in, for instance CC BY 4.0, and say who may grant it. Until then all rights are reserved.

People: {people}. Machines: {", ".join(machines) or "none"}. Framework: {framework.name} {framework.version}
(digest {framework.digest()[:12]}).

{framework.authors_note}

{framework.disclaimer}

| file | holds |
|---|---|
| ratings.csv | one line for what one coder said on one criterion |
| episodes.csv | the passages that answers rest on |
| data-dictionary.csv | what every column means |
| codebook.html, framework.json | what was rated, and how |
| agreement.txt, agreement.csv | how well coders agree, before adjudication |
| de-identification.json | what was taken out |

Cells that a spreadsheet would run as a formula begin with an apostrophe.

## Before you publish: read a sample

{WARNING}

{text}
"""


def left_out(statements: Sequence[Said]) -> int:
    """Statements that no archive holds: failures of machines, and counted facts."""
    return sum(isinstance(said, Failure | Observation) for said in statements)
