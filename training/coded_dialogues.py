"""How far a coder finds the episodes of the coded dialogues: `python -m training.coded_dialogues encoder`.

Invented dialogues were coded whole on some criteria by a language model with the codebook
(`labels/coded_dialogues.jsonl`); the first of two coders is taken for true. Turns are read by models that saw no
dialogue like them; the scorers were fitted on these episodes, among others. Prints for every criterion how many
dialogues were coded on it, the low episodes (scores of 0 and 1) that are found and those that are false, how many
episodes opened and how many too many, and quadratic kappa of the scores. Needs what `training.signals` and
`training.blend` keep; takes half a minute.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.signal_models import signal_model
from dtnexus.coding.signals import SIGNAL_NAMES
from dtnexus.rating import Episode, Rating
from dtnexus.validation.metrics import quadratic_kappa
from training.corpus import DIALOGUES
from training.episode_corpus import CodedEpisode, coded_dialogues, interaction_of
from training.episode_readings import out_of_fold
from training.episodes import KEPT

NEAR: Final = 4
"""Turns between two beginnings that are taken for one episode."""
LOW: Final = 1


@dataclass(slots=True)
class Count:
    """One criterion over all dialogues."""

    dialogues: int = 0
    low: int = 0
    found: int = 0
    false: int = 0
    episodes: int = 0
    opened: int = 0
    extra: int = 0
    pairs: list[tuple[int, int]] = field(default_factory=list)
    """True score and the coder's, where both have the episode."""

    def add(self, true: Sequence[CodedEpisode], said: Sequence[Episode]) -> None:
        """Count one dialogue."""
        self.dialogues += 1
        low = [each for each in true if each.score <= LOW]
        given = [each for each in said if each.score <= LOW]
        self.low += len(low)
        self.found += sum(any(_near(each, other) for other in given) for each in low)
        self.false += sum(not any(_near(other, each) for other in low) for each in given)
        self.episodes += len(true)
        self.extra += sum(not any(_near(other, each) for other in true) for each in said)
        for each in true:
            near = [other for other in said if _near(each, other)]
            self.opened += bool(near)
            if near:
                self.pairs.append((each.score, min(near, key=lambda other: _apart(each, other)).score))

    def kappa(self) -> float:
        """Quadratic kappa over the episodes that both have."""
        scores = np.array(self.pairs, dtype=np.float64).reshape(-1, 2)
        return float(np.ravel(quadratic_kappa(scores[:, 0], scores[:, 1])(np.ones((1, len(scores)))))[0])


def _apart(one: CodedEpisode, other: Episode) -> int:
    first = one.agent_turn if one.cue_turn is None else one.cue_turn
    second = (other.agent_turn or 0) if other.cue_turn is None else other.cue_turn
    return abs(first - second)


def _near(one: CodedEpisode, other: Episode) -> bool:
    return _apart(one, other) <= NEAR


def main(member: str) -> None:
    """Prints the table."""
    framework = load_framework("dtn-op@0.1")
    model = signal_model(member)
    reader = out_of_fold(KEPT[member], {name: model.threshold(name) for name in SIGNAL_NAMES}, DIALOGUES)
    coder = EmbeddedCoder(reader, EpisodeWeights.load(member), member)
    counts = {criterion.id: Count() for criterion in framework.criteria}
    for dialogue in coded_dialogues():
        said = coder.code(interaction_of(dialogue.transcript), framework)
        rated = {each.criterion: each.episodes for each in said if isinstance(each, Rating)}
        for criterion in dialogue.criteria:
            true = [each for each in dialogue.episodes if each.criterion == criterion]
            counts[criterion].add(true, rated.get(criterion, ()))
    print(
        "| criterion | dialogues | low | found | false | episodes | opened | too many | kappa |\n"
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    for criterion, count in counts.items():
        if count.dialogues:
            numbers = (
                count.dialogues, count.low, count.found, count.false, count.episodes, count.opened, count.extra
            )  # fmt: skip
            print(f"| {criterion} | {' | '.join(map(str, numbers))} | {count.kappa():.2f} |")
    stars = [counts[each.id] for each in framework.criteria if each.star and counts[each.id].dialogues]
    low, found, false = (sum(getattr(each, name) for each in stars) for name in ("low", "found", "false"))
    dialogues = max(each.dialogues for each in stars)
    print(
        f"Safety-critical: {found} of {low} low episodes found ({found / low:.2f}); "
        f"{false / dialogues:.2f} false a dialogue"
    )


if __name__ == "__main__":
    main(sys.argv[1])
