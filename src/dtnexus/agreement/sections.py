"""The short tables of an agreement, as cells: the same for the screen and for a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dtnexus.agreement.results import About, Agreement, Estimate

NONE: Final = "-"
"""Stands where there is no value; the reason is listed with it."""
_SCORES: Final = (
    ("agree", "percent_agreement"),
    ("alpha ordinal", "alpha_ordinal"),
    ("kappa quadratic", "kappa_quadratic"),
    ("AC2 quadratic", "ac2_quadratic"),
    ("ICC(2,1)", "icc_2_1"),
)
_YES_NO: Final = (
    ("agree", "percent_agreement"),
    ("positive", "positive_agreement"),
    ("negative", "negative_agreement"),
    ("AC1", "ac1"),
    ("kappa", "kappa"),
)


class Section(NamedTuple):
    """A table: its title, the heads of its columns, its rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sections(agreement: Agreement) -> tuple[Section, ...]:
    """The tables that hold anything, in the order: scores, observable, lowest scores, severity."""
    low = agreement.scale[0]
    every = (
        _by_coefficient(agreement, "scores", "Scores", _SCORES),
        _by_coefficient(agreement, "observable", "Observable (positive) or not observable (negative)", _YES_NO),
        _by_coefficient(
            agreement, "star_lowest", f"Safety-critical: score {low} (positive) or above (negative)", _YES_NO
        ),
        _by_coefficient(
            agreement,
            "star_two_lowest",
            f"Safety-critical: score {low} or {low + 1} (positive) or above (negative)",
            _YES_NO,
        ),
        _severity(agreement),
    )
    return tuple(section for section in every if section.rows)


def _by_coefficient(agreement: Agreement, about: About, title: str, columns: Sequence[tuple[str, str]]) -> Section:
    found = {(each.criterion, each.coefficient): each for each in agreement.estimates if each.about == about}
    rows = []
    for criterion in dict.fromkeys(criterion for criterion, _ in found):
        first = found[criterion, columns[0][1]]
        counts = (str(first.units), str(first.coders), str(first.score_pairs))
        cells = (cell(found[criterion, coefficient]) for _, coefficient in columns)
        rows.append((named(agreement, criterion), *counts, *cells, *_units_of(found.get((criterion, "icc_2_1")))))
    head = ("criterion", "units", "coders", "pairs", *(head for head, _ in columns))
    return Section(title, (*head, "its units") if about == "scores" else head, tuple(rows))


def _units_of(icc: Estimate | None) -> tuple[str, ...]:
    """The units of ICC(2,1), which needs the scores of all coders; nothing where it is not in the table."""
    return () if icc is None else (str(icc.units),)


def _severity(agreement: Agreement) -> Section:
    found = {(each.criterion, each.coder): each for each in agreement.estimates if each.about == "severity"}
    coders = tuple(dict.fromkeys(coder for _, coder in found if coder is not None))
    rows = tuple(
        (named(agreement, criterion), *(cell(found[criterion, coder], signed=True) for coder in coders))
        for criterion in dict.fromkeys(criterion for criterion, _ in found)
    )
    title = "Rater severity: points above (+) or below (-) the other coders of the same units"
    return Section(title, ("criterion", *coders), rows)


def named(agreement: Agreement, criterion: str | None) -> str:
    """The criterion, with a star if it is safety-critical; (all) for all together."""
    if criterion is None:
        return "(all)"
    return f"{criterion}*" if criterion in agreement.stars else criterion


def cell(estimate: Estimate, signed: bool = False) -> str:
    """Value and interval, two decimals; `NONE` without a value."""
    if estimate.value is None:
        return NONE
    sign = "+" if signed else ""
    value = _plain(f"{estimate.value:{sign}.2f}")
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} [{_plain(f'{estimate.low:{sign}.2f}')}, {_plain(f'{estimate.high:{sign}.2f}')}]"


def _plain(number: str) -> str:
    return number.replace("-0.00", "0.00").replace("+0.00", "0.00")


def reasons(agreement: Agreement) -> Iterator[str]:
    """Why values or intervals are missing: each reason once, with the coefficients and criteria that it holds for."""
    places: dict[tuple[str, str], dict[tuple[str, str | None], list[str]]] = {}
    for each in agreement.estimates:
        for missing, reason in (("no value", each.why_none), ("no interval", each.why_no_interval)):
            if reason:
                place = _about(agreement, each.about), each.criterion
                what = each.coefficient if each.coder is None else f"of {each.coder}"
                places.setdefault((missing, reason), {}).setdefault(place, []).append(what)
    for (missing, reason), found in places.items():
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for (about, criterion), each_what in found.items():
            alike.setdefault((about, tuple(each_what)), []).append(named(agreement, criterion))
        told = (f"{about}, {', '.join(of)}: {', '.join(what)}" for (about, what), of in alike.items())
        yield f"{missing}, {reason}. {'; '.join(told)}"


def _about(agreement: Agreement, about: About) -> str:
    low = agreement.scale[0]
    return {"star_lowest": f"score {low}", "star_two_lowest": f"score {low} or {low + 1}"}.get(about, about)
