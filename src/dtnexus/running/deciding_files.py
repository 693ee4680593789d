"""Deciding from files: transcripts and ratings in, assessments out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.recorded import NO_STATEMENT
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.assess import assess
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.ingest.grouping import group
from dtnexus.ingest.options import ReadOptions
from dtnexus.profile import AgentProfile
from dtnexus.rating import Failure, Said
from dtnexus.record import write_jsonl
from dtnexus.running.ratings_log import Block, read_blocks
from dtnexus.running.reading import Reading
from dtnexus.running.whole_file import whole
from dtnexus.transcript import Agent, Interaction


def profile_of(agent: Agent, profiles: Sequence[AgentProfile]) -> AgentProfile | None:
    """The profile that describes this agent: its id (and version, where given), else ``*``."""
    fitting = [p for p in profiles if p.agent_id == agent.id and p.version in (None, agent.version)]
    general = [p for p in profiles if p.agent_id == "*"]
    return next(iter(fitting + general), None)


def decide_in_order(
    interactions: Iterable[Interaction], blocks: Iterator[Block], framework: Framework, profiles: Sequence[AgentProfile]
) -> Iterator[Assessment]:
    """Decide interactions whose ratings come in the same order; holds one at a time.

    An interaction of which nobody said anything has no block and is decided from nothing.

    Raises:
        UsageError: the ratings are of other interactions, or in another order.
    """
    about, said = next(blocks, (None, ()))
    for interaction in interactions:
        own: Sequence[Said] = ()
        if about == interaction.id:
            own = said
            about, said = next(blocks, (None, ()))
        yield assess(interaction, own, framework, profile_of(interaction.agent, profiles))
    if about is not None:
        raise UsageError(
            f"the ratings of interaction {about!r} do not stand in the order of the transcripts; use --restart"
        )


def failures_counted(blocks: Iterable[Block], tally: Counter[str]) -> Iterator[Block]:
    """Pass the blocks on and count in `tally`, by coder and cause, in how many of them a coder failed.

    That people have not rated a criterion is no failure of theirs.
    """
    for about, said in blocks:
        tally.update(
            {
                f"{one.coder.name}: {one.cause.replace('_', ' ')}"
                for one in said
                if isinstance(one, Failure) and one.detail != NO_STATEMENT
            }
        )
        yield about, said


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
    with whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as stream:
        return write_jsonl(assessments, stream)
