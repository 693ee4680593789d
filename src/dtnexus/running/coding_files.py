"""Coding from files: transcripts in, ratings out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.ingest.loss import ReadReport
from dtnexus.running.archive import Archive
from dtnexus.running.coders import make_coders
from dtnexus.running.local import CoderFactory, code_all
from dtnexus.running.plan import Plan, RunKey, key_of
from dtnexus.running.ratings_log import RatingsLog
from dtnexus.running.reading import Reading
from dtnexus.running.watch import Watch
from dtnexus.running.whole_file import is_device, part_of, refuse_folder, write_whole


def code_archive(
    archive: Archive, ratings: Path, framework: Framework, factory: CoderFactory, jobs: int, watch: Watch
) -> int:
    """Code what is not yet coded in the ratings file; returns how many interactions already were."""
    with RatingsLog(ratings) as log:
        done = frozenset(log.done)
        left = len(archive.interaction_ids) - len(done)
        coded = code_all(archive.interactions(done), factory, framework, min(jobs, left))
        for _, said in watch(coded, "Coding", left):
            log.append(said)
        return len(done)


def code_files(plan: Plan, out: Path | None, stream: IO[str], watch: Watch) -> ReadReport:
    """Read and code; the ratings go to the file `out` or, where it is None, to the stream.

    The file appears when all is coded. Until then the ratings stand beside it in ``NAME.part``,
    with ``NAME.part.json`` that says what they are of; a stopped run goes on from there.

    Raises:
        UsageError: a coder is unknown, or a stopped run of other inputs is in the way.
        InputError: nothing could be read.
    """
    framework = load_framework(plan.framework, MAXIMA)
    factory = partial(make_coders, plan.coders, plan.ratings)
    coders = factory()
    if out is not None:
        refuse_folder(out)
    reading = Reading(plan.inputs, plan.reading)
    with tempfile.TemporaryDirectory(prefix="dtnexus-") as scratch:
        archive = Archive.write(Path(scratch) / "transcripts.jsonl", watch(reading.transcripts(), "Reading"))
        if out is None:
            _stream(archive, stream, framework, factory, plan.jobs, watch)
        elif is_device(out):
            with out.open("w", encoding="utf-8") as device:
                _stream(archive, device, framework, factory, plan.jobs, watch)
        else:
            part = _claimed(out, plan, archive, framework, coders)
            code_archive(archive, part, framework, factory, plan.jobs, watch)
            part.replace(out.resolve())
            _key_file(part).unlink()
    return reading.report()


def _stream(
    archive: Archive, stream: IO[str], framework: Framework, factory: CoderFactory, jobs: int, watch: Watch
) -> None:
    coded = code_all(archive.interactions(), factory, framework, jobs)
    for _, said in watch(coded, "Coding", len(archive.interaction_ids)):
        stream.writelines(f"{statement.to_json()}\n" for statement in said)


def _claimed(out: Path, plan: Plan, archive: Archive, framework: Framework, coders: Sequence[Coder]) -> Path:
    """Where the ratings stand until all is coded, marked with what they are of."""
    part = part_of(out.resolve())
    key = key_of(plan, archive.digest, framework, coders)
    mark = _key_file(part)
    if part.exists():
        differing = _differing(mark, key)
        if differing:
            raise UsageError(
                f"{part}: a stopped run with other {', '.join(differing)} stands here. "
                "Remove it, or name another file with -o."
            )
    write_whole(mark, key.model_dump_json(indent=2) + "\n")
    return part


def _key_file(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _differing(mark: Path, key: RunKey) -> list[str]:
    try:
        return RunKey.from_json(mark.read_bytes()).differing(key)
    except (OSError, ValueError):
        return ["settings (it does not say which)"]
