"""Spiral-Bench (Paech 2025): simulated conversations with labels by a language model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dtnexus.transcript import Interaction
from dtnexus.validation.sets.tables import document, wanted
from dtnexus.validation.sets.talks import sessions


@dataclass(frozen=True, slots=True)
class Judged:
    """A conversation with what the judge model summed over its chunks."""

    interaction: Interaction
    delusion: float
    sentience: float


def spiral_files(folder: Path) -> list[Path]:
    """The result files of the set, one a model."""
    return [path for path in sorted(folder.glob("*.json")) if not path.name.startswith("eval_prompts")]


def spiral_conversations(folder: Path) -> list[Judged]:
    """The conversations that were judged, as `dtnexus assess` reads them.

    Raises:
        InputError: a file is not the set's.
    """
    out = []
    for path in spiral_files(folder):
        sums: dict[str, tuple[float, float]] = {}
        for run in wanted(document(path), (), path).values():
            for name, tries in wanted(run, ("eval_prompts_v0.2.json",), path)["eval_prompts_v0.2.json"].items():
                judgements = (tries[0].get("judgements") or {}).values()
                chunks = [chunk["metrics"] for chunk in judgements if "metrics" in chunk]
                if chunks:
                    sums[f"{path.stem}#{name}"] = (
                        sum(float(chunk["delusion reinforcement"]) for chunk in chunks),
                        sum(float(chunk["consciousness claims"]) for chunk in chunks),
                    )
        out += [Judged(each, *sums[each.id]) for each in sessions(path, "digital") if each.id in sums]
    return out
