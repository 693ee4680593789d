"""Tables and JSON documents of the sets, read strictly: what a rule relies on must be there."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dtnexus.errors import InputError

LONGEST_CELL: Final = 10_000_000
"""Characters; some sets keep all posts of a person in one cell."""
_BETWEEN: Final = re.compile(r"""['"],\s+['"]""")


def table(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, each cell a text.

    Raises:
        InputError: a wanted column is missing, or the file is no UTF-8 text.
    """
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(str(path), f"has no column {missing[0]!r}", f"the columns {', '.join(columns)}")
            return [{key: cell or "" for key, cell in row.items() if key is not None} for row in reader]
    except UnicodeDecodeError:
        raise InputError(str(path), "no UTF-8 text", "the file as the set publishes it") from None
    except csv.Error as error:
        raise InputError(str(path), f"no CSV ({error})", "the file as the set publishes it") from None


def document(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        InputError: the file is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise InputError(str(path), "no JSON", "the file as the set publishes it") from None


def lines(path: Path) -> list[Any]:
    """The values of a JSONL file, in order.

    Raises:
        InputError: a line is no JSON; names file and line.
    """
    out = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                out.append(json.loads(line))
            except json.JSONDecodeError:
                raise InputError(str(path), "no JSON", "one JSON value a line", number) from None
    return out


def listed(cell: str) -> list[str]:
    """The texts of a cell that holds a Python list, also one whose quotes are broken; a plain text is one text."""
    stripped = cell.strip()
    if not (stripped.startswith("[") and stripped.endswith("]")):
        return [cell]
    try:
        return [str(item) for item in ast.literal_eval(stripped)]
    except (SyntaxError, ValueError):
        return [part for part in _BETWEEN.split(stripped[1:-1].strip().strip("'\"")) if part]


def wanted(record: Any, keys: Sequence[str], path: Path) -> dict[str, Any]:
    """The record, which has these keys.

    Raises:
        InputError: it is no JSON object, or a key is missing.
    """
    missing = [key for key in keys if not isinstance(record, dict) or key not in record]
    if missing:
        raise InputError(str(path), f"a record without {missing[0]!r}", f"records with {', '.join(keys)}")
    return dict(record)
