"""Admissions as text for people: a table for each version and language, the reasons, and what an admission changes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from dtnexus.admission import SET_UP, Admission, Figure, points
from dtnexus.language import named

CHANGES: Final = (
    "Admitted: where one person rated the criterion too, less than two points apart, it counts as coded twice. Alone, "
    "an admitted machine is screening as before: it confirms no 0, earns no level, decides no dispute.",
    "Not admitted, and undecided: screening only. An admission holds for this framework, version and language alone.",
)
_HEAD: Final = (
    "criterion",
    "verdict",
    "units",
    "kappa with people",
    "between people",
    "needs",
    "mean error",
    "zeros caught",
)
_WIDTH: Final = 110


def admission_text(admissions: Sequence[Admission]) -> str:
    """The text; ends a line. Figures with their 95 % intervals, people's own agreement beside the machine's."""
    return "\n".join(_lines(admissions)) + "\n"


def _lines(admissions: Sequence[Admission]) -> Iterator[str]:
    ordered = sorted(admissions, key=_version)
    for _, group in groupby(ordered, key=_version):
        own = list(group)
        first = own[0]
        details = ", ".join(f"{key} {value[:12]}" for key, value in sorted(first.coder.details.items()))
        yield f"{first.coder.name} {first.coder.version} ({first.coder.kind}{'; ' if details else ''}{details})"
        yield f"{named(first.language)}, framework {first.framework}, {first.decided_on}"
        yield ""
        yield from _table([_HEAD, *(_row(each) for each in own)])
        yield ""
        yield from _told("Why not", [(each, each.reasons) for each in own], "; ")
        yield from _told("Beside the figures", [(each, _remarks(each)) for each in own], ", ")
    yield "In brackets: 95% interval, whole interactions drawn; of zeros, exact. *: safety-critical."
    yield "needs: .60, or what people reach among themselves less .10 where that is more. -: no value."
    for line in CHANGES:
        yield _wrapped(line)


def _version(one: Admission) -> tuple[str, str]:
    return one.coder.to_json(), one.language


def _told(title: str, lines: Sequence[tuple[Admission, Sequence[str]]], between: str) -> Iterator[str]:
    told = [(one.criterion, between.join(parts)) for one, parts in lines if parts]
    if told:
        yield title
        yield from (_wrapped(f"{criterion}: {text}.", "  ") for criterion, text in told)
        yield ""


def _row(one: Admission) -> tuple[str, ...]:
    needed = one.kappa_needed
    return (
        f"{one.criterion}{'*' if one.star else ''}",
        one.verdict,
        str(one.units),
        _kappa(one.machine_human),
        _kappa(one.human_human),
        "-" if needed is None else points(needed),
        _signed(one.signed_error),
        _zeros(one),
    )


def _kappa(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    if figure.low is None or figure.high is None:
        return points(figure.value)
    return f"{points(figure.value)} [{points(figure.low)}, {points(figure.high)}]"


def _signed(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:+.2f}"
    return f"{figure.value:+.2f} [{figure.low:+.2f}, {figure.high:+.2f}]"


def _zeros(one: Admission) -> str:
    if one.zeros is None:
        return ""
    if not one.zeros.found:
        return "no zeros"
    return f"{one.zeros.caught} of {one.zeros.found}, {_kappa(one.zeros.sensitivity)}"


def _remarks(one: Admission) -> list[str]:
    """What a reader must know beside the figures of a criterion."""
    counts = (
        (one.unrated, "that people agreed on not rated by the machine"),
        (one.adjudicated, "settled by an adjudicator"),
        (one.contested, "on which people lie two points or more apart, unsettled"),
        (one.units_by_origin.get("not stated", 0), "whose origin nobody states, counted as recorded"),
        *((one.units_by_origin.get(origin, 0), f"({origin}) for the zeros only") for origin in SET_UP),
    )
    told = [f"{count} {'unit' if count == 1 else 'units'} {what}" for count, what in counts if count]
    if one.zeros is not None and len(one.zeros.by_origin) > 1:
        parts = (f"{origin} {caught} of {found}" for origin, (caught, found) in one.zeros.by_origin.items())
        told.append(f"zeros caught: {', '.join(parts)}")
    return told


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _wrapped(text: str, indent: str = "") -> str:
    more = f"{indent}  " if indent else ""
    return textwrap.fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=more, break_long_words=False, break_on_hyphens=False
    )
