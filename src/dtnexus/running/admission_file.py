"""Admissions in files: one a line, each for one criterion, one version of a machine coder and one language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from dtnexus.admission import Admission
from dtnexus.errors import InputError
from dtnexus.record import read_placed, write_jsonl
from dtnexus.running.whole_file import whole

WANTED = "admissions as `admit` writes them, one a line"


def read_admissions(paths: Sequence[Path]) -> tuple[Admission, ...]:
    """All admissions of these files.

    Raises:
        InputError: a file cannot be read or holds none, a line is no admission or its verdict does not follow from
            its figures, or two lines are of the same framework, criterion, coder and language.
    """
    found: dict[tuple[str, ...], tuple[str, Admission]] = {}
    for path in paths:
        before = len(found)
        try:
            for number, (_, _, one) in enumerate(read_placed(path, Admission), start=1):
                key = (one.framework_digest, one.criterion, one.coder.to_json(), one.language)
                if key in found:
                    given = f"a second admission of {one.coder.name} on {one.criterion} in {one.language}"
                    raise InputError(str(path), given, f"one; the other stands in {found[key][0]}", number)
                found[key] = (str(path), one)
        except OSError as error:
            raise InputError(str(path), f"cannot be read ({error.strerror})", WANTED) from None
        except UnicodeDecodeError:
            raise InputError(str(path), "no UTF-8 text", WANTED) from None
        if len(found) == before:
            raise InputError(str(path), "holds no admission", WANTED)
    return tuple(one for _, one in found.values())


def write_admissions(path: Path, admissions: Iterable[Admission]) -> int:
    """Write one admission a line; the file appears only when all are written. Returns how many."""
    with whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as stream:
        return write_jsonl(admissions, stream)
