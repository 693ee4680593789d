"""A gate's outcome for people at a terminal."""

from __future__ import annotations

import textwrap

from dtnexus.gating.results import Found, Outcome
from dtnexus.gating.wording import headline, ordered, place_words, quote_words, verdict_words
from dtnexus.reporting.marks import visible

_WIDTH = 112
_SHOWN = 3


def as_text(outcome: Outcome) -> str:
    """The verdict, then every rule in the order of attention, with the words behind those that do not pass."""
    against = "" if outcome.baseline is None else f" against {visible(outcome.baseline)}"
    lines = [f"Gate {outcome.policy}: {headline(outcome)}", f"{visible(outcome.run)}{against}", ""]
    wide = max((len(verdict_words(case)) for case in outcome.cases), default=0) + 2
    for case in ordered(outcome):
        body = [f"{case.name}: {case.said}"]
        if case.verdict != "pass":
            body += [f"wanted: {case.limit}", *(_quoted(found) for found in case.found[:_SHOWN])]
            more = case.more + max(0, len(case.found) - _SHOWN)
            body += [f"and {more} more"] if more else []
        lines += _hung(verdict_words(case), body, wide)
    coders = ", ".join(f"{coder.name} {coder.version}" for coder in outcome.coders) or "none"
    made = f"{outcome.interactions} conversations, framework {outcome.framework}, coders: {coders}."
    lines += ["", *textwrap.wrap(visible(made), _WIDTH)]
    for note in (*outcome.notes, outcome.about):
        lines += textwrap.wrap(note, _WIDTH)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _hung(head: str, paragraphs: list[str], wide: int) -> list[str]:
    """Paragraphs in a column of their own, to the right of a word."""
    lines: list[str] = []
    for at, text in enumerate(paragraphs):
        first = f"{head:<{wide}}" if at == 0 else " " * (wide + 2)
        indent = " " * (wide + (2 if at == 0 else 4))
        lines += textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
    return lines


def _quoted(found: Found) -> str:
    words = quote_words(found)
    return f"[{place_words(found)}]" if words is None else f"\u201c{words}\u201d [{place_words(found)}]"
