"""How long, how much, how often and how many times: the limits of every target, and the waiting between tries."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a target may take."""

    timeout_s: float = 60.0
    """From sending to the end of the reply; for a stream, until its next piece."""
    stream_s: float = 300.0
    """From sending to the end of a streamed reply, however lively the stream is."""
    reply_bytes: int = 1_000_000
    """Longest reply, as it comes over the wire."""
    tries: int = 4
    """How often one turn is sent at most."""
    retry_after_s: float = 120.0
    """Longest wait that a target may ask for; a longer one is trouble."""
    seed: int = 0
    """Decides the jitter between tries."""


def waits(limits: Limits, key: str, attempt: int) -> float:
    """Seconds to wait after try `attempt` (from 0) failed: doubling, with jitter of half to one and a half.

    The same seed, key and try give the same wait.
    """
    drawn = random.Random(sha256(f"{limits.seed}|{key}|{attempt}".encode()).digest()).uniform(0.5, 1.5)
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0**attempt * drawn)


class Stopped(Exception):
    """The person at the keyboard stopped the battery while something was waited for."""


@dataclass
class Pace:
    """Keeps requests apart, over all threads, and lets everybody who waits be woken.

    The clock and the sleep may be replaced in tests.
    """

    per_second: float | None = None
    """Most requests a second; None: as fast as replies come."""
    clock: Callable[[], float] = time.monotonic
    stopped: threading.Event = field(default_factory=threading.Event)
    sleep: Callable[[float], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: float = float("-inf")

    def turn(self) -> None:
        """Return when the next request may be sent.

        Raises:
            Stopped: the battery was stopped meanwhile.
        """
        if self.per_second is None:
            self.wait(0.0)
            return
        with self._lock:
            now = self.clock()
            at = max(now, self._next)
            self._next = at + 1.0 / self.per_second
        self.wait(at - now)

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the battery is stopped.

        Raises:
            Stopped: the battery was stopped.
        """
        if self.sleep is not None and seconds > 0:
            self.sleep(seconds)
        elif seconds > 0:
            self.stopped.wait(seconds)
        if self.stopped.is_set():
            raise Stopped
