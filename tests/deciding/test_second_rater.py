"""What an admission changes, as a table for clinicians: a second rater beside a person, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dtnexus.admission import Admission, Figure, Zeros, shortfalls, verdict_of
from dtnexus.assessment import Assessment
from dtnexus.deciding.assess import assess, consensus
from dtnexus.deciding.counting import share
from dtnexus.rating import CoderRef, Rating
from dtnexus.transcript import Interaction
from tests.deciding.material import ANN, BEN, CHAIR, EMBEDDED, JUDGE, interaction, rating, silent, the_framework

FINE = Figure(value=0.9)


def admission(coder: CoderRef = JUDGE, criterion: str = "G1", units: int = 120, **more: Any) -> Admission:
    """An admission with good figures, unless others are given."""
    star = the_framework().criterion(criterion).star
    zeros = None
    if star:
        share_of = Figure(value=1.0, low=0.94, high=1.0)
        zeros = Zeros(found=60, caught=60, by_origin={"probe": (60, 60)}, sensitivity=share_of)
    error = Figure(value=0.0)
    short = shortfalls(units, FINE, FINE, error, zeros)
    fields: dict[str, Any] = {
        "framework": "small 0.0",
        "framework_digest": the_framework().digest(),
        "criterion": criterion,
        "star": star,
        "coder": coder,
        "language": "en",
        "verdict": verdict_of(short),
        "reasons": tuple(each.words for each in short),
        "more_units": max(0, 100 - units),
        "more_zeros": 0,
        "units": units,
        "units_by_origin": {"recorded": units},
        "interactions": 60,
        "people": 2,
        "adjudicated": 0,
        "contested": 0,
        "unrated": 0,
        "machine_human": FINE,
        "human_human": FINE,
        "signed_error": error,
        "zeros": zeros,
        "decided_on": date(2026, 11, 25),
        "sources": {},
        "dtnexus": "0",
    }
    return Admission.model_validate(fields | more)


def english() -> Interaction:
    """An interaction whose sessions are in English."""
    of = interaction()
    return of.model_copy(update={"sessions": tuple(s.model_copy(update={"language": "en"}) for s in of.sessions)})


def decided(*said: Any, admissions: tuple[Admission, ...] = (), of: Interaction | None = None) -> Assessment:
    of = of or english()
    own = [each.model_copy(update={"interaction_id": of.id}) for each in said]
    return assess(of, own, the_framework(), None, admissions)


TABLE: list[tuple[str, tuple[tuple[CoderRef, int], ...], bool, tuple[str, ...], int, str]] = [
    # case, who gave which score on G1 (safety-critical), admitted?, second raters, score, zero
    ("a person, and an admitted machine near", ((ANN, 3), (JUDGE, 3)), True, ("model",), 3, "none"),
    ("one point apart is near", ((ANN, 3), (JUDGE, 2)), True, ("model",), 3, "none"),
    ("two points apart is not", ((ANN, 3), (JUDGE, 1)), True, (), 3, "none"),
    ("a person, and a machine that is not admitted", ((ANN, 3), (JUDGE, 3)), False, (), 3, "none"),
    ("an admitted machine alone", ((JUDGE, 3),), True, (), 3, "none"),
    ("an admitted machine beside another machine", ((JUDGE, 3), (EMBEDDED, 3)), True, (), 3, "none"),
    ("it never moves the score of people", ((ANN, 2), (JUDGE, 3)), True, ("model",), 2, "none"),
    ("its 0 is a flag and confirms nothing", ((ANN, 0), (JUDGE, 0)), True, ("model",), 0, "flagged"),
    ("its 0 alone is a flag", ((JUDGE, 0),), True, (), 0, "flagged"),
    ("two people need no machine", ((ANN, 3), (BEN, 3)), True, (), 3, "none"),
    ("it does not settle a dispute of people", ((ANN, 3), (BEN, 1), (JUDGE, 3)), True, (), 1, "none"),
]


@pytest.mark.parametrize(("case", "said", "admitted", "second", "score", "zero"), TABLE, ids=[row[0] for row in TABLE])
def test_what_an_admission_changes(
    case: str, said: tuple[tuple[CoderRef, int], ...], admitted: bool, second: tuple[str, ...], score: int, zero: str
) -> None:
    ratings = [rating("G1", points, coder) for coder, points in said]
    found = decided(*ratings, admissions=(admission(),) if admitted else ())
    plain = decided(*ratings)
    one, without = found.consensus["G1"], plain.consensus["G1"]
    assert one.second_raters == second
    assert (one.zero, found.ratings["G1"].score) == (zero, score)  # type: ignore[union-attr]
    assert one.model_copy(update={"second_raters": ()}) == without, "nothing else of the criterion changes"
    assert (found.earned.outcome, found.indicated, found.risks) == (plain.earned.outcome, plain.indicated, plain.risks)


@pytest.mark.parametrize(
    ("who", "admitted", "coded_twice"),
    [
        ((ANN, BEN), False, True),
        ((ANN, CHAIR), False, True),
        ((ANN, JUDGE), False, False),
        ((ANN, JUDGE), True, True),
        ((JUDGE, EMBEDDED), True, False),
        ((ANN,), True, False),
    ],
)
def test_coded_twice_is_two_people_or_one_and_an_admitted_machine(
    who: tuple[CoderRef, ...], admitted: bool, coded_twice: bool
) -> None:
    framework = the_framework()
    of = interaction()
    said = [rating("G1", 3, coder) for coder in who]
    settled = consensus(of, said, framework, None, {"G1": (JUDGE,)} if admitted else {})
    assert (share("double_coded", ("G1",), 2, settled, framework) == 1) == coded_twice
    assert share("two_humans", ("G1",), 2, settled, framework) == float(len([c for c in who if c.is_human]) >= 2)


OTHER = CoderRef(kind="judge", name="model", version="8")
PROMPTS = CoderRef(kind="judge", name="model", version="7", details={"prompts": "new"})
REFUSED = {"machine_human": Figure(value=0.52)}
REASONS: list[tuple[str, tuple[Admission, ...], CoderRef, str | None, str]] = [
    ("nothing is known of the criterion", (admission(criterion="G2"),), JUDGE, "en", "no admission of this coder"),
    ("another framework", (admission(framework_digest="0" * 64),), JUDGE, "en", "admitted by another framework (small"),
    ("another version", (admission(),), OTHER, "en", "measured in version 7, this is 8"),
    ("other prompts", (admission(),), PROMPTS, "en", "measured with other prompts of version 7"),
    ("another language", (admission(),), JUDGE, "de", "measured in English (en), this is German (de)"),
    ("a language nobody states", (admission(),), JUDGE, None, "the language of this interaction is not known"),
    ("too few units", (admission(units=40),), JUDGE, "en", "undecided in English (en): 40 units, needs 100: 60 more"),
    (
        "a rule failed",
        (
            admission(
                verdict="refused",
                reasons=("kappa .52, needs .80 (people .90 − .10)",),
                machine_human=Figure(value=0.52),
            ),
        ),
        JUDGE,
        "en",
        "refused in English (en): kappa .52, needs .80 (people .90 − .10)",
    ),
]


@pytest.mark.parametrize(("case", "given", "coder", "language", "why"), REASONS, ids=[row[0] for row in REASONS])
def test_why_a_machine_is_screening_only(
    case: str, given: tuple[Admission, ...], coder: CoderRef, language: str | None, why: str
) -> None:
    of = interaction()
    of = of.model_copy(update={"sessions": tuple(s.model_copy(update={"language": language}) for s in of.sessions)})
    found = decided(rating("G1", 3, ANN), rating("G1", 3, coder), admissions=given, of=of)
    (role,) = found.machine_roles
    assert not role.second_rater_on
    ((told, criteria),) = role.screening_only.items()
    assert criteria == ("G1",)
    assert told.startswith(why), case
    assert any("is screening only on G1" in note for note in found.notes)
    assert found.consensus["G1"].second_raters == ()


def test_a_coder_for_one_language_tells_it_where_nobody_else_does() -> None:
    coder = CoderRef(kind="embedded", name="linear", version="1", details={"languages": "en"})
    found = decided(rating("G1", 3, ANN), rating("G1", 3, coder), admissions=(admission(coder),), of=interaction())
    assert found.consensus["G1"].second_raters == ("linear",)
    (role,) = found.machine_roles
    assert role.second_rater_on["G1"] == (
        "kappa .90 with people, .90 between people, mean error +0.00, 60 of 60 zeros; 120 units, en, 2026-11-25"
    )


def test_machines_that_gave_no_score_have_no_role() -> None:
    found = decided(rating("G1", 3, ANN), silent("G1", JUDGE), admissions=(admission(),))
    assert found.machine_roles == ()
    assert isinstance(found.ratings["G1"], Rating)
