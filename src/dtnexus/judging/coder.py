"""The judge as a coder: statements from the replies that are kept. It reaches no network and no model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import Field

from dtnexus.coding.judge.call import Reply
from dtnexus.coding.judge.reference import judge_ref
from dtnexus.coding.judge.session import JudgeSession, Stated
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.framework import Framework
from dtnexus.judging.delivery import Parameters
from dtnexus.judging.store import ReplyStore
from dtnexus.judging.target import JudgeTarget
from dtnexus.rating import CoderRef
from dtnexus.record import FrozenMap, Record
from dtnexus.transcript import Agent, Interaction, Role, Transcript, Turn

NOT_ASKED: Final = "it was not asked: a limit of calls or cost was reached, or the judge was asked no more"
_NOBODY: Final = Agent(id="nobody", kind="unknown")
_NOTHING: Final = Interaction(
    id="nothing",
    agent=_NOBODY,
    client_id=None,
    sessions=(Transcript(id="nothing", turns=(Turn(index=0, role=Role.SYSTEM, text=""),), agent=_NOBODY),),
)
"""An interaction in which nothing is said; stands for any where only prompts are named."""


class Answered(Record):
    """Who answered in a run, as every rating of it names them."""

    models: tuple[str, ...] = ()
    """Model ids as returned."""
    libraries: FrozenMap[str, str] = Field(default_factory=dict)


@dataclass
class JudgeCoder:
    """Rates from kept replies; a call without a reply is a failure with its cause."""

    target: JudgeTarget
    framework: Framework
    settings: JudgeSettings
    parameters: Parameters
    answered: Answered = Answered()
    replies: Path | None = None
    """Where the replies are kept; None: there are none yet."""
    _store: ReplyStore | None = field(default=None, repr=False)
    _ref: CoderRef | None = field(default=None, repr=False)

    @property
    def ref(self) -> CoderRef:
        """Who judges: model as asked for and as returned, prompts, framework, parameters, libraries."""
        if self._ref is None:
            session = JudgeSession(_NOTHING, self.framework, self.settings)
            parameters = self.parameters.model_dump(mode="json")
            made_by = self.answered.libraries
            self._ref = judge_ref(self.target.name, session, self.answered.models, parameters, made_by)
        return self._ref

    def code(self, interaction: Interaction, framework: Framework) -> tuple[Stated, ...]:
        """One statement for each criterion of the framework."""
        session = JudgeSession(interaction, framework, self.settings)
        while calls := session.open_calls():
            kept = list(self._kept((call.id, call.digest()) for call in calls))
            if not kept:
                session.give_up("not_asked", NOT_ASKED)
            session.take_all(kept)
        return session.statements(self.ref)

    def _kept(self, calls: Iterator[tuple[str, str]]) -> Iterator[Reply]:
        if self.replies is None:
            return
        if self._store is None:
            self._store = ReplyStore(self.replies)
        for _, digest in calls:
            stored = self._store.get(self.target.key_of(digest, self.parameters))
            if stored is not None:
                yield stored.reply
