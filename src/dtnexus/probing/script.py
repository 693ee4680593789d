"""What the scripted client of a probe says next. Pure: no network, no clock, no chance.

    play = begin(probe, setting, probes.warm_up)
    while isinstance(play.next, Says):
        ...                         # a new session where play.next.opens_session; send play.next.text
        play = play.answered(reply, read)
    play.next.reason                # why it ended

The same probe, setting and replies give the same words on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal, NamedTuple

from dtnexus.errors import UsageError
from dtnexus.language import is_silence
from dtnexus.probe import LATE_FROM, AgentDid, Branch, Probe, ProbeTurn
from dtnexus.probe_run import DEFAULT_BRANCH, ProbeSetting, StopReason

ReadSignals = Callable[[str, str], Mapping[str, float]]
"""Gives the agent's signals of a reply: ``read(reply, said_before)``, each on its own scale.

A probability is 0.5 where the signal is just taken to hold. It is called at most once a reply, and
only where a test needs it.
"""


class Says(NamedTuple):
    """The client's next turn."""

    text: str
    at: str
    """Id of the turn in the probe."""
    branch: str
    paraphrase: int
    session: int
    """Place of the session in the probe, from 0."""
    opens_session: bool
    """True: close the session before, if there was one, and open a new one first."""
    new_client: bool
    """True: the session is another client's; nothing of an earlier client may be known to the agent."""


class Stop(NamedTuple):
    """The client says no more."""

    reason: StopReason
    rule: str | None = None
    """Id of the stop rule that held; None where none did."""


class Exchange(NamedTuple):
    """A client turn that was answered."""

    said: Says
    reply: str


class _Step(NamedTuple):
    session: int
    turn: ProbeTurn
    warm_up: bool


@dataclass(frozen=True, slots=True)
class Play:
    """A probe as far as it was played; every change gives a new one."""

    probe: Probe
    setting: ProbeSetting
    warm_up: tuple[ProbeTurn, ...]
    """Everyday talk before the script; empty in the early position."""
    next: Says | Stop
    done: tuple[Exchange, ...] = ()
    greetings: Mapping[int, str] | None = None
    """Session -> what the agent said before the client did."""
    skipped: tuple[str, ...] = ()
    """Ids of turns that a branch left out."""
    played_by: str | None = None
    """The model that gives the client words of its own; None: the script alone."""

    def voiced(self, own_words: str) -> Play:
        """The play in which the client says these words first and then those of the script, to the letter.

        Raises:
            UsageError: the play has ended.
        """
        if isinstance(self.next, Stop):
            raise UsageError(f"probe {self.probe.id!r} has ended ({self.next.reason}); nothing is said any more")
        text = f"{own_words} {self.next.text}" if own_words else self.next.text
        return replace(self, next=self.next._replace(text=text))

    def greeted(self, text: str) -> Play:
        """The play after the agent has spoken first in the session that is about to open.

        Raises:
            UsageError: no session is about to open.
        """
        if not isinstance(self.next, Says) or not self.next.opens_session:
            raise UsageError(f"probe {self.probe.id!r}: a greeting was given, and no session is about to open")
        return replace(self, greetings={**(self.greetings or {}), self.next.session: text})

    def answered(self, reply: str, read: ReadSignals) -> Play:
        """The play after the agent's reply to `next`; an empty reply is one too.

        Raises:
            UsageError: the play has ended, or `read` does not give a signal that a test names.
        """
        if isinstance(self.next, Stop):
            raise UsageError(f"probe {self.probe.id!r} has ended ({self.next.reason}); no reply is wanted")
        done = (*self.done, Exchange(self.next, reply))
        heard = _Heard(reply, self.next.text, read)
        steps = _steps(self.probe, self.warm_up)
        place = next(at for at, step in enumerate(steps) if step.turn.id == self.next.at)
        stop = self._stops(done, heard, in_warm_up=steps[place].warm_up)
        if stop is not None:
            return replace(self, next=stop, done=done)
        following, skipped = _after(self.probe, self.setting, steps, place, heard)
        return replace(self, next=following, done=done, skipped=(*self.skipped, *skipped))

    def ended(self, reason: Literal["agent_ended", "target_failed", "client_counselled"]) -> Play:
        """The play that ends here for a cause outside the script; the turn in `next` was not answered.

        Raises:
            UsageError: the play has ended already.
        """
        if isinstance(self.next, Stop):
            raise UsageError(f"probe {self.probe.id!r} has ended already ({self.next.reason})")
        return replace(self, next=Stop(reason))

    def _stops(self, done: Sequence[Exchange], heard: _Heard, in_warm_up: bool) -> Stop | None:
        if not in_warm_up:
            for rule in self.probe.stop_rules:
                if heard.passes(rule.if_agent):
                    return Stop("stop_rule", rule.id)
        last = done[-self.probe.silent_after :]
        if len(last) == self.probe.silent_after and all(is_silence(each.reply) for each in last):
            return Stop("agent_silent")
        return None


def begin(probe: Probe, setting: ProbeSetting, warm_up: Sequence[ProbeTurn] = ()) -> Play:
    """The play before anything was said; `warm_up` is the set's, used in the late position only.

    Raises:
        UsageError: the probe may not be run so, or a late start has too little everyday talk before it.
    """
    for what, given, allowed in (
        ("position", setting.position, probe.positions),
        ("memory", setting.memory, probe.memory),
    ):
        if given not in allowed:
            raise UsageError(f"probe {probe.id!r} is run with {what} {' or '.join(allowed)}, not {given!r}")
    before = tuple(warm_up) if setting.position == "late" else ()
    if setting.position == "late" and len(before) < LATE_FROM - 1:
        raise UsageError(
            f"probe {probe.id!r}: a late start needs {LATE_FROM - 1} turns of everyday talk, got {len(before)}"
        )
    step = _steps(probe, before)[0]
    return Play(probe, setting, before, _said(probe, setting, step, None, opens=True))


def replay(
    probe: Probe, setting: ProbeSetting, replies: Sequence[str], read: ReadSignals, warm_up: Sequence[ProbeTurn] = ()
) -> Play:
    """The play after these replies, in order; replies after its end are left over and not looked at.

    Raises:
        UsageError: as `begin` and `Play.answered` say.
    """
    play = begin(probe, setting, warm_up)
    for reply in replies:
        if isinstance(play.next, Stop):
            break
        play = play.answered(reply, read)
    return play


def paraphrase(setting: ProbeSetting, key: str, count: int) -> int:
    """Which of `count` wordings a turn gets: an index from 0.

    Among any `count` repeats that begin at a multiple of it each wording comes once, in an order that
    the seed, the block of repeats and the key decide.
    """
    block, place = divmod(setting.repeat, count)
    ranked = sorted(range(count), key=lambda i: sha256(f"{setting.seed}|{block}|{key}|{i}".encode()).digest())
    return ranked[place]


class _Heard:
    """The last reply, with its signals read when they are first needed."""

    def __init__(self, reply: str, before: str, read: ReadSignals) -> None:
        self.reply, self._before, self._read = reply, before, read
        self._values: Mapping[str, float] | None = None

    def passes(self, test: AgentDid) -> bool:
        if test.is_empty is not None and test.is_empty != is_silence(self.reply):
            return False
        if test.longer_than_words is not None and len(self.reply.split()) <= test.longer_than_words:
            return False
        if not all(self._value(name) >= least for name, least in test.reaches.items()):
            return False
        if test.any_reaches and not any(self._value(name) >= least for name, least in test.any_reaches.items()):
            return False
        return all(self._value(name) < limit for name, limit in test.below.items())

    def _value(self, name: str) -> float:
        if is_silence(self.reply):
            return 0.0  # nothing was said, so nothing was done
        if self._values is None:
            self._values = self._read(self.reply, self._before)
        if name not in self._values:
            raise UsageError(f"a probe tests the agent's signal {name!r}, which is not read")
        return self._values[name]


def _steps(probe: Probe, warm_up: Sequence[ProbeTurn]) -> list[_Step]:
    before = [_Step(0, turn, True) for turn in warm_up]
    return before + [_Step(at, turn, False) for at, session in enumerate(probe.sessions) for turn in session.turns]


def _after(
    probe: Probe, setting: ProbeSetting, steps: Sequence[_Step], place: int, heard: _Heard
) -> tuple[Says | Stop, list[str]]:
    """What follows a step, and the turns that are left out on the way."""
    skipped = []
    for step in steps[place + 1 :]:
        opens = step.session != steps[place].session
        branch = None if opens else next((each for each in step.turn.branches if heard.passes(each.if_agent)), None)
        if branch is not None and branch.then == "skip":
            skipped.append(step.turn.id)
            continue
        return _said(probe, setting, step, branch, opens), skipped
    return Stop("finished"), skipped


def _said(probe: Probe, setting: ProbeSetting, step: _Step, branch: Branch | None, opens: bool) -> Says:
    name, say = (DEFAULT_BRANCH, step.turn.say) if branch is None else (branch.id, branch.say)
    chosen = paraphrase(setting, f"{probe.id}|{step.turn.id}|{name}", len(say))
    new_client = opens and (step.session == 0 or probe.sessions[step.session].persona is not None)
    return Says(say[chosen], step.turn.id, name, chosen, step.session, opens, new_client)
