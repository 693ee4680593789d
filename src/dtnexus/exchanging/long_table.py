"""The long form: one line for what one coder said on one criterion, as `dtnexus agree` reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, get_args

from dtnexus.errors import InputError
from dtnexus.exchanging.cells import Cell, unguarded
from dtnexus.exchanging.entry import Answer, Brought, Entry, Spot
from dtnexus.rating import CoderKind, NotApplicable, NotObservable, Rating, Said
from dtnexus.transcript import Interaction

COLUMNS: Final = ("interaction", "unit", "coder", "kind", "criterion", "score", "adjudicated", "confidence", "episodes")
"""Of a long table that we write."""
NEEDED: Final = ("coder", "criterion", "score")
READ: Final = (*NEEDED, "interaction", "unit", "kind", "session", "turn", "start", "end", "quote", "confidence", "why")
"""Columns that we read. Where there is no `interaction`, the `unit` is one."""
_WANTED: Final = "a table with the columns interaction, coder, criterion and score, and turn or quote as evidence"


def read_long(path: str, text: str, interactions: Mapping[str, Interaction]) -> Brought:
    """The entries of a long table (comma, semicolon or tab); lines of one coder and criterion are taken together.

    Evidence is a `turn` (and `session`, where there are several), with `start` and `end` or a `quote` where only part
    of the turn is meant. Empty scores are no answers and are passed over.

    Raises:
        InputError: a column is missing, a cell does not hold what its column wants, or the lines of one coder and
            criterion contradict each other; names file and line.
    """
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    found: dict[tuple[str, str, str], Entry] = {}
    try:
        columns = [cell.strip().casefold() for cell in next(reader, [])]
        missing = [name for name in NEEDED if name not in columns]
        if missing or not {"interaction", "unit"} & set(columns):
            name = (missing or ["interaction"])[0]
            raise InputError(path, f"has no column {name!r}; it has {', '.join(columns)}", _WANTED, 1)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                raise InputError(path, f"{len(cells)} cells", f"{len(columns)}, as in line 1", reader.line_num)
            row = {name: unguarded(cell.strip()) for name, cell in zip(columns, cells, strict=True)}
            _keep(found, _Line(path, reader.line_num, row), interactions)
    except csv.Error as error:
        raise InputError(path, f"is no table ({error})", _WANTED, reader.line_num) from None
    return Brought(tuple(found.values()))


def _keep(found: dict[tuple[str, str, str], Entry], line: _Line, interactions: Mapping[str, Interaction]) -> None:
    answer = line.answer()
    if answer is None:
        return
    entry = line.entry(answer, interactions)
    key = entry.interaction, entry.coder, entry.criterion
    before = found.get(key)
    if before is None:
        found[key] = entry
        return
    if (before.answer, before.confidence, before.why, before.kind) != (
        entry.answer,
        entry.confidence,
        entry.why,
        entry.kind,
    ):
        given = f"coder {entry.coder!r} says something else on {entry.criterion!r} than in {before.place}"
        raise InputError(line.path, given, "lines that differ in their evidence only", line.number)
    found[key] = Entry(
        entry.interaction,
        entry.coder,
        entry.criterion,
        entry.answer,
        tuple(dict.fromkeys((*before.spots, *entry.spots))),
        entry.confidence,
        entry.why,
        entry.kind,
        before.place,
    )


class _Line:
    def __init__(self, path: str, number: int, row: Mapping[str, str]) -> None:
        self.path, self.number, self.row = path, number, row

    def refuse(self, column: str, wanted: str) -> InputError:
        return InputError(self.path, f"column {column!r} has {self.row.get(column, '')[:40]!r}", wanted, self.number)

    def answer(self) -> Answer | None:
        text = self.row["score"].casefold().replace("_", " ").replace("-", " ")
        if text in ("", "na", "nan", "missing"):
            return None
        if text in ("no", "not observable"):
            return "not observable"
        if text == "not applicable":
            return "not applicable"
        if text.removesuffix(".0") in ("0", "1", "2", "3", "4"):
            return int(text[0])
        raise self.refuse("score", "0 to 4, NO or 'not observable', 'not applicable', or nothing")

    def whole(self, column: str) -> int | None:
        text = self.row.get(column, "")
        if not text:
            return None
        if not text.isdecimal():
            raise self.refuse(column, "a whole number from 0")
        return int(text)

    def entry(self, answer: Answer, interactions: Mapping[str, Interaction]) -> Entry:
        for column in ("coder", "criterion"):
            if not self.row[column]:
                raise self.refuse(column, f"a name of the {column}")
        interaction = self.row.get("interaction") or self.row.get("unit", "")
        if not interaction:
            raise self.refuse("interaction", "the id of an interaction")
        place = f"{self.path}:{self.number}"
        return Entry(
            interaction,
            self.row["coder"],
            self.row["criterion"],
            answer,
            self._spots(interactions.get(interaction)),
            self._confidence(),
            self.row.get("why", ""),
            self._kind(),
            place,
        )

    def _confidence(self) -> float | None:
        text = self.row.get("confidence", "")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise self.refuse("confidence", "a number from 0 to 1, or nothing")
        return value

    def _kind(self) -> CoderKind | None:
        text = self.row.get("kind", "")
        if text and text not in get_args(CoderKind):
            raise self.refuse("kind", f"one of {', '.join(get_args(CoderKind))}, or nothing")
        return text or None  # type: ignore[return-value]

    def _spots(self, interaction: Interaction | None) -> tuple[Spot, ...]:
        turn, session = self.whole("turn"), self.whole("session") or 0
        if turn is None or interaction is None:
            return ()
        if session >= len(interaction.sessions) or turn >= len(interaction.sessions[session].turns):
            raise self.refuse("turn", f"a turn of session {session} of this interaction")
        text = interaction.sessions[session].turns[turn].text
        start, end, quote = self.whole("start"), self.whole("end"), self.row.get("quote", "")
        if start is None and quote:
            start = text.find(quote)
            if start < 0:
                raise InputError(self.path, "the quote is not in that turn", "words of the turn", self.number)
            end = start + len(quote)
        return (Spot(session, turn, start or 0, len(text) if end is None else end),)


def long_rows(statements: Iterable[Said]) -> Iterator[dict[str, Cell]]:
    """Yield a row of `COLUMNS` for each rating, not observable and not applicable. No words of anybody."""
    for said in statements:
        if not isinstance(said, Rating | NotObservable | NotApplicable):
            continue
        score: Cell = said.score if isinstance(said, Rating) else said.kind.replace("_", " ")
        yield {
            "interaction": said.interaction_id,
            "unit": said.interaction_id,
            "coder": said.coder.name,
            "kind": said.coder.kind,
            "criterion": said.criterion,
            "score": score,
            "adjudicated": "yes" if said.coder.kind in ("adjudicator", "consensus") else "no",
            "confidence": said.confidence if isinstance(said, Rating) else None,
            "episodes": None if isinstance(said, NotApplicable) else len(said.episodes),
        }


def entry_rows(entries: Iterable[Entry]) -> Iterator[dict[str, Cell]]:
    """Yield the same rows for entries, also for scores without evidence."""
    for entry in entries:
        kind = entry.kind or "human"
        yield {
            "interaction": entry.interaction,
            "unit": entry.interaction,
            "coder": entry.coder,
            "kind": kind,
            "criterion": entry.criterion,
            "score": entry.answer,
            "adjudicated": "yes" if kind in ("adjudicator", "consensus") else "no",
            "confidence": entry.confidence,
            "episodes": len(entry.spots),
        }
