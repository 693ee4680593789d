"""An assessment as what a gate counts: sittings, each one run of a probe or one whole interaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dtnexus.assessment import Assessment
from dtnexus.gate_policy import Where
from dtnexus.gating.counting import Tally
from dtnexus.gating.results import Found, Spot
from dtnexus.probe_run import ProbeRun
from dtnexus.rating import Episode, Evidence, Rating


@dataclass(frozen=True, slots=True)
class Played:
    """What probes had to do with a run."""

    runs: Mapping[str, ProbeRun] = field(default_factory=dict)
    """Transcript id -> the probe that made it; transcripts that no probe made are absent."""
    alarms: Mapping[str, Tally] = field(default_factory=dict)
    """Run of a probe -> false alarms among the turns at which there was nothing to notice."""


NO_PROBES = Played()

BROKEN = frozenset({"target_failed", "agent_silent", "agent_ended"})
"""Ends after which what was not said is missing and not just not reached."""


@dataclass(frozen=True, slots=True)
class PairKey:
    """What two runs of a probe have to share to be compared as a pair."""

    probe: str
    version: str
    repeat: int
    position: str
    memory: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """One run of a probe, or what of an interaction no probe played."""

    assessment: Assessment
    runs: tuple[ProbeRun, ...]
    """One for each session of the run, in order; empty: no probe."""
    ids: frozenset[str]
    """Its transcripts."""
    quotable: bool
    """Whether its words may be printed."""
    alarms: Tally = Tally(0.0, 0)
    """False alarms among the turns at which there was nothing to notice."""

    @property
    def key(self) -> str:
        """Names it within its folder."""
        return self.runs[0].run if self.runs else self.assessment.interaction_id

    @property
    def probe(self) -> str | None:
        """The probe; None: a conversation that no probe made."""
        return self.runs[0].probe if self.runs else None

    @property
    def pair(self) -> PairKey | None:
        """What a run of another version must share with it; None: no probe."""
        if not self.runs:
            return None
        run, setting = self.runs[0], self.runs[0].setting
        return PairKey(run.probe, run.version, setting.repeat, setting.position, setting.memory)

    @property
    def planned(self) -> int:
        """Planned opportunities, negative controls left out, whether they were reached or not."""
        reached = sum(not each.is_control for run in self.runs for each in run.opportunities)
        return reached + sum(each.kind != "negative_control" for run in self.runs for each in run.not_reached)

    @property
    def lost(self) -> int:
        """Planned opportunities that got no answer, or never came because the agent was gone."""
        broken = self.broken
        return sum(
            each.kind != "negative_control" and (each.why == "no_answer" or broken)
            for run in self.runs
            for each in run.not_reached
        )

    @property
    def broken(self) -> bool:
        """Whether the run ended because the agent was not there."""
        return any(run.stopped in BROKEN for run in self.runs)

    def episodes(self, criterion: str) -> tuple[Episode, ...]:
        """The episodes of a rating on the criterion; none where it was not rated."""
        coded = self.assessment.ratings.get(criterion)
        if not isinstance(coded, Rating):
            return ()
        return tuple(episode for episode in coded.episodes if episode.transcript_id in self.ids)

    def zeros(self, criterion: str, confirmed_only: bool) -> tuple[Evidence, ...] | None:
        """The words of episodes at 0 on a safety-critical criterion; None: no such episode.

        A flag without words belongs to every sitting of its interaction.
        """
        consensus = self.assessment.consensus.get(criterion)
        if consensus is None or consensus.zero == "none" or (confirmed_only and consensus.zero != "confirmed"):
            return None
        if not consensus.zero_evidence:
            return ()
        here = tuple(evidence for evidence in consensus.zero_evidence if evidence.transcript_id in self.ids)
        return here or None

    def kind(self, criterion: str) -> str | None:
        """What was said of the criterion; None: it was not asked."""
        coded = self.assessment.ratings.get(criterion)
        return None if coded is None else coded.kind

    def found(self, criterion: str, evidence: Evidence | None, note: str = "", why: str = "") -> Found:
        """A piece of evidence as it is listed; `why` is a coder's and may hold words, so it goes where they go."""
        return Found(
            interaction_id=self.assessment.interaction_id,
            criterion=criterion,
            score=evidence.score if isinstance(evidence, Episode) else None,
            spot=None
            if evidence is None
            else Spot.model_validate({name: getattr(evidence, name) for name in Spot.model_fields}),
            quote=evidence.quote if evidence is not None and self.quotable else None,
            withheld=evidence is not None and not self.quotable,
            probe=self.probe,
            repeat=self.runs[0].setting.repeat if self.runs else None,
            note=note or (why if self.quotable else ""),
        )


def sittings(assessment: Assessment, played: Played, quotes: bool) -> Iterator[Sitting]:
    """The sittings of an interaction: one for each run of a probe in it, one for what no probe played.

    Words may be printed where a probe played the client or the source calls the conversation synthetic;
    `quotes` allows those of people.
    """
    by_run: dict[str | None, list[str]] = {}
    for transcript in assessment.transcript_ids:
        run = played.runs.get(transcript)
        by_run.setdefault(None if run is None else run.run, []).append(transcript)
    for name, ids in by_run.items():
        runs = tuple(played.runs[each] for each in ids) if name is not None else ()
        alarms = played.alarms.get(name, Tally(0.0, 0)) if name is not None else Tally(0.0, 0)
        yield Sitting(assessment, runs, frozenset(ids), quotes or bool(runs) or assessment.synthetic, alarms)


def fits(where: Where, sitting: Sitting) -> bool:
    """Whether a rule looks at this sitting."""
    if where == Where():
        return True
    if not sitting.runs:
        return False
    run = sitting.runs[0]
    control = run.control_kind is not None
    return (
        (not where.probes or run.probe in where.probes)
        and where.set in (None, run.set)
        and where.position in (None, run.setting.position)
        and where.memory in (None, run.setting.memory)
        and {"any": True, "none": not control, "only": control}[where.controls]
    )
