"""Reports from files: a run folder or assessments.jsonl in, HTML, tables and summaries out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import tee
from pathlib import Path

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import InputError, UsageError
from dtnexus.framework import Framework
from dtnexus.ingest.loss import ReadReport
from dtnexus.reporting.html import Piece, Renderer, ReportOptions, write_report
from dtnexus.reporting.markdown import assessment_markdown, rating_markdown
from dtnexus.reporting.tables import write_csv, write_parquet
from dtnexus.running.archive import Archive
from dtnexus.running.assessment_file import AssessmentFile
from dtnexus.running.folder import RunFolder
from dtnexus.running.hands import Sheet
from dtnexus.running.local import Crew
from dtnexus.running.suggesting import did_you_mean
from dtnexus.running.survey import Survey
from dtnexus.running.whole_file import whole
from dtnexus.transcript import Transcript


class Material:
    """What reports are made of."""

    def __init__(
        self,
        assessments: AssessmentFile,
        transcripts: Mapping[str, Transcript],
        framework: Framework,
        losses: Mapping[str, int],
        render: Renderer | None = None,
    ) -> None:
        self.assessments = assessments
        self.transcripts = transcripts
        self.framework = framework
        self.losses = losses
        self.render = render
        """What renders interactions for a page in its usual language; None: this process."""
        self._survey: Survey | None = None

    def passing(self) -> Iterator[Assessment]:
        """Every assessment in order; the first pass is also the survey.

        Raises:
            InputError: a line is no assessment, or one was decided by another framework.
        """
        if self._survey is not None:
            yield from self.assessments
            return
        survey = Survey(self.assessments, self.transcripts, self.framework)
        yield from survey.passing()
        self._survey = survey

    def survey(self) -> Survey:
        """What is to be said of all of them."""
        if self._survey is None:
            deque(self.passing(), maxlen=0)
        assert self._survey is not None
        return self._survey


def report_run(folder: RunFolder, archive: Archive, framework: Framework, reading: ReadReport, crew: Crew) -> None:
    """Write the table, the summary and the report of a run; the crew renders what is shown in full."""
    assessments = AssessmentFile(folder.assessments)

    def render(places: Iterable[int], pack: bool) -> Iterator[Piece]:
        wanted, again = tee(places)
        sheets = (
            Sheet(place + 1, parcel, assessments.line(place), pack)
            for place, parcel in zip(wanted, archive.parcels_at(again), strict=True)
        )
        return crew.render(sheets)

    material = Material(assessments, archive.shelf(), framework, losses_in_words(reading), render)
    for path in (folder.table, folder.summary, folder.report):
        _write(path, material, None)


def report_files(
    source: Path, transcripts: Path | None, out: Sequence[Path], framework: str, title: str | None
) -> Iterator[Path]:
    """Write the wanted files and yield each path when it is there.

    Raises:
        UsageError: an ending is unknown, or nothing says where to write.
        InputError: there are no assessments, or they are of another framework.
    """
    for path in out:
        if path.suffix.lower() not in _WRITERS:
            raise UsageError(f"-o {path}: {', '.join(_WRITERS)} are wanted")
    folder = RunFolder(source)
    wanted = list(out) or ([folder.report, folder.table, folder.summary] if source.is_dir() else [])
    if not wanted and source.exists():
        raise UsageError(f"{source}: name the files to write with -o, for instance -o report.html")
    material = read_material(source, transcripts, framework)
    for path in wanted:
        _write(path, material, title)
        yield path


def read_material(source: Path, transcripts: Path | None, framework: str) -> Material:
    """The assessments of a run folder or file, with the transcripts beside them where there are any.

    Raises:
        InputError: there are none.
    """
    folder = RunFolder(source)
    path = folder.assessments if source.is_dir() else source
    if not path.is_file():
        raise InputError(
            str(path), "no such file", "a run folder or an assessments.jsonl; `dtnexus assess` writes them"
        )
    loaded = load_framework(framework, MAXIMA)
    beside = transcripts or (folder.transcripts if source.is_dir() else source.with_name("transcripts.jsonl"))
    shelf: Mapping[str, Transcript] = Archive.of(beside).shelf() if beside.is_file() else {}
    losses = losses_in_words(ReadReport.from_json(folder.reading.read_bytes())) if folder.reading.is_file() else {}
    return Material(AssessmentFile(path), shelf, loaded, losses)


def explained(source: Path, interaction: str, criterion: str | None, framework: str) -> str:
    """Why an interaction came out as it did, or one of its ratings, as Markdown.

    Raises:
        UsageError: there is no such interaction or criterion.
    """
    material = read_material(source, None, framework)
    ids: list[str] = []
    for found in material.passing():
        if interaction in (found.interaction_id, *found.transcript_ids):
            break
        ids.append(found.interaction_id)
    else:
        hint = did_you_mean(interaction, ids) or f" For instance {', '.join(ids[:3])}."
        raise UsageError(f"{source}: none of its {len(ids)} interactions is {interaction!r}.{hint}")
    if criterion is None:
        return assessment_markdown(found, material.transcripts, material.framework)
    known = [c.id for c in material.framework.criteria]
    if criterion not in known:
        hint = did_you_mean(criterion, known)
        raise UsageError(f"criterion {criterion!r}: framework {material.framework.id} has {', '.join(known)}.{hint}")
    return rating_markdown(found, criterion, material.framework)


def losses_in_words(reading: ReadReport) -> dict[str, int]:
    """What reading cost, in words: kind of loss and how often."""
    words: dict[str, int] = {}
    for loss in reading.losses:
        kind = loss.kind.replace("_", " ")
        words[kind] = words.get(kind, 0) + loss.count
    return words


def _write(path: Path, material: Material, title: str | None) -> None:
    with whole(path) as part:
        _WRITERS[path.suffix.lower()](part, material, title)


def _html(path: Path, material: Material, title: str | None) -> None:
    survey = material.survey()
    options = ReportOptions(losses=dict(material.losses), systems=survey.systems)
    if title is not None:
        options = options.model_copy(update={"title": title})
    write_report(
        material.assessments,
        material.transcripts,
        material.framework,
        path,
        options,
        overview=survey.overview,
        render=material.render,
    )


def _csv(path: Path, material: Material, title: str | None) -> None:
    write_csv(material.passing(), material.framework, path)


def _parquet(path: Path, material: Material, title: str | None) -> None:
    write_parquet(material.passing(), material.framework, path)


def _summary(path: Path, material: Material, title: str | None) -> None:
    survey = material.survey()
    survey.flags.write_summary(survey.overview.tally.summary((), material.losses, survey.systems), path)


def _markdown(path: Path, material: Material, title: str | None) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for number, assessment in enumerate(material.passing()):
            text = assessment_markdown(assessment, material.transcripts, material.framework)
            out.write(f"\n\n{text}" if number else text)
        out.write("\n")


_WRITERS: Mapping[str, Callable[[Path, Material, str | None], None]] = {
    ".html": _html,
    ".csv": _csv,
    ".parquet": _parquet,
    ".json": _summary,
    ".md": _markdown,
}
