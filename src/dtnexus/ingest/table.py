"""Long tables, CSV or TSV: a row an utterance, as AnnoMI has them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from dtnexus.errors import InputError
from dtnexus.ingest.columns import Layout, layout_of
from dtnexus.ingest.draft import Draft, Said
from dtnexus.ingest.facts import moment, whole
from dtnexus.ingest.feed import Feed, Sample
from dtnexus.ingest.loss import Loss
from dtnexus.ingest.options import ColumnUse, ReadOptions
from dtnexus.ingest.reader import Output

_CELL_LIMIT = 1 << 30
_CLOCK = re.compile(r"\d{1,3}(:\d{1,2}){1,2}([.,]\d+)?")
_TIMES = frozenset({"timestamp", "created_at", "time", "date"})


class _Row(NamedTuple):
    line: int
    cells: list[str]


class _Entry(NamedTuple):
    order: str
    said: Said


@dataclass(slots=True)
class _Open:
    """A conversation whose last row has not been met yet."""

    line: int
    entries: list[_Entry] = field(default_factory=list)
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    client: str | None = None
    agent: str | None = None
    session: int | None = None


class TableReader:
    """Reads tables with a column for the speaker and one for the text, and a header row.

    Rows of a conversation need not stand together. A row that repeats the order, speaker and
    text of another (one row an annotator) is dropped; rows out of order are sorted.
    """

    name = "table"
    endings: tuple[str, ...] = (".csv", ".tsv", ".tab")
    splits_turns = True

    def sniff(self, sample: Sample, options: ReadOptions) -> float:
        """0.9 for known columns with an id of the conversation; 0.2 for another CSV file by its ending."""
        layout = layout_of(sample.lines, options.columns)
        if not layout.missing:
            if options.columns:
                return 1.0
            return 0.9 if "conversation" in layout.places else 0.75
        return 0.2 if len(layout.header) > 1 and sample.ending in self.endings else 0.0

    def read(self, feed: Feed, options: ReadOptions) -> Iterator[Output]:
        """Yield a draft when the last row of its conversation is met; open ones are held in memory."""
        layout = layout_of(feed.sample().lines, options.columns)
        if layout.missing:
            given = f"no column {' and no column '.join(layout.missing)}; the columns are {layout.shown()}"
            wanted = "a row an utterance; name the columns: conversation, speaker, text, order"
            raise InputError(feed.path, given, wanted, 1)
        for name in layout.unused:
            shown = name if len(name) <= 40 else "(a long name)"
            yield feed.loss("fields_ignored", f"column {shown!r} has no place in a transcript", 1)
        if "conversation" not in layout.places:
            detail = "no column names the conversation, so all rows are one; name it: conversation=COLUMN"
            yield feed.loss("conversation_guessed", detail, 1)
        last = {self._key(row, layout): row.line for row in _rows(feed, layout) if isinstance(row, _Row)}
        opened: dict[str, _Open] = {}
        for row in _rows(feed, layout):
            if isinstance(row, Loss):
                yield row
                continue
            key = self._key(row, layout)
            if key is None:
                yield feed.loss("row_dropped", "rows without an id of a conversation", row.line)
                continue
            now = opened.setdefault(key, _Open(row.line))
            yield from self._take(row, now, layout, feed)
            if last[key] == row.line:
                yield from self._finish(key, opened.pop(key), layout, feed)

    def _key(self, row: _Row, layout: Layout) -> str | None:
        if "conversation" not in layout.places:
            return ""
        return _cell(row, layout, "conversation").strip() or None

    def _take(self, row: _Row, now: _Open, layout: Layout, feed: Feed) -> Iterator[Loss]:
        if len(row.cells) <= max(layout.places["text"], layout.places["speaker"]):
            yield feed.loss(
                "line_failed", f"a row of {len(row.cells)} cells; the header has {len(layout.header)}", row.line
            )
            return
        who, text = _cell(row, layout, "speaker").strip(), _cell(row, layout, "text")
        if not who:
            yield feed.loss("row_dropped", "rows without a speaker", row.line)
            return
        order = _cell(row, layout, "order").strip()
        place = layout.places.get("order")
        if order and place is not None and layout.header[place].strip().casefold() not in _TIMES:
            if (order, who, text) in now.seen:
                yield feed.loss("duplicate_dropped", "rows that repeat an utterance", row.line)
                return
            now.seen.add((order, who, text))
        now.entries.append(
            _Entry(order, Said(who, text, who, moment(at) if (at := _cell(row, layout, "at")) else None))
        )
        now.client = now.client or _cell(row, layout, "client").strip() or None
        now.agent = now.agent or _cell(row, layout, "agent").strip() or None
        now.session = whole(_cell(row, layout, "session")) if now.session is None else now.session

    def _finish(self, key: str, done: _Open, layout: Layout, feed: Feed) -> Iterator[Output]:
        ordered = _ordered(done.entries)
        moved = sum(one is not other for one, other in zip(ordered, done.entries, strict=True))
        if moved:
            yield feed.loss("reordered", "rows put into the order of their column", done.line, moved)
        yield Draft(
            [entry.said for entry in ordered],
            done.line,
            id=key or None,
            client_id=done.client,
            agent_id=done.agent,
            session_index=done.session,
        )


def _cell(row: _Row, layout: Layout, use: ColumnUse) -> str:
    place = layout.places.get(use)
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def _rows(feed: Feed, layout: Layout) -> Iterator[_Row | Loss]:
    """The rows after the header, each with its first line; a row that cannot be read is a Loss."""
    csv.field_size_limit(max(csv.field_size_limit(), _CELL_LIMIT))
    quotes = 0

    def counted() -> Iterator[str]:
        nonlocal quotes
        for line in feed.lines():
            quotes += line.count('"')
            yield line

    reader = csv.reader(counted(), delimiter=layout.delimiter)
    next(reader, None)
    start = reader.line_num + 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield feed.loss("line_failed", f"no row of a table ({error})", start)
            start = reader.line_num + 1
            continue
        if cells is None:
            break
        last, start = start, reader.line_num + 1
        if cells:
            yield _Row(last, cells)
    if quotes % 2:
        yield feed.loss("line_failed", "a quotation mark is opened and never closed; rows may have run together", None)


def _ordered(entries: Sequence[_Entry]) -> list[_Entry]:
    """The entries by their order where all can be compared, else as they stand; equal ones keep their places."""
    for key in (_as_number, _as_clock, _as_moment):
        ranks = [key(entry.order) for entry in entries]
        known = [rank for rank in ranks if rank is not None]
        if len(known) == len(entries):
            return [entry for _, entry in sorted(zip(known, entries, strict=True), key=lambda pair: pair[0])]
    return list(entries)


def _as_number(text: str) -> float | None:
    return float(text) if text.isascii() and text.lstrip("-").replace(".", "", 1).isdecimal() else None


def _as_clock(text: str) -> float | None:
    if not _CLOCK.fullmatch(text):
        return None
    seconds = 0.0
    for part in text.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _as_moment(text: str) -> float | None:
    at: datetime | None = moment(text)
    if at is None:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
