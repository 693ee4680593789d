"""Agreement in a coding study: people among themselves before adjudication, and each machine beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dtnexus import __version__
from dtnexus.admission import Admission, Origin
from dtnexus.agreement.admitting import Occasion, admissions
from dtnexus.agreement.consensus_units import Known, Machine, gathered
from dtnexus.agreement.measure import agreement
from dtnexus.agreement.resampling import Resampler
from dtnexus.agreement.results import Agreement
from dtnexus.agreement.table import Answer, Apart, Coder, Lines, tabulated
from dtnexus.framework import Framework
from dtnexus.language import primary
from dtnexus.rating import CoderRef
from dtnexus.record import digest_of
from dtnexus.transcript import Interaction

SCALE = (0, 4)


class Score(NamedTuple):
    """What somebody said of a unit on a criterion."""

    unit: str
    coder: str
    """Pseudonym; of machines the digest of their reference."""
    criterion: str
    score: int | None
    """None: not observable; of machines also where they failed."""


@dataclass(frozen=True)
class StudyScores:
    """Everything that was scored in a study."""

    name: str
    """What tables and the methods paragraph call the source."""
    people: Sequence[Score]
    """As submitted, before adjudication."""
    settled: Sequence[Score]
    """By adjudicators; they enter the consensus that machines are measured against, and nothing else."""
    machine: Sequence[Score]
    machines: Mapping[str, CoderRef]
    """Digest -> reference."""
    known: Mapping[str, Known]
    """Unit -> language and origin."""

    def digest(self) -> str:
        """Names the content of people's and machines' scores."""
        return digest_of([sorted(map(repr, part)) for part in (self.people, self.settled, self.machine)])


def people_agree(scores: StudyScores, framework: Framework, resampler: Resampler | None = None) -> Agreement | None:
    """The agreement of people before adjudication; None where no two of them were compared."""
    by_unit: dict[str, set[str]] = {}
    for one in scores.people:
        by_unit.setdefault(one.unit, set()).add(one.coder)
    if not any(len(coders) > 1 for coders in by_unit.values()):
        return None
    answers = tuple(_answer(one, number) for number, one in enumerate(scores.people, start=1))
    names = sorted({one.coder for one in scores.people})
    coders = tuple(Coder(name, "human") for name in names)
    left_out = {"adjudicated": len(scores.settled)} if scores.settled else {}
    lines = Lines(scores.name, answers, coders, left_out, True)  # type: ignore[arg-type]
    table = tabulated(lines, SCALE, [criterion.id for criterion in framework.criteria])
    stars = [criterion.id for criterion in framework.criteria if criterion.star]
    return agreement(table, stars, scores.name, __version__, resampler)


def machines_admitted(
    scores: StudyScores, framework: Framework, decided_on: date, resampler: Resampler | None = None
) -> tuple[Admission, ...]:
    """Every machine of the study measured against people, as `dtnexus admit` does; empty without people's scores.

    Units whose language nobody stated take no part.
    """
    if not scores.people:
        return ()
    sources = {scores.name: hashlib.sha256(scores.digest().encode()).hexdigest()}
    occasion = Occasion(framework, decided_on, sources, __version__)
    made: list[Admission] = []
    for digest in sorted(scores.machines, key=lambda each: (scores.machines[each].name, each)):
        machine = Machine(scores.machines[digest], {scores.name: {digest}})
        own = [one for one in scores.machine if one.coder == digest]
        found = gathered([_with_machine(scores, digest, own)], machine, scores.known, None)
        made.extend(admissions(found, machine, occasion, resampler))
    return tuple(made)


def known_of(interaction: Interaction) -> Known:
    """The language that all sessions state, and where the unit comes from."""
    stated = {primary(session.language) for session in interaction.sessions}
    language = stated.pop() if len(stated) == 1 else None
    origin: Origin = "recorded"
    if any(session.probe is not None for session in interaction.sessions):
        origin = "probe"
    elif any(session.synthetic for session in interaction.sessions):
        origin = "synthetic"
    return Known(language, origin)


def _with_machine(scores: StudyScores, digest: str, own: Iterable[Score]) -> Lines:
    everybody = [*scores.people, *own]
    answers = tuple(_answer(one, number) for number, one in enumerate(everybody, start=1))
    apart = tuple(Apart("adjudicated", _answer(one, number)) for number, one in enumerate(scores.settled, start=1))
    ref = scores.machines[digest]
    people = [Coder(name, "human") for name in sorted({one.coder for one in scores.people})]
    return Lines(scores.name, answers, (*people, Coder(digest, ref.kind)), {}, True, apart=apart, refs={digest: ref})


def _answer(one: Score, line: int) -> Answer:
    return Answer(one.unit, one.unit, one.coder, one.criterion, one.score, line)
