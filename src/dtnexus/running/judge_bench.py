"""The judges of a run: which they are, what they are asked with, and the coders that read their replies."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.errors import UsageError
from dtnexus.framework import Framework
from dtnexus.judging.budget import Limits
from dtnexus.judging.coder import Answered, JudgeCoder
from dtnexus.judging.delivery import Parameters
from dtnexus.judging.patience import Patience
from dtnexus.judging.prices import Prices
from dtnexus.judging.target import PREFIX, JudgeTarget
from dtnexus.record import Record


class Judging(Record):
    """What is to be asked of which judges, and within which limits."""

    targets: tuple[JudgeTarget, ...] = ()
    settings: JudgeSettings = JudgeSettings()
    parameters: Parameters = Parameters()
    limits: Limits = Limits()
    prices: Prices | None = None
    patience: Patience = Patience()
    timeout: float = Field(default=120.0, gt=0)
    """Seconds for one answer."""
    concurrency: int = Field(default=8, ge=1, le=256)
    """Calls under way at one provider, at most."""
    cache: Path | None = None
    """Folder with replies that several runs share; None: the run's own."""
    network: bool = True
    """False: only this machine may be asked."""


@dataclass(frozen=True)
class Bench:
    """Makes the judges of a run as coders; survives the way to another process."""

    judging: Judging
    framework: Framework
    replies: Path | None = None
    answered: dict[str, Answered] = field(default_factory=dict)
    """Judge -> who answered for it."""

    def coder(self, name: str) -> JudgeCoder:
        """The judge of this name.

        Raises:
            UsageError: this run has no such judge.
        """
        for target in self.judging.targets:
            if f"{PREFIX}{target.name}" == name:
                answered = self.answered.get(target.name, Answered())
                own = self.judging
                return JudgeCoder(target, self.framework, own.settings, own.parameters, answered, self.replies)
        raise UsageError(f"--coder {name!r}: a judge cannot be asked here")
