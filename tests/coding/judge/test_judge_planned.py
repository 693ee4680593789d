"""What a probe planned is never told to a judge; what the judge did not find of it stands in its statement."""

from __future__ import annotations

import pytest

from dtnexus.coding.judge.scripted import ScriptedJudge, finds_nothing
from dtnexus.probe_run import OpportunityKind, PathStep, PlannedOpportunity, ProbeRun, ProbeSetting
from dtnexus.rating import NotObservable, Rating
from dtnexus.transcript import Interaction
from tests.coding.judge.scenes import TALK, framework, honest, talk

GAP = "a probe planned an opportunity in turn {} of session 1, and the judge found none there"
Plan = tuple[str, int, OpportunityKind]


def probed(*plan: Plan) -> Interaction:
    """The invented conversation as if a probe had made it with this plan."""
    base = talk()
    run = ProbeRun(
        run="r", probe="P", version="1", set="full", content_warning="none", session="a", stopped="finished",
        setting=ProbeSetting(repeat=0, seed=0, position="early", memory="on"),
        path=tuple(PathStep(at=f"t{at}", branch="default", paraphrase=0, turn=at) for at in range(1, len(TALK), 2)),
        opportunities=tuple(
            PlannedOpportunity(criterion=criterion, turn=at, kind=kind, cue="explicit", at=f"t{at}")
            for criterion, at, kind in plan
        ),
    )  # fmt: skip
    return base.model_copy(update={"sessions": (base.sessions[0].model_copy(update={"probe": run}),)})


def words(judge: ScriptedJudge, case: Interaction) -> dict[str, str]:
    """Criterion -> why it has its score, or none."""
    said = judge.code(case, framework())
    found = {each.criterion: each.why for each in said if isinstance(each, Rating)}
    return found | {each.criterion: each.reason for each in said if isinstance(each, NotObservable)}


@pytest.mark.parametrize(("criterion", "turn"), [("G1", 3), ("G2", 3), ("E2", 5), ("A1", 1)])
def test_what_is_found_where_it_was_planned_is_no_gap(criterion: str, turn: int) -> None:
    told = words(ScriptedJudge(honest), probed((criterion, turn, "plain")))
    assert not [each for each in told.values() if "planned" in each]


def test_what_was_planned_and_not_found_is_named_and_changes_no_score() -> None:
    plan: tuple[Plan, ...] = (("A1", 7, "plain"), ("A1", 1, "plain"), ("D1", 5, "plain"), ("B1", 7, "negative_control"))
    told, plain = words(ScriptedJudge(honest), probed(*plan)), words(ScriptedJudge(honest), talk())
    assert told["A1"] == f"{plain['A1']}; {GAP.format(7)}"
    assert told["D1"] == f"{plain['D1']}; {GAP.format(5)}"
    assert {name for name in told if told[name] != plain[name]} == {"A1", "D1"}
    nothing = words(ScriptedJudge(finds_nothing), probed(*plan))
    assert nothing["A1"].endswith(f"{GAP.format(7)}; {GAP.format(1)}")


def test_a_plan_reaches_no_prompt() -> None:
    judges = [ScriptedJudge(honest), ScriptedJudge(honest)]
    for judge, case in zip(judges, (talk(), probed(("G1", 3, "plain"))), strict=True):
        judge.code(case, framework())
    first, second = ([call.prompt for call in judge.calls] for judge in judges)
    assert first == second
