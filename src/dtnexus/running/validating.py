"""A coder on the labelled sets: which coder, which sets, progress set by set, and the files that are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from dtnexus import __version__
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.derived import framework_digest
from dtnexus.errors import UsageError
from dtnexus.running.coders import make_coders
from dtnexus.running.whole_file import write_whole
from dtnexus.validation.results import Row, Validation
from dtnexus.validation.run import chosen_sets, measured
from dtnexus.validation.subject import Subject
from dtnexus.validation.table import TableFormat, rendered
from dtnexus.validation.targets import shipped_targets

FRAMEWORK: Final = "dtn-op@0.1"
FILES: Final[tuple[TableFormat, ...]] = ("json", "csv", "md")
Told = Callable[[str, Sequence[Row]], None]
"""Called with a set and its rows as soon as they are measured."""


def one_coder(name: str, ratings: Path | None) -> Coder:
    """The named coder, or the one whose ratings a file holds.

    Raises:
        UsageError: there is no such coder, or the file holds several.
        InputError: the file cannot be read or holds no ratings.
    """
    coders = make_coders([name] if ratings is None else [], [] if ratings is None else [ratings])
    if len(coders) != 1:
        held = ", ".join(repr(coder.ref.name) for coder in coders)
        raise UsageError(f"--ratings {ratings}: one coder is wanted; the file holds {held}")
    return coders[0]


def validate(coder: Coder, data: Path | None, sets: Sequence[str], told: Told) -> Validation:
    """What the coder reaches on the wanted sets, or on all; absent sets are rows that say so.

    Raises:
        UsageError: no folder is given, a name is no set, or none of the sets is present.
        InputError: a file of a set cannot be read as the set publishes it.
    """
    if data is None:
        raise UsageError(
            "where are the labelled sets? Name the folder around them with --data or DTNEXUS_DATA; "
            "docs/guide/research-data.md says where to get them."
        )
    targets = shipped_targets()
    framework = load_framework(FRAMEWORK, MAXIMA)
    subject = Subject(coder, framework)
    rows: list[Row] = []
    for name in chosen_sets(targets, data, sets):
        own = tuple(measured(subject, targets, data, name))
        told(name, own)
        rows += own
    return Validation(
        dtnexus=__version__,
        framework=f"{framework.id} {framework.version}",
        framework_digest=framework_digest(framework),
        coder=coder.ref,
        rows=tuple(rows),
    )


def write_validation(validation: Validation, folder: Path) -> tuple[Path, ...]:
    """Write validation.json, validation.csv and validation.md into a folder, each whole or not at all."""
    written = []
    for form in FILES:
        path = folder / f"validation.{form}"
        write_whole(path, rendered(validation, form))
        written.append(path)
    return tuple(written)
