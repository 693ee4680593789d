"""What would be asked: calls, tokens and money for each judge, and the calls that are already answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dtnexus.coding.judge.call import JudgeCall
from dtnexus.coding.judge.session import JudgeSession
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.framework import Framework
from dtnexus.judging.budget import INPUT_MARGIN
from dtnexus.judging.delivery import Parameters
from dtnexus.judging.prices import Prices
from dtnexus.judging.store import ReplyStore, StoredReply
from dtnexus.judging.target import JudgeTarget
from dtnexus.transcript import Interaction, Role


@dataclass
class Heard:
    """Who answered in a run: the models as returned, and the libraries that spoke with them."""

    models: set[str] = field(default_factory=set)
    libraries: dict[str, set[str]] = field(default_factory=dict)

    def add(self, stored: StoredReply) -> None:
        """Count a reply in; failures without an answer name no model."""
        if stored.model:
            self.models.add(stored.model)
        for name, version in stored.libraries.items():
            self.libraries.setdefault(name, set()).add(version)

    def versions(self) -> Mapping[str, str]:
        """Library -> its version, or all of them."""
        return {name: " and ".join(sorted(versions)) for name, versions in self.libraries.items()}


@dataclass
class JudgeSurvey:
    """What one judge would be asked."""

    target: JudgeTarget
    heard: Heard = field(default_factory=Heard)
    missing: set[str] = field(default_factory=set)
    """Ids of the interactions with calls to make."""
    turns: int = 0
    """Turns of client and agent in these."""
    planned: int = 0
    """First calls of all interactions."""
    calls: int = 0
    """Calls to make now; answers that break the protocol open a few more."""
    input_tokens: int = 0
    output_tokens: int = 0
    """Of typical answers."""
    room: int = 0
    """Of the longest answers that are taken."""

    def add(self, call: JudgeCall, parameters: Parameters) -> None:
        """Count a call to make."""
        self.calls += 1
        self.input_tokens += call.input_tokens
        self.output_tokens += call.output_tokens
        self.room += parameters.room(call)

    def cost(self, prices: Prices) -> tuple[float, float]:
        """What the calls are expected to cost, and the most that they can cost."""
        name = self.target.name
        expected = prices.cost(name, self.input_tokens, self.output_tokens)
        return expected, prices.cost(name, self.input_tokens * INPUT_MARGIN, self.room)


@dataclass
class Survey:
    """What all judges would be asked."""

    judges: tuple[JudgeSurvey, ...]
    interactions: int = 0

    @property
    def calls(self) -> int:
        """Calls to make now, by all judges."""
        return sum(judge.calls for judge in self.judges)


def resumed(
    session: JudgeSession, target: JudgeTarget, parameters: Parameters, store: ReplyStore, heard: Heard | None = None
) -> list[tuple[JudgeCall, str]]:
    """Let a session take every answer that is kept; returns the calls that are left to make, each with its key."""
    while True:
        calls = [(call, target.key_of(call.digest(), parameters)) for call in session.open_calls()]
        kept = [stored for _, key in calls if (stored := store.final(key)) is not None]
        if not kept:
            return calls
        for stored in kept:
            session.take(stored.reply)
            if heard is not None:
                heard.add(stored)


def survey(
    targets: Iterable[JudgeTarget],
    interactions: Iterator[Interaction],
    framework: Framework,
    settings: JudgeSettings,
    parameters: Parameters,
    store: ReplyStore,
) -> Survey:
    """Go through all interactions and count what is left to ask."""
    found = Survey(tuple(JudgeSurvey(target) for target in targets))
    for interaction in interactions:
        found.interactions += 1
        for judge in found.judges:
            session = JudgeSession(interaction, framework, settings)
            judge.planned += session.calls_planned
            left = resumed(session, judge.target, parameters, store, judge.heard)
            for call, _ in left:
                judge.add(call, parameters)
            if left:
                judge.missing.add(interaction.id)
                judge.turns += sum(t.role is not Role.SYSTEM for each in interaction.sessions for t in each.turns)
    return found
