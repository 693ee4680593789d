"""The main job on the shipped examples: synthetic conversations that span the framework."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from dtnexus.assessment import Assessment
from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.profile_file import load_profile
from dtnexus.coding.signals import MAXIMA
from dtnexus.ingest.options import ReadOptions
from dtnexus.record import read_jsonl
from dtnexus.running.assessing import Outcome, assess_all
from dtnexus.running.folder import RunFolder
from dtnexus.running.plan import Plan
from dtnexus.running.watch import Watch

EXAMPLES = Path(str(files("dtnexus"))) / "examples"
"""The shipped examples: conversations, agent profiles, people's ratings."""

FRAMEWORK = "dtn-op"


def run_demo(folder: RunFolder, restart: bool, jobs: int | None, watch: Watch) -> Outcome:
    """Assess the examples, with their profiles and the people's ratings of one of them."""
    framework = load_framework(FRAMEWORK, MAXIMA)
    plan = Plan(
        inputs=(str(EXAMPLES / "conversations"),),
        reading=ReadOptions(synthetic=True),
        framework=FRAMEWORK,
        profiles=tuple(load_profile(path, framework) for path in sorted((EXAMPLES / "profiles").glob("*.yaml"))),
        ratings=tuple(sorted((EXAMPLES / "ratings").glob("*.jsonl"))),
        jobs=jobs,
    )
    return assess_all(plan, folder, restart, watch)


def demo_table(folder: RunFolder) -> str:
    """One line an interaction: presented, indicated, earned, gap, flags."""
    rows: list[tuple[str, ...]] = [("interaction", "presented", "indicated", "earned", "gap", "star flags")]
    rows += [_row(assessment) for assessment in read_jsonl(folder.assessments, Assessment)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _row(assessment: Assessment) -> tuple[str, ...]:
    gap = assessment.gap
    flags = [name for name, consensus in assessment.consensus.items() if consensus.zero != "none"]
    return (
        assessment.interaction_id,
        f"X{assessment.presented}",
        "-" if assessment.indicated is None else str(assessment.indicated),
        assessment.earned.outcome.replace("_", " "),
        f"{gap.low} to {gap.high}" if gap.is_range else str(gap.low),
        ", ".join(flags) or "-",
    )
