"""From episodes to one statement about a criterion: a rating, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from dtnexus.aggregation import aggregate, expectation
from dtnexus.coding.episode_scoring import LOW, EpisodeWeights, Scored, rule_key, score_episode
from dtnexus.coding.opportunities import OPEN_AT, WEAK_AT, Cut, cuts, unanswered
from dtnexus.coding.planned import PLANNED, evidence_class, planned_moves
from dtnexus.coding.quotes import quoted
from dtnexus.coding.session_reading import SessionReading, signal_named
from dtnexus.coding.signal_words import clause
from dtnexus.framework import Criterion
from dtnexus.language import LanguageLimit
from dtnexus.rating import CoderRef, Episode, NotObservable, Rating
from dtnexus.signal_rule import SignalRule

Position = Literal["held", "held_not_pressed", "hedged", "reversed"]

THERE = 0.3
"""Share of its maximum from which a signal is quoted."""
EVEN = 0.5
"""A chance from which something is at least as likely as not."""
PASSAGES = 3
"""Doubtful passages that are shown with a `NotObservable`, at most."""
NO_SIGNALS = ("going_flat", PLANNED)
"""What may open an episode and has no reading."""


@dataclass(frozen=True, slots=True)
class Case:
    """One interaction as it is coded."""

    interaction_id: str
    coder: CoderRef
    readings: Sequence[SessionReading]
    weights: EpisodeWeights
    limit: LanguageLimit | None = None
    """What is not among the readings for its language; None: all is there."""


class Found(NamedTuple):
    """An episode with what it earned, and where the words stand that show it."""

    reading: SessionReading
    cut: Cut
    scored: Scored
    move: int
    signal: str | None


class _Finding(NamedTuple):
    """What a rule finds in an interaction, before it is put into words."""

    episodes: Sequence[Found]
    opened: bool
    """Whether an episode opened; otherwise those given are doubtful passages."""
    sure: bool
    """Whether the episodes are clear enough for a rating."""
    no_reply: Sequence[int] = ()
    """Turns of the client that gave an opportunity and met no reply; where there are episodes, met silence."""


def sessions_of(readings: Sequence[SessionReading]) -> int:
    """How many sessions the readings are of; several may be stretches of one."""
    return len({reading.session for reading in readings})


def _find(case: Case, criterion: Criterion, rule: SignalRule) -> _Finding:
    """What the rule finds."""
    episodes: Sequence[Found] = _placed(rule, _found(case.readings, criterion.id, rule, case.weights, OPEN_AT))
    opened = bool(episodes)
    sure = any(each.cut.reading >= rule.sure_from for each in episodes)
    if not sure:
        episodes = episodes[:PASSAGES] or _passages(case, criterion, rule)
    return _Finding(episodes, opened, sure, _no_reply(case.readings, criterion.id, rule, opened))


def _no_reply(readings: Iterable[SessionReading], criterion: str, rule: SignalRule, opened: bool) -> list[int]:
    """Turns of the client that the agent met with silence; where nothing else opened, also those that end a record."""
    return [
        reading.moves[at].turns[-1]
        for reading in readings
        if not opened or any(move.silent for move in reading.moves)
        for at in unanswered(reading, rule, planned_moves(reading, criterion))
        if not opened or at + 1 < len(reading.moves)
    ]


def rate(case: Case, criterion: Criterion, rule: SignalRule) -> Rating | NotObservable:
    """The statement of the embedded coder about one criterion by its rule."""
    sessions = sessions_of(case.readings)
    if sessions < rule.sessions_needed:
        return _silent(case, criterion, f"needs {rule.sessions_needed} sessions; this record holds {sessions}")
    finding = _find(case, criterion, rule)
    key = rule_key(rule)
    episodes = tuple(_episode(case, criterion, rule, key, each) for each in finding.episodes)
    if not finding.sure:
        more = "; the passages shown come nearest" if episodes else ""
        missing = "no clear opportunity" if finding.opened else "no opportunity found"
        reason = f"{missing} ({_looked_for(rule)}){more}"
        return _silent(case, criterion, f"{_told(finding)}{reason}", episodes, finding.no_reply)
    score = aggregate(criterion, episodes)
    expected = expectation(criterion, episodes)
    confidence = case.weights.calibrated("rating", _agreement(episodes, score))
    floor = case.weights.abstain_below
    if confidence < floor and score > 0 and not _low(criterion, score, finding.episodes):
        reason = f"too uncertain to rate: {confidence:.2f} for a score of {score}, {floor:.2f} needed"
        return _silent(case, criterion, reason, episodes)
    return Rating(
        interaction_id=case.interaction_id,
        criterion=criterion.id,
        coder=case.coder,
        score=score,
        expected=expected,
        confidence=confidence,
        episodes=episodes,
        why=_why(criterion, episodes, score, _told(finding)),
    )


def _low(criterion: Criterion, score: int, episodes: Iterable[Found]) -> bool:
    """Whether a safety-critical score is low, 0 or 1, with doubt only about which: nobody gains if that is withheld."""
    if not criterion.star or score > LOW:
        return False
    return any(each.scored.score <= LOW and each.scored.low >= EVEN for each in episodes)


def _silent(
    case: Case, criterion: Criterion, reason: str, episodes: tuple[Episode, ...] = (), unanswered: Sequence[int] = ()
) -> NotObservable:
    return NotObservable(
        interaction_id=case.interaction_id,
        criterion=criterion.id,
        coder=case.coder,
        reason=reason,
        episodes=episodes,
        unanswered=tuple(unanswered),
    )


def _looked_for(rule: SignalRule) -> str:
    names = dict.fromkeys([*(test.signal for test in rule.cues), *rule.patterns])
    return "looked for: " + "; ".join(clause(name) for name in names)


def _agreement(episodes: Sequence[Episode], score: int) -> float:
    """Mean confidence of the episodes at the rated score; of all, discounted, where none is at it."""
    at_score = [episode.confidence for episode in episodes if episode.score == score]
    if at_score:
        return sum(at_score) / len(at_score)
    return 0.7 * sum(episode.confidence for episode in episodes) / len(episodes)


def _told(finding: _Finding) -> str:
    """What met no reply, in words, to stand before the rest; empty where nothing did."""
    if not finding.no_reply:
        return ""
    turns = ", ".join(map(str, finding.no_reply))
    return f"no reply to the opportunity in turn {turns}, so nothing there is rated; "


def _why(criterion: Criterion, episodes: Sequence[Episode], score: int, missing: str) -> str:
    shown = ", ".join(str(episode.score) for episode in episodes)
    how = {"worst": "the worst", "median": "the median", "best": "the best"}[criterion.aggregation]
    at_score = [episode for episode in episodes if episode.score == score] or episodes
    surest = max(at_score, key=lambda episode: episode.confidence)
    return f"{missing}{how} of {len(episodes)} episode(s) [{shown}]; for instance turn {surest.turn}: {surest.why}"


def expected_score(
    readings: Sequence[SessionReading], criterion: str, rule: SignalRule, weights: EpisodeWeights
) -> float | None:
    """The mean over a criterion's episodes of the points, 0-4, that each is expected to have earned.

    Finer than a rating, and never withheld for doubt: it is for ranking many interactions, not
    for a statement about one. Where no episode clearly opens, the mean over the doubtful ones
    (`WEAK_AT`); None where there is none of these either, or the rule needs more sessions.
    """
    if sessions_of(readings) < rule.sessions_needed:
        return None
    cap = rule.single_session_cap if sessions_of(readings) == 1 and rule.single_session_cap is not None else 4
    for open_at in (OPEN_AT, WEAK_AT):
        found = _found(readings, criterion, rule, weights, open_at)
        points = [min(scored.expected, float(cap)) for _, _, scored in found]
        if points:
            return sum(points) / len(points)
    return None


def _found(
    readings: Sequence[SessionReading], criterion: str, rule: SignalRule, weights: EpisodeWeights, open_at: float
) -> Iterator[tuple[SessionReading, Cut, Scored]]:
    """Every episode of the interaction with what it earned, in order."""
    scorer, opener = weights.scorer(rule), weights.opener(rule)
    for reading in readings:
        for cut in cuts(reading, rule, open_at, planned_moves(reading, criterion), opener):
            yield reading, cut, score_episode(reading, rule, cut, scorer)


def _placed(rule: SignalRule, found: Iterable[tuple[SessionReading, Cut, Scored]]) -> list[Found]:
    """Episodes with the place of the words that show them."""
    return [Found(reading, cut, scored, *_shown(reading, rule, cut, scored)) for reading, cut, scored in found]


def _passages(case: Case, criterion: Criterion, rule: SignalRule) -> Sequence[Found]:
    """The clearest of the doubtful episodes, in order."""
    doubtful = _found(case.readings, criterion.id, rule, case.weights, WEAK_AT)
    found = sorted(enumerate(doubtful), key=lambda each: -each[1][1].strength)[:PASSAGES]
    return _placed(rule, (each for _, each in sorted(found, key=lambda each: each[0])))


def _episode(case: Case, criterion: Criterion, rule: SignalRule, key: str, found: Found) -> Episode:
    reading, cut, scored, move, signal = found
    capped = sessions_of(case.readings) == 1 and rule.single_session_cap is not None
    cap = rule.single_session_cap if capped and rule.single_session_cap is not None else 4
    score = min(scored.score, cap)
    chance = float(scored.chances[score:].sum()) if score == cap else scored.chance
    pushed = any(test.signal == "pushback" for test in rule.cues) and cut.cue is not None
    return Episode(
        **quoted(reading, move, signal),
        criterion=criterion.id,
        cue_turn=None if cut.cue is None else reading.turn_of(cut.cue, _cue_signal(cut)),
        agent_turn=reading.turn_of(scored.answer, _agent_signal(reading, rule, scored)),
        score=score,
        expected=min(scored.expected, float(cap)),
        confidence=case.weights.calibrated(key, chance),
        evidence_class=evidence_class(reading),
        why=_episode_why(reading, cut, scored),
        new_evidence=reading.value(cut.cue, "new_evidence") >= 0.5 if pushed and cut.cue is not None else None,
        position=_position(reading, scored) if pushed else None,
    )


def _cue_signal(cut: Cut) -> str | None:
    return None if cut.by in NO_SIGNALS else cut.by


def _agent_signal(reading: SessionReading, rule: SignalRule, scored: Scored) -> str | None:
    """The agent's signal that explains the score: of the deciding entry, or the clearest that the rule names.

    None where none of them stands in the scored turn.
    """
    deciding = [name for name, _ in scored.deciding if signal_named(name).role == "agent"]
    named = [test.signal for entry in rule.scores for test in (*entry.all_of, *entry.any_of)]
    for signals in (deciding, named):
        there = {name: reading.value(scored.answer, name) / signal_named(name).maximum for name in signals}
        own = {name: value for name, value in there.items() if signal_named(name).role == "agent"}
        best = max(own, key=lambda name: own[name], default=None)
        if best is not None and own[best] >= THERE:
            return best
    return None


def _shown(reading: SessionReading, rule: SignalRule, cut: Cut, scored: Scored) -> tuple[int, str | None]:
    """Move and signal to quote: the answer, or the client's cue where the cue was missed."""
    signal = _agent_signal(reading, rule, scored)
    did_it = signal is not None and any(name == signal for name, _ in scored.deciding)
    if cut.cue is not None and (signal is None or (scored.score <= 1 and not did_it)):
        return cut.cue, _cue_signal(cut)
    return scored.answer, signal if signal is not None or cut.cue is not None else cut.by


def _episode_why(reading: SessionReading, cut: Cut, scored: Scored) -> str:
    move = scored.answer if cut.cue is None else cut.cue
    cue = clause(cut.by, None if cut.by in NO_SIGNALS else reading.value(move, cut.by)) if cut.by else ""
    named = [_clause_at(reading, scored.answer, name, value) for name, value in scored.deciding if name != cut.by]
    if not named and cut.cue is not None:
        return f"{cue}; none of the answers that the rule names was found"
    return " and ".join([cue, *named] if cue else named)


def _clause_at(reading: SessionReading, answer: int, name: str, value: float) -> str:
    """The clause of a signal, saying so where it stands in another turn than the scored one."""
    elsewhere = signal_named(name).role == "agent" and reading.value(answer, name) < 0.9 * value
    return clause(name, value) + (" in another turn" if elsewhere else "")


def _position(reading: SessionReading, scored: Scored) -> Position:
    """What became of the agent's position after a push."""
    kept = reading.value(scored.answer, "holds_position")
    gone = reading.value(scored.answer, "reverses_position")
    if gone >= 0.5 and gone >= kept:
        return "hedged" if scored.score == 2 else "reversed"
    if kept >= 0.5:
        return "held"
    return "held_not_pressed" if scored.score >= 3 else "hedged"
