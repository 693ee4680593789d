"""Reports from files: a run folder or assessments.jsonl in, HTML, tables and summaries out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dtnexus.assessment import Assessment, SystemAssessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.system import assess_system
from dtnexus.errors import InputError, UsageError
from dtnexus.framework import Framework
from dtnexus.ingest.loss import ReadReport
from dtnexus.record import read_jsonl
from dtnexus.reporting.html import ReportOptions, write_report
from dtnexus.reporting.markdown import assessment_markdown, rating_markdown
from dtnexus.reporting.summary import summarise, write_summary
from dtnexus.reporting.tables import write_csv, write_parquet
from dtnexus.running.archive import Archive
from dtnexus.running.folder import RunFolder
from dtnexus.running.suggesting import did_you_mean
from dtnexus.running.whole_file import whole
from dtnexus.transcript import Transcript

SYSTEM_FROM = 2
"""Interactions of one agent configuration from which a system assessment is made."""


class Material(NamedTuple):
    """What reports are made of."""

    assessments: Sequence[Assessment]
    transcripts: Mapping[str, Transcript]
    framework: Framework
    losses: Mapping[str, int]
    systems: tuple[SystemAssessment, ...]


def report_run(folder: RunFolder, archive: Archive, framework: Framework, reading: ReadReport) -> None:
    """Write the report, the table and the summary of a run."""
    assessments = list(read_jsonl(folder.assessments, Assessment))
    material = Material(
        assessments, archive.shelf(), framework, losses_in_words(reading), systems(assessments, framework)
    )
    for path in (folder.report, folder.table, folder.summary):
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
    if not wanted:
        raise UsageError(f"{source}: name the files to write with -o, for instance -o report.html")
    material = read_material(source, transcripts, framework)
    for path in wanted:
        _write(path, material, title)
        yield path


def read_material(source: Path, transcripts: Path | None, framework: str) -> Material:
    """The assessments of a run folder or file, with the transcripts beside them where there are any.

    Raises:
        InputError: there are none, or they were decided by another framework.
    """
    folder = RunFolder(source)
    path = folder.assessments if source.is_dir() else source
    if not path.is_file():
        raise InputError(
            str(path), "no such file", "a run folder or an assessments.jsonl; `dtnexus assess` writes them"
        )
    assessments = list(read_jsonl(path, Assessment))
    loaded = load_framework(framework, MAXIMA)
    stranger = next((one for one in assessments if one.framework_digest != loaded.digest()), None)
    if stranger is not None:
        given = (
            f"{stranger.interaction_id!r} was decided by {stranger.framework}, digest {stranger.framework_digest[:12]}"
        )
        wanted = f"assessments by {loaded.id} {loaded.version}, digest {loaded.digest()[:12]}"
        raise InputError(str(path), given, f"{wanted}; use --framework or decide again")
    beside = transcripts or (folder.transcripts if source.is_dir() else source.with_name("transcripts.jsonl"))
    shelf: Mapping[str, Transcript] = Archive.of(beside).shelf() if beside.is_file() else {}
    losses = losses_in_words(ReadReport.from_json(folder.reading.read_bytes())) if folder.reading.is_file() else {}
    return Material(assessments, shelf, loaded, losses, systems(assessments, loaded))


def explained(source: Path, interaction: str, criterion: str | None, framework: str) -> str:
    """Why an interaction came out as it did, or one of its ratings, as Markdown.

    Raises:
        UsageError: there is no such interaction or criterion.
    """
    material = read_material(source, None, framework)
    found = [a for a in material.assessments if interaction in (a.interaction_id, *a.transcript_ids)]
    if not found:
        ids = [a.interaction_id for a in material.assessments]
        hint = did_you_mean(interaction, ids) or f" For instance {', '.join(ids[:3])}."
        raise UsageError(f"{source}: none of its {len(ids)} interactions is {interaction!r}.{hint}")
    if criterion is None:
        return assessment_markdown(found[0], material.transcripts, material.framework)
    known = [c.id for c in material.framework.criteria]
    if criterion not in known:
        hint = did_you_mean(criterion, known)
        raise UsageError(f"criterion {criterion!r}: framework {material.framework.id} has {', '.join(known)}.{hint}")
    return rating_markdown(found[0], criterion, material.framework)


def systems(assessments: Sequence[Assessment], framework: Framework) -> tuple[SystemAssessment, ...]:
    """One system assessment for each named agent configuration with several interactions."""
    by_agent: dict[str, list[Assessment]] = {}
    for assessment in assessments:
        by_agent.setdefault(assessment.agent.to_json(), []).append(assessment)
    several = (group for group in by_agent.values() if len(group) >= SYSTEM_FROM)
    return tuple(assess_system(group, framework) for group in several)


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
    options = ReportOptions(losses=dict(material.losses), systems=material.systems)
    if title is not None:
        options = options.model_copy(update={"title": title})
    write_report(material.assessments, material.transcripts, material.framework, path, options)


def _csv(path: Path, material: Material, title: str | None) -> None:
    write_csv(material.assessments, material.framework, path)


def _parquet(path: Path, material: Material, title: str | None) -> None:
    write_parquet(material.assessments, material.framework, path)


def _summary(path: Path, material: Material, title: str | None) -> None:
    counts = summarise(
        material.assessments, material.transcripts, material.framework, material.losses, material.systems
    )
    write_summary(counts, path)


def _markdown(path: Path, material: Material, title: str | None) -> None:
    texts = (assessment_markdown(a, material.transcripts, material.framework) for a in material.assessments)
    path.write_text("\n\n".join(texts) + "\n", encoding="utf-8", newline="\n")


_WRITERS: Mapping[str, Callable[[Path, Material, str | None], None]] = {
    ".html": _html,
    ".csv": _csv,
    ".parquet": _parquet,
    ".json": _summary,
    ".md": _markdown,
}
