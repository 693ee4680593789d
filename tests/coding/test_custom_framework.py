"""Another framework with other criteria is coded without any change of code."""

from __future__ import annotations

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.contract import CHECKS, Check, interaction
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.framework import Framework
from dtnexus.rating import NotObservable, Rating
from dtnexus.signal_rule import SignalRule
from dtnexus.transcript import Role

OWN_RULE = SignalRule.model_validate(
    {
        "cues": [{"signal": "sincere_distress", "at_least": 0.5}],
        "scores": [{"score": 3, "all_of": [{"signal": "emotional_reaction", "at_least": 1.5}]}],
        "otherwise": 1,
    }
)


def small() -> Framework:
    """Two criteria of other names: one with a rule of its own, one without any."""
    shipped = load_framework("dtn-op@0.1")
    kind = shipped.criterion("B1").model_copy(update={"id": "kind-words", "name": "Kind words"})
    quiet = shipped.criterion("B1").model_copy(update={"id": "quiet-room", "name": "Quiet room"})
    own = {"criteria": (kind, quiet), "signals": {"kind-words": OWN_RULE}, "id": "small"}
    return Framework.model_validate({**dict(shipped), **own})


@pytest.mark.parametrize(("warmth", "score"), [(2.0, 3), (0.0, 1)])
def test_declared_scores_decide_where_no_scorer_is_named(warmth: float, score: int) -> None:
    reader = ScriptedReader({"I lost her.": {"sincere_distress": 1.0}, "Oh, how sad.": {"emotional_reaction": warmth}})
    coder = EmbeddedCoder(reader, EpisodeWeights.load())
    talk = interaction(((Role.CLIENT, "I lost her."), (Role.AGENT, "Oh, how sad.")))
    rated = next(said for said in coder.code(talk, small()) if isinstance(said, Rating))
    assert (rated.criterion, rated.score) == ("kind-words", score)


def test_a_criterion_without_a_rule_is_not_observable() -> None:
    talk = interaction(((Role.CLIENT, "I lost her."), (Role.AGENT, "Oh, how sad.")))
    said = EmbeddedCoder.load("linear").code(talk, small())[1]
    assert isinstance(said, NotObservable)
    assert said.reason == "this coder has no rule for quiet-room"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
def test_the_contract_holds_for_another_framework(check: Check) -> None:
    check(EmbeddedCoder.load("linear"), small())


def test_criteria_over_several_sessions_say_what_they_need() -> None:
    talk = interaction(((Role.CLIENT, "Hi"), (Role.AGENT, "Hello")))
    framework = load_framework("dtn-op@0.1")
    silent = [each for each in EmbeddedCoder.load("linear").code(talk, framework) if isinstance(each, NotObservable)]
    assert {each.criterion: each.reason for each in silent if each.criterion in ("B3", "C2", "H1")} == {
        "B3": "needs 2 sessions; this record holds 1",
        "C2": "needs 3 sessions; this record holds 1",
        "H1": "rests on system facts; it needs documents, not transcripts",
    }
