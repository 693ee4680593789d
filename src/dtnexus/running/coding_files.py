"""Coding from files: transcripts in, ratings out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.signals import MAXIMA
from dtnexus.ingest.loss import ReadReport
from dtnexus.ingest.options import ReadOptions
from dtnexus.running.archive import Archive
from dtnexus.running.coders import make_coders
from dtnexus.running.local import CoderFactory, code_all
from dtnexus.running.ratings_log import RatingsLog
from dtnexus.running.reading import Reading
from dtnexus.running.watch import Watch


def code_archive(
    archive: Archive, ratings: Path, framework: str, factory: CoderFactory, jobs: int, watch: Watch
) -> int:
    """Code what is not yet coded in the ratings file; returns how many interactions already were."""
    loaded = load_framework(framework, MAXIMA)
    with RatingsLog(ratings) as log:
        done = frozenset(log.done)
        left = len(archive.interaction_ids) - len(done)
        coded = code_all(archive.interactions(done), factory, loaded, min(jobs, left))
        for _, said in watch(coded, "Coding", left):
            log.append(said)
        return len(done)


def code_files(
    inputs: Sequence[str],
    options: ReadOptions,
    by: tuple[str, Sequence[str]],
    to: tuple[Path | None, IO[str]],
    jobs: int,
    watch: Watch,
) -> ReadReport:
    """Read and code; `by` is framework and coders, `to` the file (or None) and the stream used instead.

    Raises:
        UsageError: a coder is unknown.
        InputError: nothing could be read.
    """
    framework, names = by
    out, stream = to
    factory = partial(make_coders, tuple(names), ())
    factory()
    reading = Reading(inputs, options)
    with tempfile.TemporaryDirectory(prefix="dtnexus-") as scratch:
        archive = Archive.write(Path(scratch) / "transcripts.jsonl", watch(reading.transcripts(), "Reading"))
        if out is not None:
            code_archive(archive, out, framework, factory, jobs, watch)
        else:
            coded = code_all(archive.interactions(), factory, load_framework(framework, MAXIMA), jobs)
            for _, said in watch(coded, "Coding", len(archive.interaction_ids)):
                stream.writelines(f"{statement.to_json()}\n" for statement in said)
    return reading.report()
