"""A coding study decided: what people submitted, adjudicators decided and machines said of a unit, and the report."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from dtnexus.admission import Admission
from dtnexus.assessment import Assessment, Outcome
from dtnexus.deciding.assess import assess
from dtnexus.framework import Framework
from dtnexus.profile import AgentProfile
from dtnexus.rating import Rating, Said
from dtnexus.reporting.html import ReportOptions, report_chunks
from dtnexus.running.archive import Archive
from dtnexus.running.assessment_file import AssessmentFile
from dtnexus.running.hands import profile_of
from dtnexus.running.survey import Survey
from dtnexus.transcript import Interaction, Transcript


@dataclass(frozen=True)
class StudyRules:
    """What holds for all units of a study."""

    framework: Framework
    profiles: Sequence[AgentProfile] = ()
    admissions: Sequence[Admission] = ()


@dataclass(frozen=True)
class StudyCase:
    """One unit with everything that was said of it."""

    interaction: Interaction
    people: Sequence[Said]
    """What coders submitted, before adjudication."""
    machine: Sequence[Said]
    decisions: Sequence[Said] = ()
    """Of adjudicators."""
    contested: frozenset[str] = frozenset()
    """Criteria that stay contested by an adjudicator's decision."""


def decided(case: StudyCase, rules: StudyRules) -> Assessment:
    """The unit as it stands, decided as `dtnexus decide` would.

    Raises:
        UsageError: a statement does not fit the unit or the framework.
    """
    said = [*case.people, *case.decisions, *case.machine]
    profile = profile_of(case.interaction.agent, rules.profiles)
    return assess(case.interaction, said, rules.framework, profile, rules.admissions, case.contested)


def outcome_before(case: StudyCase, rules: StudyRules, now: Assessment) -> Outcome:
    """The earned outcome if no adjudicator had decided anything; `now` is the unit as it stands."""
    if not case.decisions and not case.contested:
        return now.earned.outcome
    return decided(StudyCase(case.interaction, case.people, case.machine), rules).earned.outcome


def spread_of(people: Iterable[Said]) -> int | None:
    """The largest distance between people's scores on one criterion; None where no criterion has two scores."""
    rated = sorted((one.criterion, one.score) for one in people if isinstance(one, Rating))
    by_criterion = [[score for _, score in same] for _, same in groupby(rated, key=lambda pair: pair[0])]
    return max((scores[-1] - scores[0] for scores in by_criterion if len(scores) > 1), default=None)


def study_report(cases: Iterable[StudyCase], rules: StudyRules, title: str) -> str:
    """The HTML report that `dtnexus assess` writes, of these units; "" where there are none.

    Units are read one at a time and kept in a temporary folder while the report is made.
    """
    with tempfile.TemporaryDirectory(prefix="dtnexus-report-") as folder:
        place = Path(folder)
        assessments = place / "assessments.jsonl"
        with assessments.open("w", encoding="utf-8", newline="\n") as stream:

            def transcripts() -> Iterator[Transcript]:
                for case in cases:
                    stream.write(f"{decided(case, rules).to_json()}\n")
                    yield from case.interaction.sessions

            archive = Archive.write(place / "transcripts.jsonl", transcripts())
        if not archive.size:
            return ""
        file, shelf = AssessmentFile(assessments), archive.shelf()
        survey = Survey(file, shelf, rules.framework)
        for _ in survey.passing():
            pass
        options = ReportOptions(title=title, systems=survey.systems)
        return "".join(report_chunks(file, shelf, rules.framework, options, survey.overview))
