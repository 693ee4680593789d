"""The coders of a run, made anew in each process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dtnexus.coding.coder import Coder, resolve
from dtnexus.coding.recorded import RecordedCoder, recorded_coders
from dtnexus.errors import InputError, UsageError
from dtnexus.judging.target import is_judge
from dtnexus.running.judge_bench import Bench


def make_coders(names: Sequence[str], ratings: Sequence[Path], bench: Bench | None = None) -> tuple[Coder, ...]:
    """The named coders, then those whose recorded ratings stand in the files. Judges come from the bench.

    Raises:
        UsageError: nobody rates, a name is unknown, or a coder is there twice.
        InputError: a ratings file cannot be read, or holds nothing.
    """
    coders: list[Coder] = [_named(name, bench) for name in names if name != "none"]
    for path in ratings:
        coders.extend(_recorded(path))
    if not coders:
        raise UsageError("--coder none: nobody rates. Give people's ratings with --ratings, or a coder.")
    twice = [coder.ref.name for at, coder in enumerate(coders) if coder.ref in [c.ref for c in coders[:at]]]
    if twice:
        raise UsageError(f"coder {twice[0]!r} is there twice; give each once")
    return tuple(coders)


def _named(name: str, bench: Bench | None) -> Coder:
    return bench.coder(name) if bench is not None and is_judge(name) else resolve(name)


def _recorded(path: Path) -> tuple[RecordedCoder, ...]:
    wanted = "ratings as `code` or people write them, one a line (JSONL)"
    try:
        found = recorded_coders(path)
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", wanted) from None
    except UnicodeDecodeError:
        raise InputError(str(path), "no UTF-8 text", wanted) from None
    if not found:
        raise InputError(str(path), "no ratings stand in it", wanted)
    return found


def check_coverage(coders: Sequence[Coder], interactions: Sequence[str]) -> None:
    """Refuse recorded ratings of other conversations: their ids would silently meet nothing.

    Raises:
        UsageError: none of the interactions was rated by a recorded coder.
    """
    recorded = [coder for coder in coders if isinstance(coder, RecordedCoder)]
    for coder in recorded:
        if not any(coder.covers(interaction) for interaction in interactions):
            raise UsageError(
                f"--ratings: coder {coder.ref.name!r} rated none of these {len(interactions)} interactions; their ids "
                f"are, for instance, {interactions[0]!r}. Give the conversations that were rated."
            )
