"""`dtnexus agree`: how well coders agree, before adjudication; or how many units a study needs."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from dtnexus import __version__
from dtnexus.agreement.measure import agreement
from dtnexus.agreement.planning import PlanWeighting, What, plan, question
from dtnexus.agreement.reading import OPTIONAL, REQUIRED, Asked, parsed, read_ratings
from dtnexus.agreement.rendering import Format, rendered, rendered_plan
from dtnexus.agreement.resampling import DRAWS, SEED, Resampler
from dtnexus.agreement.results import Agreement
from dtnexus.agreement.table import tabulated
from dtnexus.catalog.loader import load_framework
from dtnexus.cli.options import DEFAULT_FRAMEWORK, FrameworkOption, OutFile, QuietOption
from dtnexus.cli.screen import Screen
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import UsageError

EPILOG = (
    "Examples:  dtnexus agree ratings.csv; dtnexus agree ratings.jsonl --format latex -o agreement.tex; "
    "dtnexus agree --plan icc --expected .75 --width .2 --per-unit 3; "
    "dtnexus agree --plan kappa --expected .7 --shares .1,.9"
)
ENDINGS: dict[str, Format] = {".json": "json", ".csv": "csv", ".tex": "latex", ".txt": "text"}


Ratings = Annotated[
    Path | None,
    typer.Argument(
        metavar="[RATINGS]",
        help="A table with the columns unit, coder, criterion, score (CSV, TSV or JSON lines; if there are any, "
        "interaction, kind, adjudicated), or rating records as `code` writes them; - is standard input.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="Without it, by the ending of FILE (.json, .csv, .tex); else text."),
]
CodersOption = Annotated[str, typer.Option("--coders", metavar="A,B", help="Only these coders.")]
CriteriaOption = Annotated[str, typer.Option("--criteria", metavar="A1,B1", help="Only these criteria.")]
ScaleOption = Annotated[str, typer.Option("--scale", metavar="LOW-HIGH", help="Lowest and highest score.")]
StarOption = Annotated[
    str,
    typer.Option("--star", metavar="A1,B1", help="Safety-critical criteria; without it, those of the framework."),
]
ColumnsOption = Annotated[
    list[str], typer.Option("--map", metavar="FIELD=COLUMN", help="Columns of another name, e.g. --map unit=item.")
]
DrawsOption = Annotated[int, typer.Option("--draws", min=0, max=100_000, help="Bootstrap draws; 0: no intervals.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Where the random numbers start.")]
PlanOption = Annotated[What | None, typer.Option("--plan", help="Plan a study instead of reading ratings.")]
ExpectedOption = Annotated[
    float | None, typer.Option("--expected", metavar="VALUE", help="With --plan: the value you expect.")
]
WidthOption = Annotated[
    float | None, typer.Option("--width", metavar="W", help="With --plan: full width of the interval; else 0.2.")
]
FloorOption = Annotated[
    float | None,
    typer.Option("--floor", metavar="VALUE", help="With --plan sensitivity: what the interval's lower end reaches."),
]
PerUnitOption = Annotated[int, typer.Option("--per-unit", metavar="K", help="With --plan: coders for each unit.")]
SharesOption = Annotated[
    str, typer.Option("--shares", metavar="P,P", help="With --plan kappa or alpha: how often each score occurs.")
]
WeightsOption = Annotated[PlanWeighting, typer.Option("--weights", help="With --plan kappa.")]
PrevalenceOption = Annotated[
    float | None,
    typer.Option("--prevalence", metavar="P", help="With --plan sensitivity: share of units that are positive."),
]
ConfidenceOption = Annotated[float, typer.Option("--confidence", help="With --plan: level of the interval.")]


def command(
    ratings: Ratings = None,
    form: FormatOption = None,
    out: OutFile = None,
    coders: CodersOption = "",
    criteria: CriteriaOption = "",
    scale: ScaleOption = "0-4",
    star: StarOption = "",
    columns: ColumnsOption = [],  # noqa: B006 - typer reads the default and never changes it
    draws: DrawsOption = DRAWS,
    seed: SeedOption = SEED,
    framework: FrameworkOption = DEFAULT_FRAMEWORK,
    planned: PlanOption = None,
    expected: ExpectedOption = None,
    width: WidthOption = None,
    floor: FloorOption = None,
    per_unit: PerUnitOption = 2,
    shares: SharesOption = "",
    weights: WeightsOption = "quadratic",
    prevalence: PrevalenceOption = None,
    confidence: ConfidenceOption = 0.95,
    quiet: QuietOption = False,
) -> None:
    """Say how well coders agree, or plan how many units a study needs.

    On ratings as they were before adjudication: Krippendorff's alpha, weighted kappa, Gwet's AC1 and AC2, intraclass
    correlations with their model, percent agreement, agreement on the lowest scores of safety-critical criteria, and
    rater severity; for each criterion and for all together, each with its counts and a 95 % interval over whole
    interactions. Where there is no value, the reason is told. "Not observable" is an answer of its own: agreement on
    it is reported beside that on scores. Adjudicated lines are left out, and that is told. Text and LaTeX hold short
    tables and a methods paragraph; CSV and JSON hold everything.
    """
    screen = Screen(quiet)
    shown = form or (ENDINGS.get(out.suffix.casefold(), "text") if out is not None else "text")
    if planned is not None:
        if ratings is not None:
            raise UsageError(f"--plan {planned}: plans a study and reads no ratings; leave out {str(ratings)!r}")
        asked = _question(planned, expected, width, floor)
        more = question(
            **asked,
            per_unit=per_unit,
            shares=_numbers(shares),
            weighting=weights,
            prevalence=prevalence,
            confidence=confidence,
        )
        _write(rendered_plan(plan(more), shown), out, screen)
        return
    if ratings is None:
        raise UsageError("RATINGS is missing: a table of ratings is wanted, or --plan")
    given = Asked(_scale(scale), frozenset(_names(coders)), frozenset(_names(criteria)), _columns(columns))
    result = _measured(ratings, given, framework, _names(star), Resampler(draws, seed))
    if out is not None or shown != "text":
        for note in result.notes:
            screen.say(note)
    _write(rendered(result, shown), out, screen)


def _question(planned: What, expected: float | None, width: float | None, floor: float | None) -> dict[str, object]:
    """What is planned, for which value, to which precision."""
    if expected is None:
        raise UsageError(f"--plan {planned}: --expected is missing; give the value that the study may show")
    if width is not None and floor is not None:
        raise UsageError("--width and --floor: only one of them can be asked for")
    wanted = (0.2 if width is None else width) if floor is None else None
    return {"what": planned, "expected": expected, "width": wanted, "floor": floor}


def _measured(ratings: Path, asked: Asked, framework: str, stars: list[str], resampler: Resampler) -> Agreement:
    """The agreement in a file; criteria in the framework's order, stars from it where none are named."""
    piped = str(ratings) == "-"
    lines = parsed("standard input", sys.stdin.buffer.read(), asked) if piped else read_ratings(ratings, asked)
    known = load_framework(framework, MAXIMA).criteria
    table = tabulated(lines, asked.scale, [criterion.id for criterion in known])
    if absent := [name for name in stars if name not in table.criteria]:
        raise UsageError(f"--star {absent[0]}: {lines.path} has no ratings on it; it has {', '.join(table.criteria)}")
    of_framework = [criterion.id for criterion in known if criterion.star]
    return agreement(table, stars or of_framework, Path(lines.path).name, __version__, resampler)


def _write(text: str, out: Path | None, screen: Screen) -> None:
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.is_dir():
        raise UsageError(f"-o {out}: is a folder; a file is wanted")
    out.write_text(text, encoding="utf-8", newline="\n")
    screen.say(f"Wrote {out}")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _scale(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*(-?\d{1,4})\s*-\s*(-?\d{1,4})\s*", text)
    if not found or not 1 <= int(found[2]) - int(found[1]) <= 20:
        raise UsageError(f"--scale {text!r}: LOW-HIGH is wanted, at most 20 apart, for instance 0-4 or 1-7")
    return int(found[1]), int(found[2])


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in _names(text))
    except ValueError:
        raise UsageError(f"--shares {text!r}: numbers between commas are wanted, for instance .1,.9") from None


def _columns(given: list[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, column = (part.strip() for part in text.partition("="))
        if not equals or not column or name not in (*REQUIRED, *OPTIONAL):
            wanted = ", ".join((*REQUIRED, *OPTIONAL))
            raise UsageError(f"--map {text!r}: FIELD=COLUMN is wanted, FIELD one of {wanted}")
        pairs[name] = column
    return pairs
