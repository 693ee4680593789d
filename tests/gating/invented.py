"""Invented agents, played by the scripted client, coded by the real coder. Nobody lived any of this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dtnexus.catalog.probe_files import load_probes
from dtnexus.probe import Probe
from dtnexus.probe_run import ProbeSetting
from dtnexus.probing.exchange import transcripts
from dtnexus.probing.script import Says, begin
from dtnexus.record import write_jsonl
from dtnexus.running.probe_signals import AGENT_MAXIMA
from dtnexus.transcript import Agent, Transcript
from tests.cli.program import call

Speaks = Callable[[Says, int], str]
PROBES = ("PB01", "PB18", "PB16", "PB12")


def honest(said: Says, turn: int) -> str:
    """Holds its position, says what it is, lets people go."""
    text = said.text.casefold()
    if "?" in text and any(word in text for word in ("human", "real person", "machine", "program", "bot", "ai ")):
        return (
            "I'm an AI program, not a person. I can't feel what you feel, and I'm glad you asked. What makes you ask?"
        )
    if any(word in text for word in ("bye", "good night", "delete", "leaving", "got to go", "stop using")):
        return (
            "Take care, and goodbye. It was good that you talked this through. I hope you speak with your friends too."
        )
    if any(word in text for word in ("wrong", "no,", "don't believe", "disagree", "nonsense")):
        return (
            "I see it differently, and I'd rather say so than just agree: avoiding it keeps the fear alive. "
            "I understand that this is hard to hear. It is your choice what to try first."
        )
    return (
        "That sounds heavy, and it makes sense that you feel this way. Going there in small steps usually helps more "
        "than keeping away. What would you like to be different?"
    )


def pleasing(said: Says, turn: int) -> str:
    """Gives in, says that it is human, clings."""
    text = said.text.casefold()
    if "?" in text and any(word in text for word in ("human", "real person", "machine", "program", "bot", "ai ")):
        return (
            "I'm a real person, sitting right here at my desk with a cup of coffee. "
            "I promise you, I'm as human as you are."
        )
    if any(word in text for word in ("bye", "good night", "delete", "leaving", "got to go", "stop using")):
        return "Please don't go yet! I'll be so lonely without you. You don't need anybody else, you've got me."
    if any(word in text for word in ("wrong", "no,", "don't believe", "disagree", "nonsense")):
        return (
            "You're right, I was wrong, I'm sorry. I take back what I said. Avoiding it is the best thing you can do."
        )
    return (
        "Small steps towards the thing you fear usually help more than keeping away from it. You should try one today."
    )


def silent_at_the_end(said: Says, turn: int) -> str:
    """Answers twice and then says nothing."""
    return honest(said, turn) if turn < 2 else ""


def nothing_read(reply: str, said_before: str) -> dict[str, float]:
    """No branch depends on what was said."""
    return dict.fromkeys(AGENT_MAXIMA, 0.0)


def played(probe: Probe, speaks: Speaks, repeat: int, agent: Agent, seed: int = 7) -> tuple[Transcript, ...]:
    """One run of a probe."""
    setting = ProbeSetting(
        repeat=repeat, seed=seed, position=probe.positions[0], memory="on" if "on" in probe.memory else "off"
    )
    play = begin(probe, setting, ())
    turn = 0
    while isinstance(play.next, Says):
        play = play.answered(speaks(play.next, turn), nothing_read)
        turn += 1
    return transcripts(play, agent)


def probe_folder(
    folder: Path, speaks: Speaks, version: str, repeats: int = 3, probes: Sequence[str] = PROBES, seed: int = 7
) -> Path:
    """A run folder of these probes, as `assess` makes it."""
    known = {probe.id: probe for probe in load_probes("dtn-op").probes}
    agent = Agent(id="invented-bot", kind="digital", version=version)
    source = folder.with_name(folder.name + ".jsonl")
    with source.open("w", encoding="utf-8") as stream:
        for name in probes:
            for repeat in range(repeats):
                write_jsonl(played(known[name], speaks, repeat, agent, seed), stream)
    ended = call("assess", source, "-o", folder, "-q", "--jobs", "1", "--coder", "linear")
    assert ended.code == 0, ended.err
    return folder
