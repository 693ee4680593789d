"""The members of the embedded coder by name: what reads the signals of turns."""

from __future__ import annotations

from typing import Final

LINEAR: Final = "linear"
"""Linear models alone: quick, for archives."""
ENCODER: Final = "encoder"
"""The linear models joined with a small text encoder: closer to the labels, six to seven times slower."""
DEFAULT: Final = ENCODER
"""The member that is used where none is named: the more valid one on the labelled sets."""
MEMBERS: Final = (LINEAR, ENCODER)
