"""Two runs side by side for people at a terminal."""

from __future__ import annotations

import textwrap

from dtnexus.assessment import Interval
from dtnexus.reporting.comparison import Comparison, RateCompared, ShareOf
from dtnexus.reporting.lock import CLOSED
from dtnexus.reporting.marks import visible
from dtnexus.reporting.wording import OUTCOME, counted, percent, signed

_PAIRS = 12


def comparison_text(found: Comparison) -> str:
    """What was read, what forbids a comparison, levels, flags, rates, and the pairs that differ."""
    one, two = found.first, found.second
    rows = [
        ("", "A", "B"),
        ("conversations", str(one.summary.interactions), str(two.summary.interactions)),
        ("probes", str(one.probes), str(two.probes)),
        ("flags pending", str(one.pending), str(two.pending)),
        ("flags confirmed", str(one.confirmed), str(two.confirmed)),
        *((f"presented X{n}", str(one.summary.presented[n]), str(two.summary.presented[n])) for n in (1, 2, 3)),
        *(
            (f"indicated {key}", str(one.summary.indicated[key]), str(two.summary.indicated[key]))
            for key in ("-", "0", "1", "2", "3")
        ),
        *(
            (f"earned {word}", str(one.summary.earned.get(key, 0)), str(two.summary.earned.get(key, 0)))
            for key, word in OUTCOME.items()
            if key in one.summary.earned or key in two.summary.earned
        ),
        *(
            (f"\u2605 {star.criterion} at 0", f"{star.first} of {star.first_of}", f"{star.second} of {star.second_of}")
            for star in found.stars
        ),
    ]
    lines = [f"A  {visible(one.name)}", f"B  {visible(two.name)}", "", *not_comparable(found)]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += ["", *(line for rate in found.rates for line in _rate(rate))]
    moved = [pair for pair in found.pairs if pair.moved or pair.first_flags != pair.second_flags]
    lines += ["", f"{len(found.pairs)} pairs of conversations, {len(moved)} with different scores or flags"]
    for pair in moved[:_PAIRS]:
        flags = f"flags {', '.join(pair.first_flags) or '-'} / {', '.join(pair.second_flags) or '-'}"
        lines.append(f"  {visible(pair.key)}: {', '.join(pair.moved) or 'same scores'}; {flags}")
    if len(moved) > _PAIRS:
        lines.append(f"  and {len(moved) - _PAIRS} more; -o FILE.html shows them")
    for name, alone in (("A", found.only_first), ("B", found.only_second)):
        if alone:
            lines.append(f"{len(alone)} only in {name}")
    return CLOSED.prose("\n".join(lines)) + "\n"


def not_comparable(found: Comparison) -> list[str]:
    """A line for each thing in which the two were made differently; what forbids a comparison first."""
    lines = []
    for each in found.differences:
        what = "NOT COMPARABLE, other" if each.blocks else "other"
        lines += textwrap.wrap(f"{what} {each.what}: A {each.first}; B {each.second}", 112, subsequent_indent="  ")
    if not found.comparable:
        lines.append("What was read and said stands side by side; differences of rates are not computed.")
    return [*lines, ""] if lines else []


def share_words(share: ShareOf) -> str:
    """Events of opportunities with the interval."""
    if share.value is None or share.interval is None:
        return "no opportunity"
    return f"{share.events} of {share.of}, {percent(share.value)} ({span_words(share.interval)})"


def span_words(interval: Interval) -> str:
    """An interval of shares."""
    return f"{percent(interval.low)} to {percent(interval.high)}"


def difference_words(rate: RateCompared) -> str:
    """The difference in points with its interval and its kind."""
    if rate.difference is None or rate.interval is None:
        return "not compared"
    how = "unpaired" if rate.pairs is None else counted(rate.pairs, "pair")
    low, high = rate.interval.low, rate.interval.high
    return f"{points(rate.difference)} ({points(low)} to {points(high)}; {how})"


def points(share: float) -> str:
    """A difference of shares as whole percentage points with a sign."""
    number = round(100 * share)
    return f"+{number}" if number > 0 else signed(number)


def _rate(rate: RateCompared) -> list[str]:
    text = f"{rate.name}: A {share_words(rate.first)}; B {share_words(rate.second)}; B minus A {difference_words(rate)}"
    return textwrap.wrap(text, 112, subsequent_indent="  ")
