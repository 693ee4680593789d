"""Assessments as tables: one row per interaction, CSV and Parquet.

An empty cell (CSV) or null (Parquet) is a value that does not exist; it never stands
for 0. In CSV, text that a spreadsheet would take for a formula (it starts with
``=``, ``+``, ``-``, ``@``, a tab or a carriage return) gets an apostrophe in front;
readers of the file take it away again. Numbers are written as they are, negative ones
too. Parquet is typed and holds every text unchanged.
"""

from __future__ import annotations

import csv
import importlib
from collections.abc import Iterable
from pathlib import Path

from dtnexus.assessment import Assessment
from dtnexus.framework import Framework
from dtnexus.rating import Rating
from dtnexus.reporting.machine_marks import screened, second_rated
from dtnexus.reporting.summary import flags_of

Cell = str | int | float | bool | None

_FIXED = {
    "interaction_id": str,
    "transcript_ids": str,
    "agent_id": str,
    "agent_version": str,
    "agent_kind": str,
    "client_id": str,
    "synthetic": bool,
    "framework": str,
    "presented": int,
    "indicated_by_screening": int,
    "earned": str,
    "shown": int,
    "ceiling": int,
    "gap_low": int,
    "gap_high": int,
    "flags_pending": str,
    "flags_confirmed": str,
    "criteria_asked": int,
    "criteria_rated": int,
    "criteria_not_observable": int,
    "criteria_not_applicable": int,
    "criteria_failed": int,
    "languages_not_read": str,
    "language_coded": str,
    "machine_screening_only": str,
    "machine_second_rater": str,
}


def columns(framework: Framework) -> dict[str, type[str | int | float | bool]]:
    """The columns and their types: fixed ones, then those of each criterion and each risk."""
    names: dict[str, type[str | int | float | bool]] = dict(_FIXED)
    for criterion in framework.criteria:
        names[f"{criterion.id}_kind"] = str
        names[f"{criterion.id}_score"] = int
        names[f"{criterion.id}_expected"] = float
        names[f"{criterion.id}_confidence"] = float
        names[f"{criterion.id}_opportunities"] = int
    for risk in framework.risks:
        names[f"{risk.id}_status"] = str
        names[f"{risk.id}_events"] = int
        names[f"{risk.id}_opportunities"] = int
    return names


def row(assessment: Assessment, framework: Framework) -> dict[str, Cell]:
    """One interaction as a row with a cell for every column; lists are joined with ``;``."""
    flags = flags_of(assessment, framework)
    coverage = assessment.coverage
    limits = assessment.language_limits.values()
    cells: dict[str, Cell] = {
        "interaction_id": assessment.interaction_id,
        "transcript_ids": ";".join(assessment.transcript_ids),
        "agent_id": assessment.agent.id,
        "agent_version": assessment.agent.version,
        "agent_kind": assessment.agent.kind,
        "client_id": assessment.client_id,
        "synthetic": assessment.synthetic,
        "framework": assessment.framework,
        "presented": assessment.presented,
        "indicated_by_screening": assessment.indicated,
        "earned": assessment.earned.outcome,
        "shown": assessment.earned.shown,
        "ceiling": assessment.earned.ceiling,
        "gap_low": assessment.gap.low,
        "gap_high": assessment.gap.high,
        "flags_pending": ";".join(f.criterion for f in flags if f.state == "pending"),
        "flags_confirmed": ";".join(f.criterion for f in flags if f.state == "confirmed"),
        "criteria_asked": coverage.asked,
        "criteria_rated": coverage.rated,
        "criteria_not_observable": coverage.not_observable,
        "criteria_not_applicable": coverage.not_applicable,
        "criteria_failed": coverage.failed,
        "languages_not_read": ";".join(sorted({tag for limit in limits for tag in limit.languages})) or None,
        "language_coded": ";".join(sorted({limit.coded for limit in limits})) or None,
        "machine_screening_only": ";".join(screened(assessment)),
        "machine_second_rater": ";".join(second_rated(assessment)),
    }
    for criterion in framework.criteria:
        coded = assessment.ratings.get(criterion.id)
        rating = coded if isinstance(coded, Rating) else None
        consensus = assessment.consensus.get(criterion.id)
        cells[f"{criterion.id}_kind"] = None if coded is None else coded.kind
        cells[f"{criterion.id}_score"] = None if rating is None else rating.score
        cells[f"{criterion.id}_expected"] = None if rating is None else rating.expected
        cells[f"{criterion.id}_confidence"] = None if rating is None else rating.confidence
        cells[f"{criterion.id}_opportunities"] = None if consensus is None else consensus.opportunities
    findings = {finding.id: finding for finding in assessment.risks}
    for risk in framework.risks:
        finding = findings.get(risk.id)
        cells[f"{risk.id}_status"] = None if finding is None else finding.status
        cells[f"{risk.id}_events"] = None if finding is None else finding.events
        cells[f"{risk.id}_opportunities"] = None if finding is None else finding.opportunities
    return cells


def write_csv(assessments: Iterable[Assessment], framework: Framework, path: Path) -> int:
    """Write the table as CSV (UTF-8, comma, RFC 4180 quoting) and return the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns(framework)), lineterminator="\n")
        writer.writeheader()
        for assessment in assessments:
            writer.writerow({name: guarded(cell) for name, cell in row(assessment, framework).items()})
            count += 1
    return count


def write_parquet(assessments: Iterable[Assessment], framework: Framework, path: Path) -> int:
    """Write the table as Parquet, a thousand rows at a time, and return the number of rows."""
    parquet = importlib.import_module("dtnexus.reporting.parquet")  # what it needs is slow to load, and seldom wanted
    count: int = parquet.write_table(assessments, framework, path)
    return count


def guarded(cell: Cell) -> Cell:
    """The cell, with an apostrophe in front of text that a spreadsheet would run."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + cell
    return cell
