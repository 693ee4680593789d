"""The per-turn signal table, streamed to CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from dtnexus.coding.embedded import VALIDATED
from dtnexus.coding.language_rule import limit_of, session_language
from dtnexus.coding.member import DEFAULT
from dtnexus.coding.signal_models import SignalModel, signal_model
from dtnexus.coding.signals import SIGNAL_NAMES
from dtnexus.errors import UsageError
from dtnexus.running.language_counts import NotRead, count_limit
from dtnexus.running.whole_file import whole
from dtnexus.transcript import Role, Transcript

ROLES: dict[Role, Literal["client", "agent", "system"]] = {
    Role.CLIENT: "client",
    Role.AGENT: "agent",
    Role.SYSTEM: "system",
}
Row = dict[str, str | int | float | None]
_BATCH = 64
_PLACE = {
    "transcript_id": pa.string(),
    "turn": pa.int32(),
    "role": pa.string(),
    "words": pa.int32(),
    "language": pa.string(),
}
SCHEMA = pa.schema([*_PLACE.items(), *((name, pa.float32()) for name in SIGNAL_NAMES)])
"""The columns of the table, in order."""


def write_signals(
    transcripts: Iterable[Transcript],
    out: Path | None,
    stdout: IO[str],
    not_read: Counter[NotRead],
    member: str = DEFAULT,
) -> None:
    """Write the table of what a member of the embedded coder reads; memory does not grow with the transcripts.

    What is not measured for its language is counted in `not_read`, in transcripts.

    Raises:
        UsageError: the file's ending names no known kind of table, or there is no such member.
    """
    ending = ".csv" if out is None else out.suffix.lower()
    if ending not in (".csv", ".jsonl", ".parquet"):
        raise UsageError(f"-o {out}: ending {ending!r} is no table; .parquet, .csv or .jsonl is wanted")
    rows = signal_rows(transcripts, not_read, signal_model(member))
    if out is None:
        _csv(rows, stdout)
        return
    with whole(out) as part:
        if ending == ".parquet":
            _parquet(rows, part)
        else:
            with part.open("w", encoding="utf-8", newline="") as stream:
                (_csv if ending == ".csv" else _jsonl)(rows, stream)


def signal_rows(transcripts: Iterable[Transcript], not_read: Counter[NotRead], model: SignalModel) -> Iterator[Row]:
    """Yield one row per turn, in order; signals that the turn's role cannot carry are None.

    So are all signals of a turn that is not in a language the signals were validated for.
    """
    waiting = iter(transcripts)
    while batch := list(islice(waiting, _BATCH)):
        talks = [([ROLES[turn.role] for turn in t.turns], [turn.text for turn in t.turns]) for t in batch]
        for transcript, matrix in zip(batch, model.read_many(talks), strict=True):
            language = session_language(transcript, VALIDATED)
            if limit := limit_of([language], VALIDATED):
                count_limit("signals", limit, not_read)
            for turn, values in zip(transcript.turns, matrix.values.tolist(), strict=True):
                left_out = turn.index in language.unread
                measured = (None if left_out or math.isnan(value) else round(value, 4) for value in values)
                place: Row = {"transcript_id": transcript.id, "turn": turn.index, "role": turn.role.value}
                place |= {"words": len(turn.text.split()), "language": language.turns[turn.index]}
                yield place | dict(zip(SIGNAL_NAMES, measured, strict=True))


def _csv(rows: Iterator[Row], stream: IO[str]) -> None:
    writer = csv.DictWriter(stream, SCHEMA.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _jsonl(rows: Iterator[Row], stream: IO[str]) -> None:
    for row in rows:
        stream.write(f"{json.dumps(row, ensure_ascii=False)}\n")


def _parquet(rows: Iterator[Row], out: Path) -> None:
    with pq.ParquetWriter(out, SCHEMA) as writer:
        while batch := list(islice(rows, 4096)):
            writer.write_table(pa.Table.from_pylist(batch, schema=SCHEMA))
