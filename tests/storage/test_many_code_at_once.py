"""Many coders at one studio at the same time, on both kinds of database: what was acknowledged is stored."""

from __future__ import annotations

from pathlib import Path

from benchmarks.studio_load import coded_at_once
from dtnexus.storage.database import Database

CODERS = 12


def test_no_rating_is_lost(database: Database, database_url: str, tmp_path: Path) -> None:
    told = coded_at_once(database, database_url, tmp_path, coders=CODERS, count=CODERS, pause=0)
    assert told.wrong == []
    assert told.acknowledged == told.stored, "what was acknowledged is stored, and nothing else"
    assert len(told.acknowledged) == CODERS * (3 + 8 + told.criteria + 1), (
        "passes, marks, answers and a submission each"
    )
    assert (told.submitted, told.stated) == (CODERS, CODERS * told.criteria)
