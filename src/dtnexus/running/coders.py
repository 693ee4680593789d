"""The coders of a run, made anew in each process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dtnexus.coding.coder import Coder, resolve
from dtnexus.coding.recorded import recorded_coders
from dtnexus.errors import UsageError


def make_coders(names: Sequence[str], ratings: Sequence[Path]) -> tuple[Coder, ...]:
    """The named coders, then those whose recorded ratings stand in the files.

    Raises:
        UsageError: nobody rates, a name is unknown, or a coder is there twice.
        InputError: a ratings file cannot be read.
    """
    coders: list[Coder] = [resolve(name) for name in names if name != "none"]
    for path in ratings:
        coders.extend(recorded_coders(path))
    if not coders:
        raise UsageError("--coder none: nobody rates. Give people's ratings with --ratings, or a coder.")
    twice = [coder.ref.name for at, coder in enumerate(coders) if coder.ref in [c.ref for c in coders[:at]]]
    if twice:
        raise UsageError(f"coder {twice[0]!r} is there twice; give each once")
    return tuple(coders)
