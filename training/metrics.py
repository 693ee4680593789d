"""Figures for readings: one signal, or all of them, against labels."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from training.corpus import Row

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SignalFigures:
    """How well one signal is told (present: value 1 or more) on turns that the model had not seen."""

    signal: str
    role: str
    positives: int
    auroc: float
    average_precision: float
    f1: float
    balanced: float
    """Value from which on F1 is best."""
    precise: float
    """Value from which on precision is at least .9, or as high as it gets with five hits."""
    precise_precision: float
    precise_recall: float
    brier: float
    strong: float | None
    """Value from which on F1 is best for a graded signal of 2 or more (risk_severity: 4 or more)."""
    pairs: int
    """Minimal pairs that differ in this signal."""
    pair_accuracy: float | None
    """Share of those in which the turn with the signal has the higher value; a tie counts half."""

    def as_json(self) -> dict[str, object]:
        """The figures by name, rounded to four places."""
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}


def best_cut(truth: NDArray[np.bool_], reading: Numbers) -> float:
    """The value from which on F1 is best."""
    precision, recall, cuts = precision_recall_curve(truth, reading)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return float(cuts[int(np.argmax(f1[:-1]))])


def pair_accuracy(
    rows: Sequence[Row], present: NDArray[np.bool_], values: Numbers, known: NDArray[np.bool_]
) -> tuple[int, float | None]:
    """Number of minimal pairs that differ in presence, and the share ordered rightly; None for no pair."""
    members: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row.pair and known[at]:
            members[row.pair].append(at)
    right: list[float] = []
    for ats in members.values():
        for yes in ats:
            for no in ats:
                if present[yes] and not present[no]:
                    right.append(0.5 * (float(values[yes] > values[no]) + float(values[yes] >= values[no])))
    return len(right), float(np.mean(right)) if right else None


def figures(  # noqa: PLR0913
    name: str,
    rows: Sequence[Row],
    present: NDArray[np.bool_],
    values: Numbers,
    chance: Numbers,
    known: NDArray[np.bool_],
    strong: NDArray[np.bool_] | None,
) -> SignalFigures:
    """The figures of one signal.

    `values` are the readings, `chance` the probability of presence, `known` the labelled turns,
    `strong` those with a high grade, None for a signal without grades.
    """
    truth, reading = present[known], values[known]
    precision, recall, cuts = precision_recall_curve(truth, reading)
    precision, recall = precision[:-1], recall[:-1]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = int(np.argmax(f1))
    enough = recall * truth.sum() >= min(5, truth.sum())
    high = np.flatnonzero((precision >= 0.9) & enough)
    precise = int(high[0]) if len(high) else int(np.argmax(np.where(enough, precision, -1)))
    pairs, right = pair_accuracy(rows, present, values, known)
    return SignalFigures(
        signal=name, role=rows[0].role, positives=int(truth.sum()),
        auroc=float(roc_auc_score(truth, reading)), average_precision=float(average_precision_score(truth, reading)),
        f1=float(f1[best]), balanced=float(cuts[best]), precise=float(cuts[precise]),
        precise_precision=float(precision[precise]), precise_recall=float(recall[precise]),
        brier=float(np.mean((chance[known] - truth) ** 2)),
        strong=None if strong is None else best_cut(strong[known], reading), pairs=pairs, pair_accuracy=right,
    )  # fmt: skip


def table(found: Sequence[SignalFigures]) -> str:
    """The figures as a Markdown table, with the means in the last row."""
    head = (
        "| signal | role | positives | AUROC | AP | best F1 | at | P ≥ .9 at | precision | recall "
        "| Brier | pairs | pair acc. |"
    )
    lines = [head, "|" + "---|" * 13]
    for item in found:
        right = "–" if item.pair_accuracy is None else f"{item.pair_accuracy:.2f}"
        lines.append(
            f"| `{item.signal}` | {item.role} | {item.positives} | {item.auroc:.3f} | {item.average_precision:.3f} "
            f"| {item.f1:.2f} | {item.balanced:.2f} | {item.precise:.2f} | {item.precise_precision:.2f} "
            f"| {item.precise_recall:.2f} | {item.brier:.4f} | {item.pairs} | {right} |"
        )
    pairs = sum(item.pairs for item in found)
    right_pairs = sum(item.pairs * (item.pair_accuracy or 0.0) for item in found)
    mean = {
        key: float(np.mean([getattr(item, key) for item in found]))
        for key in ("auroc", "average_precision", "f1", "brier")
    }
    lines.append(
        f"| mean | | | {mean['auroc']:.3f} | {mean['average_precision']:.3f} | {mean['f1']:.2f} | | | | "
        f"| {mean['brier']:.4f} | {pairs} | {right_pairs / max(pairs, 1):.2f} |"
    )
    return "\n".join(lines)
