"""The table of a validation: as text for a terminal, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from dtnexus.validation.results import Row, Validation
from dtnexus.validation.targets import Figure

TableFormat = Literal["text", "md", "csv", "json"]
FORMATS: Final[tuple[str, ...]] = get_args(TableFormat)
_NONE: Final = "-"


def number(value: float | None) -> str:
    """A figure with three decimals; a dash for none."""
    return _NONE if value is None else f"{value:.3f}"


def interval(row: Row) -> str:
    """The 95 % interval; a dash where there is none."""
    return _NONE if row.low is None or row.high is None else f"{row.low:.3f} to {row.high:.3f}"


def counted(row: Row) -> str:
    """The number of units in the value, and of how many that have a label where the two differ."""
    return f"{row.n}" if row.n == row.asked else f"{row.n} of {row.asked}"


def wanted(row: Row, value: float | None) -> str:
    """A floor or an aim as a limit; a dash for none."""
    if value is None:
        return _NONE
    return f"{'at most' if row.lower_is_better else 'at least'} {value:g}"


def outcome(row: Row) -> str:
    """The result, with the aim where it is reached and the reason where there is one."""
    said = f"{row.result}, aim reached" if row.result == "pass" and row.aim_reached else row.result
    return f"{said}: {row.because}" if row.because else said


def text(validation: Validation) -> str:
    """The table for a terminal, one line a row."""
    head = ("result", "set", "metric", "value", "95 %", "n", "floor", "aim", "measured")
    rows = [
        (
            "pass, aim" if row.result == "pass" and row.aim_reached else row.result,
            row.set,
            row.metric,
            number(row.value),
            interval(row),
            counted(row),
            wanted(row, row.floor),
            wanted(row, row.aim),
            row.what + (f" ({row.because})" if row.because else ""),
        )
        for row in validation.rows
    ]
    widths = [max(len(line[at]) for line in [head, *rows]) for at in range(len(head) - 1)]
    lines = ("  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]).rstrip()
             for line in [head, *rows])  # fmt: skip
    return "\n".join(lines) + "\n"


def markdown(validation: Validation) -> str:
    """The table with sources, rules and notes below it."""
    coder = validation.coder
    versions = "".join(f", {name} `{digest[:12]}`" for name, digest in coder.details.items())
    lines = [
        "# Validation",
        "",
        f"Coder `{coder.name}` {coder.version}{versions}; framework {validation.framework} "
        f"`{validation.framework_digest[:12]}`; dtnexus {validation.dtnexus}.",
        "",
        "Intervals are 95 % percentile intervals of a bootstrap of whole conversations (persons, posts, stimuli). n is"
        " the number of units in the value, of those that have a label where the coder scored fewer.",
        "",
        *_table(
            ("set", "measured", "n", "metric", "value", "95 %", "people", "published", "floor", "aim", "result"),
            [_cells(row) for row in validation.rows],
        ),
        "",
        "## How each row was measured",
        "",
    ]
    for row in validation.rows:
        lines += [f"- **{row.set}, {row.what}.** {row.rule}{_more(row)}"]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.set, row.what, counted(row), row.metric, number(row.value), interval(row), _figure(row.ceiling),
        _figure(row.published), wanted(row, row.floor), wanted(row, row.aim), outcome(row),
    )  # fmt: skip


def _figure(figure: Figure | None) -> str:
    return "not known" if figure is None else figure.value


def _more(row: Row) -> str:
    """Sources, further figures and notes of a row."""
    parts = [
        f"People: {row.ceiling.value} ({row.ceiling.source})." if row.ceiling else "",
        f"Published: {row.published.value} ({row.published.source})." if row.published else "",
        f"Also: {', '.join(f'{name} {value:.2f}' for name, value in row.details.items())}." if row.details else "",
        f"Note: {row.note}." if row.note else "",
    ]
    return "".join(f" {part}" for part in parts if part)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in (head, ["---"] * len(head), *rows)]


def csv_table(validation: Validation) -> str:
    """One line a row; an empty cell is unknown."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [name for name in Row.model_fields if name not in ("ceiling", "published", "details")]
    figures = ("ceiling", "ceiling_source", "published", "published_source")
    writer.writerow([*names, *figures])
    for row in validation.rows:
        plain = row.model_dump(include=set(names))
        sources = [part for each in (row.ceiling, row.published) for part in _parts(each)]
        writer.writerow([*("" if plain[name] is None else plain[name] for name in names), *sources])
    return out.getvalue()


def _parts(figure: Figure | None) -> tuple[str, str]:
    return ("", "") if figure is None else (figure.value, figure.source)


def json_text(validation: Validation) -> str:
    """The whole record, indented."""
    content: Mapping[str, object] = validation.model_dump(mode="json")
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def rendered(validation: Validation, form: TableFormat) -> str:
    """The validation in one of the formats."""
    return {"text": text, "md": markdown, "csv": csv_table, "json": json_text}[form](validation)
