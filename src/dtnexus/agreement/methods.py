"""Words for a paper: what was done, to which ratings, with which sources; and what a reader must know."""

from __future__ import annotations

from collections.abc import Sequence

from dtnexus.agreement.references import cited_in
from dtnexus.agreement.resampling import FEW, Resampler
from dtnexus.agreement.results import CoderCount
from dtnexus.agreement.table import RatingsTable


def methods(
    table: RatingsTable, coders: Sequence[CoderCount], stars: Sequence[str], resampler: Resampler
) -> tuple[str, tuple[str, ...]]:
    """A paragraph that says what was computed, and the references it cites."""
    said = [*_data(table, coders), *_coefficients(table, coders), *_yes_no(table, stars), *_intervals(table, resampler)]
    text = " ".join(said)
    return text, cited_in(text)


def _data(table: RatingsTable, coders: Sequence[CoderCount]) -> list[str]:
    scores = sum(coder.scores for coder in coders)
    unseen = sum(coder.not_observable for coder in coders)
    of = f" from {_counted(len(table.interactions), 'interaction')}" if table.by_interaction else ""
    low, high = table.points[0], table.points[-1]
    left_out = table.left_out.get("adjudicated", 0)
    return [
        f"{_counted(len(coders), 'coder')} rated {_counted(len(table.units), 'unit')}{of} on "
        f"{_counted(len(table.criteria), 'criterion')} with scores from {low:g} to {high:g}, giving "
        f'{_counted(scores, "score")} and {_counted(unseen, "statement")} of "not observable".',
        "Agreement was computed on ratings made before adjudication"
        + (f"; {_counted(left_out, 'adjudicated statement')} did not enter." if left_out else "."),
    ]


def _coefficients(table: RatingsTable, coders: Sequence[CoderCount]) -> list[str]:
    pairs = "" if len(coders) < 3 else ", as the mean over pairs of coders (Light 1971)"
    return [
        "On scores we report Krippendorff's alpha (nominal, ordinal and interval; Krippendorff 2018), Cohen's kappa "
        f"with linear and quadratic weights (Cohen 1968){pairs}, Gwet's AC1 and AC2 (Gwet 2008; Gwet 2014) with all "
        f"{len(table.points)} points of the scale as categories, and the intraclass correlations ICC(1,1), ICC(2,1) "
        "and ICC(3,1) and their k-average forms (Shrout and Fleiss 1979), that is ICC(1), ICC(A,1) and ICC(C,1) in "
        "the terms of McGraw and Wong 1996.",
        'A statement of "not observable" is neither a score nor a missing value. Missing scores: alpha and ICC(1) '
        "use every unit with two or more scores, kappa every unit that both coders of a pair scored, AC1 and AC2 "
        "also take the shares of the categories from units with one score, and ICC(2) and ICC(3) use the units that "
        "all coders scored.",
        "Where a coefficient is not defined (no variance, no overlap), none is given.",
        "Rater severity is the mean difference between a coder's score and the mean score of the other coders of the "
        "same unit.",
    ]


def _yes_no(table: RatingsTable, stars: Sequence[str]) -> list[str]:
    said = []
    if table.any_not_observable:
        said.append("Agreement on whether a criterion was observable at all is reported separately.")
    if stars:
        low, next_low = table.points[:2]
        said.append(
            f"For the safety-critical criteria ({', '.join(stars)}) we also report percent, positive and negative "
            f"agreement (Cicchetti and Feinstein 1990), AC1 and kappa on a score of {low:g} against a higher one, and "
            f"on a score of {low:g} or {next_low:g} against a higher one."
        )
    return said


def _intervals(table: RatingsTable, resampler: Resampler) -> list[str]:
    if resampler.draws == 0:
        return ["No intervals were computed."]
    what = "interactions, with all units of an interaction drawn together" if table.by_interaction else "units"
    return [
        f"Intervals are 95% percentile intervals from {resampler.draws:,} bootstrap samples of {what} (Efron and "
        f"Tibshirani 1993), seed {resampler.seed}."
    ]


def notes(table: RatingsTable, coders: Sequence[CoderCount], stars: Sequence[str]) -> tuple[str, ...]:
    """What was left out, guessed or not given, each in one sentence."""
    said = [f"Left out: {_left_out(count, str(reason))}." for reason, count in sorted(table.left_out.items()) if count]
    if not table.by_interaction:
        said.append(
            "No column `interaction`: each unit was resampled alone. Intervals are too narrow if units belong together."
        )
    elif len(table.interactions) < FEW:
        said.append(
            f"Only {_counted(len(table.interactions), 'interaction')}: intervals are likely too narrow (Cameron, "
            "Gelbach and Miller 2008)."
        )
    if table.unused_columns:
        said.append(f"Columns not used: {', '.join(table.unused_columns)}.")
    machines = [coder.name for coder in coders if coder.kind in ("embedded", "judge")]
    people = [coder.name for coder in coders if coder.kind == "human"]
    if machines and people:
        said.append(
            f"Machines among the coders: {', '.join(machines)}. These numbers mix agreement between people with "
            "agreement between people and machine; --coders gives each alone."
        )
    if not table.any_not_observable:
        said.append('Nobody said "not observable", so there is no agreement on it.')
    if len(table.criteria) > 1:
        said.append(
            "(all) takes each unit and criterion as a unit; differences between criteria add to its variance, so it "
            "may lie above every single criterion."
        )
    if not stars:
        said.append("No safety-critical criterion is among these, so there is no agreement on its lowest scores.")
    return tuple(said)


def _left_out(count: int, reason: str) -> str:
    words = {
        "adjudicated": "adjudicated: made after the coding, by an adjudicator or as a consensus",
        "missing": "without an answer",
        "not applicable": "not applicable: impossible by design, so nothing to agree on",
        "failed": "failures of a coder: no answer was given",
        "counted fact": "counted facts, which are no ratings",
        "coder not asked for": "of coders that were not asked for",
    }
    return f"{_counted(count, 'line')} {words[reason]}"


def _counted(count: int, thing: str) -> str:
    if count == 1:
        return f"1 {thing}"
    return f"{count:,} {'criteria' if thing == 'criterion' else thing + 's'}"
