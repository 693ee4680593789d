"""How well rules find opportunities in the labelled dialogues: `python -m training.openings encoder [shift ...]`.

Each invented dialogue is coded twice by the framework's rules: by its labels, and by the kept readings of models that
saw no dialogue like it. The first is taken for true. Prints for every criterion how many dialogues both rate, the
labels alone and the readings alone, and how many low episodes (scores of 0 and 1) are found and are false. With
shifts, the cues of every rule are moved by each of them. `at_least` of cues and `sure_from` are chosen by this table.
Needs what `training.signals` and `training.blend` keep; takes half a minute.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.signal_models import signal_model
from dtnexus.coding.signals import SIGNAL_NAMES, SignalRole
from dtnexus.framework import Framework
from dtnexus.rating import Episode, NotObservable, Rating
from dtnexus.signal_rule import SignalRule
from dtnexus.transcript import Interaction
from dtnexus.validation.sets.talks import talk
from training.corpus import DIALOGUES, LABELS, read_jsonl
from training.episode_readings import as_labelled, out_of_fold
from training.episodes import KEPT

NEAR: Final = 4
"""Turns between two episodes that are taken for one."""
LOW: Final = 1
SHORTEST: Final = 2
"""Turns of a dialogue that is coded."""


Said = dict[str, Rating | NotObservable]
"""Criterion -> what is said of it."""


@dataclass(slots=True)
class Count:
    """One criterion over all dialogues."""

    both: int = 0
    missed: int = 0
    extra: int = 0
    found: int = 0
    """Low episodes of the labels that the readings have too."""
    low: int = 0
    false: int = 0
    """Low episodes of the readings that the labels have not."""

    def add(self, true: Rating | NotObservable, said: Rating | NotObservable) -> None:
        """Count one dialogue."""
        rated = isinstance(true, Rating), isinstance(said, Rating)
        self.both += rated == (True, True)
        self.missed += rated == (True, False)
        self.extra += rated == (False, True)
        wanted, given = _low(true), _low(said)
        self.low += len(wanted)
        self.found += sum(any(_near(each, other) for other in given) for each in wanted)
        self.false += sum(not any(_near(each, other) for other in wanted) for each in given)


def _low(said: Rating | NotObservable) -> list[Episode]:
    return [each for each in said.episodes if each.score <= LOW] if isinstance(said, Rating) else []


def _near(one: Episode, other: Episode) -> bool:
    starts = [each.agent_turn if each.cue_turn is None else each.cue_turn for each in (one, other)]
    return None not in starts and abs((starts[0] or 0) - (starts[1] or 0)) <= NEAR


def invented() -> Iterator[Interaction]:
    """The labelled dialogues of two turns and more."""
    for source in DIALOGUES:
        found: dict[str, list[tuple[SignalRole, str]]] = {}
        for item in read_jsonl(LABELS / f"{source}.jsonl"):
            found.setdefault(item["dialogue"], []).append((item["role"], item["text"]))
        for name, turns in found.items():
            if len(turns) >= SHORTEST:
                yield talk(f"{source}/{name}", turns, "digital")


def said_of(coder: EmbeddedCoder, dialogue: Interaction, framework: Framework) -> Said:
    """What a coder says on each criterion that it has a rule for."""
    said = coder.code(dialogue, framework)
    return {each.criterion: each for each in said if isinstance(each, Rating | NotObservable)}


def shifted(framework: Framework, by: float) -> Framework:
    """The framework with the cues of every rule moved."""

    def moved(rule: SignalRule) -> SignalRule:
        cues = tuple(cue.model_copy(update={"at_least": max(0.1, cue.at_least + by)}) for cue in rule.cues)
        return rule.model_copy(update={"cues": cues})

    return framework.model_copy(update={"signals": {name: moved(rule) for name, rule in framework.signals.items()}})


def counts(
    dialogues: Sequence[Interaction], true: Sequence[Said], coder: EmbeddedCoder, framework: Framework
) -> dict[str, Count]:
    """Every criterion that has a rule; `true` is what holds for each dialogue."""
    out = {name: Count() for name in framework.signals}
    for dialogue, wanted in zip(dialogues, true, strict=True):
        said = said_of(coder, dialogue, framework)
        for name in set(wanted) & set(said) & set(out):
            out[name].add(wanted[name], said[name])
    return out


def main(member: str, shifts: Sequence[float]) -> None:
    """Prints a table for each shift."""
    framework = load_framework("dtn-op@0.1")
    model = signal_model(member)
    thresholds = {name: model.threshold(name) for name in SIGNAL_NAMES}
    labels = EmbeddedCoder(as_labelled(DIALOGUES), EpisodeWeights.empty(), member)
    readings = EmbeddedCoder(out_of_fold(KEPT[member], thresholds, DIALOGUES), EpisodeWeights.load(member), member)
    dialogues = list(invented())
    true = [said_of(labels, each, framework) for each in dialogues]
    for by in shifts:
        print(f"\n{len(dialogues)} dialogues, cues moved by {by:+.2f}\n")
        print("| criterion | both | labels alone | readings alone | same | low found | false |")
        print("|---|--:|--:|--:|--:|--:|--:|")
        for name, each in counts(dialogues, true, readings, shifted(framework, by)).items():
            same = 1 - (each.missed + each.extra) / len(dialogues)
            print(
                f"| {name} | {each.both} | {each.missed} | {each.extra} | {same:.3f} | {each.found} of {each.low} "
                f"| {each.false} |"
            )


if __name__ == "__main__":
    main(sys.argv[1], [float(each) for each in sys.argv[2:]] or [0.0])
