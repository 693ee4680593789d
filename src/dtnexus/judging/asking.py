"""Asking: the calls of many conversations and several judges at once, each provider within its cap.

Every answer is kept the moment it comes. A limit that is reached, a judge that cannot be reached or a stop
leaves calls unasked, never answers unkept. Threads only send and wait; everything else happens in one.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final

from dtnexus.coding.judge.call import JudgeCall, Reply
from dtnexus.coding.judge.session import JudgeSession
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.framework import Framework
from dtnexus.judging.budget import Budget
from dtnexus.judging.delivery import Delivered, Parameters, Sender, Trouble, Usage
from dtnexus.judging.patience import Patience
from dtnexus.judging.sent_log import Sent, SentLog, now
from dtnexus.judging.store import ReplyStore, StoredReply
from dtnexus.judging.survey import JudgeSurvey, Survey, resumed
from dtnexus.judging.target import JudgeTarget
from dtnexus.transcript import Interaction

GIVES_UP_AFTER: Final = 5
"""So many calls running without any answer, after all their retries, and a judge is asked no more."""
Interactions = Callable[[], Iterator[Interaction]]
"""Goes through the interactions; may be called several times."""


@dataclass
class Desk:
    """What asking works with."""

    framework: Framework
    settings: JudgeSettings
    parameters: Parameters
    store: ReplyStore
    log: SentLog
    budget: Budget
    patience: Patience = Patience()
    concurrency: int = 8
    """Calls under way at one provider, at most."""
    sent: int = 0
    """Calls that got an answer or failed this time."""
    failed: dict[str, int] = field(default_factory=dict)
    """``judge: cause`` -> calls of this time without an answer."""
    unanswered: dict[str, int] = field(default_factory=dict)
    """Judge -> calls without an answer since its last answer."""
    closed: dict[str, str] = field(default_factory=dict)
    """Judge -> why it was asked no more."""
    stopped: bool = False
    """A limit was reached."""
    halt: threading.Event = field(default_factory=threading.Event, repr=False)
    """Set where waiting must end."""


@dataclass
class _Case:
    """One interaction before one judge."""

    judge: JudgeSurvey
    session: JudgeSession
    open: int = 0
    """Calls that are ready or under way."""


@dataclass
class _Errand:
    """One call to make."""

    case: _Case
    call: JudgeCall
    key: str


@dataclass
class _Lane:
    """One provider at one host: its judges share a cap."""

    cases: Iterator[_Case]
    pool: ThreadPoolExecutor
    ready: deque[_Errand] = field(default_factory=deque)
    flying: int = 0


def ask(desk: Desk, found: Survey, interactions: Interactions, senders: Mapping[str, Sender]) -> Iterator[str]:
    """Make the calls that are left, and yield the id of an interaction when a judge has answered all of its calls.

    Afterwards the store holds every answer that came, `desk` says what failed and why calls were left unasked, and
    the survey names everyone who was heard. Stopping in between loses the calls under way and nothing else.
    """
    lanes = [
        _Lane(
            _cases(desk, group, interactions),
            ThreadPoolExecutor(desk.concurrency, thread_name_prefix=f"judge-{group[0].target.provider}"),
        )
        for group in _groups(found)
    ]
    flying: dict[Future[Delivered | Trouble | None], tuple[_Lane, _Errand]] = {}
    try:
        while True:
            for lane in lanes:
                _fill(desk, lane, flying, senders)
            if not flying:
                return
            done, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in done:
                lane, errand = flying.pop(future)
                lane.flying -= 1
                _take(desk, lane, errand, future.result(), senders[errand.case.judge.target.name])
                if not errand.case.open:
                    yield errand.case.session.interaction.id
    finally:
        desk.halt.set()
        for sender in senders.values():
            sender.close()
        for lane in lanes:
            lane.pool.shutdown(cancel_futures=True)
        desk.log.close()


def _groups(found: Survey) -> list[list[JudgeSurvey]]:
    groups: dict[tuple[str, str], list[JudgeSurvey]] = {}
    for judge in found.judges:
        if judge.missing:
            groups.setdefault((judge.target.provider, judge.target.host), []).append(judge)
    return list(groups.values())


def _cases(desk: Desk, judges: list[JudgeSurvey], interactions: Interactions) -> Iterator[_Case]:
    for interaction in interactions():
        for judge in judges:
            if interaction.id in judge.missing and judge.target.name not in desk.closed:
                yield _Case(judge, JudgeSession(interaction, desk.framework, desk.settings))


def _fill(
    desk: Desk,
    lane: _Lane,
    flying: dict[Future[Delivered | Trouble | None], tuple[_Lane, _Errand]],
    senders: Mapping[str, Sender],
) -> None:
    """Start calls until the lane is at its cap, or nothing is left that may be asked."""
    while lane.flying < desk.concurrency and not desk.stopped:
        if not lane.ready:
            case = next(lane.cases, None)
            if case is None:
                return
            left = resumed(case.session, case.judge.target, desk.parameters, desk.store)
            lane.ready.extend(_Errand(case, call, key) for call, key in left)
            case.open = len(left)
            continue
        errand = lane.ready.popleft()
        target = errand.case.judge.target
        if target.name in desk.closed:
            continue
        future = lane.pool.submit(carried, desk, senders[target.name], target, errand.call, errand.key)
        flying[future] = (lane, errand)
        lane.flying += 1


def _take(desk: Desk, lane: _Lane, errand: _Errand, outcome: Delivered | Trouble | None, sender: Sender) -> None:
    """Keep what came of a call, and make ready what it opens."""
    case, name = errand.case, errand.case.judge.target.name
    if outcome is None:
        desk.stopped = True
        return
    desk.sent += 1
    stored = _stored(errand, outcome, sender)
    desk.store.add(stored)
    case.judge.heard.add(stored)
    if isinstance(outcome, Trouble):
        reason = f"{name}: {outcome.cause.replace('_', ' ')}"
        desk.failed[reason] = desk.failed.get(reason, 0) + 1
        desk.unanswered[name] = desk.unanswered.get(name, 0) + 1
        if outcome.closes or desk.unanswered[name] >= GIVES_UP_AFTER:
            desk.closed.setdefault(name, outcome.detail)
    else:
        desk.unanswered[name] = 0
    case.open -= 1
    for further in case.session.take(stored.reply).further:
        call = case.session.call(further)
        case.open += 1
        lane.ready.appendleft(_Errand(case, call, case.judge.target.key_of(call.digest(), desk.parameters)))


def _stored(errand: _Errand, outcome: Delivered | Trouble, sender: Sender) -> StoredReply:
    came = isinstance(outcome, Delivered)
    reply = (
        outcome.reply
        if isinstance(outcome, Delivered)
        else Reply(call=errand.call.id, kind="failure", cause=outcome.cause, detail=outcome.detail)
    )
    usage = outcome.usage if isinstance(outcome, Delivered) else Usage()
    return StoredReply(
        key=errand.key,
        judge=errand.case.judge.target.name,
        model=outcome.model if isinstance(outcome, Delivered) else "",
        libraries=dict(sender.libraries) if came else {},
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        reply=reply,
    )


def carried(desk: Desk, sender: Sender, target: JudgeTarget, call: JudgeCall, key: str) -> Delivered | Trouble | None:
    """Send one call, again where that can help; None where a limit forbids to send it at all."""
    waits = desk.patience.waits(key)
    trouble: Trouble | None = None
    while not desk.halt.is_set():
        ticket = desk.budget.admit(target.name, call)
        if ticket is None:
            return trouble
        number, digest = secrets.token_hex(8), call.digest()
        line = Sent(
            at=now(),
            event="sent",
            number=number,
            judge=target.name,
            host=target.host,
            call=digest,
            input_tokens=ticket.input_tokens,
            output_tokens=ticket.output_tokens,
        )
        desk.log.write(line)
        outcome = sender.send(call)
        usage = outcome.usage if isinstance(outcome, Delivered) else Usage() if outcome.billed else None
        spent, made = desk.budget.settle(ticket, usage)
        word = outcome.cause if isinstance(outcome, Trouble) else outcome.reply.cause or "answer"
        came = {"at": now(), "event": "came", "outcome": word, "input_tokens": spent, "output_tokens": made}
        desk.log.write(line.model_copy(update=came))
        if isinstance(outcome, Delivered) or not outcome.again:
            return outcome
        trouble, own = outcome, next(waits, None)
        pause = None if own is None else desk.patience.wait(own, outcome.wait)
        if pause is None or desk.halt.wait(pause):
            return trouble
    return trouble or Trouble("error", "the run was stopped", again=False)
