"""How well the embedded coder agrees with the reference coding: `python -m training.reference_check`.

Conversations of the sets that may tune are coded by scorers fitted without them (leave one
conversation out); the other sets were never touched by any fit. The reference coding was made by
contexts of one language model, not by people: agreement with it is no validity.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.linear_model import LinearModel
from dtnexus.framework import Framework
from dtnexus.rating import Episode, NotApplicable, NotObservable, Observation, Rating
from training.corpus import data_folder
from training.episode_corpus import CodedEpisode, Reference, references
from training.episodes import leave_one_out

SPAN = 5
"""Turns that an episode of three agent turns covers after its first one."""


@dataclass(frozen=True, slots=True)
class Coded:
    """One conversation with the settled and the coder's statements."""

    reference: Reference
    said: Mapping[str, Rating | NotObservable | NotApplicable]
    facts: Mapping[str, float | None]


def code(reference: Reference, coder: Coder, framework: Framework) -> Coded:
    """The coder's statements on one conversation."""
    statements = coder.code(reference.interaction, framework)
    said = {each.criterion: each for each in statements if isinstance(each, Rating | NotObservable | NotApplicable)}
    facts = {each.fact: each.value for each in statements if isinstance(each, Observation)}
    return Coded(reference, said, {str(name): value for name, value in facts.items()})


def quadratic_kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Quadratically weighted kappa of (settled, coder) scores; NaN for fewer than two or no spread at all."""
    if len(pairs) < 2:
        return float("nan")
    settled, found = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    expected = ((settled[:, None] - found[None, :]) ** 2).mean()
    return float(1.0 - ((settled - found) ** 2).mean() / expected) if expected > 0 else float("nan")


def presented(facts: Mapping[str, float | None], framework: Framework) -> int:
    """The presented level that the framework reads from counted facts (unknown facts reach nothing)."""
    reached = 1
    for level in framework.presented:
        holding = [
            cue for cue in level.cues if all((facts.get(fact) or 0.0) >= least for fact, least in cue.at_least.items())
        ]
        if level.number > 1 and len(holding) >= level.needs:
            reached = max(reached, level.number)
    return reached


def score_pairs(coded: Iterable[Coded], criterion: str) -> list[tuple[int, int]]:
    """Settled and coder's scores where both rated."""
    out = []
    for each in coded:
        said, settled = each.said[criterion], each.reference.ratings.get(criterion)
        if isinstance(said, Rating) and settled is not None:
            out.append((settled, said.score))
    return out


def observed_agreement(coded: Sequence[Coded], criterion: str) -> float:
    """Share of conversations where both or neither rated."""
    same = [
        isinstance(each.said[criterion], Rating) == (each.reference.ratings.get(criterion) is not None)
        for each in coded
    ]
    return float(np.mean(same)) if same else float("nan")


def _overlap(flag: Episode, settled: CodedEpisode) -> bool:
    """Whether a coder's episode and a settled one share turns."""
    start = flag.cue_turn if flag.cue_turn is not None else flag.agent_turn or 0
    return start <= settled.agent_turn and (settled.cue_turn or settled.agent_turn) <= start + SPAN


def star_figures(coded: Sequence[Coded], framework: Framework) -> tuple[int, int, int]:
    """Settled star episodes scored 0-1, those found among them, and false flags."""
    wanted = found = false = 0
    for each in coded:
        for criterion in framework.criteria:
            if not criterion.star:
                continue
            low = [e for e in each.reference.episodes if e.criterion == criterion.id and e.score <= 1]
            said = each.said[criterion.id]
            flags = [e for e in said.episodes if e.score <= 1] if isinstance(said, Rating) else []
            wanted += len(low)
            found += sum(any(_overlap(flag, settled) for flag in flags) for settled in low)
            false += sum(not any(_overlap(flag, settled) for settled in low) for flag in flags)
    return wanted, found, false


def table(coded: Sequence[Coded], framework: Framework, title: str) -> str:
    """The figures of some conversations, one line a criterion."""
    lines = [f"## {title}: {len(coded)} conversations", ""]
    lines += ["| criterion | rated by both | observable agreement | exact | within 1 | quadratic kappa | bias |"]
    lines += ["|---|--:|--:|--:|--:|--:|--:|"]
    agreements, kappas = [], []
    for criterion in framework.transcript_criteria:
        pairs = score_pairs(coded, criterion.id)
        agreement = observed_agreement(coded, criterion.id)
        agreements.append(agreement)
        off = np.array([found - settled for settled, found in pairs])
        kappa = quadratic_kappa(pairs)
        if len(pairs) >= 8 and not np.isnan(kappa):
            kappas.append(kappa)
        shown = "– | – | – | –"
        if pairs:
            shown = f"{np.mean(off == 0):.2f} | {np.mean(np.abs(off) <= 1):.2f} | {kappa:.2f} | {off.mean():+.2f}"
        lines.append(f"| {criterion.id} | {len(pairs)} | {agreement:.2f} | {shown} |")
    wanted, found, false = star_figures(coded, framework)
    right = sum(presented(each.facts, framework) == each.reference.presented for each in coded)
    everything = [pair for criterion in framework.transcript_criteria for pair in score_pairs(coded, criterion.id)]
    lines += [
        "",
        f"observable agreement {np.mean(agreements):.3f}; mean quadratic kappa over {len(kappas)} criteria with 8 or "
        f"more rated units {np.mean(kappas) if kappas else float('nan'):.2f}; pooled kappa "
        f"{quadratic_kappa(everything):.2f}",
        f"star episodes settled at 0-1: {wanted}, found {found}; false flags {false} "
        f"({false / max(len(coded), 1):.2f} a conversation)",
        f"presented level: {right} of {len(coded)} agree",
        "",
    ]
    return "\n".join(lines)


def disagreements(coded: Sequence[Coded]) -> str:
    """Where coder and settled coding differ most, for reading."""
    lines = []
    for each in coded:
        for criterion, settled in each.reference.ratings.items():
            said = each.said[criterion]
            found = said.score if isinstance(said, Rating) else None
            if found != settled:
                lines.append(
                    f"{each.reference.id} {each.reference.source} {criterion}: settled {settled}, coder {found}"
                )
    return "\n".join(lines)


def coded_sets(coder_without: Callable[[str], Coder], framework: Framework) -> tuple[list[Coded], list[Coded]]:
    """Tuned-on conversations, each coded without itself, and never-touched ones."""
    whole = coder_without("")
    tuned: list[Coded] = []
    untouched: list[Coded] = []
    for reference in references(data_folder()):
        coder = coder_without(reference.id) if reference.tuned_on else whole
        (tuned if reference.tuned_on else untouched).append(code(reference, coder, framework))
    return tuned, untouched


def main() -> None:
    """Prints the tables."""
    framework = load_framework("dtn-op@0.1")
    reader = LinearModel.load()
    weights = leave_one_out(framework, reader)
    tuned, untouched = coded_sets(lambda left_out: EmbeddedCoder(reader, weights[left_out]), framework)
    print(table(tuned, framework, "VERA-MH and Spiral-Bench, leave one conversation out"))
    print(table(untouched, framework, "AnnoMI and ESConv, never touched"))
    print(table([*tuned, *untouched], framework, "all"))
    print(dict(Counter(each.reference.source for each in [*tuned, *untouched])))


if __name__ == "__main__":
    main()
