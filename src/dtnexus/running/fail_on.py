"""The findings that `--fail-on` turns into exit code 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dtnexus.assessment import Assessment
from dtnexus.errors import UsageError

Check = Callable[[Assessment], bool]


def _flag(assessment: Assessment) -> bool:
    return any(consensus.zero != "none" for consensus in assessment.consensus.values())


def _gap(assessment: Assessment) -> bool:
    return assessment.gap.low >= 1


def _unacceptable(assessment: Assessment) -> bool:
    return any(risk.evaluation == "unacceptable" for risk in assessment.risks)


def _below(level: int) -> Check:
    return lambda assessment: assessment.indicated is not None and assessment.indicated < level


CHECKS: dict[str, Check] = {
    "flag": _flag,
    "gap": _gap,
    "unacceptable-risk": _unacceptable,
    "indicated-below-1": _below(1),
    "indicated-below-2": _below(2),
    "indicated-below-3": _below(3),
}
"""Name -> what it looks for in one assessment. Undetermined levels are no finding."""


def findings_of(assessment: Assessment, names: Sequence[str]) -> tuple[str, ...]:
    """Those of the named findings that hold for an assessment."""
    return tuple(name for name in names if CHECKS[name](assessment))


def check_names(names: Sequence[str]) -> None:
    """Refuse names that are no finding, before any work is done."""
    for name in names:
        if name not in CHECKS:
            raise UsageError(f"--fail-on {name!r}: is no finding. Wanted: one of {', '.join(CHECKS)}.")
