"""Replays what people, or an earlier run, said: statements read from a ratings file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.rating import (
    STATEMENT,
    CoderRef,
    Episode,
    Evidence,
    Failure,
    NotApplicable,
    NotObservable,
    Observation,
    Rating,
    Said,
)
from dtnexus.record import read_jsonl
from dtnexus.transcript import Interaction

NO_STATEMENT: Final = "the recorded ratings hold no statement on this criterion for this interaction"


class RecordedCoder:
    """One coder's recorded statements, checked against the transcripts they quote."""

    def __init__(self, statements: Iterable[Said]) -> None:
        """Keep the statements of one coder.

        Raises:
            UsageError: no statements, statements of several coders, or two on one criterion.
        """
        given = tuple(statements)
        coders = {said.coder.digest(): said.coder for said in given}
        if len(coders) != 1:
            named = ", ".join(sorted(coder.name for coder in coders.values())) or "none"
            raise UsageError(f"a recorded coder replays one coder; these statements come from: {named}")
        self.ref: CoderRef = next(iter(coders.values()))
        self._rated: Mapping[str, dict[str, Rating | NotObservable | NotApplicable | Failure]] = defaultdict(dict)
        self._observed: Mapping[str, list[Observation]] = defaultdict(list)
        for said in given:
            self._keep(said)

    def _keep(self, said: Said) -> None:
        if isinstance(said, Observation):
            self._observed[said.interaction_id].append(said)
            return
        of_one = self._rated[said.interaction_id]
        if said.criterion in of_one:
            raise UsageError(
                f"coder {self.ref.name!r} has two statements on {said.criterion!r} for interaction "
                f"{said.interaction_id!r}; keep one"
            )
        of_one[said.criterion] = said

    @staticmethod
    def from_file(path: Path, name: str | None = None) -> RecordedCoder:
        """The coder of a ratings file (JSONL), by name where the file holds several.

        Raises:
            InputError: a line is no statement; names file and line.
            UsageError: the file holds no such coder, or several and none was named.
        """
        return next(iter(_of_name(recorded_coders(path), name, path)))

    def covers(self, interaction_id: str) -> bool:
        """Whether anything was recorded about this interaction."""
        return interaction_id in self._rated or interaction_id in self._observed

    def code(self, interaction: Interaction, framework: Framework) -> tuple[Said, ...]:
        """What was recorded on this interaction; a `Failure` where nothing was, or where a quote does not occur.

        Raises:
            UsageError: a recorded criterion is unknown to the framework.
        """
        own = self._rated.get(interaction.id, {})
        known = {criterion.id for criterion in framework.criteria}
        unknown = sorted(set(own) - known)
        if unknown:
            raise UsageError(
                f"recorded ratings for interaction {interaction.id!r} name {', '.join(unknown)}; framework "
                f"{framework.id!r} has {', '.join(criterion.id for criterion in framework.criteria)}"
            )
        rated = (
            self._checked(own[criterion.id], interaction)
            if criterion.id in own
            else self._failure(interaction, criterion.id, "error", NO_STATEMENT)
            for criterion in framework.criteria
        )
        return (*rated, *self._observed.get(interaction.id, ()))

    def _checked(
        self, said: Rating | NotObservable | NotApplicable | Failure, interaction: Interaction
    ) -> Rating | NotObservable | NotApplicable | Failure:
        """The statement, or a Failure that says which quote is not in the transcript."""
        episodes = said.episodes if isinstance(said, Rating | NotObservable) else ()
        for episode in episodes:
            fault = misquoted(episode, interaction)
            if fault:
                return self._failure(interaction, said.criterion, "quote_not_found", fault)
        return said

    def _failure(self, interaction: Interaction, criterion: str, cause: str, detail: str) -> Failure:
        return Failure.model_validate(
            {
                "interaction_id": interaction.id,
                "criterion": criterion,
                "coder": self.ref,
                "cause": cause,
                "detail": detail,
            }
        )


def recorded_coders(path: Path) -> tuple[RecordedCoder, ...]:
    """The coders of a ratings file, in the order of their names.

    Raises:
        InputError: a line is no statement; names file and line.
        UsageError: a coder has two statements on one criterion of one interaction.
    """
    by_coder: dict[str, list[Said]] = defaultdict(list)
    for said in read_jsonl(path, STATEMENT):
        by_coder[said.coder.digest()].append(said)
    coders = [RecordedCoder(statements) for statements in by_coder.values()]
    return tuple(sorted(coders, key=lambda coder: (coder.ref.name, coder.ref.version, coder.ref.digest())))


def _of_name(coders: tuple[RecordedCoder, ...], name: str | None, path: Path) -> tuple[RecordedCoder, ...]:
    chosen = tuple(coder for coder in coders if name is None or coder.ref.name == name)
    if len(chosen) != 1:
        held = ", ".join(repr(coder.ref.name) for coder in coders) or "no statements"
        asked = "one coder" if name is None else f"the coder {name!r}"
        raise UsageError(f"{path}: {asked} is wanted; the file holds {held}")
    return chosen


def misquoted(evidence: Evidence | Episode, interaction: Interaction) -> str | None:
    """Where a quote does not stand in the interaction, without its words; None where it does."""
    place = f"session {evidence.session}, turn {evidence.turn}, characters {evidence.start}-{evidence.end}"
    if evidence.session >= len(interaction.sessions):
        return f"{place}: the interaction has {len(interaction.sessions)} session(s)"
    session = interaction.sessions[evidence.session]
    if session.id != evidence.transcript_id:
        return f"{place}: that session is {session.id!r}, the quote names {evidence.transcript_id!r}"
    if evidence.turn >= len(session.turns):
        return f"{place}: the session has {len(session.turns)} turns"
    if session.turns[evidence.turn].text[evidence.start : evidence.end] != evidence.quote:
        return f"{place}: other words stand there than the ones quoted"
    return None
