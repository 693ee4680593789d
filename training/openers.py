"""Learned openers: which exchanges of dialogues that were coded whole open an episode of a criterion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from dtnexus.coding.learned_opener import LearnedOpener
from dtnexus.coding.opportunities import rule_levels
from dtnexus.coding.session_reading import SessionReading, SignalReader, read_session
from dtnexus.framework import Framework
from training.corpus import data_folder
from training.episode_corpus import CodedEpisode, coded_dialogues, references
from training.scorer_folds import FOLDS, fold_of

Vector = NDArray[np.float64]

LOOSENESS: Final = 0.01
"""C of the logistic regression: weights are pulled to nothing strongly, for features are many and alike."""


@dataclass(frozen=True, slots=True)
class ExchangeRows:
    """The exchanges of all dialogues that were coded on one criterion."""

    rule: Vector
    """How far the declared rule opens an episode, 0-1, shape (n,)."""
    odds: Vector
    """Shape (n, n_features), as `dtnexus.coding.exchanges` gives them."""
    opened: NDArray[np.bool_]
    """Whether the first coder has an episode that begins there."""
    groups: NDArray[np.str_]

    def take(self, chosen: NDArray[np.bool_]) -> "ExchangeRows":
        """The chosen rows."""
        return ExchangeRows(self.rule[chosen], self.odds[chosen], self.opened[chosen], self.groups[chosen])


def begins(reading: SessionReading, episodes: list[CodedEpisode]) -> NDArray[np.bool_]:
    """For each exchange whether an episode begins there: with its client's turn, or with its agent's."""
    place = {turn: at for at, move in enumerate(reading.moves) for turn in move.turns}
    starts = {place.get(each.agent_turn if each.cue_turn is None else each.cue_turn) for each in episodes} - {None}
    return np.array([bool(starts & set(exchange)) for exchange in reading.exchanges().places], dtype=np.bool_)


def _dialogues(
    readers: Mapping[str, SignalReader], every: frozenset[str]
) -> Iterator[tuple[SessionReading, frozenset[str], list[CodedEpisode], str]]:
    """Reading, criteria that were coded, episodes and group of each dialogue and each reference that trains."""
    for dialogue in coded_dialogues():
        reading = read_session(readers["invented"], dialogue.transcript, 0)
        yield reading, dialogue.criteria, list(dialogue.episodes), dialogue.group
    for reference in references(data_folder()):
        if reference.tuned_on:
            reading = read_session(readers["reference"], reference.interaction.sessions[0], 0)
            yield reading, every, list(reference.episodes), reference.id


def exchange_rows(framework: Framework, readers: Mapping[str, SignalReader]) -> dict[str, ExchangeRows]:
    """Rows of every criterion whose rule names an opener; `readers` by ``invented`` and ``reference``."""
    wanted = frozenset(name for name, rule in framework.signals.items() if rule.opener is not None)
    found: dict[str, list[tuple[Vector, Vector, NDArray[np.bool_], NDArray[np.str_]]]] = {}
    for reading, criteria, episodes, group in _dialogues(readers, wanted):
        odds = reading.exchanges().odds
        for name in sorted(wanted & criteria):
            opened = begins(reading, [each for each in episodes if each.criterion == name])
            groups = np.full(len(odds), group)
            found.setdefault(name, []).append((rule_levels(reading, framework.signals[name]), odds, opened, groups))
    return {
        name: ExchangeRows(*(np.concatenate(side) for side in zip(*parts, strict=True)))
        for name, parts in found.items()
    }


def fit(rows: ExchangeRows) -> LearnedOpener:
    """The opener that fits the rows."""
    inputs = np.concatenate([rows.rule[:, None], rows.odds], axis=1)
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0)
    spread[spread < 1e-6] = 1.0  # noqa: PLR2004
    model = LogisticRegression(C=LOOSENESS, max_iter=1000).fit((inputs - mean) / spread, rows.opened)
    weights = model.coef_[0] / spread
    return LearnedOpener(weights[1:], float(weights[0]), float(model.intercept_[0] - weights @ mean))


def documents(rows: Mapping[str, ExchangeRows], framework: Framework) -> dict[str, Any]:
    """The openers as the weight file holds them."""
    return {str(framework.signals[name].opener): fit(each).as_json() for name, each in sorted(rows.items())}


def figures(rows: Mapping[str, ExchangeRows]) -> Iterator[str]:
    """A table of cross-validated average precision, of the rule alone and of the opener."""
    yield "| opener | exchanges | that open | rule: average precision | learned |\n|---|--:|--:|--:|--:|"
    for name, each in sorted(rows.items()):
        fold = np.array([fold_of(group) for group in each.groups.tolist()])
        chances = np.zeros(len(fold))
        for at in range(FOLDS):
            test = each.take(fold == at)
            latent = fit(each.take(fold != at))
            chances[fold == at] = latent.shift + latent.rule_weight * test.rule + test.odds @ latent.weights
        alone, learned = (average_precision_score(each.opened, side) for side in (each.rule, chances))
        yield f"| {name} | {len(fold)} | {int(each.opened.sum())} | {alone:.2f} | {learned:.2f} |"
