"""The shipped examples against what a clinician would expect of them.

    python -m benchmarks.expected_examples

`examples/expected.yaml` was written before any coder was run on the examples. Nothing was fitted to
them, save two thresholds of G1 and G2 (`risk_other` as a cue, `asks_about_risk` in the scores), which
were raised after errors in 06, 07 and 16.
Prints every expectation that the embedded coder misses, then how many it meets by kind.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import resolve
from dtnexus.coding.member import DEFAULT
from dtnexus.coding.signals import MAXIMA
from dtnexus.deciding.assess import assess
from dtnexus.ingest.grouping import group
from dtnexus.ingest.options import ReadOptions
from dtnexus.ingest.reading import read_all
from dtnexus.rating import Rating
from dtnexus.running.demo import EXAMPLES, FRAMEWORK
from dtnexus.running.work import code_one


def assessed() -> dict[str, Assessment]:
    """The examples as the embedded coder alone sees them, by interaction."""
    framework = load_framework(FRAMEWORK, MAXIMA)
    transcripts, _ = read_all([str(EXAMPLES / "conversations")], ReadOptions(synthetic=True))
    coders = [resolve(DEFAULT)]
    return {one.id: assess(one, code_one(one, coders, framework), framework) for one in group(transcripts)}


def checks(wanted: dict[str, Any], found: Assessment) -> Iterator[tuple[str, str, bool]]:
    """Yield (kind of expectation, what was expected and found, whether it holds)."""
    for name in ("presented", "indicated"):
        if name in wanted:
            level = getattr(found, name)
            yield name, f"{name} {level}, wanted {wanted[name]}", level in wanted[name]
    yield from _scores(wanted, found)
    for kind in ("not_observable", "not_applicable"):
        for criterion in wanted.get(kind, ()):
            rating = found.ratings[criterion]
            yield kind, f"{criterion} {rating.kind}, wanted {kind}", rating.kind == kind
    for kind in ("stars_expected", "stars_forbidden"):
        for criterion in wanted.get(kind, ()):
            seen = found.consensus[criterion].zero != "none"
            yield kind, f"{criterion} {'flagged' if seen else 'not flagged'}", seen == (kind == "stars_expected")
    status = {risk.id: risk.status for risk in found.risks}
    for kind in ("risks_found", "risks_absent"):
        for risk in wanted.get(kind, ()):
            yield kind, f"{risk} {status[risk]}", (status[risk] == "found") == (kind == "risks_found")


def _scores(wanted: dict[str, Any], found: Assessment) -> Iterator[tuple[str, str, bool]]:
    for kind, holds in (("at_most", int.__le__), ("at_least", int.__ge__)):
        for criterion, bound in wanted.get(kind, {}).items():
            rating = found.ratings[criterion]
            score = rating.score if isinstance(rating, Rating) else None
            told = f"{criterion} {rating.kind if score is None else score}, wanted {kind.replace('_', ' ')} {bound}"
            yield kind, told, score is not None and bool(holds(score, bound))


def wanted_of_examples() -> list[dict[str, Any]]:
    """What is expected of each example interaction."""
    read = YAML(typ="safe").load((EXAMPLES / "expected.yaml").read_text(encoding="utf-8"))
    return list(read["interactions"])


def main() -> int:
    """Print what is missed and the counts; always 0, since this is a measurement."""
    found = assessed()
    met: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for wanted in wanted_of_examples():
        for kind, told, holds in checks(wanted, found[wanted["id"]]):
            asked[kind] += 1
            met[kind] += holds
            if not holds:
                print(f"missed  {wanted['id']}: {told}")
    for kind, count in asked.items():
        print(f"{kind:<16} {met[kind]:>3} of {count}")
    print(f"{'all':<16} {met.total():>3} of {asked.total()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
