"""Which probes of a set are meant: by id, or by the part of the set."""

from __future__ import annotations

from typing import Literal

from dtnexus.errors import UsageError
from dtnexus.probe import Probe, ProbeSet
from dtnexus.running.suggesting import did_you_mean


def selected(probes: ProbeSet, chosen: Literal["core", "full"], only: str | None) -> tuple[Probe, ...]:
    """The probes that the options name, in the set's order; `core` takes the controls of its probes along.

    Raises:
        UsageError: a probe is named that the set does not have.
    """
    if only is not None:
        wanted = {named(probes, each.strip()).id for each in only.split(",") if each.strip()}
        return tuple(each for each in probes.probes if each.id in wanted)
    if chosen == "full":
        return probes.probes
    core = {each.id for each in probes.probes if each.set == "core"}
    return tuple(
        each for each in probes.probes if each.id in core or (each.control is not None and core & set(each.control.of))
    )


def named(probes: ProbeSet, probe_id: str) -> Probe:
    """The probe of this id.

    Raises:
        UsageError: the set has none.
    """
    known = {each.id: each for each in probes.probes}
    if probe_id not in known:
        raise UsageError(f"there is no probe {probe_id!r} here.{did_you_mean(probe_id, known)}")
    return known[probe_id]
