"""How far a coder finds the episodes of the coded dialogues: `python -m training.coded_dialogues encoder`.

Invented dialogues were coded whole on some criteria by a language model with the codebook
(`labels/coded_dialogues.jsonl`); the first of two coders is taken for true. Turns are read by models, and episodes
scored by scorers, that saw no dialogue like them. Prints for every
criterion how many dialogues were coded on it, the low episodes (scores of 0 and 1) that are found and those that are
false, how many episodes opened and how many too many, quadratic kappa of the scores, and the low episodes in everyday
dialogues that nobody coded, where hardly any should be. With frameworks (folders, as `dtnexus.catalog.loader` takes
them) a table for each: rules are chosen by it. Without, the figures go to `coded_dialogues.json`, too, for the card.
Needs what `training.signals`, `training.blend` and `training.episodes` keep; takes half a minute a table.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.signal_models import signal_model
from dtnexus.coding.signals import SignalRole
from dtnexus.framework import Framework
from dtnexus.rating import Episode, Rating
from dtnexus.transcript import Interaction
from dtnexus.validation.metrics import quadratic_kappa
from dtnexus.validation.sets.talks import talk
from training import scorer_folds
from training.corpus import DIALOGUES, LABELS, dialogue_groups, read_jsonl
from training.episode_corpus import CodedEpisode, coded_dialogues, interaction_of
from training.episode_readings import out_of_fold
from training.episodes import KEPT

FIGURES: Final = Path(__file__).with_name("coded_dialogues.json")
NEAR: Final = 4
"""Turns between two beginnings that are taken for one episode."""
LOW: Final = 1
SHIPPED: Final = "dtn-op@0.1"
EVERYDAY: Final = (
    "own_smalltalk", "own_everyday", "own_banter", "own_openchat", "own_consult", "own_kindness", "own_support",
    "own_volunteers", "own_spoken",
)  # fmt: skip
"""Sources of ordinary talk."""


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
    everyday: int = 0
    """Low episodes in everyday dialogues."""
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


CoderOf = Callable[[str], EmbeddedCoder]
"""The coder that saw nothing of a group."""


def everyday() -> Iterator[tuple[str, Interaction]]:
    """The dialogues of ordinary talk, of two turns and more, each with its group."""
    for source in EVERYDAY:
        groups = dialogue_groups(source)
        found: dict[str, list[tuple[SignalRole, str]]] = {}
        for item in read_jsonl(LABELS / f"{source}.jsonl"):
            found.setdefault(item["dialogue"], []).append((item["role"], item["text"]))
        for name, turns in found.items():
            if len(turns) > 1:
                yield groups[name], talk(f"{source}/{name}", turns, "digital")


def episodes_said(coder: EmbeddedCoder, interaction: Interaction, framework: Framework) -> dict[str, Sequence[Episode]]:
    """The episodes of every criterion that a coder rates."""
    said = coder.code(interaction, framework)
    return {each.criterion: each.episodes for each in said if isinstance(each, Rating)}


def counts(coder_of: CoderOf, framework: Framework) -> dict[str, Count]:
    """Every criterion that some dialogue was coded on."""
    found = {criterion.id: Count() for criterion in framework.criteria}
    for dialogue in coded_dialogues():
        said = episodes_said(coder_of(dialogue.group), interaction_of(dialogue.transcript), framework)
        for criterion in dialogue.criteria:
            true = [each for each in dialogue.episodes if each.criterion == criterion]
            found[criterion].add(true, said.get(criterion, ()))
    for group, interaction in everyday():
        for criterion, episodes in episodes_said(coder_of(group), interaction, framework).items():
            found[criterion].everyday += sum(each.score <= LOW for each in episodes)
    return {criterion: count for criterion, count in found.items() if count.dialogues}


def table(found: Mapping[str, Count], framework: Framework) -> Iterator[str]:
    """The lines of the table."""
    yield "| criterion | dialogues | low | found | false | episodes | opened | too many | everyday low | kappa |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for criterion, each in found.items():
        numbers = (each.dialogues, each.low, each.found, each.false, each.episodes, each.opened, each.extra)
        yield f"| {criterion} | {' | '.join(map(str, (*numbers, each.everyday)))} | {each.kappa():.2f} |"
    stars = [found[each.id] for each in framework.criteria if each.star and each.id in found]
    low, true, false = (sum(getattr(each, name) for each in stars) for name in ("low", "found", "false"))
    share = false / max(each.dialogues for each in stars)
    yield f"Safety-critical: {true} of {low} low episodes found ({true / low:.2f}); {share:.2f} false a dialogue"


def main(member: str, frameworks: Sequence[str]) -> None:
    """Prints a table for each framework."""
    reader = out_of_fold(KEPT[member], signal_model(member), DIALOGUES)
    coders = [EmbeddedCoder(reader, weights, member) for weights in scorer_folds.load(member)]
    for name in frameworks or [SHIPPED]:
        framework = load_framework(name)
        found = counts(lambda group: coders[scorer_folds.fold_of(group)], framework)
        print(f"\n{name}\n")
        for line in table(found, framework):
            print(line)
        if not frameworks:
            keep(member, found)


def keep(member: str, found: Mapping[str, Count]) -> None:
    """Writes the figures of one member beside those of the other."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    figures[member] = {
        criterion: {
            "dialogues": each.dialogues,
            "low": each.low,
            "found": each.found,
            "false": each.false,
            "episodes": each.episodes,
            "opened": each.opened,
            "too_many": each.extra,
            "pairs": len(each.pairs),
            "kappa": round(each.kappa(), 4),
        }
        for criterion, each in found.items()
    }
    FIGURES.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
