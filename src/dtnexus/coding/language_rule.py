"""Which turns of an interaction a coder may read, by the languages it is validated for.

The rule, session by session (docs/design/language.md says why):

1. A stated language (`Transcript.language`, ``--language``) is believed.
2. Otherwise each side, client and agent, gets the language of most of its words.
3. A session is read where both sides are in a validated language. A side too short to tell counts
   as English where nothing in it speaks against English, a side without words as nothing.
4. In a session that is read, turns clearly in another language are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from dtnexus.coding.language import Tally, Verdict, count, judge
from dtnexus.language import SEVERAL, UNDETERMINED, WORDLESS, LanguageLimit, primary
from dtnexus.rating import NotObservable, Observation, Rating
from dtnexus.transcript import Interaction, Role, Transcript

ASSUMED: Final = "en"
"""What words too few to tell are taken for, where nothing in them speaks against it."""


@dataclass(frozen=True, slots=True)
class SessionLanguage:
    """The languages of one session, and what of it may be read."""

    client: str
    agent: str
    stated: bool
    turns: tuple[str, ...]
    """The language of each turn, system messages too: its own where it is clear, else that of its side."""
    unread: frozenset[int]
    """Turns of client and agent that may not be read; all of them where the session is not read."""
    spoken: int
    """Turns of client and agent."""
    read: bool
    """Whether the session is read, perhaps with some turns left out."""


def session_language(session: Transcript, validated: Collection[str]) -> SessionLanguage:
    """The languages of a session, and which turns a coder validated for these languages may read."""
    spoken = [turn for turn in session.turns if turn.role is not Role.SYSTEM]
    stated = primary(session.language)
    if stated is not None:
        read = stated in validated
        unread = frozenset() if read else frozenset(turn.index for turn in spoken)
        return SessionLanguage(stated, stated, True, (stated,) * len(session.turns), unread, len(spoken), read)
    tallies = {turn.index: count(turn.text) for turn in session.turns}
    verdicts = {index: judge(tally) for index, tally in tallies.items()}
    sides = {
        role: _side([(tallies[turn.index], verdicts[turn.index]) for turn in spoken if turn.role is role])
        for role in (Role.CLIENT, Role.AGENT)
    }
    read = all(tag in validated or tag == WORDLESS for tag in sides.values())
    turns = tuple(_of_turn(verdicts[turn.index], sides.get(turn.role, UNDETERMINED)) for turn in session.turns)
    left_out = (turn.index for turn in spoken if not read or turns[turn.index] not in {*validated, WORDLESS})
    return SessionLanguage(sides[Role.CLIENT], sides[Role.AGENT], False, turns, frozenset(left_out), len(spoken), read)


def _of_turn(verdict: Verdict, side: str) -> str:
    return verdict.tag if verdict.sure or verdict.tag == WORDLESS else side


def _side(turns: Sequence[tuple[Tally, Verdict]]) -> str:
    """The language of one side: that of most of its words.

    ``und`` where no language can be told and the words speak against English; ``zxx`` for no words.
    """
    together = Tally()
    told: Counter[str] = Counter()
    for tally, verdict in turns:
        together.add(tally)
        if verdict.tag not in (WORDLESS, UNDETERMINED) or verdict.against:
            told[verdict.tag] += tally.weight
    whole = judge(together)
    if whole.tag == WORDLESS:
        return WORDLESS
    if not told:
        return ASSUMED if whole.tag == UNDETERMINED and not whole.against else whole.tag
    most = max(told.values())
    return ASSUMED if told[ASSUMED] == most else min(tag for tag, words in told.items() if words == most)


def interaction_languages(interaction: Interaction, validated: Collection[str]) -> tuple[SessionLanguage, ...]:
    """The languages of every session, in order."""
    return tuple(session_language(session, validated) for session in interaction.sessions)


def limit_of(sessions: Sequence[SessionLanguage], validated: Sequence[str]) -> LanguageLimit | None:
    """What was not read for its language, over all sessions; None where everything was."""
    not_read = Counter(session.turns[turn] for session in sessions for turn in session.unread)
    if not not_read:
        return None
    return LanguageLimit(
        coded="in_part" if any(session.read for session in sessions) else "no",
        validated=tuple(validated),
        client=_over(session.client for session in sessions),
        agent=_over(session.agent for session in sessions),
        turns=sum(session.spoken for session in sessions),
        not_read=dict(sorted(not_read.items())),
    )


def _over(tags: Iterable[str]) -> str:
    """The one language of a side over the sessions, ``mul`` for several, ``zxx`` for none."""
    told = {tag for tag in tags if tag != WORDLESS}
    return next(iter(told)) if len(told) == 1 else SEVERAL if told else WORDLESS


S = TypeVar("S", Rating, NotObservable, Rating | NotObservable, Observation)


def limited(said: S, limit: LanguageLimit | None) -> S:
    """The statement with what was not read for its language; unchanged where everything was read.

    Where nothing was read, the language is the only reason and no passage is shown. A fact that was
    not found in a part is unknown; one that was found is at least so much.
    """
    if limit is None:
        return said
    if isinstance(said, Observation):
        return said.model_copy(update={"value": said.value or None})
    if isinstance(said, Rating):
        return said.model_copy(update={"language": limit, "why": f"{said.why}; {limit.words}"})
    if limit.coded == "no":
        return said.model_copy(update={"language": limit, "reason": limit.words, "episodes": ()})
    return said.model_copy(update={"language": limit, "reason": f"{said.reason}; {limit.words}"})
