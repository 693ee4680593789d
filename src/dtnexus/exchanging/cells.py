"""Cells of tables that people open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | float | bool | None
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet takes text that starts so for a formula."""


def guarded(cell: Cell) -> Cell:
    """The cell, with an apostrophe in front of text that a spreadsheet would run. Numbers stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ")[:1] in _RUNS and cell.strip() else cell


def unguarded(cell: str) -> str:
    """The text of a guarded cell."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ")[:1] in _RUNS else cell


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """The rows as CSV (comma, RFC 4180 quoting, one line a row); no cell can run as a formula."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: guarded(row.get(name)) for name in columns} for row in rows)
    return stream.getvalue()
