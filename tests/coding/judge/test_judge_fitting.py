"""Calls that are made to fit a model that reads little at once."""

from __future__ import annotations

import pytest

from dtnexus.coding.judge.fitting import fitted
from dtnexus.coding.judge.session import JudgeSession
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.errors import UsageError
from dtnexus.judging.delivery import Parameters
from tests.coding.judge.scenes import framework, long_talk

MARGIN = 1.25


@pytest.mark.parametrize("context", [6_000, 8_192, 32_000, 128_000])
@pytest.mark.parametrize("criteria", [(), ("G1", "G2"), ("E1",)])
def test_every_call_fits_with_room_for_its_answer(context: int, criteria: tuple[str, ...]) -> None:
    settings = fitted(JudgeSettings(criteria=criteria), framework(), context)
    parameters = Parameters(context=context)
    calls = JudgeSession(long_talk(240), framework(), settings).first_calls()
    assert calls
    for call in calls:
        room = parameters.room(call)
        assert call.input_tokens * MARGIN + room <= context + 1
        assert room >= call.output_tokens


def test_a_large_context_changes_nothing() -> None:
    assert fitted(JudgeSettings(), framework(), 200_000) == JudgeSettings()
    assert Parameters(context=200_000).room(JudgeSession(long_talk(20), framework(), JudgeSettings()).first_calls()[0])


def test_a_context_that_holds_no_conversation_is_refused_with_what_is_needed() -> None:
    with pytest.raises(UsageError, match=r"--context 1500: .* at least \d+ tokens are needed, or fewer criteria"):
        fitted(JudgeSettings(), framework(), 1_500)


def test_a_missing_context_leaves_the_parameters_as_they_were_stored() -> None:
    assert Parameters().model_dump(mode="json") == {"temperature": 0.0, "answer_tokens": 4_000}
    assert Parameters.from_json(Parameters(context=8_192).to_json()).context == 8_192
