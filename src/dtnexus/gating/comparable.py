"""What two runs have to share before their numbers may be set against one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dtnexus.assessment import Assessment
from dtnexus.gating.sittings import Played
from dtnexus.rating import CoderRef
from dtnexus.record import Record


class Remark(Record):
    """Something in which two runs differ."""

    what: str
    first: str
    second: str
    blocks: bool
    """Whether scores, rates and levels may not be compared because of it."""

    def __str__(self) -> str:
        """The difference in a sentence."""
        return f"{self.what}: {self.first} and {self.second}"


@dataclass(slots=True)
class Facts:
    """How one run was made, gathered from its assessments."""

    interactions: int = 0
    frameworks: dict[str, str] = field(default_factory=dict)
    """Digest -> ``id version``."""
    coders: dict[str, CoderRef] = field(default_factory=dict)
    agents: dict[str, None] = field(default_factory=dict)
    probes: dict[str, set[str]] = field(default_factory=dict)
    """Probe -> its versions."""
    settings: set[str] = field(default_factory=set)
    """Seeds, positions and memory settings of the runs of probes."""

    def add(self, assessment: Assessment, played: Played) -> None:
        """Take note of one interaction."""
        a = assessment
        self.interactions += 1
        self.frameworks[a.framework_digest] = a.framework
        self.coders.update((coder.to_json(), coder) for coder in a.coders)
        version = "" if a.agent.version is None else f" {a.agent.version}"
        self.agents[f"{a.agent.id}{version}"] = None
        for each in a.transcript_ids:
            run = played.runs.get(each)
            if run is not None:
                self.probes.setdefault(run.probe, set()).add(run.version)
                setting = run.setting
                self.settings.add(f"seed {setting.seed}, {setting.position}, memory {setting.memory}")

    def named_coders(self) -> tuple[CoderRef, ...]:
        """The coders, in a fixed order."""
        return tuple(sorted(self.coders.values(), key=lambda c: (c.kind, c.name, c.version, c.to_json())))


def remarks(first: Facts, second: Facts) -> tuple[Remark, ...]:
    """Everything in which the two differ, what forbids a comparison first; agents are expected to differ."""
    found = []
    if first.frameworks.keys() != second.frameworks.keys():
        found.append(Remark(what="framework", first=_names(first.frameworks), second=_names(second.frameworks),
                            blocks=True))  # fmt: skip
    machines = [{key: coder for key, coder in each.coders.items() if not coder.is_human} for each in (first, second)]
    if machines[0].keys() != machines[1].keys():
        one, two = _coders(machines[0], machines[1]), _coders(machines[1], machines[0])
        found.append(Remark(what="coder", first=one, second=two, blocks=True))
    people = [{c.name for c in each.coders.values() if c.is_human} for each in (first, second)]
    if people[0] != people[1]:
        one, two = (", ".join(sorted(each)) or "nobody" for each in people)
        found.append(Remark(what="people who rated", first=one, second=two, blocks=False))
    if first.probes.keys() != second.probes.keys():
        only = (sorted(first.probes.keys() - second.probes.keys()), sorted(second.probes.keys() - first.probes.keys()))
        one, two = (f"also {_few(each)}" if each else "no others" for each in only)
        found.append(Remark(what="probes", first=one, second=two, blocks=False))
    changed = [p for p in first.probes if p in second.probes and first.probes[p] != second.probes[p]]
    if changed:
        one, two = (_few([f"{p} {'/'.join(sorted(f.probes[p]))}" for p in changed]) for f in (first, second))
        found.append(Remark(what="versions of probes (those are not paired)", first=one, second=two, blocks=False))
    if first.settings != second.settings:
        only = (sorted(first.settings - second.settings), sorted(second.settings - first.settings))
        one, two = (f"also {_few(each, '; ')}" if each else "no others" for each in only)
        found.append(Remark(what="settings of probes", first=one, second=two, blocks=False))
    return tuple(found)


def _names(frameworks: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({digest[:12]})" for digest, name in sorted(frameworks.items())) or "none"


def _coders(own: Mapping[str, CoderRef], others: Mapping[str, CoderRef]) -> str:
    """The coders of one run, with those details that tell them from coders of the same name in the other."""
    return ", ".join(_coder(coder, others) for coder in own.values()) or "none"


def _coder(coder: CoderRef, others: Mapping[str, CoderRef]) -> str:
    alike = [o for o in others.values() if (o.kind, o.name, o.version) == (coder.kind, coder.name, coder.version)]
    known = [o.details for o in alike]
    told = [f"{key} {value[:16]}" for key, value in coder.details.items() if any(d.get(key) != value for d in known)]
    return f"{coder.name} {coder.version}" + (f" ({_few(told)})" if told else "")


def _few(names: list[str], joined: str = ", ", most: int = 6) -> str:
    return joined.join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
