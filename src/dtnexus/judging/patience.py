"""How long to wait before a call is tried again: doubling, with jitter from a seed, and never less than asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator

from pydantic import Field

from dtnexus.record import Record


class Patience(Record):
    """How often and how patiently a call is tried again."""

    retries: int = Field(default=4, ge=0)
    """Tries after the first."""
    first: float = Field(default=1.0, ge=0)
    """Seconds before the second try."""
    longest: float = Field(default=60.0, ge=0)
    """Seconds between two tries, where the server asks for nothing."""
    obeyed: float = Field(default=300.0, ge=0)
    """A server that asks for more seconds than these is not waited for."""

    def waits(self, seed: str) -> Iterator[float]:
        """The seconds before each further try: the same for the same seed, between half and all of the doubled wait."""
        chance = random.Random(seed)
        for attempt in range(self.retries):
            yield min(self.longest, self.first * 2**attempt) * chance.uniform(0.5, 1.0)

    def wait(self, own: float, asked: float | None) -> float | None:
        """How long to wait when the server asks for some seconds; None where that is too long."""
        if asked is None:
            return own
        return None if asked > self.obeyed else max(own, asked)
