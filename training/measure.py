"""Measures the shipped coders on every labelled set that is there: `python -m training.measure`.

Writes `training/validation/linear` and `training/validation/encoder` as `dtnexus validate` does.
Floors that are not reached are part of the result, not a failure of this step.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from dtnexus.coding.member import MEMBERS
from training.corpus import data_folder

FOLDER: Final = Path(__file__).with_name("validation")
SHORT: Final = 1
"""Exit code of `dtnexus validate` where a floor is not reached."""


def main() -> None:
    """Measures the coders one after another."""
    for coder in MEMBERS:
        command = [sys.executable, "-m", "dtnexus", "validate", "--coder", coder, "-o", str(FOLDER / coder)]
        done = subprocess.run(command, env={**os.environ, "DTNEXUS_DATA": str(data_folder())}, check=False)
        if done.returncode not in (0, SHORT):
            raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
