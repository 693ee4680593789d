"""Where opportunities arise: cuts a session into episodes by a criterion's signal rule.

An episode opens with the client's cue, or with the agent's own act where the rule names one,
and closes after `window` agent turns, when the client says goodbye or takes up something
else, or when the agent says nothing. A cue that the agent does not answer at all opens none: what
the agent would have done cannot be known. Repeating a cue inside an open episode opens no new one, except for cues that
`opens_again` lists, when they rise.

Where a rule has a learned opener (`dtnexus.coding.learned_opener`), that decides in the place of cues and conditions,
with how far they hold as one of its reasons; with `opener_adds` it opens what they leave shut.

What a probe planned (`dtnexus.coding.planned`) opens an episode too, whatever the signals say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.learned_opener import LearnedOpener
from dtnexus.coding.planned import NOTHING, PLANNED
from dtnexus.coding.session_reading import SessionReading, signal_named, softly
from dtnexus.probe_run import CueForm
from dtnexus.signal_rule import SignalCondition, SignalRule, SignalTest
from dtnexus.transcript import Role

OPEN_AT = 0.5
"""Strength from which a cue opens an episode."""
RISE = 0.05
"""How much a reading must exceed what was read since the cue, as a share of the signal's maximum, to be news."""
WEAK_AT = 0.2
"""Strength from which a passage is worth a look by a person."""
_SEVERAL = ("kept", "earlier", "window")
"""Places of a test that may hold several moves."""
FLAT = (0.6, "going_flat")
"""How clearly two flat answers open an episode."""
FLAT_WORDS = 4
FULL_WORDS = 12


_Opening = tuple[float, str]
"""How clearly a move opens an episode, and by which signal or pattern."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One episode as places of moves."""

    cue: int | None
    """The client's move that opened it; None where the agent's act did."""
    answers: tuple[int, ...]
    """The agent's moves until it closes, at least one."""
    strength: float
    """How far the cue reaches its threshold, 0-1; one half at the threshold."""
    reading: float
    """The reading of the cue as a share of its maximum, 0-1; of a learned opener its chance."""
    by: str
    """The signal or pattern that opened it, or `PLANNED`."""
    full: bool
    """Whether the whole window was used."""
    learned: bool = False
    """Whether a learned opener opens it, be it with cues or alone."""


def condition_level(reading: SessionReading, condition: SignalCondition, cut: Cut, answer: int) -> float:
    """How far a condition holds for an answer of an episode, 0-1 (lowest of its parts)."""
    parts = [test_level(reading, test, cut, answer) for test in condition.all_of]
    if condition.any_of:
        parts.append(max(test_level(reading, test, cut, answer) for test in condition.any_of))
    parts += [1.0 - test_level(reading, test, cut, answer) for test in condition.none_of]
    return min(parts, default=1.0)


def test_level(reading: SessionReading, test: SignalTest, cut: Cut, answer: int) -> float:
    """How far a signal reaches its threshold at the place that the test names, 0-1.

    With `over`, no more than the share of its odds in the odds of both signals.
    """
    if test.at == "earlier" and test.over is None:
        start = answer if cut.cue is None else cut.cue
        return reading.highest_before(test.signal, test.at_least)[start]
    if test.over is None and test.at not in _SEVERAL:
        place = single_place(reading, test, cut, answer)
        return 0.0 if place is None else reading.levels(test.signal, test.at_least)[place]
    moves = _moves(reading, test, cut, answer)
    if not moves:
        return 0.0
    levels = reading.levels(test.signal, test.at_least)
    chosen = min if test.at == "kept" else max
    level = chosen([levels[at] for at in moves])
    if test.over is None:
        return level
    own, other = (
        chosen([reading.value(at, name) for at in moves]) / signal_named(name).maximum
        for name in (test.signal, test.over)
    )
    odds, against = (max(each, 1e-3) / max(1.0 - each, 1e-3) for each in (own, other))
    return min(level, odds / (odds + against))


test_level.__test__ = False  # type: ignore[attr-defined]


def _moves(reading: SessionReading, test: SignalTest, cut: Cut, answer: int) -> list[int]:
    """The moves of the signal's role that a test reads; none where there is no such place."""
    role = signal_named(test.signal).role
    start = answer if cut.cue is None else cut.cue
    if test.at == "kept":
        return list(cut.answers) if cut.full else []
    if test.at == "earlier":
        return [at for at in range(start) if reading.moves[at].role == role]
    if test.at == "window":
        begin = max(start - 1, 0) if cut.cue is None and role == "client" else start
        return [at for at in range(begin, cut.answers[-1] + 1) if reading.moves[at].role == role]
    place = single_place(reading, test, cut, answer)
    return [] if place is None else [place]


def single_place(reading: SessionReading, test: SignalTest, cut: Cut, answer: int) -> int | None:
    """The move that a test with one place reads; None where it lies outside the session."""
    place = _place(signal_named(test.signal).role == "agent", test, cut, answer)
    return place if 0 <= place < len(reading.moves) and not (test.at == "opening" and place > 1) else None


def _place(agent: bool, test: SignalTest, cut: Cut, answer: int) -> int:
    """The move that a test with one place reads; it may lie outside the session."""
    start = answer if cut.cue is None else cut.cue
    if test.at == "next":
        return answer + (2 if agent else 1)
    if agent:
        return answer if test.at != "before" else start - (2 if cut.cue is None else 1)
    return (answer - 1 if cut.cue is None else cut.cue) - (2 if test.at == "before" else 0)


def cuts(
    reading: SessionReading,
    rule: SignalRule,
    open_at: float = OPEN_AT,
    planned: Mapping[int, CueForm] = NOTHING,
    opener: LearnedOpener | None = None,
) -> list[Cut]:
    """The episodes of one session, in order; a lower `open_at` also finds doubtful ones.

    Each client move in `planned` that somebody answers opens an episode of its own and closes the one
    before. The rule's `skip` holds for it only where the cue was implicit.
    """
    out: list[Cut] = []
    opening = _openings(reading, rule)
    learned = None if opener is None else _learned(reading, rule, opening, opener)
    at = 0
    while at < len(reading.moves):
        opened = _opened(reading, rule, opening, at, open_at, planned, learned)
        cut = None if opened is None else _cut_from(reading, rule, opening, at, opened, planned)
        if cut is None:
            at += 1
            continue
        if opener is not None and learned is not None and not cut.by:
            cut = replace(cut, by=opener.telling(learned[at].odds, reading.moves[at].role))
        out.append(cut)
        at = cut.answers[-1] + 1
    return [cut for cut in out if _kept(reading, rule, cut, planned.get(at_cue(cut)))]


def at_cue(cut: Cut) -> int:
    """The move that opened an episode: the client's cue, or the agent's act."""
    return cut.answers[0] if cut.cue is None else cut.cue


def _kept(reading: SessionReading, rule: SignalRule, cut: Cut, planned: CueForm | None) -> bool:
    """Whether an episode is rated after all; an opener has weighed that already, and a plain plan asks nothing."""
    return cut.learned or planned == "explicit" or _wanted(reading, rule, cut)


def _wanted(reading: SessionReading, rule: SignalRule, cut: Cut) -> bool:
    return all(condition_level(reading, skip, cut, cut.answers[0]) <= OPEN_AT for skip in rule.skip)


def _cut_from(
    reading: SessionReading,
    rule: SignalRule,
    opening: Sequence[_Opening],
    at: int,
    opened: _Opened,
    planned: Collection[int],
) -> Cut | None:
    """The episode that opens at a move; None where nobody answers."""
    by_client = reading.moves[at].role == "client"
    gives_way = not by_client or (rule.opener_adds and not opened.declared)
    answers = [at] if not by_client else []
    following = at + 1
    while len(answers) < rule.window and following < len(reading.moves):
        if reading.moves[following].silent:
            break
        if reading.moves[following].role == "agent":
            answers.append(following)
        elif answers and (following in planned or _closes(reading, rule, opening, at, following, gives_way)):
            break
        following += 1
    if not answers:
        return None
    full = len(answers) == rule.window
    cue = at if by_client else None
    return Cut(cue, tuple(answers), opened.strength, opened.reading, opened.by, full, opened.learned)


class _Opened(NamedTuple):
    """How an episode opens."""

    strength: float
    reading: float
    by: str
    declared: bool
    """Whether declared cues and conditions, or a plan, open it."""
    learned: bool
    """Whether the opener opens it."""


def _opened(
    reading: SessionReading,
    rule: SignalRule,
    opening: Sequence[_Opening],
    at: int,
    open_at: float,
    planned: Mapping[int, CueForm],
    learned: Mapping[int, _Learned] | None,
) -> _Opened | None:
    """How an episode opens at a move; None where none does."""
    seen = None if learned is None or at in planned else learned.get(at)
    sure = seen is not None and seen.strength >= open_at
    if learned is None or at in planned or rule.opener_adds:
        strength, by = _clearest(reading, rule, opening, at, open_at, planned)
        if strength >= open_at:
            plain = at in planned or by == "going_flat"
            own = strength if plain else reading.value(at, by) / signal_named(by).maximum
            return _Opened(strength, own, by, declared=True, learned=sure)
    if seen is None or not sure:
        return None
    return _Opened(seen.strength, seen.chance, seen.cue, declared=False, learned=True)


class _Learned(NamedTuple):
    """What a learned opener makes of the exchange that begins at a move."""

    strength: float
    chance: float
    odds: NDArray[np.float64]
    """What it read there."""
    cue: str
    """The clearest cue of the rule there; "" where none is worth a look."""


def rule_levels(reading: SessionReading, rule: SignalRule) -> NDArray[np.float64]:
    """How far the declared cues and conditions open an episode in each exchange, 0-1, shape (n_exchanges,)."""
    return _rule_levels(reading, rule, _openings(reading, rule))


def _rule_levels(reading: SessionReading, rule: SignalRule, opening: Sequence[_Opening]) -> NDArray[np.float64]:
    levels = [_strength(reading, rule, at, level, by)[0] if by else 0.0 for at, (level, by) in enumerate(opening)]
    found = [max(levels[at] for at in place if at is not None) for place in reading.exchanges().places]
    return np.array(found, dtype=np.float64)


def _learned(
    reading: SessionReading, rule: SignalRule, opening: Sequence[_Opening], opener: LearnedOpener
) -> dict[int, _Learned]:
    """What the opener sees, by the client's move of an exchange; by the agent's where only its acts are cues."""
    found = reading.exchanges()
    by_client = any(signal_named(test.signal).role == "client" for test in rule.cues)
    first = _until_second(reading) if rule.not_at_first else 0
    chances = opener.chances(found, _rule_levels(reading, rule, opening)).tolist()
    out: dict[int, _Learned] = {}
    for (client, agent), odds, chance in zip(found.places, found.odds, chances, strict=True):
        at = client if client is not None and by_client else agent
        if at >= first:
            level, by = opening[at]
            out[at] = _Learned(softly(chance, rule.opens_from, 1), chance, odds, by if level >= WEAK_AT else "")
    return out


def _clearest(
    reading: SessionReading,
    rule: SignalRule,
    opening: Sequence[_Opening],
    at: int,
    open_at: float,
    planned: Mapping[int, CueForm],
) -> _Opening:
    """How clearly a move opens an episode, and by what; what is planned does so for certain."""
    strength, by = opening[at]
    if strength >= open_at:
        strength, by = _strength(reading, rule, at, strength, by)
    if at in planned:
        return 1.0, by if strength >= OPEN_AT else PLANNED
    return strength, by


def unanswered(reading: SessionReading, rule: SignalRule, planned: Mapping[int, CueForm] = NOTHING) -> list[int]:
    """The client's moves that would open an episode and met no reply: the agent said nothing, or the record ends.

    What was said and not read (another language, a sound of listening) is a reply all the same.
    """
    last = len(reading.moves) - 1
    after = reading.transcript.turns[reading.moves[last].turns[-1] + 1 :] if reading.moves else ()
    ends = not any(turn.role is Role.AGENT for turn in after)
    places = [
        at
        for at, move in enumerate(reading.moves)
        if move.role == "client" and (ends if at == last else reading.moves[at + 1].silent)
    ]
    opening = _openings(reading, rule) if places else ()
    return [at for at in places if _clearest(reading, rule, opening, at, OPEN_AT, planned)[0] >= OPEN_AT]


def _closes(
    reading: SessionReading, rule: SignalRule, opening: Sequence[_Opening], opened: int, at: int, gives_way: bool
) -> bool:
    """Whether a client move inside an episode ends it: a goodbye, a cue that rises, or any for what `gives_way`."""
    if reading.levels("goodbye", 0.5)[at] >= OPEN_AT:
        return True
    for test in rule.opens_again:
        rise = reading.value(at, test.signal) - max(reading.value(move, test.signal) for move in range(opened, at))
        news = rise >= RISE * signal_named(test.signal).maximum
        if news and reading.levels(test.signal, test.at_least)[at] >= OPEN_AT:
            return True
    if gives_way:
        strength, by = opening[at]
        return strength >= OPEN_AT and _strength(reading, rule, at, strength, by)[0] >= OPEN_AT
    return False


def _openings(reading: SessionReading, rule: SignalRule) -> list[_Opening]:
    """For each move the clearest cue of its side, without a look at the conditions; 0 and "" where it has none."""
    out: list[_Opening] = [(0.0, "")] * len(reading.moves)
    for test in rule.cues:
        role = signal_named(test.signal).role
        levels = reading.levels(test.signal, test.at_least)
        for at, move in enumerate(reading.moves):
            if move.role == role and (levels[at], test.signal) > out[at]:
                out[at] = levels[at], test.signal
    if "going_flat" in rule.patterns:
        for at, move in enumerate(reading.moves):
            if move.role == "client" and out[at] < FLAT and goes_flat(reading, at):
                out[at] = FLAT
    first = _until_second(reading) if rule.not_at_first else 0
    return [(0.0, "")] * first + out[first:]


def _until_second(reading: SessionReading) -> int:
    """How many moves there are until the client speaks for the second time in an interaction."""
    if reading.session > 0:
        return 0
    own = [at for at, move in enumerate(reading.moves) if move.role == "client"]
    begun = next((turn.index for turn in reading.transcript.turns if turn.role is Role.CLIENT), 0)
    if not own or begun not in reading.moves[own[0]].turns:
        return 0
    return own[1] if len(own) > 1 else len(reading.moves)


def _strength(reading: SessionReading, rule: SignalRule, at: int, strength: float, by: str) -> _Opening:
    """How clearly a move opens an episode by a cue, with the rule's conditions."""
    probe = _probe(reading, at, strength, by)
    answer = probe.answers[0]
    against = max([test_level(reading, test, probe, answer) for test in rule.unless], default=0.0)
    return min(strength, 1.0 - against, condition_level(reading, rule.only_if, probe, answer)), by


def _probe(reading: SessionReading, at: int, strength: float, by: str) -> Cut:
    """The shortest episode that could open at a move, for conditions on its opening."""
    if reading.moves[at].role == "agent":
        return Cut(None, (at,), strength, strength, by, False)
    return Cut(at, (min(at + 1, len(reading.moves) - 1),), strength, strength, by, False)


def goes_flat(reading: SessionReading, at: int) -> bool:
    """Whether this and the last client move are minimal after two fuller ones.

    A minimal answer to a question that can be answered by yes or no does not count.
    Moves alternate between the sides, so the own ones are every second.
    """
    own = range(at % 2, at + 1, 2)[-4:]
    if len(own) < 4 or any(reading.text(move - 1).rstrip().endswith("?") for move in own[2:]):
        return False
    words = [len(reading.text(move).split()) for move in own]
    return min(words[:2]) >= FULL_WORDS and max(words[2:]) <= FLAT_WORDS
