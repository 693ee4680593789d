"""Many items on one machine: one process, or several, with the same results in the same order."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing.context import BaseContext
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from dtnexus.errors import DtnexusError
from dtnexus.reporting.html import Piece
from dtnexus.running.archive import Parcel
from dtnexus.running.hands import Case, Coded, Decided, Hands, Sheet

Item = TypeVar("Item")
Result = TypeVar("Result")

_BATCH = 2
"""Items that a process is given at a time: few, so that none has much left to do when the others have nothing."""
_AHEAD = 8
"""Batches in flight per process: enough to keep all busy, few enough to bound memory."""
_MOST = 4
"""Processes that are started unasked, at most: each takes its own memory."""
_WORTH_A_PROCESS = 1_000_000
"""Bytes of transcripts that are coded in more time than a further process takes to start."""
_GARBAGE_AT = 20_000
"""New objects after which a worker looks for cycles: records form none, and looking often takes 5 % of its time."""
_THREADS = Path("/proc/self/task")
"""The threads of this process (Linux)."""

_ENDED = (
    "a coding process was ended from outside, most often for lack of memory. What is coded is kept: "
    "give the same command again, with fewer --jobs."
)

_hands: Hands | None = None


def processes(wanted: int | None, size: int) -> int:
    """How many processes share the work: as many as wanted, or as the cores and the size (in bytes) suggest."""
    if wanted is not None:
        return wanted
    return max(1, min(_cores(), _MOST, size // _WORTH_A_PROCESS))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(hands: Hands) -> None:
    """Make a worker ready; an interrupt from the keyboard is the main process's to answer."""
    global _hands  # noqa: PLW0603 - a worker process holds its coders for its whole life
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _hands = hands
    gc.freeze()
    gc.set_threshold(_GARBAGE_AT)


def _ready() -> None:
    """What a worker is asked first, so that it is started."""


def _end_with_parent() -> None:
    """Leave when the main process is gone, however it went: nobody else would end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _alone() -> bool:
    """Whether this process has a single thread, those of libraries counted; only then a copy of it is sure to work."""
    return _THREADS.is_dir() and len(list(_THREADS.iterdir())) == 1


def _context() -> BaseContext:
    """How workers start: as copies of this process where that is safe, since a copy is there at once; else anew."""
    return multiprocessing.get_context("fork" if _alone() else "spawn")


def _work(work: Callable[[Hands, Item], Result], batch: Sequence[Item]) -> list[Result]:
    assert _hands is not None
    return [work(_hands, item) for item in batch]


class Crew:
    """The processes that share the work of a run; they end with the block.

    Copies of this process are started at once, before anything here starts a thread. Where they must be
    started anew, which takes longer, they are when there is enough to do.

    Results come in the order of the items and do not depend on the number of processes. At most a
    bounded number of items is held at a time.
    """

    def __init__(self, hands: Hands, jobs: int) -> None:
        self._hands = hands
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self._jobs > 1 and _alone():
            try:
                self._started().submit(_ready).result()
            except BrokenProcessPool:
                self.__exit__(None, None, None)
                raise DtnexusError(_ENDED) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def code(self, parcels: Iterable[Parcel]) -> Iterator[Coded]:
        """What the coders say of each interaction.

        Raises:
            DtnexusError: a process was ended from outside.
        """
        return self._in_order(Hands.code, parcels)

    def decide(self, cases: Iterable[Case]) -> Iterator[Decided]:
        """The assessment of each interaction.

        Raises:
            DtnexusError: a process was ended from outside.
        """
        return self._in_order(Hands.decide, cases)

    def render(self, sheets: Iterable[Sheet]) -> Iterator[Piece]:
        """Each interaction as a piece of a report.

        Raises:
            DtnexusError: a process was ended from outside.
        """
        return self._in_order(Hands.render, sheets)

    def _in_order(self, work: Callable[[Hands, Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        source = iter(items)
        first = [] if self._jobs <= 1 else list(islice(source, _BATCH + 1))
        if len(first) <= _BATCH:
            for item in chain(first, source):
                yield work(self._hands, item)
            return
        source = chain(first, source)
        waiting: deque[Future[list[Result]]] = deque()
        pool = self._started()
        try:
            while batch := tuple(islice(source, _BATCH)):
                waiting.append(pool.submit(_work, work, batch))
                if len(waiting) >= self._jobs * _AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool:
            raise DtnexusError(_ENDED) from None

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._jobs, _context(), initializer=_start, initargs=(self._hands,))
        return self._pool
