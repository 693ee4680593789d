"""One coder on every set that is present, set after set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dtnexus.errors import UsageError
from dtnexus.validation.results import Row, judged, without_value
from dtnexus.validation.rows import MEASURES
from dtnexus.validation.subject import Subject
from dtnexus.validation.targets import Targets

ONLY_RATES = "it reads no signals of turns, it only rates criteria"


def chosen_sets(targets: Targets, folder: Path, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of the wanted sets, or of all; at least one of them is in the folder.

    Raises:
        UsageError: a name is no set, or none of the sets is present.
    """
    unknown = [name for name in wanted if name not in targets.sets]
    if unknown:
        raise UsageError(f"--sets {unknown[0]!r}: is no set; use some of {', '.join(targets.sets)}")
    chosen = tuple(name for name in targets.sets if not wanted or name in wanted)
    if all(targets.sets[name].missing(folder / name) for name in chosen):
        raise UsageError(
            f"none of these sets is in {folder}: {', '.join(chosen)}. Get them from where docs/guide/research-data.md "
            "says, each in a folder of its name, and name the folder around them with --data or DTNEXUS_DATA."
        )
    return chosen


def measured(subject: Subject, targets: Targets, folder: Path, name: str) -> Iterator[Row]:
    """The rows of one set in the order of the targets; absent ones say where the set comes from.

    Raises:
        InputError: a file of the set cannot be read as the set publishes it.
    """
    data = targets.sets[name]
    own = {row: target for row, target in targets.rows.items() if target.set == name}
    missing = data.missing(folder / name)
    if missing:
        for row, target in own.items():
            yield without_value(row, target, "not present", f"{name}/{missing[0]} is missing; from {data.origin}")
        return
    found = {}
    for each in MEASURES:
        if each.set == name and (each.needs == "ratings" or subject.signals is not None):
            found.update({finding.row: finding for finding in each.measure(subject, folder / name)})
    for row, target in own.items():
        if target.needs == "signals" and subject.signals is None:
            yield without_value(row, target, "not measurable by this coder", ONLY_RATES)
        else:
            yield judged(row, target, found[row], targets.least_scored)
