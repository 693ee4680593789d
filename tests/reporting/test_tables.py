from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dtnexus.reporting.parquet import schema_of
from dtnexus.reporting.summary import Summary, summarise, write_summary
from dtnexus.reporting.tables import columns, guarded, write_csv, write_parquet


def test_the_csv_is_as_before(corpus: Any, tmp_path: Path, same_as_golden: Callable[[str, str], None]) -> None:
    path = tmp_path / "assessments.csv"
    assert write_csv(corpus.assessments, corpus.framework, path) == 2
    same_as_golden("assessments.csv", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("a=1", "a=1"),
        ("", ""),
        (-1, -1),
        (None, None),
    ],
)
def test_formulas_are_guarded(cell: str | int | None, written: str | int | None) -> None:
    assert guarded(cell) == written


def test_no_cell_of_the_file_is_a_formula(corpus: Any, tmp_path: Path) -> None:
    path = tmp_path / "assessments.csv"
    evil = corpus.assessments[0].model_copy(update={"interaction_id": '=HYPERLINK("x")', "client_id": "@me\n\u00e9"})
    write_csv([evil], corpus.framework, path)
    with path.open(encoding="utf-8", newline="") as stream:
        line = next(csv.DictReader(stream))
    assert line["interaction_id"] == '\'=HYPERLINK("x")' and line["client_id"] == "'@me\n\u00e9"


def test_parquet_is_typed_and_unchanged(corpus: Any, tmp_path: Path) -> None:
    path = tmp_path / "assessments.parquet"
    evil = corpus.assessments[0].model_copy(update={"interaction_id": "=1"})
    assert write_parquet([evil, corpus.assessments[1]], corpus.framework, path) == 2
    table = pq.read_table(path)
    assert table.schema.equals(schema_of(corpus.framework))
    assert [str(table.schema.field(name).type) for name in ("flags_pending", "synthetic", "shown", "D1_expected")] == [
        "string", "bool", "int64", "double",
    ]  # fmt: skip
    rows = table.to_pylist()
    assert rows[0]["interaction_id"] == "=1" and rows[0]["D1_score"] is None and rows[0]["D1_kind"] == "not_observable"
    assert rows[1]["D2_score"] == 1 and rows[1]["flags_pending"] == "F2" and rows[1]["R07_status"] == "not_assessable"


def test_an_empty_table_has_its_columns(corpus: Any, tmp_path: Path) -> None:
    assert write_parquet([], corpus.framework, tmp_path / "a.parquet") == 0
    assert pq.read_table(tmp_path / "a.parquet").schema.names == list(columns(corpus.framework))


def test_the_summary_counts_what_was_read(
    corpus: Any, tmp_path: Path, same_as_golden: Callable[[str, str], None]
) -> None:
    summary = summarise(corpus.assessments, corpus.transcripts, corpus.framework, {"rows without text": 2})
    write_summary(summary, tmp_path / "summary.json")
    text = (tmp_path / "summary.json").read_text(encoding="utf-8")
    same_as_golden("summary.json", text)
    assert Summary.from_json(text) == summary
    assert json.loads(text)["presented_by_indicated"] == {"X2/0": 2}


def test_the_summary_adds_up(corpus: Any) -> None:
    summary = summarise(corpus.assessments, {}, corpus.framework)
    assert summary.transcripts == 0 and summary.transcripts_missing == 2
    assert summary.gap.certain + summary.gap.possible + summary.gap.none == summary.interactions
    for counts in summary.criteria:
        assert sum(counts.scores) == counts.coverage.rated
    assert {flag.criterion: flag.state for flag in summary.flags} == {"F2": "pending"}
