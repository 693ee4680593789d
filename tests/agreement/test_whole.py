"""A whole table: what comes out, in which forms, and what each number travels with."""

from __future__ import annotations

import csv
import io
import re
from functools import cache

import pytest

from dtnexus.agreement.bands import band_of
from dtnexus.agreement.measure import agreement
from dtnexus.agreement.reading import Asked, parsed
from dtnexus.agreement.references import REFERENCES
from dtnexus.agreement.rendering import COLUMNS, rendered
from dtnexus.agreement.resampling import Resampler
from dtnexus.agreement.results import Agreement, Band, Estimate
from dtnexus.agreement.table import tabulated
from tests.agreement.golden import made, texts
from tests.agreement.invented import table_lines

whole = cache(made)


def of_lines(*lines: str, stars: tuple[str, ...] = (), draws: int = 0) -> Agreement:
    read = parsed("r.csv", "\n".join(lines).encode(), Asked())
    return agreement(tabulated(read, (0, 4)), stars, "r.csv", "0", Resampler(draws))


@pytest.mark.parametrize("name", ["agreement.txt", "agreement.csv", "agreement.tex"])
def test_the_printed_forms_are_as_they_were(name: str) -> None:
    """`python -m tests.agreement.golden` writes them again; look at the difference before you keep it."""
    wanted = {path.name: (path.read_text(encoding="utf-8"), text) for path, text in texts()}
    stored, now = wanted[name]
    assert now == stored


def test_the_json_form_is_the_record() -> None:
    assert Agreement.from_json(rendered(whole(), "json")) == whole()


def test_the_csv_form_holds_every_estimate() -> None:
    rows = list(csv.DictReader(io.StringIO(rendered(whole(), "csv"))))
    assert len(rows) == len(whole().estimates)
    assert tuple(rows[0]) == COLUMNS


def test_text_that_a_spreadsheet_would_run_stays_text() -> None:
    found = of_lines("unit,coder,criterion,score", "u1,=SUM(1),@A1,3", "u1,b,@A1,2")
    rows = list(csv.DictReader(io.StringIO(rendered(found, "csv"))))
    assert {row["criterion"] for row in rows} == {"'@A1"}
    assert {row["coder"] for row in rows} == {"", "'=SUM(1)", "b"}


def test_every_estimate_has_counts_and_an_interval_or_says_why() -> None:
    for each in whole().estimates:
        assert (each.value is None) == bool(each.why_none)
        if each.value is not None:
            assert each.units
            assert each.coders >= 2
            assert each.score_pairs
            assert (each.low is None) == bool(each.why_no_interval)
        if each.low is not None and each.high is not None:
            assert each.low < each.high


def test_every_coefficient_is_there_for_each_criterion_and_for_all() -> None:
    wanted = {"percent_agreement", "alpha_nominal", "alpha_ordinal", "alpha_interval", "kappa_linear"}
    wanted |= {"kappa_quadratic", "ac1", "ac2_linear", "ac2_quadratic", "ac2_ordinal"}
    wanted |= {f"icc_{model}_{form}" for model in "123" for form in "1k"}
    for criterion in ("A1", "F1", "G1", None):
        assert {e.coefficient for e in whole().estimates if (e.about, e.criterion) == ("scores", criterion)} == wanted
    assert {e.criterion for e in whole().estimates if e.about == "star_lowest"} == {"F1", "G1", None}
    assert {e.coder for e in whole().estimates if e.about == "severity"} == {"a", "b", "c"}


def test_the_order_of_lines_does_not_change_a_single_number() -> None:
    head, *lines = table_lines()
    one = of_lines(head, *lines, stars=("F1",), draws=300)
    assert of_lines(head, *reversed(lines), stars=("F1",), draws=300) == one


def test_not_observable_is_neither_a_score_nor_missing() -> None:
    lines = ["unit,coder,criterion,score"]
    for unit, (one, other) in enumerate([("0", "0"), ("4", "4"), ("2", "NO"), ("NO", "NO"), ("NO", "")]):
        lines += [f"u{unit},a,A1,{one}", f"u{unit},b,A1,{other}"]
    found = of_lines(*lines)
    scores, seen = (found.of(about, "percent_agreement", "A1") for about in ("scores", "observable"))
    assert scores is not None and seen is not None
    assert (scores.value, scores.units) == (1, 2)
    assert (seen.value, seen.units) == (0.75, 4)
    negative = found.of("observable", "negative_agreement", "A1")
    assert negative is not None
    assert negative.value == pytest.approx(2 / 3)


def test_without_not_observable_there_is_no_agreement_on_it_and_that_is_told() -> None:
    found = of_lines("unit,coder,criterion,score", "u1,a,A1,3", "u1,b,A1,2")
    assert not [each for each in found.estimates if each.about == "observable"]
    assert any("Nobody said" in note for note in found.notes)


def test_units_without_an_interaction_are_told() -> None:
    found = of_lines("unit,coder,criterion,score", "u1,a,A1,3", "u1,b,A1,2")
    assert any(note.startswith("No column `interaction`") for note in found.notes)
    assert "bootstrap samples of units" not in found.methods  # no draws were asked for
    assert "No intervals were computed." in found.methods


def test_machines_among_people_are_told() -> None:
    head = "unit,coder,criterion,score,kind"
    found = of_lines(head, "u1,a,A1,3,human", "u1,b,A1,2,human", "u1,linear,A1,2,embedded")
    assert any(note.startswith("Machines among the coders: linear.") for note in found.notes)


def test_adjudicated_lines_do_not_enter_and_are_told() -> None:
    assert whole().left_out == {"adjudicated": 1}
    assert "1 adjudicated statement did not enter" in whole().methods
    assert "adjudicator" not in {coder.name for coder in whole().coders}


def test_the_methods_paragraph_cites_what_is_listed() -> None:
    cited = {name for name in REFERENCES if name in whole().methods}
    assert {REFERENCES[name] for name in cited} == set(whole().references)
    assert len(cited) >= 8


# --- bands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coefficient", "low", "high", "told"),
    [
        ("alpha_ordinal", 0.667, 0.79, "tentative conclusions only (Krippendorff 2018)"),
        ("alpha_nominal", 0.5, 0.8, "not to be relied on to reliable (Krippendorff 2018)"),
        ("kappa_quadratic", -0.1, 0.61, "poor to substantial (Landis and Koch 1977)"),
        ("icc_2_1", 0.76, 0.89, "good (Koo and Li 2016)"),
        ("icc_2_1", 0.4, 0.91, "poor to excellent (Koo and Li 2016)"),
    ],
)
def test_a_band_names_its_source_and_both_ends(coefficient: str, low: float, high: float, told: str) -> None:
    assert str(band_of(coefficient, low, high)) == told


@pytest.mark.parametrize(
    ("coefficient", "low"), [("ac1", 0.5), ("percent_agreement", 0.5), ("icc_2_1", None), ("positive_agreement", 0.9)]
)
def test_no_source_or_no_interval_no_band(coefficient: str, low: float | None) -> None:
    assert band_of(coefficient, low, low) is None


def test_no_word_of_praise_stands_without_its_source() -> None:
    for form in ("text", "latex", "csv"):
        printed = re.sub(r"\s+", " ", rendered(whole(), form))
        for word in re.finditer(r"\b(?:good|excellent|substantial|almost perfect|reliable)\b", printed):
            assert re.match(r".{0,40}\((?:Koo and Li|Landis and Koch|Krippendorff) \d{4}\)", printed[word.start() :])


# --- records ------------------------------------------------------------------------------------------------------


def estimate(**given: object) -> Estimate:
    counts = dict.fromkeys(("units", "coders", "coder_pairs", "score_pairs", "interactions"), 2)
    plain = {"about": "scores", "criterion": "A1", "coefficient": "ac1", "name": "x", "value": 0.5}
    return Estimate.model_validate({**plain, "low": None, "high": None, **counts, **given})


@pytest.mark.parametrize("given", [{"value": None}, {"why_none": "x"}, {"low": 0.1}, {"value": None, "low": 0.1}])
def test_a_missing_value_without_a_reason_cannot_be_written(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="has a reason|two ends"):
        estimate(**given)


def test_a_band_with_one_word_says_it_once() -> None:
    assert str(Band(low="good", high="good", source="S 2000")) == "good (S 2000)"
