"""What is wanted of a coder on each set: floors, aims, ceilings and published figures, from `targets.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from dtnexus.catalog.strict_yaml import parse
from dtnexus.errors import InputError
from dtnexus.record import FrozenMap, Record, first_fault
from dtnexus.validation.rows import Needs

TARGETS: Final = "targets.yaml"


class Figure(Record):
    """A figure from elsewhere, in the words of its source, and the source."""

    value: str = Field(min_length=1)
    source: str = Field(min_length=1)


class DataSet(Record):
    """A labelled set: the files that are read and where they come from."""

    files: tuple[str, ...] = Field(min_length=1)
    instead: tuple[str, ...] = ()
    """Files that may be there in place of `files`."""
    origin: str
    cite: str

    def missing(self, folder: Path) -> tuple[str, ...]:
        """The files that are not in the folder; none where the set can be read."""
        if self.instead and all((folder / name).is_file() for name in self.instead):
            return ()
        return tuple(name for name in self.files if not (folder / name).is_file())


class Target(Record):
    """One row: what is measured and what is wanted."""

    set: str
    needs: Needs
    what: str
    metric: str
    units: str
    """What is counted, in the plural."""
    lower_is_better: bool = False
    floor: float | None = None
    """What must be reached; None for a row that only informs."""
    aim: float | None = None
    """What is worked towards."""
    ceiling: Figure | None = None
    """What people reach with one another."""
    published: Figure | None = None
    """What others reached."""
    note: str = ""

    def reaches(self, value: float, wanted: float) -> bool:
        """Whether a value is as good as a wanted one."""
        return value <= wanted if self.lower_is_better else value >= wanted


class Targets(Record):
    """Everything that `targets.yaml` says."""

    least_scored: float = Field(ge=0, le=1)
    """The share of the labelled units that a coder must score for a row to pass."""
    sets: FrozenMap[str, DataSet]
    rows: FrozenMap[str, Target]


@cache
def shipped_targets() -> Targets:
    """The targets that come with this version.

    Raises:
        InputError: the file is damaged.
    """
    return read_targets((files("dtnexus.validation") / TARGETS).read_bytes())


def read_targets(content: bytes) -> Targets:
    """The targets in a YAML text.

    Raises:
        InputError: the text is no strict YAML, or says less or more than is wanted.
    """
    read = parse(content, TARGETS)
    if read.faults:
        raise InputError(TARGETS, read.faults[0].given, read.faults[0].wanted, read.faults[0].line)
    try:
        return Targets.model_validate(read.data)
    except ValidationError as error:
        raise InputError(TARGETS, first_fault(error), "sets and rows as the shipped file has them") from None
