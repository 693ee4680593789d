"""A judge on the labelled sets: which conversations will be needed is found first, then all are asked at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.judging.survey import Survey
from dtnexus.rating import CoderRef, NotObservable
from dtnexus.running.judge_asking import Asked, Gate, Inquiry
from dtnexus.running.judge_bench import Judging
from dtnexus.running.validating import FRAMEWORK, validate
from dtnexus.running.watch import Watch
from dtnexus.transcript import Interaction
from dtnexus.validation.results import Row


class Listener:
    """A coder that rates nothing and keeps what it was asked to rate, each interaction once."""

    def __init__(self) -> None:
        self.ref = CoderRef(kind="judge", name="listener", version="1")
        self._asked: dict[str, Interaction] = {}

    def code(self, interaction: Interaction, framework: Framework) -> tuple[NotObservable, ...]:
        """Keep the interaction; nothing is observable."""
        self._asked.setdefault(interaction.digest(), interaction)
        return tuple(
            NotObservable(interaction_id=interaction.id, criterion=each.id, coder=self.ref, reason="not asked yet")
            for each in framework.criteria
        )

    def interactions(self) -> Iterator[Interaction]:
        """What it was asked to rate."""
        return iter(self._asked.values())


class JudgedSets:
    """One judge on the labelled sets."""

    def __init__(self, judging: Judging, data: Path | None, sets: Sequence[str], folder: Path | None) -> None:
        """Find the conversations that the sets put to a coder.

        Raises:
            UsageError: there is not one judge, nowhere to keep its replies, or a set is unknown or absent.
            InputError: a file of a set cannot be read as the set publishes it.
        """
        if len(judging.targets) != 1:
            raise UsageError("one judge is measured at a time")
        where = folder or judging.cache
        if where is None:
            raise UsageError("where are the judge's replies to be kept? Name a folder with -o, or a --cache DIR")
        self._listener = Listener()
        validate(self._listener, data, sets, _silent)
        self.judging = judging
        self._inquiry = Inquiry(judging, load_framework(FRAMEWORK, MAXIMA), where)

    def survey(self) -> Survey:
        """What is left to ask."""
        return self._inquiry.survey(self._listener.interactions)

    def ask(self, gate: Gate, watch: Watch) -> Asked:
        """Ask what is left, if the gate lets it pass; the bench then has the judge that is measured.

        Raises:
            UsageError: it may not leave the machine, or a key is missing.
            MissingExtraError: what speaks with the provider is not installed.
        """
        return self._inquiry.asked(self.survey(), self._listener.interactions, gate, watch, _nothing)


def _silent(name: str, rows: Sequence[Row]) -> None:
    """Say nothing of a set that is only listened to."""


def _nothing(sending: bool) -> None:
    """Prepare nothing."""
