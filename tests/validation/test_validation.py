"""Whole runs on tiny invented sets: the table, what a coder cannot do, and what must never look like a result."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from docs.generate import GUIDE
from dtnexus.catalog.loader import load_framework
from dtnexus.coding.coder import Coder
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.episode_folds import EpisodeFolds, fold_document
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.member import MEMBERS
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import InputError, UsageError
from dtnexus.running.validating import validate, write_validation
from dtnexus.validation.agreement import coded as coded_with
from dtnexus.validation.agreement import star_flags
from dtnexus.validation.results import Row, Validation
from dtnexus.validation.sets.reference import references
from dtnexus.validation.sets.talks import talk
from dtnexus.validation.subject import Subject
from dtnexus.validation.table import FORMATS, TableFormat, rendered
from dtnexus.validation.targets import read_targets, shipped_targets
from tests.validation.invented import SETS, write_sets
from tests.validation.scripted import STATEMENTS, Fails, OnlyRates, Whole, rating

GOLDEN = Path(__file__).parent / "golden"
FRAMEWORK = load_framework("dtn-op@0.1", MAXIMA)


def run(coder: Coder, data: Path, *sets: str) -> Validation:
    return validate(coder, data, sets, lambda name, rows: None)


def rows(validation: Validation) -> dict[str, Row]:
    return {row.id: row for row in validation.rows}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sets(tmp_path_factory.mktemp("sets"))


@pytest.mark.parametrize("form", FORMATS)
def test_the_table_of_a_scripted_coder(form: TableFormat, data: Path) -> None:
    whole = run(Whole(), data).model_copy(update={"dtnexus": "0", "framework_digest": "0" * 64})
    assert rendered(whole, form) == (GOLDEN / f"validation.{form}").read_text(encoding="utf-8")


def test_every_set_gives_its_rows_as_soon_as_it_is_measured(data: Path) -> None:
    told: list[tuple[str, int]] = []
    whole = validate(Whole(), data, (), lambda name, own: told.append((name, len(own))))
    assert [name for name, _ in told] == list(SETS)
    assert sum(count for _, count in told) == len(whole.rows) == len(shipped_targets().rows)


def test_figures_that_can_be_counted_by_hand(data: Path) -> None:
    found = rows(run(Whole(), data))
    assert (found["annomi-behaviour"].n, found["annomi-behaviour"].groups) == (5, 3)
    # question, reflection, therapist_input, other; "You miss your sleep." is a reflection that was read as a question
    assert found["annomi-behaviour"].value == pytest.approx((2 / 3 + 2 / 3 + 1 + 1) / 4)
    assert found["mi-nonadherent"].value == pytest.approx(2 / 3)
    assert found["cssrs500-ideation"].n == 4
    assert found["cssrs500-ideation"].value == pytest.approx(0.75)
    assert found["cssrs500-with-indicator"].value == pytest.approx((3 + 1.5 + 0.0) / 6 + 0.5 / 6)
    assert found["rua-robot"].value == pytest.approx(0.5)
    assert found["reference-star"].value == 1.0
    assert found["reference-false-flags"].value == 0.5
    assert found["dailydialog-flags"].value == 0.5
    assert found["ieval-understood"].n == 4


def test_a_coder_that_only_rates_is_measured_on_its_ratings(data: Path) -> None:
    found = rows(run(OnlyRates(), data, "annomi", "epitome", "reference", "esconv"))
    assert {found[name].result for name in found if shipped_targets().rows[name].needs == "signals"} == {
        "not measurable by this coder"
    }
    assert "only rates" in found["annomi-behaviour"].because
    assert found["annomi-quality"].result == "not measurable by this coder"
    assert (found["annomi-quality"].n, found["annomi-quality"].asked) == (0, 3)
    assert found["reference-observable"].value == pytest.approx(41 / 42)


def test_scores_count_as_expected_scores_where_there_are_no_finer_ones(data: Path) -> None:
    said = [
        *(rating(f"q-esconv#{at}", "B1", 3, None, 1) for at in (1, 2)),
        rating("FailedESConv#1", "B1", 1, None, 1),
        rating("FailedESConv#2", "B1", 3, None, 1),
    ]
    row = rows(run(OnlyRates(said), data, "esconv"))["esconv-failed"]
    assert (row.value, row.n, row.asked) == (0.75, 4, 5)
    assert row.result == "pass"


def test_a_few_scored_units_do_not_pass(data: Path) -> None:
    said = [rating("q-esconv#1", "B1", 4, None, 1), rating("FailedESConv#1", "B1", 0, None, 1)]
    row = rows(run(OnlyRates(said), data, "esconv"))["esconv-failed"]
    assert (row.value, row.result, row.because) == (1.0, "short", "only 2 of 5 sessions scored")


def test_a_coder_that_fails_reaches_nothing(data: Path) -> None:
    """No flags and no ratings because of failures must not look like agreement."""
    found = run(Fails(), data).rows
    assert Counter(row.result for row in found) == {"not measurable by this coder": len(found)}
    assert not any(row.value is not None for row in found)


def test_absent_sets_say_where_they_come_from(tmp_path: Path) -> None:
    write_sets(tmp_path, "rua_robot")
    (tmp_path / "annomi").mkdir()
    found = rows(run(Whole(), tmp_path))
    assert found["rua-robot"].result == "short"
    assert found["annomi-quality"].result == "not present"
    assert found["annomi-quality"].because == "annomi/AnnoMI-full.csv is missing; from GitHub uccollab/AnnoMI"
    assert {row.result for row in found.values()} == {"short", "no floor", "not present"}


@pytest.mark.parametrize(
    ("sets", "message"),
    [((), "none of these sets is in"), (("ann",), "'ann': is no set"), (("epitome",), "epitome. Get")],
)
def test_nothing_to_measure(tmp_path: Path, sets: tuple[str, ...], message: str) -> None:
    if sets:
        write_sets(tmp_path, "rua_robot")
    with pytest.raises(UsageError, match=message):
        run(Whole(), tmp_path, *sets)


def test_files_are_written(tmp_path: Path, data: Path) -> None:
    validation = run(Whole(), data, "rua_robot")
    assert [path.name for path in write_validation(validation, tmp_path / "a" / "b")] == [
        "validation.json",
        "validation.csv",
        "validation.md",
    ]
    text = (tmp_path / "a" / "b" / "validation.json").read_text(encoding="utf-8")
    assert Validation.from_json(text) == validation
    assert json.loads(text)["coder"]["name"] == "scripted"


def test_the_embedded_coder_is_measured_on_every_row(data: Path) -> None:
    class Invented(EmbeddedCoder):
        """The shipped coder, asked about an invented conversation that no weights leave out."""

        def without(self, conversation: str) -> EmbeddedCoder:
            return self

    shipped = EmbeddedCoder.load("linear")
    found = run(Invented(shipped.signals, EpisodeWeights.load()), data).rows
    assert all(row.asked for row in found)
    assert all("no signals" not in row.because for row in found)


def test_expected_scores_of_the_embedded_coder() -> None:
    coder = EmbeddedCoder.load("linear")
    one = talk("t", [("client", "I feel so alone since he died."), ("agent", "Losing him has left you lonely.")])
    found = coder.expected_scores(one, FRAMEWORK, ("B1", "E2"))
    assert found["B1"] is not None
    assert 0.0 <= found["B1"] <= 4.0
    assert found["E2"] is None
    assert coder.expected_scores(one, FRAMEWORK, ("H1",)) == {"H1": None}
    with pytest.raises(UsageError, match="'Z9' is unknown"):
        coder.expected_scores(one, FRAMEWORK, ("Z9",))


@pytest.mark.parametrize("member", MEMBERS)
def test_the_shipped_folds_belong_to_the_shipped_weights(member: str) -> None:
    folds, whole = EpisodeFolds.load(member), EpisodeWeights.load(member)
    assert folds.of == whole.digest
    assert len(folds.without) == 14
    assert all(set(each.scorers) == set(whole.scorers) for each in folds.without.values())
    assert len({each.digest for each in folds.without.values()} | {whole.digest}) == 15
    name = next(iter(folds.without))
    assert EmbeddedCoder.load(member).without(name).ref.details["episodes"] == folds.without[name].digest


def test_weights_without_a_conversation_are_never_made_up() -> None:
    coder = EmbeddedCoder.load("linear")
    with pytest.raises(UsageError, match="no weights leave 'nobody' out"):
        coder.without("nobody")
    with pytest.raises(UsageError, match="belong to episode weights"):
        EmbeddedCoder(ScriptedReader({}), EpisodeWeights.empty()).without("nobody")


def test_a_changed_fold_file_is_refused() -> None:
    document = {"version": "1", "scorers": {}, "openers": {}, "calibration": {}, "abstain_below": 0.4}
    folds = fold_document(document, {"a": document})
    assert list(EpisodeFolds.from_json(folds).without) == ["a"]
    with pytest.raises(InputError, match="has the digest"):
        EpisodeFolds.from_json({**folds, "of": "b"})
    with pytest.raises(InputError, match="format is 2"):
        EpisodeFolds.from_json({**folds, "format": 2})


def test_star_flags_by_place(data: Path) -> None:
    one = references(data / "reference")[0]
    seen = star_flags(coded_with(Subject(OnlyRates(STATEMENTS), FRAMEWORK), one), FRAMEWORK)
    assert (seen.found, seen.false) == ((True,), 1)
    far = star_flags(coded_with(Subject(OnlyRates([rating("inv-01", "G1", 0, 9, 10)]), FRAMEWORK), one), FRAMEWORK)
    assert (far.found, far.false) == ((False,), 1)


def test_targets_are_read_strictly() -> None:
    with pytest.raises(InputError, match="colour"):
        read_targets(b"least_scored: 0.5\nsets: {}\nrows: {}\ncolour: green\n")
    with pytest.raises(InputError, match="wanted"):
        read_targets(b"least_scored: 0.5\nleast_scored: 0.6\n")


def test_floors_lie_before_aims() -> None:
    for name, target in shipped_targets().rows.items():
        assert (target.floor is None) == (target.aim is None), name
        if target.floor is not None and target.aim is not None:
            assert target.reaches(target.aim, target.floor), name
            assert not target.reaches(target.floor, target.aim), name


def test_every_set_is_in_the_guide() -> None:
    written = (GUIDE / "research-data.md").read_text(encoding="utf-8")
    assert [name for name in shipped_targets().sets if f"`{name}`" not in written] == []
