"""What a command tells a person at its end: what was read, what was lost, what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from dtnexus.cli.exits import SOME_FAILED
from dtnexus.cli.screen import Screen
from dtnexus.ingest.loss import Loss, ReadReport
from dtnexus.language import named
from dtnexus.running.admission_file import read_admissions
from dtnexus.running.assessing import Outcome
from dtnexus.running.folder import RunFolder
from dtnexus.running.language_counts import NotRead

_SHOWN = 12


def tell_reading(screen: Screen, reading: ReadReport) -> None:
    """What was read, in one line; then every failure, and the other losses in short."""
    formats = ", ".join(f"{count} {name}" for name, count in reading.formats.items())
    read = f"{counted(reading.transcripts, 'conversation')}, {counted(reading.turns, 'turn')}"
    screen.say(f"Read {read} ({formats}).")
    for loss in reading.failures[:_SHOWN]:
        screen.warn(f"  not read: {loss}")
    if len(reading.failures) > _SHOWN:
        screen.warn(f"  not read: {len(reading.failures) - _SHOWN} more")
    for line in losses_in_short(reading):
        screen.say(f"  {line}")


def losses_in_short(reading: ReadReport) -> list[str]:
    """The losses that are no failures: kind, how many, in how many files."""
    kinds: dict[str, list[Loss]] = {}
    for loss in reading.losses:
        if not loss.failure:
            kinds.setdefault(loss.kind, []).append(loss)
    return [_in_short(kind, losses) for kind, losses in kinds.items()]


def _in_short(kind: str, losses: Sequence[Loss]) -> str:
    files = len({loss.path for loss in losses})
    return f"{kind.replace('_', ' ')}: {sum(loss.count for loss in losses)} in {counted(files, 'file')}"


def tell_result(screen: Screen, outcome: Outcome, folder: RunFolder) -> None:
    """Where the result is, and the findings that were asked for."""
    if outcome.resumed:
        screen.say(f"Went on with a stopped run: {outcome.resumed} of {outcome.interactions} were already coded.")
    screen.say(f"Assessed {counted(outcome.interactions, 'interaction')}.")
    for coder, count in outcome.failed.items():
        screen.warn(f"  not coded: {coder}, in {counted(count, 'interaction')}; see the failures in {folder.ratings}")
    tell_not_read(screen, outcome.not_read, "interaction")
    for name, count in outcome.findings.items():
        found = f"found in {counted(count, 'interaction')}" if count else "not found"
        screen.warn(f"--fail-on {name}: {found}")
    screen.say(f"Report: {folder.report}")


def tell_not_read(screen: Screen, not_read: Mapping[NotRead, int], thing: str) -> None:
    """How many interactions or transcripts were not coded for their language, a line each; nothing where all were."""
    for one, count in sorted(not_read.items(), key=lambda item: (item[0].by, item[0].in_part, -item[1], item[0])):
        how = "coded in part" if one.in_part else "not coded"
        screen.warn(f"  {how} for language {named(one.language)}: {counted(count, thing)}, by {one.by}")


def told_admissions(files: Sequence[Path], coders: Sequence[str]) -> list[str]:
    """For each coder, what the admissions in these files let it do; empty without files."""
    admissions = read_admissions(files)
    lines = []
    for coder in coders if files else ():
        name = coder.removeprefix("judge:")
        own = [each for each in admissions if each.coder.name == name]
        for version in sorted({(each.coder.version, each.language) for each in own}):
            admitted = [
                each.criterion
                for each in own
                if (each.coder.version, each.language) == version and each.verdict == "admitted"
            ]
            where = f"{name} {version[0]} in {named(version[1])}"
            lines.append(
                f"{where}: admitted as second rater on {', '.join(admitted) or 'nothing'}; else screening only."
            )
        if not own:
            lines.append(f"{name}: no admission in {', '.join(map(str, files))}; screening only.")
    return lines


def counted(count: int, thing: str) -> str:
    """A number with its noun."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def exit_if_failed(ok: bool) -> None:
    """Leave with the exit code for "some inputs failed", if some did."""
    if not ok:
        raise typer.Exit(SOME_FAILED)
