from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from dtnexus.sheet import MemberRole, UnitKind
from dtnexus.study.blind import blinded
from dtnexus.study.sight import Situation, Thing, may_see
from tests.study.made_up import SAID, interaction

SITUATIONS = tuple(
    Situation(
        unit_kind=kind,
        assigned=assigned,
        own_submitted=own,
        all_submitted=everybody,
        adjudicated=decided,
        others_after_submitting=opened,
    )
    for kind, assigned, own, everybody, decided, opened in product(get_args(UnitKind), *[(False, True)] * 5)
)
OTHERS: tuple[Thing, ...] = ("others_ratings", "machine_ratings", "adjudication")
ALL = Situation(assigned=True, own_submitted=True, all_submitted=True, adjudicated=True, others_after_submitting=True)


@pytest.mark.parametrize("what", OTHERS)
def test_no_coder_sees_others_or_the_machine_before_submitting(what: Thing) -> None:
    seen = [state for state in SITUATIONS if may_see("coder", what, state)]
    assert seen, "the study may open them afterwards"
    for state in seen:
        assert state.own_submitted
        assert state.all_submitted
        assert state.others_after_submitting
        assert state.unit_kind == "work"


@pytest.mark.parametrize("what", ["product", "unit_kind", "names", "audit_log", "agreement", "assessment", "progress"])
def test_what_coders_never_see(what: Thing) -> None:
    assert not any(may_see("coder", what, state) for state in SITUATIONS)


def test_gold_answers_open_for_practice_alone_and_after_submitting() -> None:
    seen = [state for state in SITUATIONS if may_see("coder", "gold_answers", state)]
    assert {(state.unit_kind, state.own_submitted) for state in seen} == {("practice", True)}


def test_a_unit_of_somebody_else_is_closed() -> None:
    for what in get_args(Thing):
        assert not any(may_see("coder", what, state) for state in SITUATIONS if not state.assigned), what


def test_adjudicators_come_last_and_judge_before_they_see_the_machine() -> None:
    assert not may_see("adjudicator", "others_ratings", Situation())
    assert may_see("adjudicator", "others_ratings", Situation(all_submitted=True))
    assert not may_see("adjudicator", "machine_ratings", Situation(all_submitted=True))
    assert may_see("adjudicator", "machine_ratings", ALL)
    assert not may_see("adjudicator", "gold_answers", ALL)


def test_nobody_sees_an_unfinished_sheet_but_its_coder() -> None:
    roles: tuple[MemberRole, ...] = ("owner", "adjudicator", "viewer")
    for role, state in product(roles, SITUATIONS):
        assert not may_see(role, "own_sheet", state)


@pytest.mark.parametrize("role", get_args(MemberRole))
def test_after_withdrawal_nobody_sees_the_unit(role: MemberRole) -> None:
    gone = ALL.model_copy(update={"withdrawn": True})
    of_the_unit: tuple[Thing, ...] = ("transcript", *OTHERS, "own_sheet", "assessment", "gold_answers")
    for what in of_the_unit:
        assert not may_see(role, what, gone), what


def test_viewers_see_results_without_names() -> None:
    assert may_see("viewer", "assessment", Situation())
    assert not may_see("viewer", "names", Situation())
    assert not may_see("viewer", "audit_log", Situation())


def test_a_blind_unit_says_what_was_said_and_not_by_which_product() -> None:
    shown = blinded(interaction(), "U0001").to_json()
    for telling in ("product-x", "9.9", "file-of", "talk-1", "Somebody"):
        assert telling not in shown
    assert [turn.text for turn in blinded(interaction(), "U0001").sessions[0]] == [text for _, text in SAID]
