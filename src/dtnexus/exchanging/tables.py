"""Ratings and episodes as tables: long, wide and by episode; CSV, JSON lines or Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from dtnexus.exchanging.cells import Cell, csv_text
from dtnexus.framework import Framework
from dtnexus.rating import NotApplicable, NotObservable, Rating, Said

Form = Literal["csv", "jsonl", "parquet"]
Columns = Mapping[str, pa.DataType]

LONG: Final[Columns] = {
    "interaction": pa.string(),
    "unit": pa.string(),
    "coder": pa.string(),
    "kind": pa.string(),
    "criterion": pa.string(),
    "score": pa.string(),
    "adjudicated": pa.string(),
    "confidence": pa.float64(),
    "episodes": pa.int64(),
}
EPISODES: Final[Columns] = {
    "interaction": pa.string(),
    "coder": pa.string(),
    "kind": pa.string(),
    "criterion": pa.string(),
    "rated": pa.bool_(),
    "transcript": pa.string(),
    "session": pa.int64(),
    "turn": pa.int64(),
    "start": pa.int64(),
    "end": pa.int64(),
    "cue_turn": pa.int64(),
    "agent_turn": pa.int64(),
    "score": pa.int64(),
    "expected": pa.float64(),
    "confidence": pa.float64(),
}
WORDS: Final[Columns] = {"quote": pa.string(), "why": pa.string()}
"""Words of transcripts and coders: only where they are asked for."""


def wide_columns(framework: Framework) -> Columns:
    """One row is a coder on an interaction; of each criterion the kind of answer and the score."""
    columns = {"interaction": pa.string(), "coder": pa.string(), "kind": pa.string()}
    for criterion in framework.criteria:
        columns[f"{criterion.id}_kind"] = pa.string()
        columns[f"{criterion.id}_score"] = pa.int64()
    return columns


def wide_rows(statements: Iterable[Said]) -> Iterator[dict[str, Cell]]:
    """Yield a row for each coder and interaction, in the order in which they first come. An empty cell: not asked."""
    rows: dict[tuple[str, str], dict[str, Cell]] = {}
    for said in statements:
        if not isinstance(said, Rating | NotObservable | NotApplicable):
            continue
        key = said.interaction_id, said.coder.to_json()
        start: dict[str, Cell] = {
            "interaction": said.interaction_id,
            "coder": said.coder.name,
            "kind": said.coder.kind,
        }
        row = rows.setdefault(key, start)
        row[f"{said.criterion}_kind"] = said.kind
        row[f"{said.criterion}_score"] = said.score if isinstance(said, Rating) else None
    yield from rows.values()


def episode_rows(statements: Iterable[Said]) -> Iterator[dict[str, Cell]]:
    """Yield a row for each episode, with its words; who writes a table leaves their columns out or in."""
    for said in statements:
        if not isinstance(said, Rating | NotObservable):
            continue
        for episode in said.episodes:
            yield {
                "interaction": said.interaction_id,
                "coder": said.coder.name,
                "kind": said.coder.kind,
                "criterion": said.criterion,
                "rated": isinstance(said, Rating),
                "transcript": episode.transcript_id,
                "session": episode.session,
                "turn": episode.turn,
                "start": episode.start,
                "end": episode.end,
                "cue_turn": episode.cue_turn,
                "agent_turn": episode.agent_turn,
                "score": episode.score,
                "expected": episode.expected,
                "confidence": episode.confidence,
                "quote": episode.quote,
                "why": episode.why,
            }


def write_table(path: Path, form: Form, columns: Columns, rows: Sequence[Mapping[str, Cell]]) -> int:
    """Write the rows; only what has a column. Returns how many. CSV cells cannot run as formulas."""
    kept = [{name: row.get(name) for name in columns} for row in rows]
    if form == "parquet":
        typed = [{name: _typed(cell, columns[name]) for name, cell in row.items()} for row in kept]
        pq.write_table(pa.Table.from_pylist(typed, schema=pa.schema(list(columns.items()))), path)
    else:
        text = csv_text(list(columns), kept) if form == "csv" else jsonl_text(kept)
        path.write_text(text, encoding="utf-8", newline="\n")
    return len(kept)


def jsonl_text(rows: Iterable[Mapping[str, Cell]]) -> str:
    """The rows as JSON lines."""
    return "".join(f"{json.dumps(dict(row), ensure_ascii=False)}\n" for row in rows)


def _typed(cell: Cell, kind: pa.DataType) -> Cell:
    """A score in a column of texts as text: it stands beside "not observable"."""
    return str(cell) if cell is not None and kind == pa.string() else cell
