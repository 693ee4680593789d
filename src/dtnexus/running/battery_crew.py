"""The runs of a battery side by side, in threads, since nearly all of the time is waiting for replies."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from dtnexus.probe_battery import Trouble
from dtnexus.probing.targets.limits import Pace, Stopped
from dtnexus.running.battery_plan import PlannedRun
from dtnexus.running.exchange_log import Ended
from dtnexus.running.probe_player import Player

GIVE_UP_AFTER = 3
"""Runs in a row in which nothing was answered, before the rest is not tried."""


class Breaker:
    """Opens when a target is evidently not there, so that a long battery does not fail run by run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_a_row = 0
        self.because: Trouble | None = None
        """What opened it; None: it is closed."""

    def note(self, trouble: Trouble | None, answered: bool) -> None:
        """Take in how a run ended, and whether anything was answered in it."""
        with self._lock:
            self._in_a_row = 0 if trouble is None or answered else self._in_a_row + 1
            if trouble is not None and (trouble.kind == "wrong_key" or self._in_a_row >= GIVE_UP_AFTER):
                self.because = self.because or trouble


def play_all(
    runs: Sequence[PlannedRun], player: Player, pace: Pace, jobs: int, breaker: Breaker
) -> Generator[str, None, None]:
    """Play the runs, `jobs` at a time, and yield the name of each when it has ended or was not tried.

    On an interrupt from the keyboard, or when the caller stops, what is waited for is cut off; everything
    that was answered is in the log.

    Raises:
        OSError: the log cannot be written.
        UsageError: what stands in the log was not said by these probes.
    """

    def one(run: PlannedRun) -> str:
        if breaker.because is not None or pace.stopped.is_set():
            return run.name
        before = _answers(player, run)
        try:
            ended: Ended = player.play(run)
        except Stopped:
            return run.name
        breaker.note(ended.trouble, _answers(player, run) > before)
        return run.name

    left = iter(runs)
    waiting: set[Future[str]] = set()
    finished = False
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="probe")
    try:
        while True:
            while len(waiting) < jobs and (run := next(left, None)) is not None:
                waiting.add(pool.submit(one, run))
            if not waiting:
                break
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
        finished = True
    finally:
        if not finished:
            pace.stopped.set()
            player.target.close()
        pool.shutdown(wait=True, cancel_futures=True)


def _answers(player: Player, run: PlannedRun) -> int:
    last = player.log.last(run.name)
    return 0 if last is None else len(last.answered)
