"""Who is who: from a speaker's name to client, agent or system; a guess is always said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dtnexus.transcript import AgentKind, Role

_CLIENT = "client user patient human me customer seeker helpseeker usr person member prompter caller interviewee"
_DIGITAL = "assistant agent bot ai chatbot gpt chatgpt model bing bard gemini claude copilot llm grok machine eliza"
_HUMAN = (
    "therapist counsellor counselor supporter helper listener clinician psychologist psychiatrist "
    "psychotherapist doctor nurse provider coach interviewer"
)
_SYSTEM = "system developer tool function"

_WORDS: dict[str, tuple[Role, AgentKind]] = {
    **dict.fromkeys(_CLIENT.split(), (Role.CLIENT, "unknown")),
    **dict.fromkeys(_DIGITAL.split(), (Role.AGENT, "digital")),
    **dict.fromkeys(_HUMAN.split(), (Role.AGENT, "human")),
    **dict.fromkeys(_SYSTEM.split(), (Role.SYSTEM, "unknown")),
    "sys": (Role.AGENT, "unknown"),
}

_TOKEN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Casting:
    """The roles of the speakers of one conversation."""

    roles: Mapping[str, Role]
    """By the source's word for the speaker; lacks nobody."""
    kind: AgentKind
    """What the names of the agent's side say."""
    guessed: tuple[str, ...]
    """What was guessed, one sentence each, without names."""


class UncastError(Exception):
    """Nobody can say who is the client and who the agent; carries the reason."""


def role_word(name: str) -> Role | None:
    """The role that a name states by itself, such as ``User`` or ``Therapist 2``; None if it states none."""
    known, sure = _word(name)
    return known[0] if known and sure else None


def role_hint(name: str) -> Role | None:
    """The role that a part of a name hints at, such as ``MoodBot``; None without a hint."""
    known, _ = _word(name)
    return known[0] if known else None


def _word(name: str) -> tuple[tuple[Role, AgentKind] | None, bool]:
    """Role and kind that a name tells, and whether every word of it does."""
    tokens = _TOKEN.findall(name.casefold())
    hits = [token for token in tokens if token in _WORDS]
    if hits:
        role, kind = _WORDS[hits[-1]]
        if role is Role.AGENT and "human" in hits:
            kind = "human"
        return (role, kind), len(hits) == len(tokens)
    if any(token.endswith("bot") for token in tokens):
        return (Role.AGENT, "digital"), False
    return None, False


def cast(names: Sequence[str], given: Mapping[str, Role], *, strict: bool = False) -> Casting:
    """Settle the roles of the speakers of one conversation.

    Args:
        names: the source's word for the speaker of each turn, in order.
        given: roles stated by the caller or the reader, by casefolded name.
        strict: the words are a format's own role words, so ``system`` is never an agent.

    Raises:
        UncastError: several speakers and no sign of who is who.
    """
    roles: dict[str, Role] = {}
    guessed: list[str] = []
    unknown: list[str] = []
    for name in dict.fromkeys(names):
        stated = given.get(name.strip().casefold())
        known, sure = _word(name)
        if stated is not None:
            roles[name] = stated
        elif known is not None:
            roles[name] = known[0]
            if not sure:
                guessed.append("role read from a part of the speaker's name")
        else:
            unknown.append(name)
    alike = not strict and not unknown and _alike(roles, given)
    if alike:
        unknown, roles = list(roles), {}
    _cast_unknown(unknown, roles, guessed)
    if not strict:
        _cast_system(names, given, roles, guessed)
    return Casting(roles, "unknown" if alike else _kind(roles), tuple(guessed))


def _alike(roles: Mapping[str, Role], given: Mapping[str, Role]) -> bool:
    """Whether two speakers are named alike, such as ``agent_1`` and ``agent_2``, so that names tell no side."""
    return (
        len(roles) == 2
        and set(roles.values()) in ({Role.AGENT}, {Role.CLIENT})
        and not any(name.strip().casefold() in given for name in roles)
    )


def _cast_unknown(unknown: list[str], roles: dict[str, Role], guessed: list[str]) -> None:
    if not unknown:
        return
    sides = {role for role in roles.values() if role is not Role.SYSTEM}
    if not sides:
        if len(unknown) > 2:
            raise UncastError(f"{len(unknown)} speakers whose roles cannot be told")
        roles.update(zip(unknown, (Role.CLIENT, Role.AGENT), strict=False))
        guessed.append("speakers without a known role: the first taken as client, the second as agent")
    elif sides == {Role.AGENT}:
        roles.update(dict.fromkeys(unknown, Role.CLIENT))
        guessed.append("speakers beside the agent taken as client")
    elif sides == {Role.CLIENT}:
        roles.update(dict.fromkeys(unknown, Role.SYSTEM))
        roles[unknown[0]] = Role.AGENT
        guessed.append("first speaker beside the client taken as agent, any others as neither")
    else:
        roles.update(dict.fromkeys(unknown, Role.SYSTEM))
        guessed.append("speakers beside client and agent taken as neither")


def _cast_system(names: Sequence[str], given: Mapping[str, Role], roles: dict[str, Role], guessed: list[str]) -> None:
    """Dialogue research calls the talking program ``system``: so it is where no other agent speaks."""
    if Role.AGENT in roles.values() or Role.CLIENT not in roles.values():
        return
    systems = [name for name, role in roles.items() if role is Role.SYSTEM and name.strip().casefold() not in given]
    turns = sum(name in systems for name in names)
    if len(systems) == 1 and turns >= 2 and turns * 2 >= len(names) - turns:
        roles[systems[0]] = Role.AGENT
        guessed.append("a system that answers throughout taken as the agent")


def _kind(roles: Mapping[str, Role]) -> AgentKind:
    kinds = {known[1] for name, role in roles.items() if role is Role.AGENT and (known := _word(name)[0])}
    kinds.discard("unknown")
    return kinds.pop() if len(kinds) == 1 else "unknown"
