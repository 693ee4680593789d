"""The table of assessments as Parquet; a module of its own, since what writes it is slow to load and seldom needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from dtnexus.assessment import Assessment
from dtnexus.framework import Framework
from dtnexus.reporting.tables import Cell, columns, row

_BATCH: Final = 1000
_TYPES: Final = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def schema_of(framework: Framework) -> pa.Schema:
    """The columns with their types."""
    return pa.schema([(name, _TYPES[kind]) for name, kind in columns(framework).items()])


def write_table(assessments: Iterable[Assessment], framework: Framework, path: Path) -> int:
    """Write the table, a thousand rows at a time, and return the number of rows."""
    schema = schema_of(framework)
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        for rows in _batches(row(assessment, framework) for assessment in assessments):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            count += len(rows)
    return count


def _batches(rows: Iterator[dict[str, Cell]]) -> Iterator[list[dict[str, Cell]]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch
