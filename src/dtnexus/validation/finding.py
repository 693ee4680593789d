"""What one function a set gives: a finding for each row that it measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dtnexus.validation.bootstrap import Estimate
from dtnexus.validation.subject import Subject


@dataclass(frozen=True, slots=True)
class Finding:
    """What was measured for one row."""

    row: str
    estimate: Estimate
    asked: int
    """Units that have a label."""
    details: Mapping[str, float] = field(default_factory=dict)
    """Further figures of the row, without interval."""

    @staticmethod
    def none(row: str) -> Finding:
        """The finding of a row that was not measured."""
        return Finding(row, Estimate(None, None, None, 0, 0), 0)


Measure = Callable[[Subject, Path], Iterator[Finding]]
"""From a coder and the folder of a set to the findings of its rows."""
