"""Which runs a battery has: every chosen probe, in every chosen position and memory, so many times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from dtnexus import __version__
from dtnexus.probe import Probe, ProbeSet
from dtnexus.probe_run import Memory, Position, ProbeSetting
from dtnexus.probing.exchange import run_id
from dtnexus.probing.script import begin
from dtnexus.record import Record
from dtnexus.transcript import Agent

T = TypeVar("T")


class Layout(NamedTuple):
    """How a battery is laid out."""

    probes: ProbeSet
    chosen: tuple[Probe, ...]
    seed: int
    repeats: int
    positions: tuple[Position, ...]
    memory: tuple[Memory, ...]
    played_by: str | None = None
    """The model that plays the clients, in words; None: the script alone."""


class PlannedRun(NamedTuple):
    """One run that is to be played."""

    name: str
    probe: Probe
    setting: ProbeSetting
    played_by: str | None = None


class ProbingKey(Record):
    """What decides the words of a run; a folder takes runs of one key only (``probing.json``)."""

    version: str = __version__
    target: str
    """In words, without secrets."""
    target_settings: str
    """SHA-256 of everything that decides what is sent, but for secrets."""
    client: str | None = None
    """SHA-256 of everything that decides what is sent to the model that plays the client; None: there is none."""
    agent: Agent
    probes_digest: str
    """SHA-256 of the whole probe set."""
    reader: str
    """Digest of what reads the agent's signals, by which branches are taken."""
    seed: int

    def differing(self, other: ProbingKey) -> list[str]:
        """The names of the fields in which two keys differ."""
        return [name for name in ProbingKey.model_fields if getattr(self, name) != getattr(other, name)]


def planned(layout: Layout) -> Iterator[PlannedRun]:
    """The runs in order: by probe, position, memory, repeat.

    A probe that may not be run in any of the chosen positions (or memories) is run in its own first one.
    """
    for probe in layout.chosen:
        for position in _allowed(layout.positions, probe.positions):
            for memory in _allowed(layout.memory, probe.memory):
                for repeat in range(layout.repeats):
                    setting = ProbeSetting(repeat=repeat, seed=layout.seed, position=position, memory=memory)
                    name = run_id(begin(probe, setting, layout.probes.warm_up))
                    yield PlannedRun(name, probe, setting, layout.played_by)


def _allowed(chosen: Sequence[T], own: Sequence[T]) -> Sequence[T]:
    return [each for each in own if each in chosen] or own[:1]


def most_turns(runs: Sequence[PlannedRun], warm_up: int) -> int:
    """How often the agent is spoken to at most."""
    return sum(len(run.probe.turns) + (warm_up if run.setting.position == "late" else 0) for run in runs)
