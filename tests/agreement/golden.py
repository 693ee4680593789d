"""The printed forms of one invented table: ``python -m tests.agreement.golden`` writes them again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dtnexus.agreement.measure import agreement
from dtnexus.agreement.reading import Asked, parsed
from dtnexus.agreement.rendering import Format, rendered
from dtnexus.agreement.results import Agreement
from dtnexus.agreement.table import tabulated
from tests.agreement.invented import table_lines

FOLDER = Path(__file__).parent / "golden"
FORMS: dict[Format, str] = {"text": "agreement.txt", "csv": "agreement.csv", "latex": "agreement.tex"}


def made() -> Agreement:
    """The agreement of the invented table, with one adjudicated line in it."""
    lines = [*table_lines(24), "i0,u00,adjudicator,A1,2"]
    read = parsed("ratings.csv", "\n".join(lines).encode(), Asked())
    return agreement(tabulated(read, (0, 4), ("A1", "F1", "G1")), ("F1", "G1"), "ratings.csv", "0")


def texts() -> Iterator[tuple[Path, str]]:
    """Each golden file and what should stand in it."""
    whole = made()
    for form, name in FORMS.items():
        yield FOLDER / name, rendered(whole, form)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in texts():
        path.write_text(text, encoding="utf-8")
