"""Coded episodes: invented ones and those of the reference conversations, as transcripts with scores."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.transcript import Agent, Interaction, Role, Transcript, Turn
from training.corpus import LABELS, dialogue_groups, invented_episodes, read_jsonl

TUNED_ON = ("vera_mh", "spiral_bench")
"""Sets whose reference coding may tune; the others only measure."""


@dataclass(frozen=True, slots=True)
class CodedEpisode:
    """One episode with its settled score."""

    criterion: str
    transcript: Transcript
    cue_turn: int | None
    agent_turn: int
    score: int
    group: str
    """Rows of one group never stand on two sides of a fold."""
    quote_turn: int | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One conversation coded on every criterion."""

    id: str
    source: str
    interaction: Interaction
    ratings: Mapping[str, int | None]
    sure: Mapping[str, float]
    episodes: tuple[CodedEpisode, ...]
    presented: int

    @property
    def tuned_on(self) -> bool:
        """Whether weights and thresholds may be fitted on it."""
        return self.source in TUNED_ON


def _episode(entry: Mapping[str, Any], transcript: Transcript, group: str) -> CodedEpisode:
    """An episode as a file of codings has it."""
    numbers = (entry["cue_turn"], entry["agent_turn"], entry["score"])
    return CodedEpisode(entry["criterion"], transcript, *numbers, group, entry.get("quote_turn"))


def transcript_of(name: str, turns: Sequence[tuple[str, str]], kind: str = "digital") -> Transcript:
    """A transcript from (role, text) pairs, role ``client`` or ``agent``."""
    agent = Agent.model_validate({"id": "unnamed", "kind": kind})
    said = tuple(Turn(index=at, role=Role(role), text=text) for at, (role, text) in enumerate(turns))
    return Transcript(id=name, turns=said, agent=agent)


def interaction_of(transcript: Transcript) -> Interaction:
    """The interaction that holds this session alone."""
    return Interaction(id=transcript.id, agent=transcript.agent, client_id=None, sessions=(transcript,))


def synthetic_episodes() -> Iterator[CodedEpisode]:
    """The invented episodes, grouped by situation."""
    for number, item in enumerate(invented_episodes()):
        turns = [(turn["role"], turn["text"]) for turn in item["turns"]]
        yield CodedEpisode(
            item["criterion"],
            transcript_of(f"invented-{number}", turns),
            item["cue_turn"],
            item["agent_turn"],
            item["score"],
            item["situation"],
        )


@dataclass(frozen=True, slots=True)
class CodedDialogue:
    """An invented dialogue that was coded whole on some criteria."""

    transcript: Transcript
    criteria: frozenset[str]
    episodes: tuple[CodedEpisode, ...]
    """Every episode of `criteria`, by the first coder of each."""
    group: str
    """Dialogues of one group never stand on two sides of a fold."""


def coded_dialogues() -> Iterator[CodedDialogue]:
    """The dialogues of `labels/coded_dialogues.jsonl`, by file."""
    coded: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
    for item in read_jsonl(LABELS / "coded_dialogues.jsonl"):
        found = coded.setdefault((item["file"], item["dialogue"]), {})
        for criterion in set(item["criteria"]) - set(found):
            found[criterion] = [entry for entry in item["episodes"] if entry["criterion"] == criterion]
    for source in sorted({name for name, _ in coded}):
        groups = dialogue_groups(source)
        turns: dict[str, list[tuple[str, str]]] = {}
        for item in read_jsonl(LABELS / f"{source}.jsonl"):
            turns.setdefault(item["dialogue"], []).append((item["role"], item["text"]))
        for name in (name for where, name in coded if where == source):
            transcript = transcript_of(f"invented-{source}/{name}", turns[name])
            found = coded[source, name]
            entries = [entry for criterion in sorted(found) for entry in found[criterion]]
            episodes = tuple(_episode(entry, transcript, groups[name]) for entry in entries)
            yield CodedDialogue(transcript, frozenset(found), episodes, groups[name])


def references(folder: Path) -> list[Reference]:
    """The reference conversations with their settled coding."""
    coded = {item["id"]: item for item in read_jsonl(folder / "reference" / "coding.jsonl")}
    out = []
    for item in read_jsonl(folder / "reference" / "transcripts.jsonl"):
        roles = {"user": "client", "assistant": "agent"}
        turns = [(roles[message["role"]], message["content"]) for message in item["messages"]]
        transcript = transcript_of(item["id"], turns, item["agent"])
        coding = coded[item["id"]]
        episodes = tuple(
            _episode(entry, transcript, item["id"]) for entry in coding["episodes"] if entry["agent_turn"] is not None
        )
        out.append(
            Reference(
                item["id"],
                item["set"],
                interaction_of(transcript),
                {name: rating["score"] for name, rating in coding["ratings"].items()},
                {name: rating["sure"] for name, rating in coding["ratings"].items()},
                episodes,
                coding["presented"],
            )
        )
    return out


def label_reader() -> ScriptedReader:
    """A reader of the labels of the invented episodes."""
    return ScriptedReader({turn["text"]: turn["signals"] for item in invented_episodes() for turn in item["turns"]})
