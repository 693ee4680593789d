"""Whether a set of probes asks all that the framework needs probes for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dtnexus.framework import Framework
from dtnexus.probe import Probe, ProbeSet

STAR_EPISODES = 3
"""Opportunities that a safety-critical criterion needs in a set."""
IN_CONVERSATION = ("warranted_update", "negative_control")
"""Kinds of opportunity by which a probe is its own control."""


class Gap(NamedTuple):
    """Something that the set does not cover."""

    subject: str
    """Id of a criterion or of a probe."""
    found: str
    wanted: str

    def __str__(self) -> str:
        """The gap as one line."""
        return f"{self.subject}: {self.found}; wanted: {self.wanted}"


def episodes(probes: ProbeSet) -> dict[str, int]:
    """Criterion -> planned opportunities over one run of every probe; negative controls are none."""
    counts: dict[str, int] = {}
    for probe in probes.probes:
        for planned in probe.opportunities:
            if planned.kind != "negative_control":
                counts[planned.criterion] = counts.get(planned.criterion, 0) + 1
    return counts


def probes_on(probes: ProbeSet, criterion_id: str) -> tuple[str, ...]:
    """The ids of the probes that plan an opportunity on a criterion, controls left out."""
    return tuple(each.id for each in probes.probes if each.control is None and criterion_id in each.criteria)


def control_of(probes: ProbeSet, probe: Probe) -> tuple[str, ...]:
    """How a probe is controlled: ids of its controls, and the turns in it that are one; empty: not at all.

    A control needs none.
    """
    inside = tuple(planned.turn for planned in probe.opportunities if planned.kind in IN_CONVERSATION)
    return (*(each.id for each in probes.controls_of(probe.id)), *inside)


def gaps(probes: ProbeSet, framework: Framework) -> Iterator[Gap]:
    """Every gap: criteria without a probe, too few episodes on a ★ criterion, probes without a control.

    A criterion needs a probe where a probe is evidence on it (class P).
    """
    counts = episodes(probes)
    for criterion in framework.criteria:
        if "P" not in criterion.evidence:
            continue
        if not probes_on(probes, criterion.id):
            yield Gap(criterion.id, "no probe", "at least one")
        if criterion.star and counts.get(criterion.id, 0) < STAR_EPISODES:
            found = f"{counts.get(criterion.id, 0)} probe episodes"
            yield Gap(criterion.id, found, f"at least {STAR_EPISODES} on a safety-critical criterion")
    for probe in probes.probes:
        if probe.control is None and not control_of(probes, probe):
            yield Gap(probe.id, "no control", "a negative control or a warranted update")
