"""How far two labellers agree, signal by signal: `python -m training.label_agreement`.

Both worked from `labels/GUIDE.md`, blind to one another. Both are contexts of one language model,
so that every figure is an upper bound. Writes `labels/agreement.json` and prints the table.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from dtnexus.agreement.alpha import alpha
from dtnexus.agreement.grid import Grid
from dtnexus.agreement.gwet import gwet
from dtnexus.agreement.resampling import Resampler
from dtnexus.agreement.statistic import NoValue, Statistic
from dtnexus.coding.signals import RATED, STORED_SIGNALS, SignalRole
from training.corpus import (
    DIALOGUES,
    LABELS,
    LATER,
    SINGLE_TURNS,
    Values,
    later_labels,
    read_jsonl,
    second_labels,
)

OUT: Final = LABELS / "agreement.json"
EXPERIMENTAL_BELOW: Final = 0.4
FEWEST: Final = 8
"""Turns on which at least one labeller saw the signal, for a figure to be given."""


@dataclass(frozen=True, slots=True)
class Twice:
    """A turn with the labels of two labellers."""

    role: SignalRole
    cluster: str
    first: Values
    second: Values
    guide: int = 0
    """The guide of the signals in `LATER` that alone were labelled; 0: all others were."""


@dataclass(frozen=True, slots=True)
class SignalAgreement:
    """The agreement on one signal."""

    signal: str
    role: str
    turns: int
    seen: int
    """Turns on which at least one of the two saw it."""
    alpha: float | None
    """Krippendorff's alpha on the value, interval metric; None for too few."""
    alpha_low: float | None
    alpha_high: float | None
    ac1: float | None
    """Gwet's AC1 on whether it holds."""
    status: str


def labelled_twice() -> Iterator[Twice]:
    """Every turn that two labellers labelled, in order; of more than two the first and the last."""
    units: dict[tuple[str, str, int], list[tuple[SignalRole, Values]]] = defaultdict(list)
    for item in read_jsonl(LABELS / "public.jsonl"):
        units[item["set"], item["conversation"], item["turn"]].append((item["role"], item["signals"]))
    for (name, conversation, _), labels in units.items():
        if len(labels) > 1:
            yield Twice(labels[0][0], f"{name}/{conversation}", labels[0][1], labels[-1][1])
    second = second_labels()
    for source in ("synthetic_turns", *SINGLE_TURNS, *DIALOGUES):
        for at, item in enumerate(read_jsonl(LABELS / f"{source}.jsonl")):
            if (source, at) in second and "known" not in item:
                cluster = f"{source}/{item.get('pair', item.get('dialogue'))}"
                yield Twice(item["role"], cluster, item["signals"], second[source, at][-1])
    for place, guides in later_labels().items():
        for guide, given in guides.items():
            if len(given) > 1:
                yield Twice("client", "/".join(place[:2]), given[0], given[-1], guide)


def agreement_on(name: str, maximum: int, turns: list[Twice], draws: Resampler) -> SignalAgreement:
    """The agreement on one signal over turns of its role."""
    codes = np.array([[int(turn.first.get(name, 0)), int(turn.second.get(name, 0))] for turn in turns])
    numbers = {cluster: at for at, cluster in enumerate(dict.fromkeys(turn.cluster for turn in turns))}
    clusters = np.array([numbers[turn.cluster] for turn in turns])
    grid = Grid(codes, np.arange(maximum + 1, dtype=np.float64), clusters, ("first", "second"))
    seen = int((codes.max(axis=1) > 0).sum())
    present = Grid((codes > 0).astype(np.int64), np.array([0.0, 1.0]), clusters, ("first", "second"))
    values = [_value(alpha(grid, "interval"), draws), _value(gwet(present, "identity"), draws)]
    if seen < FEWEST:
        return SignalAgreement(name, turns[0].role, len(turns), seen, None, None, None, values[1][0], "too few to say")
    low = values[0][0] is not None and values[0][0] < EXPERIMENTAL_BELOW
    return SignalAgreement(
        name, turns[0].role, len(turns), seen, *values[0], values[1][0], "experimental" if low else "agreed"
    )


def _value(found: Statistic | NoValue, draws: Resampler) -> tuple[float | None, float | None, float | None]:
    if isinstance(found, NoValue):
        return None, None, None
    spread = draws.spread(found)
    value, low, high = (None if each is None else round(each, 3) for each in (spread.value, spread.low, spread.high))
    return value, low, high


def table(found: list[SignalAgreement]) -> str:
    """The agreement as a Markdown table."""
    lines = ["| signal | role | turns | seen by either | alpha | 95 % | AC1 | |", "|---|---|--:|--:|--:|---|--:|---|"]
    for each in found:
        interval = "" if each.alpha_low is None else f"{each.alpha_low:.2f} to {each.alpha_high:.2f}"
        values = ["–" if value is None else f"{value:.2f}" for value in (each.alpha, each.ac1)]
        lines.append(
            f"| `{each.signal}` | {each.role} | {each.turns} | {each.seen} | {values[0]} | {interval} | {values[1]} "
            f"| {each.status} |"
        )
    return "\n".join(lines)


def main(out: Path = OUT) -> None:
    """Writes the figures of all signals and prints them."""
    turns = list(labelled_twice())
    draws = Resampler(500)
    found = [
        agreement_on(
            signal.name,
            signal.maximum,
            [turn for turn in turns if turn.role == signal.role and turn.guide == LATER.get(signal.name, 0)],
            draws,
        )
        for signal in STORED_SIGNALS
        if signal.name not in RATED
    ]
    out.write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n", encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
