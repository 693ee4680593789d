"""How well an opportunity was handled: a distribution over the scores 0-4 for one answer.

The declared `scores` of a rule are read softly (every condition holds to some degree), which
gives an expectation and not only a value. A learned scorer corrects that expectation by a few
signals, fitted so that without evidence to the contrary it stays with the rule. The result lies
between the two, half way where not many answers taught the scorer, so that plain cases stay where the rule puts them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from dtnexus.coding.exchanges import log_odds
from dtnexus.coding.learned_opener import LearnedOpener
from dtnexus.coding.member import DEFAULT, ENCODER, LINEAR
from dtnexus.coding.opportunities import Cut, condition_level, single_place, test_level
from dtnexus.coding.session_reading import SessionReading, signal_named
from dtnexus.coding.signals import COUNTED
from dtnexus.errors import UsageError
from dtnexus.record import digest_of
from dtnexus.signal_rule import SignalPlace, SignalRule, SignalTest

WEIGHTS: Final[Mapping[str, str]] = {LINEAR: "episodes.json", ENCODER: "encoder_episodes.json"}
"""Signal member -> the file of what was learned about episodes from its readings."""
DECLARED_ZERO: Final = 0.3
"""Least probability of 0 by the declared rule for a score of 0."""
LOW: Final = 1
"""Scores up to this one say that something was done that should not have been, or nothing at all."""
BENDS: Final = (-2.0, 0.0)
"""Log odds above which a scorer may weigh a signal otherwise: a hint, and what is likelier than not."""
POINTS: Final = np.arange(5, dtype=np.float64)
_COUNTED: Final = frozenset(signal.name for signal in COUNTED)
Distribution = NDArray[np.float64]
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Scored:
    """What one answer earned."""

    answer: int
    """The agent's move."""
    chances: Distribution
    """Probability of each score, 0 to 4."""
    deciding: tuple[tuple[str, float], ...]
    """The signals of the rule that decided, with their readings; empty where no rule matched."""
    zero_from: float
    """Probability of 0 from which the score is 0."""
    declared_zero: float = 1.0
    """How much of a 0 the declared rule alone sees; a learned correction by itself never makes a 0."""

    expected: float = field(init=False)
    """The expectation, 0-4."""

    def __post_init__(self) -> None:
        """Work out the expectation once: it is asked for often."""
        object.__setattr__(self, "expected", min(max(0.0, float(self.chances @ POINTS)), 4.0))

    @property
    def score(self) -> int:
        """The expectation rounded; 0 only where it is probable enough in itself."""
        rounded = int(self.expected + 0.5)
        if self.chances[0] >= self.zero_from and self.declared_zero >= DECLARED_ZERO:
            return 0
        return max(rounded, 1)

    @property
    def low(self) -> float:
        """Probability of a score of `LOW` or less."""
        return float(self.chances[: LOW + 1].sum())

    @property
    def chance(self) -> float:
        """Probability of the score itself, before calibration."""
        return float(self.chances[self.score])


@dataclass(frozen=True, slots=True)
class LearnedScorer:
    """A proportional-odds correction of the rule: P(score >= k) = sigmoid(latent - threshold k)."""

    features: tuple[tuple[str, SignalPlace], ...]
    weights: tuple[float, ...]
    rule_weight: float
    thresholds: tuple[float, float, float, float]
    zero_from: float
    """Probability of 0 from which the score is 0."""
    odds: bool = False
    """Whether it reads log odds of the signals at their places, with bends, and not how far each holds there."""
    share: float = 0.5
    """Its part in the result; the rest is the rule's."""
    _weights: NDArray[np.float64] = field(init=False, repr=False, compare=False)
    _thresholds: NDArray[np.float64] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Have the numbers ready as arrays.

        Raises:
            UsageError: there are not as many weights as readings.
        """
        wanted = len(self.features) * (1 + len(BENDS) if self.odds else 1)
        if len(self.weights) != wanted:
            raise UsageError(f"a scorer has {len(self.weights)} weights for {wanted} readings; run make train")
        object.__setattr__(self, "_weights", np.array(self.weights, dtype=np.float64))
        object.__setattr__(self, "_thresholds", np.array(self.thresholds, dtype=np.float64))

    @property
    def reads(self) -> frozenset[str]:
        """The signals that it reads, wherever."""
        return frozenset(name for name, _ in self.features)

    def chances(self, rule_expects: float, readings: NDArray[np.float64]) -> Distribution:
        """The distribution over 0-4 for what the rule expects (0-4) and the readings, as many as there are weights."""
        latent = self.rule_weight * rule_expects + float(np.dot(self._weights, readings))
        at_least = 1.0 / (1.0 + np.exp(-np.minimum(np.maximum(latent - self._thresholds, -30.0), 30.0)))
        return -np.diff(np.concatenate(([1.0], at_least, [0.0])))


@dataclass(frozen=True, slots=True)
class EpisodeWeights:
    """Everything that was learned about episodes, and what the file is called by."""

    scorers: Mapping[str, LearnedScorer]
    openers: Mapping[str, LearnedOpener]
    calibration: Mapping[str, tuple[float, float]]
    """Slope and shift from the logit of a raw chance to a calibrated one.

    By the key of the rule (`rule_key`); ``pooled`` for any other rule, ``rating`` for whole ratings.
    """
    abstain_below: float
    """Calibrated confidence below which no rating is given, save a 0 and what is low on a safety-critical criterion."""
    version: str
    digest: str

    @staticmethod
    def load(member: str = DEFAULT) -> EpisodeWeights:
        """The shipped weights for the readings of a member; the same object at every call."""
        return _shipped(member)

    @staticmethod
    def empty() -> EpisodeWeights:
        """No learned scorer or opener at all: declared rules decide alone."""
        return EpisodeWeights({}, {}, {}, 0.0, "0", "none")

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> EpisodeWeights:
        """Weights from the document that training writes."""
        scorers = {
            name: LearnedScorer(
                tuple((signal, place) for signal, place in item["features"]),
                tuple(item["weights"]),
                item["rule_weight"],
                tuple(item["thresholds"]),
                item["zero_from"],
                item["odds"],
                item["share"],
            )
            for name, item in document["scorers"].items()
        }
        openers = {name: LearnedOpener.from_json(item) for name, item in document["openers"].items()}
        calibration = {name: (float(a), float(b)) for name, (a, b) in document["calibration"].items()}
        return EpisodeWeights(
            scorers, openers, calibration, document["abstain_below"], document["version"], digest_of(dict(document))
        )

    def opener(self, rule: SignalRule) -> LearnedOpener | None:
        """The learned opener that a rule names; None where it names none or these weights hold none.

        Raises:
            UsageError: the rule names an opener that is unknown to the shipped weights.
        """
        return _named("opener", rule.opener, self.openers)

    def scorer(self, rule: SignalRule) -> LearnedScorer | None:
        """The learned scorer that a rule names; None where it names none or these weights hold none.

        Raises:
            UsageError: the rule names a scorer that is unknown to the shipped weights.
        """
        return _named("scorer", rule.scorer, self.scorers)

    def calibrated(self, kind: str, chance: float) -> float:
        """The share of statements with this raw chance that a careful reader agreed with exactly."""
        slope, shift = self.calibration.get(kind, self.calibration.get("pooled", (1.0, 0.0)))
        clear = min(max(chance, 1e-3), 1.0 - 1e-3)
        return float(1.0 / (1.0 + np.exp(-(slope * np.log(clear / (1.0 - clear)) + shift))))


def _named(kind: str, name: str | None, known: Mapping[str, Part]) -> Part | None:
    if name is None or not known:
        return None
    if name not in known:
        raise UsageError(f"{kind} {name!r} is unknown; use one of {', '.join(sorted(known))}")
    return known[name]


@cache
def _shipped(member: str) -> EpisodeWeights:
    text = (files("dtnexus.coding") / "weights" / WEIGHTS[member]).read_text(encoding="utf-8")
    return EpisodeWeights.from_json(json.loads(text))


@lru_cache(maxsize=256)
def rule_key(rule: SignalRule) -> str:
    """What the calibration of a rule is found by; another rule, or another version of it, has another key."""
    return rule.digest()[:16]


def rule_chances(
    reading: SessionReading, rule: SignalRule, cut: Cut, answer: int
) -> tuple[Distribution, tuple[tuple[str, float], ...]]:
    """The distribution that the declared scores give, and the readings of the entry that weighs most.

    Entries are tried in order; each takes its degree of truth of what the ones before left over.
    """
    chances = np.zeros(5)
    left = 1.0
    heaviest = 0.0
    deciding: tuple[SignalTest, ...] = ()
    for entry in rule.scores:
        taken = left * condition_level(reading, entry, cut, answer)
        chances[entry.score] += taken
        left -= taken
        if taken > heaviest:
            heaviest, deciding = taken, (*entry.all_of, *_holding(reading, entry.any_of, cut, answer))
    chances[rule.otherwise] += left
    if left > heaviest:
        deciding = ()
    return chances, tuple((test.signal, _reading_at(reading, test, cut, answer)) for test in deciding)


def _holding(reading: SessionReading, tests: tuple[SignalTest, ...], cut: Cut, answer: int) -> tuple[SignalTest, ...]:
    """The test among alternatives that holds most."""
    if not tests:
        return ()
    return (max(tests, key=lambda test: test_level(reading, test, cut, answer)),)


def _reading_at(reading: SessionReading, test: SignalTest, cut: Cut, answer: int) -> float:
    """The highest reading of a signal in the episode, or before it where the test reads that, for showing."""
    role = signal_named(test.signal).role
    start = answer - 1 if cut.cue is None else cut.cue
    around = range(max(start - 2, 0), min(cut.answers[-1] + 2, len(reading.moves)))
    if test.at == "earlier":
        around = range(answer if cut.cue is None else cut.cue)
    near = [at for at in around if reading.moves[at].role == role]
    if test.at == "turn" and role == "agent":
        near = [answer]
    if test.at == "turn" and role == "client":
        near = [start] if start >= 0 else []
    return max((reading.value(at, test.signal) for at in near), default=0.0)


def feature_readings(
    reading: SessionReading, features: tuple[tuple[str, SignalPlace], ...], cut: Cut, answer: int, odds: bool
) -> NDArray[np.float64]:
    """What the scorer reads, shape (n_features,): how far each feature's signal holds at its place, 0-1.

    With `odds`, the log odds of each signal there, -4 to 4, of a graded one those of its share of its maximum; -4 where
    there is no such place. After them, for each of `BENDS`, how far each lies above it, or 0: shape (3 * n_features,).
    Finer, for scorers that name the signals that they read.
    """
    if odds:
        read = log_odds(np.array([_share(reading, test, cut, answer) for test in _tests(features)]))
        return np.concatenate([read, *(np.maximum(read - bend, 0.0) for bend in BENDS)])
    return np.array([test_level(reading, test, cut, answer) for test in _tests(features)])


def _share(reading: SessionReading, test: SignalTest, cut: Cut, answer: int) -> float:
    """The reading of a signal at its place as a share of its maximum; 0 where there is no such place."""
    place = single_place(reading, test, cut, answer)
    return 0.0 if place is None else reading.value(place, test.signal) / signal_named(test.signal).maximum


@lru_cache(maxsize=256)
def _tests(features: tuple[tuple[str, SignalPlace], ...]) -> tuple[SignalTest, ...]:
    return tuple(SignalTest(signal=name, at_least=_middle(name), at=place) for name, place in features)


@cache
def _middle(signal: str) -> float:
    return 0.5 if signal_named(signal).maximum == 1 else 1.0


def score_answer(
    reading: SessionReading, rule: SignalRule, cut: Cut, answer: int, scorer: LearnedScorer | None
) -> Scored:
    """What one agent move of an episode earned.

    What is counted over the talk is no matter of reading: where it decides and the scorer does not know of it, the rule
    decides alone.
    """
    chances, deciding = rule_chances(reading, rule, cut, answer)
    if scorer is None or any(name in _COUNTED and name not in scorer.reads for name, _ in deciding):
        return Scored(answer, chances, deciding, 0.5)
    readings = feature_readings(reading, scorer.features, cut, answer, scorer.odds)
    learned = scorer.chances(float(chances @ POINTS), readings)
    joined = (1.0 - scorer.share) * chances + scorer.share * learned
    return Scored(answer, joined, deciding, scorer.zero_from, float(chances[0]))


def score_episode(reading: SessionReading, rule: SignalRule, cut: Cut, scorer: LearnedScorer | None) -> Scored:
    """What an episode earned, by the answer that the rule takes: the first, the worst, the best, or harm.

    Harm is the worst answer for which an entry of 0 or 1 holds. Where there is none the best answer counts: a
    question that comes after the answer asked for is no lack of it.
    """
    if rule.takes == "first":
        return score_answer(reading, rule, cut, cut.answers[0], scorer)
    every = [score_answer(reading, rule, cut, answer, scorer) for answer in cut.answers]
    harm = [scored for scored in every if scored.deciding and scored.score <= LOW]
    if rule.takes == "worst" or (rule.takes == "harm" and harm):
        return min(every if rule.takes == "worst" else harm, key=lambda scored: scored.expected)
    return max(every, key=lambda scored: scored.expected)
