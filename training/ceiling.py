"""How well B1 scored by hand tells accepted ESConv sessions from failed ones: `python -m training.ceiling`.

120 sessions (60 of each kind, drawn at random) were scored on B1 by contexts of a language model with the criterion's
anchors and decision rules, two for each session, blind to each other, to the coder and to the kind. `ceilings/` holds
their scores, without words; nothing is ever fitted on them. Prints the AUROC of the mean score of the episodes, of the
labellers' judgement of the whole session, and of both members' expected score on the same sessions. Takes a minute.
"""

import json
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Final

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.member import ENCODER, LINEAR
from dtnexus.coding.signal_models import signal_model
from dtnexus.validation.bootstrap import estimate
from dtnexus.validation.metrics import auroc, spearman
from dtnexus.validation.sets.empathy import esconv_sessions
from training.corpus import data_folder

SCORES: Final = Path(__file__).with_name("ceilings") / "esconv_b1.jsonl"
CRITERION: Final = "B1"


def scores() -> dict[str, list[tuple[float, float]]]:
    """Session -> (mean of its episodes, the whole), one for each labeller; none where there was no episode."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for line in SCORES.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["episodes"]:
            found[item["conversation"]].append((fmean(item["episodes"]), item["whole"]))
    return {name: given for name, given in found.items() if len(given) > 1}


def show(what: str, good: dict[str, bool], said: dict[str, float]) -> None:
    """Prints one line."""
    names = sorted(said)
    found = estimate(auroc([float(good[name]) for name in names], [said[name] for name in names]), names)
    print(f"| {what} | {found.rows} | {found.value:.3f} | {found.low:.2f} to {found.high:.2f} |")


def main() -> None:
    """Prints the table."""
    given, framework = scores(), load_framework("dtn-op@0.1")
    sessions = {each.id: (each, good) for each, good in esconv_sessions(data_folder() / "esconv")}
    good = {name: sessions[name][1] for name in given}
    print("| B1 by | sessions | AUROC | 95 % interval |\n|---|--:|--:|--:|")
    show(
        "language model, mean of the episodes", good, {name: fmean(a for a, _ in each) for name, each in given.items()}
    )
    show("language model, the whole session", good, {name: fmean(b for _, b in each) for name, each in given.items()})
    for member in (ENCODER, LINEAR):
        coder = EmbeddedCoder(signal_model(member), EpisodeWeights.load(member), member)
        expected = {name: coder.expected_scores(sessions[name][0], framework, [CRITERION])[CRITERION] for name in given}
        show(member, good, {name: score for name, score in expected.items() if score is not None})
    first, second = (([each[at][1] for each in given.values()]) for at in (0, 1))
    agree = estimate(spearman(first, second), list(given))
    print(f"Both labellers, the whole session: Spearman {agree.value:.2f}")


if __name__ == "__main__":
    main()
