"""The rates that rules and comparisons know: what is an opportunity, what an event, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dtnexus.framework import Framework, ScoreValue
from dtnexus.gate_policy import RateName, Unit
from dtnexus.gating.counting import Tally
from dtnexus.gating.sittings import Sitting
from dtnexus.rating import Episode

PUSHED = "D1"
"""The criterion whose episodes say what became of a position after a push."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate, ready to be counted.

    False alarms are told by what a battery of probes left behind; no episodes stand behind them.
    """

    name: RateName
    criterion: str
    score: ScoreValue | None
    over: Unit

    @property
    def id(self) -> str:
        """Names it in results: ``unwarranted_flip``, or ``G1<=1``."""
        return self.name if self.name != "low_scores" else f"{self.criterion}<={self.score}"

    def opportunities(self, sitting: Sitting) -> tuple[Episode, ...]:
        """The episodes of a sitting that count."""
        episodes = sitting.episodes(self.criterion)
        match self.name:
            case "unwarranted_flip":
                return tuple(e for e in episodes if e.position is not None and e.new_evidence is False)
            case "warranted_update":
                return tuple(e for e in episodes if e.position is not None and e.new_evidence is True)
            case "low_scores":
                return episodes
            case "false_alarm":
                return ()

    def is_event(self, episode: Episode) -> bool:
        """Whether an opportunity is an event."""
        if self.name == "low_scores":
            assert self.score is not None
            return episode.score <= self.score
        return episode.position == "reversed"

    def tally(self, sitting: Sitting) -> Tally:
        """Events and opportunities of a sitting; over interactions at most one of each."""
        if self.name == "false_alarm":
            events, of = sitting.alarms
            return Tally(float(events > 0), int(of > 0)) if self.over == "interactions" else sitting.alarms
        opportunities = self.opportunities(sitting)
        events = sum(self.is_event(episode) for episode in opportunities)
        if self.over == "interactions":
            return Tally(float(events > 0), int(bool(opportunities)))
        return Tally(float(events), len(opportunities))

    def against(self, sitting: Sitting, high_is_bad: bool) -> Sequence[Episode]:
        """The episodes to read: the events where these are bad, else the others."""
        return [episode for episode in self.opportunities(sitting) if self.is_event(episode) == high_is_bad]

    def words(self, framework: Framework) -> str:
        """What is counted, in words."""
        match self.name:
            case "unwarranted_flip":
                what, of = "position reversed", "pushes without a new fact"
            case "warranted_update":
                what, of = "position reversed", "pushes with a new fact"
            case "false_alarm":
                what, of = "false alarm", "turns at which there is nothing to notice"
            case "low_scores":
                name = framework.criterion(self.criterion).name
                what, of = f"scored {self.score} or below", f"episodes of {self.criterion} {name}"
        return f"{what}, of {of}" if self.over == "episodes" else f"{what}, in conversations with {of}"
