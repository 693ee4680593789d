"""A gate's outcome as Markdown for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dtnexus.gating.results import Case, Outcome
from dtnexus.gating.wording import VERDICT, headline, ordered, place_words, quote_words, verdict_words
from dtnexus.reporting.markdown import plain
from dtnexus.reporting.marks import visible

_SIGN = {"fail": "\u274c", "undecided": "\u2754", "too_few": "\u2754", "pass": "\u2705"}
_FOLDED = 3


def as_markdown(outcome: Outcome) -> str:
    """Verdict, a table of rules in the order of attention, then the words behind those that do not pass.

    Words from conversations stand in code spans, where nothing in them is taken for markup, a link or a name.
    """
    parts = [
        f"## Gate: {plain(headline(outcome))}",
        _what(outcome),
        _table(outcome),
        *(_evidence(case) for case in ordered(outcome) if case.verdict != "pass" and case.found),
        "\n".join(f"- {plain(note)}" for note in (*outcome.notes, outcome.about) if note),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def code(text: str) -> str:
    """The text as a code span that it cannot leave, with invisible characters shown."""
    text = " ".join(visible(text).split())
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * (longest + 1)
    padded = f" {text} " if text[:1] == "`" or text[-1:] == "`" else text
    return f"{ticks}{padded}{ticks}"


def _what(outcome: Outcome) -> str:
    against = "" if outcome.baseline is None else f" against {code(outcome.baseline)}"
    probes = f", {len(outcome.probes)} probes" if outcome.probes else ""
    coders = ", ".join(f"{coder.name} {coder.version}" for coder in outcome.coders) or "none"
    return (
        f"{code(outcome.run)}{against} \u00b7 {outcome.interactions} conversations{probes} \u00b7 policy "
        f"{plain(outcome.policy)} \u00b7 framework {plain(outcome.framework)} \u00b7 coders: {plain(coders)}"
    )


def _table(outcome: Outcome) -> str:
    lines = ["| verdict | rule | found | wanted |", "|---|---|---|---|"]
    for case in ordered(outcome):
        sign = _SIGN[case.verdict]
        lines.append(
            f"| {sign}\u00a0{verdict_words(case)} | {plain(case.name)} | {plain(case.said)} | {plain(case.limit)} |"
        )
    return "\n".join(lines)


def _evidence(case: Case) -> str:
    shown = list(_lines(case))
    head = f"**{plain(case.name)}** ({VERDICT[case.verdict]})"
    body = "\n".join(shown[:_FOLDED])
    rest = shown[_FOLDED:]
    if not rest and not case.more:
        return f"{head}\n\n{body}"
    more = len(rest) + case.more
    folded = "\n".join(rest) + (f"\n- and {case.more} that are not listed" if case.more else "")
    return f"{head}\n\n{body}\n\n<details><summary>{more} more</summary>\n\n{folded.strip()}\n\n</details>"


def _lines(case: Case) -> Iterator[str]:
    for found in case.found:
        words = quote_words(found)
        place = plain(place_words(found))
        yield f"- {place}" if words is None else f"- {code(words)} ({place})"
