"""Admission of a machine coder: what people agree on, the rules with their figures, and who takes no part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from pydantic import ValidationError

from dtnexus.admission import Admission, Figure, Zeros, points, shortfalls, verdict_of
from dtnexus.agreement.admission_text import admission_text
from dtnexus.agreement.admitting import Occasion, admissions, zeros_of
from dtnexus.agreement.consensus_units import Known, Machine, Unit, gathered
from dtnexus.agreement.reading import Asked, parsed
from dtnexus.agreement.resampling import Resampler
from dtnexus.errors import InputError
from dtnexus.rating import CoderRef
from tests.deciding.material import the_framework

LINEAR = CoderRef(kind="embedded", name="linear", version="1", details={"weights": "abc"})
MACHINE = Machine(LINEAR, {"r.csv": {"linear"}})
HEAD = "unit,interaction,coder,kind,criterion,score,adjudicated,origin,language"


def figure(value: float | None) -> Figure:
    return Figure(value=value, why_none="" if value is not None else "nobody answered")


def zeros(caught: int, found: int, high: float = 1.0) -> Zeros:
    share = figure(None) if not found else Figure(value=caught / found, low=0.5, high=high)
    return Zeros(found=found, caught=caught, by_origin={"recorded": (caught, found)}, sensitivity=share)


RULES: list[tuple[str, int, float | None, float | None, float, Zeros | None, str, str]] = [
    # case, units, kappa with people, between people, mean error, zeros, verdict, what is told
    ("all met", 100, 0.78, 0.80, 0.1, None, "admitted", ""),
    ("just met", 100, 0.60, 0.60, -0.25, None, "admitted", ""),
    ("people less .10", 100, 0.52, 0.71, 0.0, None, "refused", "kappa .52, needs .61 (people .71 − .10)"),
    ("never less than .60", 100, 0.52, 0.55, 0.0, None, "refused", "kappa .52, needs .60 (people .55)"),
    ("cut, never rounded up", 100, 0.5999, 0.60, 0.0, None, "refused", "kappa .59, needs .60 (people .60)"),
    ("too kind", 100, 0.9, 0.9, 0.26, None, "refused", "mean signed error +0.26 (too kind), at most 0.25"),
    ("too severe", 100, 0.9, 0.9, -0.5, None, "refused", "mean signed error -0.50 (too severe)"),
    ("too few, however good", 99, 1.0, 0.9, 0.0, None, "undecided", "99 units, needs 100: 1 more"),
    ("too few, however bad", 40, 0.1, 0.9, 2.0, None, "undecided", "40 units, needs 100: 60 more"),
    ("people unknown", 100, 0.9, None, 0.0, None, "undecided", "between people is not known: nobody answered"),
    ("machine without value", 100, None, 0.9, 0.0, None, "undecided", "weighted kappa has no value"),
    ("zeros caught", 100, 0.9, 0.9, 0.0, zeros(57, 60), "admitted", ""),
    ("19 of 20 is not enough", 100, 0.9, 0.9, 0.0, zeros(19, 20), "undecided", "19 of 20 zeros (.95, lower bound .50)"),
    ("how many more zeros", 100, 0.9, 0.9, 0.0, zeros(19, 20), "undecided", "needs 60 zeros: 40 more"),
    (
        "missed too many",
        100,
        0.9,
        0.9,
        0.0,
        zeros(56, 60),
        "refused",
        "56 of 60 zeros (.93, lower bound .50), needs .95",
    ),
    ("few, and hopeless", 100, 0.9, 0.9, 0.0, zeros(2, 10, high=0.56), "refused", "2 of 10 zeros"),
    ("no zeros at all", 100, 0.9, 0.9, 0.0, zeros(0, 0), "undecided", "no zeros of people, needs 60: 60 more"),
    ("refused outweighs too few", 100, 0.3, 0.9, 0.0, zeros(5, 5), "refused", "needs 60 zeros: 55 more"),
]


@pytest.mark.parametrize(("case", "units", "machine", "people", "error", "found", "verdict", "told"), RULES)
def test_the_rules_with_their_figures(
    case: str,
    units: int,
    machine: float | None,
    people: float | None,
    error: float,
    found: Zeros | None,
    verdict: str,
    told: str,
) -> None:
    short = shortfalls(units, figure(machine), figure(people), figure(error), found)
    assert verdict_of(short) == verdict, case
    assert told in "; ".join(each.words for each in short)
    assert bool(short) == (verdict != "admitted")


def rows(count: int, criterion: str = "B1", machine: Sequence[int] = (0, 1, 2, 3, 4), start: int = 0) -> list[str]:
    """Units on which two people agree wholly, in turn 0 to 4, and what the machine says of each."""
    lines = []
    for at in range(start, start + count):
        lines += [f"u{at},i{at // 2},{who},human,{criterion},{at % 5},,," for who in ("ann", "ben")]
        lines.append(f"u{at},i{at // 2},linear,embedded,{criterion},{machine[at % 5]},,,")
    return lines


def made(
    lines: Sequence[str], known: dict[str, Known] | None = None, language: str | None = "en", machine: Machine = MACHINE
) -> list[Admission]:
    read = parsed("r.csv", "\n".join((HEAD, *lines)).encode(), Asked(apart=True))
    found = gathered([read], machine, known or {}, language)
    occasion = Occasion(the_framework(), date(2026, 11, 25), {"r.csv": "0" * 64}, "0")
    return list(admissions(found, machine, occasion, Resampler(draws=50)))


def test_a_machine_that_says_what_people_say_is_admitted() -> None:
    (one,) = made(rows(100))
    assert (one.verdict, one.reasons, one.units, one.interactions, one.people) == ("admitted", (), 100, 50, 2)
    assert one.machine_human.value == pytest.approx(1)
    assert one.kappa_needed == pytest.approx(0.9)
    assert one.coder == LINEAR
    assert one.framework_digest == the_framework().digest()
    assert Admission.from_json(one.to_json()) == one


def test_kind_machines_are_refused_with_the_figure() -> None:
    (one,) = made(rows(100, machine=(1, 2, 3, 4, 4)))
    assert one.verdict == "refused"
    assert one.signed_error.value == pytest.approx(0.8)
    assert "mean signed error +0.80 (too kind)" in one.reasons[-1]


def test_a_verdict_that_its_figures_do_not_bear_is_no_admission() -> None:
    (one,) = made(rows(20))
    assert (one.verdict, one.more_units) == ("undecided", 80)
    with pytest.raises(ValidationError, match="does not follow from the figures"):
        Admission.model_validate({**one.model_dump(), "verdict": "admitted", "reasons": ()})


def test_one_person_alone_is_no_consensus_and_an_adjudicator_is() -> None:
    lines = ["u1,i1,ann,human,B1,3,,,", "u1,i1,linear,embedded,B1,3,,,", "u2,i2,ann,human,B1,3,,,"]
    lines += ["u2,i2,linear,embedded,B1,1,,,", "u2,i2,chair,adjudicator,B1,1,,,"]
    (one,) = made(lines)
    assert (one.units, one.adjudicated) == (1, 1)
    assert one.signed_error.value == pytest.approx(0)


@pytest.mark.parametrize(
    ("star", "people", "settled", "wanted"),
    [
        (False, {"ann": 2, "ben": 3}, [], 2),
        (False, {"ann": 0, "ben": 4}, [], 2),
        (True, {"ann": 2, "ben": 3}, [], 2),
        (True, {"ann": 0, "ben": 3}, [], 0),
        (True, {"ann": 0, "ben": 3}, [3], 3),
        (True, {"ann": 0}, [], None),
        (False, {}, [], None),
    ],
)
def test_the_consensus_is_that_of_deciding(
    star: bool, people: dict[str, int], settled: list[int], wanted: int | None
) -> None:
    assert Unit("u", "i", "en", "recorded", people, settled).consensus(star) == wanted


def test_a_zero_that_the_machine_did_not_rate_is_missed() -> None:
    agreed = [
        Unit("u1", "i", "en", "recorded", {"ann": 0, "ben": 0}, machine=0, asked=True),
        Unit("u2", "i", "en", "recorded", {"ann": 0, "ben": 0}, machine=None, asked=True),
        Unit("u3", "i", "en", "probe", {"ann": 0, "ben": 0}, machine=0, asked=True),
        Unit("u4", "i", "en", "probe", {"ann": 1, "ben": 1}, machine=0, asked=True),
    ]
    found = zeros_of(agreed)
    assert (found.caught, found.found) == (2, 3)
    assert found.by_origin == {"probe": (1, 1), "recorded": (1, 2)}
    assert found.sensitivity.low is not None and found.sensitivity.low < 2 / 3


def test_synthetic_units_and_probes_count_for_zeros_only() -> None:
    lines = rows(10, "G1")
    lines += [f"p{at},p{at},{who},{kind},G1,0,,probe," for at in range(4) for who, kind in WHO]
    lines += [f"s{at},s{at},{who},{kind},G1,0,,," for at in range(3) for who, kind in WHO]
    (one,) = made(lines, {f"s{at}": Known(None, "synthetic") for at in range(3)})
    assert one.units == 10
    assert one.units_by_origin == {"not stated": 10, "probe": 4, "synthetic": 3}
    assert one.zeros is not None
    assert one.zeros.by_origin == {"not stated": (2, 2), "probe": (4, 4), "synthetic": (3, 3)}
    assert one.more_zeros == 60 - 9


WHO = (("ann", "human"), ("ben", "human"), ("linear", "embedded"))


def test_languages_are_measured_apart() -> None:
    lines = rows(4) + [f"d{at},d{at},{who},{kind},B1,{at},,,de" for at in range(3) for who, kind in WHO]
    assert [(one.language, one.units) for one in made(lines)] == [("de", 3), ("en", 4)]


def test_other_machines_take_no_part() -> None:
    with_judge = [*rows(10), *(f"u{at},i{at // 2},gpt,judge,B1,0,,," for at in range(10))]
    assert made(with_judge) == made(rows(10))


def test_what_the_machine_left_open_is_told() -> None:
    lines = [*rows(5), "u9,i9,ann,human,B1,3,,,", "u9,i9,ben,human,B1,3,,,", "u9,i9,linear,embedded,B1,NO,,,"]
    lines += ["u8,i8,ann,human,B1,3,,,", "u8,i8,ben,human,B1,3,,,", "u8,i8,linear,embedded,B1,,,,"]
    (one,) = made(lines)
    assert (one.units, one.unrated) == (5, 2)
    assert "2 units that people agreed on not rated by the machine" in admission_text([one])


def test_the_order_of_lines_is_irrelevant() -> None:
    assert made(rows(30)) == made(rows(30)[::-1])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("u0,i0,ann,human,B1,3,,,", "coder 'ann' rated unit 'u0' on 'B1' before"),
        ("u0,i0,linear,embedded,B1,3,,,", "coder 'linear' rated unit 'u0' on 'B1' before"),
        ("u99,i99,ann,human,B1,3,,dream,", "column 'origin' has 'dream'; wanted: recorded, synthetic, probe"),
    ],
)
def test_lines_that_cannot_be(line: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        made([*rows(2), line])
    assert told in str(refused.value)


def test_the_text_shows_people_beside_the_machine() -> None:
    told = admission_text(made([*rows(100), *rows(10, "G1")]))
    assert "B1         admitted   100" in told
    assert "between people" in told
    assert "G1: 10 units, needs 100: 90 more; caught 2 of 2 zeros" in told
    assert "Alone, an admitted machine is screening as before" in " ".join(told.split())


@pytest.mark.parametrize(
    ("value", "text"), [(0.6, ".60"), (1.0, "1.00"), (0.599999, ".59"), (-0.05, "−.05"), (0.0, ".00"), (-0.001, ".00")]
)
def test_points_are_printed_as_papers_do(value: float, text: str) -> None:
    assert points(value) == text
