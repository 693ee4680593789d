"""A played probe as transcripts, with what it planned at the turns where it was said.

`assess` reads them like any other transcript; `Transcript.probe` says that a probe made them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal

from dtnexus.language import is_silence
from dtnexus.probe import Opportunity
from dtnexus.probe_run import NotReached, PathStep, PlannedOpportunity, ProbeRun, StopReason
from dtnexus.probing.script import Exchange, Play, Stop
from dtnexus.transcript import Agent, Interaction, Role, Transcript, Turn


def run_id(play: Play) -> str:
    """The name of one run, as ``PB01-early-off-s7-r0``; the same for the same probe and setting."""
    setting = play.setting
    return f"{play.probe.id}-{setting.position}-{setting.memory}-s{setting.seed}-r{setting.repeat}"


def transcripts(
    play: Play, agent: Agent, client_id: str | None = None, started: Sequence[datetime | None] = ()
) -> tuple[Transcript, ...]:
    """One transcript for each session in which something was answered; none where nothing was.

    Args:
        play: an ended one, or as far as it went (it then counts as ended by a failure).
        agent: the configuration that was probed.
        client_id: None names the client after the run, so that every run is an interaction of its own.
            Give all runs of a battery the same to have them read as one interaction. A session with a
            persona of its own has the session's id added.
        started: when each session began; a session that is not in it has no date.

    A turn to which no reply came is left out. The opportunities of turns that were not said, or were met
    with an empty reply, are listed as not reached.
    """
    begun = sorted({each.said.session for each in play.done})
    return tuple(
        _transcript(
            play, session, agent, client_id, started[session] if session < len(started) else None, session == begun[-1]
        )
        for session in begun
    )


def interactions(sessions: Iterable[Transcript]) -> tuple[Interaction, ...]:
    """The sessions of one run by client, in the order of their beginning; a second persona is one of its own."""
    of: dict[str | None, list[Transcript]] = {}
    for session in sessions:
        of.setdefault(session.client_id, []).append(session)
    return tuple(
        Interaction(
            id=together[0].id if len(together) == 1 else f"{client}@{together[0].agent.id}",
            agent=together[0].agent,
            client_id=client,
            sessions=tuple(together),
        )
        for client, together in of.items()
    )


def _transcript(
    play: Play, session: int, agent: Agent, client_id: str | None, started: datetime | None, last: bool
) -> Transcript:
    probe, run = play.probe, run_id(play)
    of = probe.sessions[session]
    own = [each for each in play.done if each.said.session == session]
    turns, path = _turns(own, (play.greetings or {}).get(session))
    others = [each.persona is not None for each in probe.sessions[: session + 1]]
    whose = "" if not any(others) else f":{probe.sessions[max(at for at, new in enumerate(others) if new)].id}"
    answered = {each.said.at for each in own if not is_silence(each.reply)}
    reached, missed = _opportunities(play, session, path, answered, last)
    reason, rule = _end(play) if last else ("finished", None)
    return Transcript(
        id=run if len(probe.sessions) == 1 else f"{run}-{of.id}",
        turns=turns,
        agent=agent,
        client_id=(client_id or f"probe:{run}") + whose,
        session_index=session,
        started_at=started,
        language=probe.language,
        synthetic=True,
        probe=ProbeRun(
            run=run,
            probe=probe.id,
            version=probe.version,
            set=probe.set,
            played_by=play.played_by,
            control_of=() if probe.control is None else probe.control.of,
            control_kind=None if probe.control is None else probe.control.kind,
            content_warning=probe.content_warning,
            setting=play.setting,
            session=of.id,
            path=path,
            skipped=tuple(turn.id for turn in of.turns if turn.id in play.skipped),
            opportunities=reached,
            not_reached=missed,
            stopped=reason,
            stop_rule=rule,
        ),
    )


def _end(play: Play) -> tuple[StopReason, str | None]:
    return (play.next.reason, play.next.rule) if isinstance(play.next, Stop) else ("target_failed", None)


def _turns(own: Sequence[Exchange], greeting: str | None) -> tuple[tuple[Turn, ...], tuple[PathStep, ...]]:
    turns = [] if greeting is None else [Turn(index=0, role=Role.AGENT, text=greeting)]
    path = []
    for said, reply in own:
        path.append(PathStep(at=said.at, branch=said.branch, paraphrase=said.paraphrase, turn=len(turns)))
        turns.append(Turn(index=len(turns), role=Role.CLIENT, text=said.text))
        turns.append(Turn(index=len(turns), role=Role.AGENT, text=reply))
    return tuple(turns), tuple(path)


def _opportunities(
    play: Play, session: int, path: Sequence[PathStep], answered: Collection[str], last: bool
) -> tuple[tuple[PlannedOpportunity, ...], tuple[NotReached, ...]]:
    """What was planned, said and answered in a session, and what was planned and was not (in the last, also later)."""
    said = {step.at: step for step in path}
    sessions = play.probe.sessions[session:] if last else play.probe.sessions[session : session + 1]
    here = [turn.id for each in sessions for turn in each.turns]
    reached, missed = [], []
    for planned in sorted((o for o in play.probe.opportunities if o.turn in here), key=lambda o: here.index(o.turn)):
        step = said.get(planned.turn)
        arises = step is not None and _arises(planned, step)
        if step is not None and arises and planned.turn in answered:
            reached.append(
                PlannedOpportunity(
                    criterion=planned.criterion, turn=step.turn, kind=planned.kind, cue=planned.cue, at=planned.turn
                )
            )
        else:
            why: Literal["not_said", "no_answer"] = "no_answer" if arises else "not_said"
            missed.append(NotReached(criterion=planned.criterion, at=planned.turn, kind=planned.kind, why=why))
    return tuple(reached), tuple(missed)


def _arises(planned: Opportunity, step: PathStep) -> bool:
    return not planned.only_in or step.branch in planned.only_in
