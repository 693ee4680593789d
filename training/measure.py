"""Measures the shipped coders on every labelled set that is there: `python -m training.measure [linear] [encoder]`.

Writes `training/validation/linear` and `training/validation/encoder` as `dtnexus validate` does.
Floors that are not reached are part of the result, not a failure of this step.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dtnexus.coding.member import MEMBERS
from training.corpus import data_folder

FOLDER: Final = Path(__file__).with_name("validation")
SHORT: Final = 1
"""Exit code of `dtnexus validate` where a floor is not reached."""


def wanted(arguments: Sequence[str]) -> Sequence[str]:
    """The members that are named, all where none is; anything else ends the program with a line on how to call it."""
    parser = argparse.ArgumentParser("python -m training.measure", description=__doc__.splitlines()[0].split(":")[0])
    parser.add_argument("member", nargs="*", metavar="MEMBER", help=f"{' or '.join(MEMBERS)}; all for none")
    named: list[str] = parser.parse_args(arguments).member
    unknown = sorted(set(named) - set(MEMBERS))
    if unknown:
        parser.error(f"unknown member {unknown[0]!r}; use {' or '.join(MEMBERS)}")
    return named or MEMBERS


def main() -> None:
    """Measures the coders one after another."""
    for coder in wanted(sys.argv[1:]):
        command = [sys.executable, "-m", "dtnexus", "validate", "--coder", coder, "-o", str(FOLDER / coder)]
        done = subprocess.run(command, env={**os.environ, "DTNEXUS_DATA": str(data_folder())}, check=False)
        if done.returncode not in (0, SHORT):
            raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
