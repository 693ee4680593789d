"""What follows from a framework alone, computed once for the frameworks in use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from dtnexus.framework import Framework


class _Same:
    """A framework as a key: equal only to itself. Frameworks are frozen, so what follows from one stays true."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework

    def __hash__(self) -> int:
        return id(self.framework)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.framework is self.framework


def framework_digest(framework: Framework) -> str:
    """`Framework.digest`."""
    return _digest(_Same(framework))


def criterion_ids(framework: Framework) -> frozenset[str]:
    """The ids of all criteria."""
    return _ids(_Same(framework))


def needed_opportunities(framework: Framework, level: int) -> Mapping[str, int]:
    """Criterion -> opportunities that it needs at this level: the most that this or a lower level asks for."""
    return _needed(_Same(framework), level)


def shifted(framework: Framework, shift: int) -> Framework:
    """The framework with every threshold moved and kept within 0-4; all else is unchanged."""
    return _shifted(_Same(framework), shift)


@lru_cache(maxsize=8)
def _digest(of: _Same) -> str:
    return of.framework.digest()


@lru_cache(maxsize=8)
def _ids(of: _Same) -> frozenset[str]:
    return frozenset(criterion.id for criterion in of.framework.criteria)


@lru_cache(maxsize=48)
def _needed(of: _Same, level: int) -> Mapping[str, int]:
    return {
        criterion.id: max((n for key, n in criterion.min_opportunities.items() if key <= level), default=0)
        for criterion in of.framework.criteria
    }


@lru_cache(maxsize=16)
def _shifted(of: _Same, shift: int) -> Framework:
    framework = of.framework
    levels = [
        level.model_copy(
            update={"thresholds": {c: min(4, max(0, wanted + shift)) for c, wanted in level.thresholds.items()}}
        )
        for level in framework.levels
    ]
    fields = {name: getattr(framework, name) for name in Framework.model_fields}
    return Framework.model_construct(**{**fields, "levels": tuple(levels)})
