"""What rates: the protocol of every coder, the coders by name, and a scripted one for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, Protocol

from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.member import MEMBERS
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.rating import CoderRef, Failure, NotApplicable, NotObservable, Observation, Rating
from dtnexus.transcript import Interaction


class Coder(Protocol):
    """Rates one interaction on a framework; `dtnexus.coding.contract` holds what every coder must keep."""

    @property
    def ref(self) -> CoderRef:
        """Who rates, in which version."""
        ...

    def code(
        self, interaction: Interaction, framework: Framework
    ) -> tuple[Rating | NotObservable | NotApplicable | Failure | Observation, ...]:
        """Exactly one statement per criterion of the framework, and any number of observations.

        What goes wrong with one criterion is a `Failure`, never an exception.
        """
        ...


JUDGE_FORM: Final = "judge:PROVIDER/MODEL"
"""How a language model is named as a coder; it is made elsewhere, since it needs an address."""
_CODERS: Final[Mapping[str, Callable[[], Coder]]] = {name: partial(EmbeddedCoder.load, name) for name in MEMBERS}


def names() -> tuple[str, ...]:
    """The coders that `resolve` knows."""
    return tuple(_CODERS)


def resolve(name: str) -> Coder:
    """The coder of this name.

    Raises:
        UsageError: there is no such coder.
    """
    if name not in _CODERS:
        raise UsageError(f"coder {name!r} is unknown; use one of {', '.join((*_CODERS, JUDGE_FORM))}")
    return _CODERS[name]()


class ScriptedCoder:
    """A coder for tests: says what it was given, and `NotObservable` about every other criterion."""

    def __init__(self, statements: Iterable[Rating | NotObservable | NotApplicable | Failure | Observation]) -> None:
        """Keep the statements; their coder is replaced by this one's reference."""
        self.ref = CoderRef(kind="human", name="scripted", version="1")
        self._given = tuple(statement.model_copy(update={"coder": self.ref}) for statement in statements)

    def code(
        self, interaction: Interaction, framework: Framework
    ) -> tuple[Rating | NotObservable | NotApplicable | Failure | Observation, ...]:
        """The given statements on this interaction, completed to one per criterion."""
        own = [given for given in self._given if given.interaction_id == interaction.id]
        rated = {given.criterion: given for given in own if not isinstance(given, Observation)}
        silent = {
            criterion.id: NotObservable(
                interaction_id=interaction.id, criterion=criterion.id, coder=self.ref, reason="nothing scripted"
            )
            for criterion in framework.criteria
        }
        return (
            *(rated.get(criterion.id, silent[criterion.id]) for criterion in framework.criteria),
            *(given for given in own if isinstance(given, Observation)),
        )
