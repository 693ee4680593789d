"""What each coder is fit for, criterion by criterion, by the reference coding and the coded dialogues.

Conversations that may train are coded by weights fitted without them. The rules were fixed before
the figures were seen; they are this project's own, and the reference coding is a language model's.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.member import MEMBERS
from dtnexus.framework import Framework
from dtnexus.validation.agreement import ENOUGH, Coded, Pair, coded, pairs, same_observable, star_flags
from dtnexus.validation.bootstrap import estimate
from dtnexus.validation.metrics import quadratic_kappa
from dtnexus.validation.sets.reference import references
from dtnexus.validation.subject import Subject
from training.corpus import data_folder

FIGURES: Final = Path(__file__).with_name("fitness.json")
DIALOGUES: Final = Path(__file__).with_name("coded_dialogues.json")
RATES_FROM: Final = 0.6
SCREENS_FROM: Final = 0.35
FINDS_FROM: Final = 0.8
FEWEST_EPISODES: Final = 5
FEWEST_PAIRS: Final = 30
"""Episodes of coded dialogues that both have from which their kappa counts."""


@dataclass(frozen=True, slots=True)
class Fitness:
    """The agreement of a coder with the reference coding on one criterion."""

    criterion: str
    star: bool
    observable: float
    """Share of conversations in which both or neither rated."""
    rated: int
    """Conversations that both rated."""
    kappa: float | None
    """Quadratic weighted kappa of these; None where they do not define it."""
    low: float | None
    high: float | None
    """Ends of its 95 % interval."""
    invented: float | None
    """Quadratic kappa of the scores of episodes in the coded dialogues.

    Models that read the turns, and scorers, saw no dialogue like them.
    """
    episodes: int
    """Settled episodes at 0 or 1; 0 for a criterion without a star."""
    found: int
    fit: str


def fit_for(
    star: bool, rated: int, kappa: float | None, episodes: int, found: int, invented: float | None = None
) -> str:
    """``rate``, ``screen`` or ``point``.

    Rate: eight or more conversations and a kappa of .6 or more, and one of .35 or more in the coded dialogues where
    they hold enough; with a star also four in five of the settled low episodes found, where there are five or more.
    Screen: such a kappa of .35 or more, or, with a star, four in five of at least five settled low episodes found.
    Point at passages otherwise.
    """
    known = kappa if kappa is not None and rated >= ENOUGH else -1.0
    counts = star and episodes >= FEWEST_EPISODES
    finds = found >= FINDS_FROM * episodes
    if known >= RATES_FROM and (invented is None or invented >= SCREENS_FROM) and (finds or not counts):
        return "rate"
    if known >= SCREENS_FROM or (counts and finds):
        return "screen"
    return "point"


def fitness(coder: EmbeddedCoder, framework: Framework, dialogues: Mapping[str, Mapping[str, float]]) -> list[Fitness]:
    """The fitness of a coder for every criterion that transcripts can show, in the framework's order."""
    subject = Subject(coder, framework)
    everything = [coded(subject, reference) for reference in references(data_folder() / "reference")]
    every = pairs(everything, framework)
    out = []
    for criterion in framework.transcript_criteria:
        own = [pair for pair in every if pair.criterion == criterion.id]
        kappa, low, high, rated = _kappa(own)
        low_ones = _low_episodes(everything, framework, criterion.id) if criterion.star else []
        observable = float(np.mean([same_observable(pair) for pair in own]))
        told = dialogues.get(criterion.id, {})
        invented = told["kappa"] if told.get("pairs", 0) >= FEWEST_PAIRS else None
        fit = fit_for(criterion.star, rated, kappa, len(low_ones), sum(low_ones), invented)
        out.append(
            Fitness(
                criterion.id,
                criterion.star,
                observable,
                rated,
                kappa,
                low,
                high,
                invented,
                len(low_ones),
                sum(low_ones),
                fit,
            )
        )
    return out


def _kappa(own: list[Pair]) -> tuple[float | None, float | None, float | None, int]:
    rated = [
        (pair.conversation, pair.settled, pair.said)
        for pair in own
        if pair.settled is not None and pair.said is not None
    ]
    if len(rated) < ENOUGH:
        return None, None, None, len(rated)
    statistic = quadratic_kappa([settled for _, settled, _ in rated], [said for _, _, said in rated])
    found = estimate(statistic, [conversation for conversation, _, _ in rated])
    return found.value, found.low, found.high, len(rated)


def _low_episodes(everything: list[Coded], framework: Framework, criterion: str) -> list[bool]:
    """For each settled low episode of one criterion whether the coder found it."""
    alone = framework.model_copy(
        update={"criteria": tuple(each for each in framework.criteria if each.id == criterion)}
    )
    return [found for one in everything for found in star_flags(one, alone).found]


def main() -> None:
    """Writes the figures of both coders."""
    framework = load_framework("dtn-op@0.1")
    dialogues = json.loads(DIALOGUES.read_text(encoding="utf-8"))
    found = {
        name: [asdict(each) for each in fitness(EmbeddedCoder.load(name), framework, dialogues[name])]
        for name in MEMBERS
    }
    FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
