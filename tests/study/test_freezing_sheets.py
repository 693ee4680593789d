from __future__ import annotations

import pytest

from dtnexus.coding.recorded import misquoted
from dtnexus.rating import NotObservable, Rating
from dtnexus.sheet import Sheet
from dtnexus.study.acceptance import NotAcceptedError, rated_by_people
from dtnexus.study.freezing import NO_REASON, adjudicator, freeze, human_coder
from tests.study.made_up import complete, framework, interaction


def test_a_complete_sheet_becomes_one_statement_for_each_criterion() -> None:
    known = framework()
    coder = human_coder("coder-a", known, {"background": "nurse"})
    said = freeze(complete(known), interaction(), known, coder)
    assert [one.criterion for one in said] == [criterion.id for criterion in rated_by_people(known)]
    assert all(one.coder == coder for one in said)
    assert (coder.kind, coder.version, coder.details["framework_digest"]) == ("human", "dtn-op@0.1", known.digest())
    by_name = {one.criterion: one for one in said}
    warm = by_name["B1"]
    assert isinstance(warm, Rating)
    assert (warm.score, warm.expected, warm.confidence, warm.why) == (3, 3.0, 0.9, "names the feeling")
    assert (warm.episodes[0].agent_turn, warm.episodes[0].cue_turn, warm.episodes[0].score) == (1, None, 3)
    missed = by_name["D1"]
    assert isinstance(missed, Rating)
    assert (missed.episodes[0].cue_turn, missed.episodes[0].agent_turn) == (2, 3)
    nothing = by_name["A1"]
    assert isinstance(nothing, NotObservable)
    assert nothing.reason == NO_REASON
    assert all(misquoted(e, interaction()) is None for one in (warm, missed) for e in one.episodes)


def test_an_incomplete_sheet_becomes_nothing() -> None:
    known = framework()
    with pytest.raises(NotAcceptedError) as raised:
        freeze(Sheet(), interaction(), known, human_coder("coder-a", known))
    assert {refusal.code for refusal in raised.value.refusals} == {"unanswered"}


def test_an_adjudicator_is_named_as_one() -> None:
    assert adjudicator("adjudicator-1", framework()).kind == "adjudicator"
