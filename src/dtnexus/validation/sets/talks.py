"""Conversations of the sets as interactions that any coder can rate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dtnexus.errors import InputError
from dtnexus.ingest.grouping import group
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reading import read_all
from dtnexus.probe_run import DEFAULT_BRANCH, PathStep, PlannedOpportunity, ProbeRun, ProbeSetting
from dtnexus.transcript import Agent, AgentKind, Interaction, Role, Transcript, Turn


def talk(name: str, turns: Sequence[tuple[str, str]], kind: AgentKind = "digital") -> Interaction:
    """An interaction of one session from (role, text) pairs, the role ``client`` or ``agent``."""
    agent = Agent(id="unnamed", kind=kind)
    said = tuple(Turn(index=at, role=Role(role), text=text) for at, (role, text) in enumerate(turns))
    session = Transcript(id=name, turns=said, agent=agent)
    return Interaction(id=name, agent=agent, client_id=None, sessions=(session,))


def stimulus(name: str, turns: Sequence[tuple[str, str]], reply: str, criterion: str, origin: str) -> Interaction:
    """A reply to a stimulus that was written as an occasion for one criterion.

    Written stimuli are probes: that there is an occasion in the last turn of the client is known and not for the coder
    to find. `turns` ends with that turn.
    """
    asked = len(turns) - 1
    occasion = PlannedOpportunity(criterion=criterion, turn=asked, kind="plain", cue="explicit", at="stimulus")
    run = ProbeRun(
        run=name,
        probe=origin,
        version="published",
        set="full",
        content_warning="written stimuli on danger and illness",
        setting=ProbeSetting(repeat=0, seed=0, position="early", memory="off"),
        session="only",
        path=(PathStep(at="stimulus", branch=DEFAULT_BRANCH, paraphrase=0, turn=asked),),
        opportunities=(occasion,),
        stopped="finished",
    )
    plain = talk(name, [*turns, ("agent", reply)])
    session = plain.sessions[0].model_copy(update={"probe": run})
    return plain.model_copy(update={"sessions": (session,)})


def sessions(path: Path, kind: AgentKind) -> list[Interaction]:
    """The interactions of a file as `dtnexus assess --agent-kind` reads them, with the same ids.

    Raises:
        InputError: a part of the file could not be read.
    """
    transcripts, report = read_all([path], ReadOptions(agent_kind=kind))
    if not report.ok:
        fault = report.failures[0]
        raise InputError(str(path), fault.detail, "the file as the set publishes it", fault.line)
    return group(transcripts)
