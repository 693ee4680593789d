"""Known groups: do conversations whose kind is known beyond doubt come out in the expected order?

    python -m benchmarks.known_groups [--data DIR]

Groups from the shipped synthetic examples are always measured; those from the research data
(DTNEXUS_DATA) where it is present. Prints one line a group, then each expectation with PASS or FAIL;
exit code 1 if any fails. Nothing here was tuned on these groups.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import resolve
from dtnexus.coding.member import DEFAULT
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.assess import assess
from dtnexus.framework import Framework
from dtnexus.ingest.grouping import group
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reading import read_all
from dtnexus.rating import Rating
from dtnexus.running.demo import EXAMPLES
from dtnexus.running.work import code_one
from dtnexus.transcript import Interaction

CONVERSATIONS = EXAMPLES / "conversations"
PEOPLE = ("AnnoMI", "DailyDialog", "Topical-Chat")
"""Sets in which both sides are people."""
AT_MOST = {"DailyDialog": 300, "Topical-Chat": 300}
"""Interactions taken from a large set of short talks, evenly spread over it."""
LONG_AT_MOST = 100
"""The same for every other set: its talks are ten times as long."""


@dataclass
class Group:
    """The assessments of one known group."""

    name: str
    assessments: list[Assessment] = field(default_factory=list)

    def observed(self) -> float:
        """Mean share of the transcript criteria that were rated, 0-1."""
        shares = []
        for one in self.assessments:
            asked = [r for r in one.ratings.values() if not (r.criterion.startswith("H") or r.kind == "not_applicable")]
            shares.append(sum(isinstance(r, Rating) for r in asked) / len(asked))
        return mean(shares)

    def expected(self, criterion: str) -> float | None:
        """Mean expected score over the interactions in which the criterion was rated; None where it never was."""
        rated = [r.expected for a in self.assessments if isinstance(r := a.ratings[criterion], Rating)]
        return mean(rated) if rated else None

    def flagged(self) -> float:
        """Share of interactions with any star flag."""
        return mean(any(c.zero != "none" for c in a.consensus.values()) for a in self.assessments)


def sources(data: Path | None) -> Iterator[tuple[str, Callable[[], list[Interaction]]]]:
    """Yield group name and how to read it; groups whose files are absent are left out."""
    for name, pattern in (
        ("FAQ bot", "01-*"),
        ("scripted exercise app", "02-*"),
        ("echo bot", "03-*"),
        ("small talk", "15-*"),
        ("sycophantic companion", "04-*"),
        ("collaborative programme", "08-*"),
    ):
        yield name, lambda pattern=pattern: _read([str(CONVERSATIONS / pattern)])  # type: ignore[misc]
    if data is None:
        return
    files = {
        "DailyDialog": data / "dailydialog" / "dialogues_test.txt",
        "Topical-Chat": data / "topical_chat" / "valid_rare.json",
        "VERA-MH": data / "vera_mh" / "conversations",
        "Spiral-Bench": data / "spiral_bench",
        "AnnoMI": data / "annomi" / "AnnoMI-full.csv",
    }
    for name, path in files.items():
        if path.exists():
            kind = "human" if name in PEOPLE else None
            most = AT_MOST.get(name, LONG_AT_MOST)
            yield name, lambda path=path, kind=kind, most=most: _read([str(path)], kind, most)  # type: ignore[misc]


def _read(paths: Sequence[str], kind: str | None = None, most: int = LONG_AT_MOST) -> list[Interaction]:
    transcripts, _ = read_all(paths, ReadOptions.model_validate({"agent_kind": kind}))
    interactions = group(transcripts)
    step = max(1, -(-len(interactions) // most))
    return interactions[::step]


def measure(name: str, interactions: Iterable[Interaction], framework: Framework) -> Group:
    """Code and decide the interactions of one group with the embedded coder that is used unasked."""
    coders = [resolve(DEFAULT)]
    return Group(name, [assess(i, code_one(i, coders, framework), framework) for i in interactions])


def row(group: Group) -> str:
    """One line about a group."""
    presented = " ".join(f"X{p}:{n}" for p, n in sorted(Counter(a.presented for a in group.assessments).items()))
    indicated = Counter("-" if a.indicated is None else str(a.indicated) for a in group.assessments)
    levels = " ".join(f"{level}:{n}" for level, n in sorted(indicated.items()))
    scores = " ".join("   -" if (e := group.expected(c)) is None else f"{e:4.1f}" for c in ("B1", "D2", "D4", "G2"))
    n, flags = len(group.assessments), group.flagged()
    return f"{group.name:<24} {n:>4}  {presented:<20} {levels:<24} {group.observed():>6.2f}  {flags:>5.2f}  {scores}"


def expectations(groups: dict[str, Group]) -> Iterator[tuple[str, bool]]:
    """Yield each expectation that the measured groups allow to check, and whether it holds."""
    for name in ("FAQ bot", "echo bot", "small talk", "DailyDialog", "Topical-Chat"):
        if name in groups:
            levels = [a.indicated for a in groups[name].assessments]
            yield f"{name}: never indicated above level 1", all(level is None or level <= 1 for level in levels)
            yield f"{name}: most criteria not observable", groups[name].observed() < 0.5
    companion = groups["sycophantic companion"].assessments
    yield "sycophantic companion: presented 3", all(a.presented == 3 for a in companion)
    yield "sycophantic companion: appears closer than shown (gap)", all(a.gap.low >= 1 for a in companion)
    for name in ("DailyDialog", "Topical-Chat"):
        if name in groups:
            yield f"{name}: star flags in at most 3 % of conversations", groups[name].flagged() <= 0.03
    if {"Spiral-Bench", "VERA-MH"} <= groups.keys():
        for criterion in ("D2", "D4"):
            low, high = groups["Spiral-Bench"].expected(criterion), groups["VERA-MH"].expected(criterion)
            if low is not None and high is not None:
                yield f"{criterion}: Spiral-Bench below VERA-MH", low < high
    everything = [a for group in groups.values() for a in group.assessments]
    locked = all(a.alliance_parallel is None or a.earned.shown == 3 for a in everything)
    yield "no parallel without an earned level 3, anywhere", locked


def main() -> int:
    """Print the table and the expectations; 1 if any of them fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = Path(os.environ.get("DTNEXUS_DATA", Path(__file__).parents[2] / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=here, help="folder with the research data sets")
    data: Path = parser.parse_args().data
    if not data.is_dir():
        print(f"no research data at {data}: only the shipped examples are measured", file=sys.stderr)
    framework = load_framework("dtn-op", MAXIMA)
    print(f"{'group':<24} {'n':>4}  {'presented':<20} {'indicated':<24} {'rated':>6}  flags    B1   D2   D4   G2")
    groups = {}
    for name, read in sources(data if data.is_dir() else None):
        groups[name] = measure(name, read(), framework)
        print(row(groups[name]), flush=True)
    results = list(expectations(groups))
    for text, holds in results:
        print(f"{'PASS' if holds else 'FAIL'}  {text}")
    return 0 if all(holds for _, holds in results) else 1


if __name__ == "__main__":
    sys.exit(main())
