"""An agreement or a plan as text, JSON, CSV or LaTeX."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Iterator
from typing import Final, Literal

from dtnexus.agreement.planning import Plan
from dtnexus.agreement.results import Agreement, Estimate
from dtnexus.agreement.sections import Section, named, reasons, sections

Format = Literal["text", "json", "csv", "latex"]
COLUMNS: Final = (
    "about",
    "criterion",
    "coefficient",
    "name",
    "coder",
    "value",
    "low",
    "high",
    "units",
    "coders",
    "coder_pairs",
    "score_pairs",
    "interactions",
    "why_none",
    "why_no_interval",
    "note",
    "band",
)
"""Of the CSV table: the fields of an `Estimate`."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes text that starts so for a formula; an apostrophe in front keeps it text."""
_WIDTH: Final = 110
_LATEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
}


def rendered(agreement: Agreement, form: Format) -> str:
    """The whole agreement (JSON, CSV) or its short tables with the methods paragraph (text, LaTeX); ends a line."""
    match form:
        case "json":
            return f"{agreement.model_dump_json(indent=1)}\n"
        case "csv":
            return _csv(agreement)
        case "latex":
            return _latex(agreement)
        case "text":
            return "\n".join(_text(agreement)) + "\n"


def rendered_plan(plan: Plan, form: Format) -> str:
    """The plan as text or JSON; CSV holds one row, LaTeX the sentence."""
    match form:
        case "json":
            return f"{plan.model_dump_json(indent=1)}\n"
        case "latex":
            return f"{_escaped(plan.methods)}\n"
        case "csv":
            asked = plan.question
            head = (
                "what",
                "expected",
                "width",
                "floor",
                "coders_per_unit",
                "confidence",
                "units",
                "positives",
                "source",
            )
            row = (asked.what, asked.expected, asked.width if asked.floor is None else None, asked.floor)
            return _rows(head, [(*row, asked.per_unit, asked.confidence, plan.units, plan.positives, plan.source)])
        case "text":
            lines = [plan.methods, "", f"Formula: {plan.formula}", *plan.notes, "", *plan.references]
            return "\n".join(_wrapped(line) for line in lines) + "\n"


def _text(agreement: Agreement) -> Iterator[str]:
    coders = ", ".join(f"{coder.name} ({coder.kind})" if coder.kind else coder.name for coder in agreement.coders)
    yield f"Agreement before adjudication: {agreement.source}"
    yield _wrapped(f"Coders: {coders}")
    yield f"Units: {agreement.units}, of {agreement.interactions} interactions"
    for section in sections(agreement):
        yield ""
        yield section.title
        yield from _lines(section)
    yield ""
    if any(estimate.low is not None for estimate in agreement.estimates):
        yield f"In brackets: 95% interval, {agreement.draws:,} draws of whole interactions. *: safety-critical."
    yield "pairs: pairs of answers of two coders to one unit. its units: ICC(2,1) needs the scores of all coders."
    yield "All coefficients with their counts: --format csv or --format json."
    for title, lines in (
        ("What sources call these values, by the interval", _bands(agreement)),
        ("Missing", list(reasons(agreement))),
        ("Notes", list(agreement.notes)),
        ("Methods", [agreement.methods]),
        ("References", list(agreement.references)),
    ):
        if lines:
            yield ""
            yield title
            yield from (_wrapped(line, "  ") for line in lines)


def _bands(agreement: Agreement) -> list[str]:
    shown = ("alpha_ordinal", "kappa_quadratic", "icc_2_1")
    return [
        f"{named(agreement, each.criterion)} {each.coefficient}: {each.band}"
        for each in agreement.estimates
        if each.about == "scores" and each.band is not None and each.coefficient in shown
    ]


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  " if indent else "",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _lines(section: Section) -> Iterator[str]:
    widths = [max(len(row[place]) for row in (section.head, *section.rows)) for place in range(len(section.head))]
    for row in (section.head, *section.rows):
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _csv(agreement: Agreement) -> str:
    return _rows(COLUMNS, [tuple(_field(each, column) for column in COLUMNS) for each in agreement.estimates])


def _rows(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return stream.getvalue()


def _field(estimate: Estimate, column: str) -> str:
    value = getattr(estimate, column)
    if column == "criterion" and value is None:
        return "(all)"
    if isinstance(value, float):
        return f"{value:.6f}"
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _latex(agreement: Agreement) -> str:
    """A paragraph and one table for each section; needs ``booktabs``."""
    parts = [f"% dtnexus {agreement.dtnexus}; needs \\usepackage{{booktabs}}", _wrapped(_escaped(agreement.methods))]
    parts += [_latex_table(section, number) for number, section in enumerate(sections(agreement), start=1)]
    missing = [f"% missing: {_escaped(line)}" for line in reasons(agreement)]
    references = [f"% {line}" for line in agreement.references]
    return "\n\n".join([*parts, "\n".join([*missing, *references])]).rstrip() + "\n"


def _latex_table(section: Section, number: int) -> str:
    rows = [" & ".join(_escaped(text) for text in row) + r" \\" for row in section.rows]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_escaped(section.title)}. Values with 95\% bootstrap intervals; --: no value.}}",
            rf"\label{{tab:agreement-{number}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(section.head) - 1)}}}",
            r"\toprule",
            " & ".join(_escaped(text) for text in section.head) + r" \\",
            r"\midrule",
            *(re.sub(r"& -(?= &| \\\\)", "& --", row) for row in rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )


def _escaped(text: str) -> str:
    """The text with LaTeX's own characters made harmless, its quotes and minus signs set as LaTeX does."""
    escaped = "".join(_LATEX.get(mark, mark) for mark in text)
    quoted = re.sub(r'"([^"]*)"', r"``\1''", escaped)
    return re.sub(r"(?<![\w.])-(?=\d)", "$-$", quoted)
