"""Many items on one machine: one process, or several, with the same results in the same order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from dtnexus.coding.coder import Coder
from dtnexus.errors import DtnexusError
from dtnexus.framework import Framework
from dtnexus.rating import Said
from dtnexus.running.work import code_one
from dtnexus.transcript import Interaction

CoderFactory = Callable[[], Sequence[Coder]]
"""Makes the coders; called once in each process, so it must survive pickling."""

_BATCH = 8
_AHEAD = 4
"""Batches in flight per process: enough to keep all busy, few enough to bound memory."""

Waiting = deque[tuple[tuple[Interaction, ...], Future[list[tuple[Said, ...]]]]]

_worker: tuple[Sequence[Coder], Framework] | None = None


def _start(factory: CoderFactory, framework: str) -> None:
    """Make a worker's coders; an interrupt from the keyboard is the main process's to answer."""
    global _worker  # noqa: PLW0603 - a worker process holds its coders for its whole life
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = (factory(), Framework.from_json(framework))


def _end_with_parent() -> None:
    """Leave when the main process is gone, however it went: nobody else would end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _code_batch(batch: Sequence[Interaction]) -> list[tuple[Said, ...]]:
    assert _worker is not None
    coders, framework = _worker
    return [code_one(interaction, coders, framework) for interaction in batch]


def code_all(
    interactions: Iterable[Interaction], factory: CoderFactory, framework: Framework, jobs: int
) -> Iterator[tuple[Interaction, tuple[Said, ...]]]:
    """Yield each interaction with what the coders say of it, in the given order.

    `jobs` processes share the work; the results do not depend on how many. At most a
    bounded number of interactions is held at a time.

    Raises:
        DtnexusError: a process was ended from outside.
    """
    if jobs <= 1:
        coders = factory()
        for interaction in interactions:
            yield interaction, code_one(interaction, coders, framework)
        return
    source = iter(interactions)
    batches = iter(lambda: tuple(islice(source, _BATCH)), ())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(factory, framework.to_json()))
    waiting: Waiting = deque()
    try:
        for batch in batches:
            waiting.append((batch, pool.submit(_code_batch, batch)))
            if len(waiting) >= jobs * _AHEAD:
                yield from _finish(waiting)
        while waiting:
            yield from _finish(waiting)
    except BrokenProcessPool:
        raise DtnexusError(
            "a coding process was ended from outside, most often for lack of memory. What is coded is kept: "
            "give the same command again, with fewer --jobs."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _finish(waiting: Waiting) -> Iterator[tuple[Interaction, tuple[Said, ...]]]:
    batch, future = waiting.popleft()
    yield from zip(batch, future.result(), strict=True)
