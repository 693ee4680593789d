"""Reads ratings: a long table (CSV, TSV, JSON lines) or our own rating records, told apart by content."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, get_args

from dtnexus.agreement.statements import of_statements
from dtnexus.agreement.table import Answer, Apart, Coder, LeftOut, Lines, Stated
from dtnexus.errors import InputError
from dtnexus.rating import CoderKind

REQUIRED: Final = ("unit", "coder", "criterion", "score")
OPTIONAL: Final = ("interaction", "kind", "adjudicated", "origin", "language")
NOT_OBSERVABLE_WORDS: Final = frozenset({"not observable", "not_observable", "not-observable"})
NOT_APPLICABLE_WORDS: Final = frozenset({"not applicable", "not_applicable", "not-applicable"})
MISSING_WORDS: Final = frozenset({"", "na", "nan", "missing"})
ADJUDICATED_KINDS: Final = frozenset({"adjudicator", "consensus"})
_ADJUDICATED_NAMES: Final = ("adjudicat", "consensus")
_YES: Final = frozenset({"yes", "true", "1"})
_NO: Final = frozenset({"no", "false", "0", ""})
_WANTED: Final = (
    "a table with the columns unit, coder, criterion and score (and, if there are any, interaction, kind, "
    "adjudicated), or ratings as `code` writes them"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to read of a file."""

    scale: tuple[int, int] = (0, 4)
    coders: frozenset[str] = frozenset()
    """Only these; empty: all."""
    criteria: frozenset[str] = frozenset()
    """Only these; empty: all."""
    columns: Mapping[str, str] | None = None
    """Our name of a column -> the file's."""
    apart: bool = False
    """Also read what does not enter the agreement: decisions after the coding, and lines that are no answer."""


def read_ratings(path: Path, asked: Asked = Asked()) -> Lines:  # noqa: B008 - frozen
    """All answers that were given before adjudication, with counts of what was left out and why.

    Raises:
        InputError: the file cannot be read, a column is missing, a score is not on the scale, a line is no rating,
            or a coder that was asked for is not there; names file and line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", _WANTED) from None
    return parsed(str(path), content, asked)


def parsed(path: str, content: bytes, asked: Asked) -> Lines:
    """The same for content that was read already; `path` is its name in messages.

    Raises:
        InputError: as `read_ratings`.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(path, f"byte {error.start} is not UTF-8", "UTF-8 text; save the file as UTF-8") from None
    if "\0" in text:
        raise InputError(path, "holds bytes that are no text", _WANTED)
    if not text.strip():
        raise InputError(path, "the file is empty", _WANTED)
    if not text.lstrip().startswith("{"):
        return _of_rows(path, _table(path, text), asked)
    objects = list(_objects(path, text))
    if isinstance(objects[0][1].get("coder"), dict):
        return _chosen(of_statements(path, objects), asked)
    columns = dict.fromkeys(key for _, value in objects for key in value)
    return _of_rows(path, _Rows(tuple(columns), objects), asked)


@dataclass(frozen=True, slots=True)
class _Rows:
    columns: tuple[str, ...]
    rows: Sequence[tuple[int, Mapping[str, object]]]
    """Line number, and column -> cell."""


def _objects(path: str, text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise InputError(path, "a line that is no JSON object", _WANTED, number)
        yield number, value


def _table(path: str, text: str) -> _Rows:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, Mapping[str, object]]] = []
    try:
        columns = tuple(cell.strip() for cell in next(reader))
        if doubled := [name for name, count in Counter(columns).items() if count > 1 and name]:
            raise InputError(path, f"column {doubled[0]!r} is there twice", "each column once", 1)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                raise InputError(path, f"{len(cells)} cells", f"{len(columns)}, as in line 1", reader.line_num)
            rows.append((reader.line_num, dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        raise InputError(path, f"is no table ({error})", _WANTED, reader.line_num) from None
    return _Rows(columns, rows)


def _of_rows(path: str, table: _Rows, asked: Asked) -> Lines:
    named = _columns(path, table.columns, asked.columns or {})
    left_out: Counter[LeftOut] = Counter()
    answers: list[Answer] = []
    kinds: dict[str, CoderKind | None] = {}
    apart: list[Apart] = []
    stated: dict[str, Stated] = {}
    for line, cells in table.rows:
        row = _Row(path, line, {own: cells.get(given) for own, given in named.items()})
        name, kind = row.filled("coder"), row.kind()
        reason = row.left_out(_adjudicated(name, kind), asked.scale)
        if reason:
            left_out[reason] += 1
            if asked.apart:
                apart.append(Apart(reason, row.answer(asked.scale, "interaction" in named)))
            continue
        if kinds.setdefault(name, kind) != kind:
            raise InputError(path, f"coder {name!r} has another kind before", "one kind for each coder", line)
        answers.append(row.answer(asked.scale, "interaction" in named))
        row.keep_stated(stated)
    coders = tuple(Coder(name, kind) for name, kind in kinds.items())
    unused = tuple(column for column in table.columns if column and column not in named.values())
    lines = Lines(path, tuple(answers), coders, left_out, "interaction" in named, unused, tuple(apart), stated)
    return _chosen(lines, asked)


def _columns(path: str, columns: Sequence[str], mapped: Mapping[str, str]) -> dict[str, str]:
    """Our name -> the file's name of every column that is there."""
    by_name = {column.casefold(): column for column in columns}
    found: dict[str, str] = {}
    for own in (*REQUIRED, *OPTIONAL):
        wanted = mapped.get(own, own).casefold()
        if wanted in by_name:
            found[own] = by_name[wanted]
        elif own in REQUIRED or own in mapped:
            there = ", ".join(repr(column) for column in columns)
            raise InputError(
                path, f"has no column {mapped.get(own, own)!r}; it has {there}", f"{_WANTED}; see --map", 1
            )
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    line: int
    cells: Mapping[str, object]

    def text(self, column: str) -> str:
        value = self.cells.get(column)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value).strip()

    def filled(self, column: str) -> str:
        found = self.text(column)
        if not found:
            raise InputError(self.path, f"column {column!r} is empty", f"a name of the {column}", self.line)
        return found

    def kind(self) -> CoderKind | None:
        found = self.text("kind").casefold()
        for kind in get_args(CoderKind):
            if found == kind:
                return kind  # type: ignore[no-any-return]
        if not found:
            return None
        wanted = f"one of {', '.join(get_args(CoderKind))}, or nothing"
        raise InputError(self.path, f"column 'kind' has {found!r}", wanted, self.line)

    def left_out(self, adjudicated: bool, scale: tuple[int, int]) -> LeftOut | None:
        """Why the line does not enter the agreement of coders; None where it does."""
        if adjudicated or self.flag("adjudicated"):
            return "adjudicated"
        score = self.score(scale)
        return score if isinstance(score, str) else None

    def answer(self, scale: tuple[int, int], by_interaction: bool) -> Answer:
        """What the line says; without a score where it gives none."""
        unit, score = self.filled("unit"), self.score(scale)
        interaction = self.filled("interaction") if by_interaction else unit
        points = score if isinstance(score, int) else None
        return Answer(unit, interaction, self.filled("coder"), self.filled("criterion"), points, self.line)

    def keep_stated(self, stated: dict[str, Stated]) -> None:
        """Keep what the line states of its unit beside the answer.

        Raises:
            InputError: another line states something else of the same unit.
        """
        says = Stated(self.text("origin").casefold(), self.text("language"))
        unit = self.filled("unit")
        if says != Stated() and stated.setdefault(unit, says) != says:
            wanted = "the same in all lines of a unit"
            raise InputError(self.path, f"another origin or language of unit {unit!r} than before", wanted, self.line)

    def flag(self, column: str) -> bool:
        found = self.text(column).casefold()
        if found in _YES or found in _NO:
            return found in _YES
        raise InputError(self.path, f"column {column!r} has {found!r}", "yes or no", self.line)

    def score(self, scale: tuple[int, int]) -> int | LeftOut | None:
        """A point of the scale, None for "not observable", or why the line is left out."""
        found = self.text("score")
        folded = found.casefold()
        if found == "NO" or folded in NOT_OBSERVABLE_WORDS:
            return None
        if folded in NOT_APPLICABLE_WORDS:
            return "not applicable"
        if folded in MISSING_WORDS:
            return "missing"
        try:
            value = float(found)
        except ValueError:
            value = float("nan")
        low, high = scale
        if not value.is_integer() or not low <= value <= high:
            raise InputError(
                self.path,
                f"score {found[:40]!r}",
                f"a whole number from {low} to {high}, NO or 'not observable', 'not applicable', or nothing; "
                "for another scale give --scale",
                self.line,
            )
        return int(value)


def _adjudicated(name: str, kind: CoderKind | None) -> bool:
    """Whether a line is a decision after the coding: by its kind, or by a coder called so."""
    return kind in ADJUDICATED_KINDS or name.casefold().startswith(_ADJUDICATED_NAMES)


def _chosen(lines: Lines, asked: Asked) -> Lines:
    """Only the coders and criteria that were asked for; the rest is counted or, for criteria, passed over."""
    _all_there(lines, "coder", asked.coders, {coder.name for coder in lines.coders})
    _all_there(lines, "criterion", asked.criteria, {answer.criterion for answer in lines.answers})
    left_out = Counter(lines.left_out)
    answers = []
    for answer in lines.answers:
        if asked.criteria and answer.criterion not in asked.criteria:
            continue
        if asked.coders and answer.coder not in asked.coders:
            left_out["coder not asked for"] += 1
            continue
        low, high = asked.scale
        if answer.score is not None and not low <= answer.score <= high:
            given = f"score {answer.score}"
            raise InputError(lines.path, given, f"a score from {low} to {high}; see --scale", answer.line)
        answers.append(answer)
    return replace(lines, answers=tuple(answers), left_out=left_out)


def _all_there(lines: Lines, what: str, wanted: frozenset[str], there: set[str]) -> None:
    if absent := sorted(wanted - there):
        held = ", ".join(repr(name) for name in sorted(there)) or "nobody"
        raise InputError(lines.path, f"no {what} {absent[0]!r} stands in it; it has {held}", f"the name of a {what}")
