"""Would the outcome be another with stricter or milder thresholds? (framework.md 6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from dtnexus.assessment import Sensitivity
from dtnexus.deciding.derived import shifted
from dtnexus.deciding.gates import Finding, Sample, decide_gates
from dtnexus.deciding.indicate import indicate
from dtnexus.framework import Framework


def sensitivity(framework: Framework, findings: Mapping[str, Finding], sample: Sample) -> tuple[Sensitivity, ...]:
    """The indicated and earned level with every threshold one lower, then one higher."""
    shifts: tuple[Literal[-1, 1], ...] = (-1, 1)
    results = []
    for shift in shifts:
        moved = shifted(framework, shift)
        results.append(
            Sensitivity(
                shift=shift,
                indicated=indicate(moved, findings).level,
                earned=decide_gates(moved, findings, sample).outcome,
            )
        )
    return tuple(results)
