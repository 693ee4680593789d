"""Fits the learned scorers and openers of the embedded coder and writes them: `python -m training.episodes linear`.

The argument is the member whose readings they get: `linear` or `encoder`. Scorers learn from
invented episodes, coded dialogues and scored replies (by the kept out-of-fold readings; what no weights learnt from, by
those of the shipped ones) and from the VERA-MH and Spiral-Bench parts of the reference coding, never from the other
parts; openers (`training.openers`) from what was coded whole. Groups (situations, conversations) never stand on two
sides of a fold.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.episode_folds import FOLDS as FOLDS_FILES
from dtnexus.coding.episode_folds import fold_document
from dtnexus.coding.episode_scoring import POINTS, WEIGHTS, feature_readings, rule_chances, rule_key
from dtnexus.coding.member import ENCODER, LINEAR
from dtnexus.coding.opportunities import Cut
from dtnexus.coding.session_reading import SessionReading, SignalReader, read_session
from dtnexus.coding.signal_models import signal_model
from dtnexus.coding.signals import SIGNAL_NAMES
from dtnexus.framework import Framework
from dtnexus.signal_rule import SignalRule
from training import openers, ordinal, scorer_folds
from training.corpus import DIALOGUES, data_folder
from training.episode_corpus import CodedEpisode, coded_dialogues, references, synthetic_episodes
from training.episode_readings import out_of_fold
from training.rated_chats import rated_rows
from training.scored_replies import scored_rows
from training.scorer_rows import Rows, rule_features

Vector = NDArray[np.float64]

VERSION: Final = "1"
FOLDER: Final = Path(__file__).parents[1] / "src" / "dtnexus" / "coding" / "weights"
FOLDS: Final = 5
RULE_WEIGHT: Final = 2.0
"""How steeply the latent value follows the rule before anything is learned."""
PENALTY: Final = 8.0
"""Pull towards the rule.

Chosen by fitting on invented episodes and scoring the VERA-MH and Spiral-Bench ones: mean rank correlation .591, .593,
.587 and mean error .483, .469, .466 for 2, 8 and 30. It holds for what people rated, too: a weaker pull there hardly
changes the rank correlation of B1 with what people said on tasks left out (.320 and .328, encoder).
"""
KEPT: Final = {LINEAR: "linear", ENCODER: "joined"}
"""Member -> the name under which its out-of-fold logits are kept."""
ABSTAIN_BELOW: Final = 0.33
"""Calibrated chance that a score is the settled one below which none is given; blind guessing reaches about .25.

`dtnexus.coding.ratings` has exceptions.
"""
ZERO_FROM: Final = 0.5
INVENTED_WEIGHT: Final = 0.3
"""Weight of invented episodes and scored replies: they are minimal pairs, harder than ordinary talk.

With it the mean log loss on VERA-MH and Spiral-Bench episodes left out is .80 (encoder) and .82 (linear), with equal
weight .84 and .86; mean errors .37 and .39 against .38 and .40.
"""

HALF: Final = 0.5
MUCH: Final = 0.75
MANY: Final = 1000
"""Episodes from which a scorer has three quarters of a say, with fewer half.

B1 (2,553 episodes), cross-validated log loss for a half and three quarters: 1.09 and 1.04 (linear), .99 and .95
(encoder).
"""
RATED_WEIGHT: Final = 1.0
"""Weight of an answer in a chat that the person in it rated, on a scale of its own.

Scores by the anchors and people's ratings pull B1 apart. Rank correlations (linear, cross-validated) with the scores
of replies and dialogues, the reference coding and people's ratings: .70, .58, .18 for a weight of 0; .69, .63, .27
for 1; .68, .64, .29 for 2.
"""


def cut_at(reading: SessionReading, episode: CodedEpisode, rule: SignalRule) -> tuple[Cut, int]:
    """The coded episode as a cut, and the move that is scored."""
    place = {turn: at for at, move in enumerate(reading.moves) for turn in move.turns}
    answer = place[episode.agent_turn]
    cue = None if episode.cue_turn is None else place[episode.cue_turn]
    if cue is not None and (reading.moves[cue].role != "client" or cue > answer):
        cue = None
    first = answer if cue is None else cue + 1
    answers = tuple(at for at in range(first, len(reading.moves)) if reading.moves[at].role == "agent")
    kept = tuple(at for at in answers[: rule.window] if at <= answer) or (answer,)
    if answer not in kept:
        kept = (answer,)
    return Cut(cue, kept, 1.0, 1.0, "", len(kept) == rule.window), answer


def rows_of(
    framework: Framework, episodes: Sequence[CodedEpisode], readers: Mapping[str, SignalReader]
) -> dict[str, Rows]:
    """Rows of every criterion with a rule; `readers` by ``invented`` and ``reference``."""
    found: dict[str, list[tuple[Vector, Vector, int, str]]] = {}
    readings: dict[str, SessionReading] = {}
    for episode in episodes:
        rule = framework.signals.get(episode.criterion)
        if rule is None:
            continue
        name = episode.transcript.id
        if name not in readings:
            reader = readers["invented"] if name.startswith("invented") else readers["reference"]
            readings[name] = read_session(reader, episode.transcript, 0)
        cut, answer = cut_at(readings[name], episode, rule)
        plain = rule_chances(readings[name], rule, cut, answer)[0]
        values = feature_readings(readings[name], rule_features(rule), cut, answer, bool(rule.scorer_reads))
        found.setdefault(episode.criterion, []).append((plain, values, episode.score, episode.group))
    return {
        name: Rows(
            rule_features(framework.signals[name]),
            np.array([item[0] @ POINTS for item in items]),
            np.array([item[1] for item in items]),
            np.array([item[0] for item in items]),
            np.array([item[2] for item in items]),
            np.array([item[3] for item in items]),
        )
        for name, items in found.items()
    }


@dataclass(frozen=True, slots=True)
class Fitted:
    """A proportional-odds scorer."""

    rule_weight: float
    weights: Vector
    thresholds: Vector

    def chances(self, rows: Rows) -> Vector:
        """Probability of each score, shape (n, 5)."""
        return ordinal.chances(self.rule_weight * rows.expects + rows.readings @ self.weights, self.thresholds)


def fit(rows: Rows, penalty: float, rated: Rows | None = None) -> Fitted:
    """The scorer that fits the rows, pulled towards the rule alone by the penalty."""
    count = rows.readings.shape[1]
    start = ordinal.Start(
        np.concatenate([[RULE_WEIGHT], np.zeros(count)]),
        RULE_WEIGHT * (np.arange(1, 5, dtype=np.float64) - 0.5),
        np.array([penalty * 0.3, *([penalty] * count)]),
        penalty * 0.1,
    )
    scales = [ordinal.Scale(rows.inputs(), rows.scores, weights_of(rows))]
    if rated is not None:
        scales.append(ordinal.Scale(rated.inputs(), rated.scores, np.full(len(rated.scores), RATED_WEIGHT)))
    weights, thresholds = ordinal.fit(tuple(scales), start)
    return Fitted(float(weights[0]), weights[1:], thresholds)


def weights_of(rows: Rows) -> Vector:
    """How much each episode counts, shape (n,)."""
    return np.where(np.char.startswith(rows.groups, "ref-"), 1.0, INVENTED_WEIGHT)


def share_of(rows: Rows) -> float:
    """The part of a scorer in the result."""
    return MUCH if len(rows.scores) >= MANY else HALF


def folds(groups: NDArray[np.str_]) -> list[NDArray[np.bool_]]:
    """Test rows of each fold; groups are dealt out in the order of their names."""
    names = sorted(set(groups.tolist()))
    of = {name: at % FOLDS for at, name in enumerate(names)}
    fold = np.array([of[group] for group in groups.tolist()])
    return [fold == at for at in range(FOLDS) if (fold == at).any()]


def cross_validated(rows: Rows, penalty: float | None, rated: Rows | None = None) -> Vector:
    """Out-of-fold probabilities, shape (n, 5); for no penalty those of the rule with its prior slope."""
    out = np.zeros((len(rows.scores), 5))
    for test in folds(rows.groups):
        fitted = fit(rows.take(~test), 1e6 if penalty is None else penalty, rated)
        out[test] = fitted.chances(rows.take(test))
    return out


def log_loss(chances: Vector, scores: NDArray[np.int64]) -> float:
    """Mean negative log probability of the settled scores."""
    return float(-np.log(np.maximum(chances[np.arange(len(scores)), scores], 1e-6)).mean())


def scorer_document(rows: Rows, rated: Rows | None, odds: bool) -> tuple[dict[str, Any], Vector]:
    """One scorer as the weight file holds it, and its out-of-fold probabilities."""
    fitted = fit(rows, PENALTY, rated)
    document = {
        "features": [list(feature) for feature in rows.features],
        "weights": [round(float(weight), 4) for weight in fitted.weights],
        "rule_weight": round(fitted.rule_weight, 4),
        "thresholds": [round(float(value), 4) for value in fitted.thresholds],
        "zero_from": ZERO_FROM,
        "odds": odds,
        "share": share_of(rows),
    }
    return document, cross_validated(rows, PENALTY, rated)


def _right(chances: Vector, settled: NDArray[np.int64]) -> tuple[Vector, Vector]:
    """The logit of the chance of the given score, and whether it was the settled one."""
    given = np.where(chances[:, 0] >= ZERO_FROM, 0, np.maximum((chances @ POINTS + 0.5).astype(int), 1))
    raw = np.clip(chances[np.arange(len(given)), given], 1e-3, 1 - 1e-3)
    return np.log(raw / (1 - raw)), (given == settled).astype(float)


def calibration(
    logit: Vector, hit: Vector, weight: Vector, towards: tuple[float, float] = (1.0, 0.0)
) -> tuple[float, float]:
    """Slope and shift from the logit of a chance to the share that was right, pulled towards given ones."""

    def loss(at: Vector) -> float:
        chance = np.clip(1.0 / (1.0 + np.exp(-(at[0] * logit + at[1]))), 1e-6, 1 - 1e-6)
        pull = 4.0 * (at[0] - towards[0]) ** 2 + (at[1] - towards[1]) ** 2
        return float(-(weight * (hit * np.log(chance) + (1 - hit) * np.log(1 - chance))).sum() + pull)

    best = minimize(loss, np.array(towards), method="Nelder-Mead").x
    return round(max(float(best[0]), 0.0), 4), round(float(best[1]), 4)


@dataclass(frozen=True, slots=True)
class Material:
    """All that is learned about episodes from."""

    rows: Mapping[str, Rows]
    rated: Mapping[str, Rows]
    """Answers that people rated, on a scale of their own."""
    exchanges: Mapping[str, openers.ExchangeRows]

    def only(self, wanted: Callable[[str], bool]) -> "Material":
        """The episodes and exchanges of the groups that are wanted."""
        rows = {name: each.take(_of(each.groups, wanted)) for name, each in self.rows.items()}
        exchanges = {name: each.take(_of(each.groups, wanted)) for name, each in self.exchanges.items()}
        return Material(rows, self.rated, exchanges)


def _of(groups: NDArray[np.str_], wanted: Callable[[str], bool]) -> NDArray[np.bool_]:
    return np.array([wanted(group) for group in groups.tolist()], dtype=np.bool_)


def document_of(material: Material, framework: Framework) -> dict[str, Any]:
    """The weight file."""
    scorers, right = {}, {}
    for name, rows in sorted(material.rows.items()):
        rule, chances = framework.signals[name], rows.plain
        if rule.scorer is not None:
            rated = material.rated.get(name)
            scorers[rule.scorer], learned = scorer_document(rows, rated, bool(rule.scorer_reads))
            share = share_of(rows)
            chances = (1.0 - share) * chances + share * learned
        right[rule_key(rule)] = (*_right(chances, rows.scores), weights_of(rows))
    logits, hits, weights = (np.concatenate(side) for side in zip(*right.values(), strict=True))
    pooled = calibration(logits, hits, weights)
    by_rule = {key: calibration(*sides, pooled) for key, sides in right.items()}
    return {
        "version": VERSION,
        "scorers": scorers,
        "openers": openers.documents(material.exchanges, framework),
        "calibration": {"pooled": pooled, "rating": (1.0, 0.0), **by_rule},
        "abstain_below": ABSTAIN_BELOW,
    }


def material_of(framework: Framework, member: str) -> Material:
    """All that may be learned from."""
    reader, name = signal_model(member), KEPT[member]
    folder = data_folder()
    thresholds = {signal: reader.threshold(signal) for signal in SIGNAL_NAMES}
    readers = {"reference": reader, "invented": out_of_fold(name, reader, ("episode", *DIALOGUES))}
    episodes = [episode for reference in references(folder) if reference.tuned_on for episode in reference.episodes]
    episodes += [*synthetic_episodes(), *(episode for dialogue in coded_dialogues() for episode in dialogue.episodes)]
    rows = rows_of(framework, episodes, readers)
    scored = scored_rows(framework, name, thresholds)
    rows = {
        criterion: each.with_more(scored[criterion]) if criterion in scored else each
        for criterion, each in rows.items()
    }
    return Material(rows, rated_rows(framework, reader, name), openers.exchange_rows(framework, readers))


def leave_one_out(material: Material, framework: Framework) -> dict[str, dict[str, Any]]:
    """The documents of the weights without each tuned-on conversation, by its id."""
    names = (reference.id for reference in references(data_folder()) if reference.tuned_on)
    return {name: document_of(material.only(name.__ne__), framework) for name in names}


def main(member: str) -> None:
    """Writes the weights, beside them those without each conversation, and keeps those without each fold.

    Prints the cross-validated figures of rule, scorer and opener.
    """
    framework = load_framework("dtn-op@0.1")
    material = material_of(framework, member)
    document = document_of(material, framework)
    print("| criterion | episodes | rule: log loss, MAE | learned: log loss, MAE | used |\n|---|--:|--:|--:|---|")
    for name, each in sorted(material.rows.items()):
        plain, (_, learned) = cross_validated(each, None), scorer_document(each, material.rated.get(name), False)
        used = "no" if framework.signals[name].scorer is None else "yes"
        shown = " | ".join(
            f"{log_loss(chances, each.scores):.2f}, {np.abs(chances @ POINTS - each.scores).mean():.2f}"
            for chances in (plain, learned)
        )
        print(f"| {name} | {len(each.scores)} | {shown} | {used} |")
    for line in openers.figures(material.exchanges):
        print(line)
    written = json.loads(json.dumps(document))
    (FOLDER / WEIGHTS[member]).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    scorer_folds.keep(member, lambda wanted: document_of(material.only(wanted), framework))
    folds = fold_document(written, json.loads(json.dumps(leave_one_out(material, framework))))
    (FOLDER / FOLDS_FILES[member]).write_text(json.dumps(folds, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
