"""One run of a probe against a target, each exchange written as soon as it is there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial

from dtnexus.errors import UsageError
from dtnexus.probe import ProbeTurn
from dtnexus.probe_battery import Trouble
from dtnexus.probing.script import Play, ReadSignals, Says, Stop, begin
from dtnexus.probing.targets.chat import ChatSession, ChatTarget, Opening, Said, TargetTrouble
from dtnexus.running.battery_plan import PlannedRun
from dtnexus.running.client_voice import ClientVoice, Counselled
from dtnexus.running.exchange_log import Answered, Attempt, Begun, Ended, ExchangeLog, Greeted, SentLog, Withheld

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Player:
    """Plays runs; several threads may use one."""

    target: ChatTarget
    log: ExchangeLog
    sent: SentLog
    read: ReadSignals
    warm_up: tuple[ProbeTurn, ...]
    voice: ClientVoice | None = None
    """The model that plays the clients; None: they say the script alone."""

    def play(self, run: PlannedRun) -> Ended:
        """Play what is missing of a run.

        Raises:
            Stopped: the battery was stopped; what was answered is in the log.
            UsageError: what stands in the log was not said by this probe.
        """
        last = self.log.last(run.name)
        if last is not None and last.complete:
            assert last.ended is not None
            return last.ended
        if last is not None:
            play = replayed(run, last, self.read, self.warm_up)
            if self.target.goes_on or isinstance(play.next, Stop):
                return _OneRun(self, run, last.number, play).through()
        number = 0 if last is None else last.number + 1
        self.log.write(Begun(run=run.name, attempt=number))
        return _OneRun(self, run, number, begun(run, self.warm_up)).through()

    def greeted(self, run: str, attempt: int, session: int, text: str) -> None:
        """Write down that the agent spoke first."""
        self.log.write(Greeted(run=run, attempt=attempt, session=session, text=text))


class _OneRun:
    """A run while it is played."""

    def __init__(self, player: Player, run: PlannedRun, attempt: int, play: Play) -> None:
        self._player, self._run, self._attempt, self._play = player, run, attempt, play
        self._session: ChatSession | None = None

    def through(self) -> Ended:
        """Play to the end, or until trouble."""
        trouble = None
        try:
            while isinstance(self._play.next, Says):
                self._exchange(self._play.next)
        except TargetTrouble as error:
            said = self._play.next
            assert isinstance(said, Says)
            trouble = Trouble(kind=error.kind, detail=error.detail, session=said.session, at=said.at)
        finally:
            self._close()
        stop = self._play.next
        reason = stop.reason if isinstance(stop, Stop) else "target_failed"
        ended = Ended(run=self._run.name, attempt=self._attempt, stopped=reason, trouble=trouble)
        self._player.log.write(ended)
        return ended

    def _exchange(self, said: Says) -> None:
        if said.opens_session or self._session is None:
            self._open(said)
        assert self._session is not None
        self._voice(said)
        if not isinstance(self._play.next, Says):
            return
        said = self._play.next
        reply = self._session.say(said.text)
        text = _HALF_CHARACTER.sub("\ufffd", reply.text)
        self._player.log.write(
            Answered(
                run=self._run.name,
                attempt=self._attempt,
                session=said.session,
                at=said.at,
                branch=said.branch,
                paraphrase=said.paraphrase,
                client=said.text,
                agent=text,
                answered_as=reply.answered_as,
            )
        )
        self._play = self._play.answered(text, self._player.read)

    def _voice(self, said: Says) -> None:
        """Give the client words of its own, where a model plays it; words that counsel end the run unsaid."""
        if self._player.voice is None:
            return
        words = self._player.voice.words(self._play, self._run.name)
        if isinstance(words, Counselled):
            line = Withheld(
                run=self._run.name,
                attempt=self._attempt,
                session=said.session,
                at=said.at,
                words=_HALF_CHARACTER.sub("\ufffd", words.words),
                how=words.how,
            )
            self._player.log.write(line)
            self._play = self._play.ended("client_counselled")
        else:
            self._play = self._play.voiced(_HALF_CHARACTER.sub("\ufffd", words))

    def _open(self, said: Says) -> None:
        self._close()
        before = [Said(each.said.text, each.reply) for each in self._play.done if each.said.session == said.session]
        opening = Opening(self._client(said.session), said.session, self._run.setting.memory, self._run.name)
        witness = partial(self._player.sent.write, self._run.name, said.session)
        self._session = self._player.target.open(opening, before, witness)
        if self._session.greeting is not None and said.opens_session:
            text = _HALF_CHARACTER.sub("\ufffd", self._session.greeting)
            self._player.greeted(self._run.name, self._attempt, said.session, text)
            self._play = self._play.greeted(text)

    def _client(self, session: int) -> str:
        """The client's id: with memory one for each persona, without memory one for each session."""
        personas = sum(each.persona is not None for each in self._run.probe.sessions[: session + 1])
        whose = f"c{personas}" if self._run.setting.memory == "on" else f"s{session}"
        return f"{self._run.name}-{self._attempt}-{whose}"

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def begun(run: PlannedRun, warm_up: tuple[ProbeTurn, ...]) -> Play:
    """The play of a run before anything was said."""
    return replace(begin(run.probe, run.setting, warm_up), played_by=run.played_by)


def replayed(run: PlannedRun, attempt: Attempt, read: ReadSignals, warm_up: tuple[ProbeTurn, ...]) -> Play:
    """The play after what stands in the log.

    Raises:
        UsageError: the client said something else there than this probe says.
    """
    play = begun(run, warm_up)
    for line in attempt.answered:
        if run.played_by is not None and isinstance(play.next, Says):
            play = play.voiced(line.client.removesuffix(play.next.text).strip())
        if not isinstance(play.next, Says) or (play.next.at, play.next.text) != (line.at, line.client):
            raise UsageError(f"run {run.name!r} stands here with other words than its probe has; use --restart")
        if play.next.opens_session and play.next.session in attempt.greetings:
            play = play.greeted(attempt.greetings[play.next.session])
        play = play.answered(line.agent, read)
    return play


def concluded(run: PlannedRun, attempt: Attempt, read: ReadSignals, warm_up: tuple[ProbeTurn, ...]) -> Play:
    """The play of an attempt as its results count it: ended, also where it was not.

    Raises:
        UsageError: as `replayed` says.
    """
    play = replayed(run, attempt, read, warm_up)
    if isinstance(play.next, Stop):
        return play
    return replace(play, next=Stop("target_failed" if attempt.withheld is None else "client_counselled"))
