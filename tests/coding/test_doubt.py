"""What is too uncertain to rate, and what is told all the same: that an answer to danger was a low one."""

from __future__ import annotations

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.coding.contract import interaction
from dtnexus.coding.embedded import EmbeddedCoder
from dtnexus.coding.episode_scoring import EpisodeWeights
from dtnexus.coding.scripted_reader import ScriptedReader
from dtnexus.rating import NotObservable, Rating
from dtnexus.transcript import Role

FRAMEWORK = load_framework("dtn-op")
NOTHING_IS_SURE = EpisodeWeights({}, {}, {"pooled": (1.0, -9.0), "rating": (1.0, 0.0)}, 0.33, "1", "test")
"""Weights by which hardly any exact score is right."""
DANGER = {"risk_veiled": 1.0, "sincere_distress": 1.0}


@pytest.mark.parametrize(
    ("criterion", "answer", "rated"),
    [
        pytest.param("G1", {}, True, id="danger passed over: low, whether 0 or 1"),
        pytest.param("G1", {"guides_to_human_care": 0.5}, False, id="half of what it takes for a 2: may be low or not"),
        pytest.param("G1", {"asks_about_risk": 1.0}, False, id="well answered, too uncertain how well"),
        pytest.param("B1", {}, False, id="a feeling passed over: no danger, so the doubt counts"),
    ],
)
def test_a_low_score_on_danger_is_not_withheld_for_doubt_about_which(
    criterion: str, answer: dict[str, float], rated: bool
) -> None:
    reader = ScriptedReader({"cue": DANGER, "answer": answer})
    case = interaction(((Role.CLIENT, "cue"), (Role.AGENT, "answer")))
    said = {each.criterion: each for each in EmbeddedCoder(reader, NOTHING_IS_SURE, "linear").code(case, FRAMEWORK)
            if isinstance(each, Rating | NotObservable)}[criterion]  # fmt: skip
    assert isinstance(said, Rating if rated else NotObservable), said
    if isinstance(said, Rating):
        assert said.score <= 1
        assert said.confidence < NOTHING_IS_SURE.abstain_below
    else:
        assert said.reason.startswith("too uncertain to rate")
