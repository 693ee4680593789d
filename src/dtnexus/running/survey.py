"""What reports say of a whole run, gathered in one pass over its assessments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from dtnexus.assessment import Assessment, SystemAssessment
from dtnexus.deciding.derived import framework_digest
from dtnexus.deciding.system import SystemTally
from dtnexus.errors import InputError
from dtnexus.framework import Framework
from dtnexus.reporting.flag_store import FlagStore
from dtnexus.reporting.html import Overview
from dtnexus.reporting.summary import sessions_in
from dtnexus.running.archive import Shelf
from dtnexus.running.assessment_file import AssessmentFile
from dtnexus.transcript import Transcript


class Survey:
    """Counts, agents, flags and the choice for the page; memory does not grow with what was said."""

    def __init__(
        self, assessments: AssessmentFile, transcripts: Mapping[str, Transcript], framework: Framework
    ) -> None:
        self._assessments = assessments
        self._framework = framework
        sessions = transcripts.session if isinstance(transcripts, Shelf) else sessions_in(transcripts)
        self.overview = Overview(framework, sessions)
        self.flags = FlagStore()
        self._agents = _Agents(framework, assessments.__getitem__)

    def passing(self) -> Iterator[Assessment]:
        """Pass on every assessment of the file, and take it into account.

        Raises:
            InputError: a line is no assessment, or one was decided by another framework.
        """
        for place, assessment in enumerate(self._assessments):
            self._check(assessment)
            self.flags.add(self.overview.add(assessment))
            self._agents.add(place, assessment)
            yield assessment

    @property
    def systems(self) -> tuple[SystemAssessment, ...]:
        """One system assessment for each named agent configuration with several interactions."""
        return self._agents.results()

    def _check(self, one: Assessment) -> None:
        framework = self._framework
        if one.framework_digest != framework_digest(framework):
            given = f"{one.interaction_id!r} was decided by {one.framework}, digest {one.framework_digest[:12]}"
            wanted = f"assessments by {framework.id} {framework.version}, digest {framework.digest()[:12]}"
            raise InputError(str(self._assessments.path), given, f"{wanted}; use --framework or decide again")


class _Agents:
    """A tally for each agent configuration, begun with its second interaction: most have one only or very many."""

    def __init__(self, framework: Framework, at: Callable[[int], Assessment]) -> None:
        self._framework = framework
        self._at = at
        self._tallies: dict[str, SystemTally | int] = {}
        """Agent -> its tally, or the place of its first interaction."""

    def add(self, place: int, assessment: Assessment) -> None:
        key = assessment.agent.to_json()
        tally = self._tallies.setdefault(key, place)
        if isinstance(tally, int):
            if tally == place:
                return
            first, tally = tally, SystemTally(self._framework)
            tally.add(self._at(first))
            self._tallies[key] = tally
        tally.add(assessment)

    def results(self) -> tuple[SystemAssessment, ...]:
        return tuple(tally.result() for tally in self._tallies.values() if isinstance(tally, SystemTally))
