"""Deciding from files: transcripts and ratings in, assessments out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.assess import assess
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.ingest.grouping import group
from dtnexus.ingest.options import ReadOptions
from dtnexus.profile import AgentProfile
from dtnexus.rating import Said
from dtnexus.running.ratings_log import read_blocks
from dtnexus.running.reading import Reading
from dtnexus.transcript import Agent, Interaction


def profile_of(agent: Agent, profiles: Sequence[AgentProfile]) -> AgentProfile | None:
    """The profile that describes this agent: its id (and version, where given), else ``*``."""
    fitting = [p for p in profiles if p.agent_id == agent.id and p.version in (None, agent.version)]
    general = [p for p in profiles if p.agent_id == "*"]
    return next(iter(fitting + general), None)


def decide_in_order(
    interactions: Iterable[Interaction], ratings: Path, framework: Framework, profiles: Sequence[AgentProfile]
) -> Iterator[Assessment]:
    """Decide interactions whose ratings stand in the same order in one file; holds one at a time.

    Raises:
        UsageError: the ratings are of other interactions, or of too few.
    """
    blocks = read_blocks(ratings)
    for interaction in interactions:
        about, said = next(blocks, (None, ()))
        if about != interaction.id:
            raise UsageError(
                f"{ratings}: ratings of {about!r} stand where those of {interaction.id!r} are wanted. "
                "Code the transcripts again, or use `decide`, which takes ratings in any order."
            )
        yield assess(interaction, said, framework, profile_of(interaction.agent, profiles))


def decide_files(
    transcripts: Sequence[str], ratings: Sequence[Path], framework: str, profiles: Sequence[AgentProfile]
) -> Iterator[Assessment]:
    """Decide every interaction from ratings in any order and of any number of coders.

    Raises:
        UsageError: a rating is of an interaction that is not among the transcripts.
    """
    loaded = load_framework(framework, MAXIMA)
    interactions = group(Reading(transcripts, ReadOptions()).transcripts())
    said: dict[str, list[Said]] = defaultdict(list)
    for path in ratings:
        for about, statements in read_blocks(path):
            said[about].extend(statements)
    strangers = sorted(set(said) - {interaction.id for interaction in interactions})
    if strangers:
        raise UsageError(
            f"{', '.join(map(str, ratings))}: rates {len(strangers)} interactions that are not among the transcripts, "
            f"for instance {strangers[0]!r}. Give the transcripts that were coded."
        )
    for interaction in interactions:
        yield assess(interaction, said[interaction.id], loaded, profile_of(interaction.agent, profiles))


def write_assessments(path: Path, assessments: Iterable[Assessment]) -> int:
    """Write one assessment a line; the file appears only when all are written. Returns how many."""
    part = path.with_name(path.name + ".part")
    count = 0
    with part.open("w", encoding="utf-8", errors="surrogatepass") as stream:
        for assessment in assessments:
            stream.write(f"{assessment.to_json()}\n")
            count += 1
    part.replace(path)
    return count
