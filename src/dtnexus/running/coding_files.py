"""Coding from files: transcripts in, ratings out."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.ingest.loss import ReadReport
from dtnexus.running.archive import Archive
from dtnexus.running.coders import make_coders
from dtnexus.running.hands import Hands
from dtnexus.running.judge_asking import Asked, Gate, Inquiry, closed_gate
from dtnexus.running.judge_bench import Bench
from dtnexus.running.language_counts import NotRead, count_limits
from dtnexus.running.local import Crew, processes
from dtnexus.running.plan import Plan, RunKey, key_of
from dtnexus.running.ratings_log import RatingsLog, read_blocks
from dtnexus.running.reading import Reading
from dtnexus.running.watch import Watch
from dtnexus.running.whole_file import is_device, part_of, refuse_folder, write_whole


def code_archive(archive: Archive, ratings: Path, crew: Crew, watch: Watch) -> int:
    """Code what is not yet coded in the ratings file; returns how many interactions already were."""
    with RatingsLog(ratings) as log:
        done = frozenset(log.done)
        left = len(archive.interaction_ids) - len(done)
        for coded in watch(crew.code(archive.parcels(done)), "Coding", left):
            log.append(coded.lines)
        return len(done)


class CodedFiles(NamedTuple):
    """What coding from files came to."""

    reading: ReadReport
    asked: Asked | None
    """None without judges."""


def code_files(
    plan: Plan, out: Path | None, stream: IO[str], watch: Watch, not_read: Counter[NotRead], gate: Gate = closed_gate
) -> CodedFiles:
    """Read and code; the ratings go to the file `out` or, where it is None, to the stream.

    What the coders do not read for its language is counted in `not_read`.

    The file appears when all is coded. Until then the ratings stand beside it in ``NAME.part``,
    with ``NAME.part.json`` that says what they are of; a stopped run goes on from there.

    Judges are asked first, and only what the gate lets pass leaves the machine.

    Raises:
        UsageError: a coder is unknown, a stopped run of other inputs is in the way, or the gate is closed.
        InputError: nothing could be read.
    """
    framework = load_framework(plan.framework, MAXIMA)
    coders = make_coders(plan.coders, plan.ratings, Bench(plan.judging, framework))
    inquiry = Inquiry(plan.judging, framework, judge_folder(plan, out))
    if out is not None:
        refuse_folder(out)
    reading = Reading(plan.inputs, plan.reading)
    with tempfile.TemporaryDirectory(prefix="dtnexus-") as scratch:
        archive = Archive.write(Path(scratch) / "transcripts.jsonl", watch(reading.transcripts(), "Reading"))
        part = None if out is None or is_device(out) else _claimed(out, plan, archive, framework, coders)

        def ready(sending: bool) -> None:
            if sending and part is not None:
                part.unlink(missing_ok=True)  # new answers change what was coded without them

        asked = inquiry.run(archive.interactions, gate, watch, ready)
        factory = partial(make_coders, plan.coders, plan.ratings, asked.bench if asked else None)
        with Crew(Hands(factory, framework), processes(plan.jobs, archive.size)) as crew:
            if out is None:
                _stream(archive, stream, crew, watch, not_read)
            elif part is None:
                with out.open("w", encoding="utf-8") as device:
                    _stream(archive, device, crew, watch, not_read)
            else:
                code_archive(archive, part, crew, watch)
                for _, said in read_blocks(part):
                    count_limits(said, not_read)
                part.replace(out.resolve())
                _key_file(part).unlink()
    return CodedFiles(reading.report(), asked)


def judge_folder(plan: Plan, out: Path | None) -> Path:
    """Where the log of what left stands, and the replies where no cache is named: beside the file, else in the cache.

    Raises:
        UsageError: there are judges, and nothing says where their replies are to be kept.
    """
    if out is not None and not is_device(out):
        return out.with_name(f"{out.name}.judge")
    if plan.judging.cache is None and plan.judging.targets:
        raise UsageError("where are the judges' replies to be kept? Write to a file with -o, or name a --cache DIR")
    return plan.judging.cache or Path()


def _stream(archive: Archive, stream: IO[str], crew: Crew, watch: Watch, not_read: Counter[NotRead]) -> None:
    for coded in watch(crew.code(archive.parcels()), "Coding", len(archive.interaction_ids)):
        not_read.update(coded.not_read)
        stream.write(coded.lines)


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
