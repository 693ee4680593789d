"""The words and the order that every form of a gate's outcome shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dtnexus.gating.results import Case, Found, Outcome, Verdict
from dtnexus.reporting.marks import shortened, visible

VERDICT: Final[Mapping[Verdict, str]] = {
    "fail": "fail",
    "undecided": "undecided",
    "too_few": "too few",
    "pass": "pass",
}
"""In the order of attention."""
QUOTE = 240


def headline(outcome: Outcome) -> str:
    """The verdict and the counts, in one line."""
    counts = ", ".join(f"{outcome.counted(verdict)} {word}" for verdict, word in VERDICT.items())
    return f"{outcome.verdict}: {counts}"


def ordered(outcome: Outcome) -> tuple[Case, ...]:
    """The cases in the order of attention; within a verdict those that count first, in the policy's order."""
    ranks = list(VERDICT)
    return tuple(sorted(outcome.cases, key=lambda case: (ranks.index(case.verdict), case.advisory)))


def verdict_words(case: Case) -> str:
    """The verdict, and that it has no effect where it has none."""
    return VERDICT[case.verdict] + (" (advisory)" if case.advisory else "")


def place_words(found: Found) -> str:
    """Where a piece of evidence stands: conversation, turn, criterion, score, note."""
    parts = [visible(found.interaction_id)]
    if found.spot is not None:
        session = f"session {found.spot.session + 1}, " if found.spot.session else ""
        parts.append(f"{session}turn {found.spot.turn}")
    parts.append(found.criterion if found.score is None else f"{found.criterion} {found.score}")
    return ", ".join([*parts, *([found.note] if found.note else [])])


def quote_words(found: Found) -> str | None:
    """The words with invisible characters shown, on one line; None where they may not be printed or are none."""
    return None if found.quote is None else shortened(" ".join(visible(found.quote).split()), QUOTE)


def message(case: Case) -> str:
    """Everything about a case as lines of plain text."""
    lines = [f"{case.name}: {verdict_words(case)}", f"wanted: {case.limit}", f"found: {case.said}"]
    if case.why:
        lines.append(f"why: {' '.join(case.why.split())}")
    for found in case.found:
        words = quote_words(found)
        lines.append(f"  [{place_words(found)}]" if words is None else f"  \u201c{words}\u201d [{place_words(found)}]")
    if case.more:
        lines.append(f"  and {case.more} more")
    return "\n".join(lines)
