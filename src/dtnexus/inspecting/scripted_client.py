"""The solver that plays a probe: the client of the script speaks, the evaluated model answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageSystem, ChatMessageUser, Model, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver

from dtnexus.catalog.probe_files import load_probes
from dtnexus.ingest.inspect_probe import KEY, plan_of, without_halves
from dtnexus.probe import ProbeSet
from dtnexus.probe_run import ProbeSetting
from dtnexus.probing.script import Play, ReadSignals, Says, begin
from dtnexus.running.battery_results import as_they_count
from dtnexus.running.probe_selection import named
from dtnexus.running.probe_signals import AGENT_MAXIMA, reply_reader
from dtnexus.transcript import Agent


@cache
def probes_of(where: str) -> ProbeSet:
    """The probes of a shipped framework, or of a file or folder; read once.

    Raises:
        InputError: there are none.
        ProbeError: they have faults.
    """
    return load_probes(where, known_signals=AGENT_MAXIMA)


@cache
def reader() -> ReadSignals:
    """What reads the model's replies for the branches; loaded once."""
    return reply_reader()


@solver
def scripted_client(
    probes: str = "dtn-op",
    system_prompt: str | None = None,
    agent_id: str | None = None,
    agent_version: str | None = None,
) -> Solver:
    """Play the probe that the metadata of a sample names, turn by turn, with branches and stop rules.

    Each session of the probe begins with a history of its own. Afterwards the messages of all sessions stand in the
    sample one after another, and its metadata hold the plan, so that a log can be assessed. What was said is kept
    also where the model fails in between.

    Args:
        probes: a shipped framework whose probes are meant, or the path of probe files.
        system_prompt: what the model is told before each session.
        agent_id: name of the agent in the results; None: the model's.
        agent_version: its version, to compare releases.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate  # each session has a history of its own, which this could not keep apart
        loaded = probes_of(probes)
        probe = named(loaded, str(state.metadata["probe"]))
        agent = Agent(id=agent_id or str(state.model), kind="digital", version=agent_version)
        talk = _Talk(get_model(), system_prompt, state)
        state.messages = []
        play = begin(probe, _setting(state.metadata, state.epoch), loaded.warm_up)
        while isinstance(play.next, Says):
            said = play.next
            play = play.answered(await talk.answer(said), reader())
            state.metadata[KEY] = talk.plan(play, agent)
        state.completed = True
        return state

    return solve


def _setting(metadata: Mapping[str, Any], epoch: int) -> ProbeSetting:
    """The setting of a run: each further epoch goes on with the repeats, so that its wordings are others."""
    repeat = metadata["repeat"] + metadata["repeats"] * (epoch - 1)
    return ProbeSetting(repeat=repeat, seed=metadata["seed"], position=metadata["position"], memory=metadata["memory"])


@dataclass
class _Talk:
    """The conversations of one run, and where their words stand among the messages of the sample."""

    model: Model
    system_prompt: str | None
    state: TaskState
    history: list[ChatMessage] = field(default_factory=list)
    places: dict[int, list[int]] = field(default_factory=dict)
    """Session -> places of its turns."""

    async def answer(self, said: Says) -> str:
        """The model's reply; an answer without words is one too."""
        if said.opens_session:
            self.history = []
            if self.system_prompt is not None:
                self._keep(ChatMessageSystem(content=self.system_prompt))
        asked = self._keep(ChatMessageUser(content=said.text))
        output = await self.model.generate(self.history)
        self.state.output = output
        message = output.message if output.choices else ChatMessageAssistant(content="")
        self.places.setdefault(said.session, []).extend((asked, self._keep(message)))
        return without_halves(message.text)

    def plan(self, play: Play, agent: Agent) -> dict[str, Any]:
        """What the metadata of the sample say of the play so far."""
        begun = sorted(self.places)
        return plan_of(zip(as_they_count(play, agent), (self.places[each] for each in begun), strict=True))

    def _keep(self, message: ChatMessage) -> int:
        self.history.append(message)
        self.state.messages.append(message)
        return len(self.state.messages) - 1
