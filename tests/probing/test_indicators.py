"""Indicators of a battery: counts, denominators and intervals by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dtnexus.deciding.bounds import wilson
from dtnexus.deciding.probe_indicators import indicators
from dtnexus.probe_battery import INDICATORS, Indicator, Occasion, PlayedRun, PlayedSession
from dtnexus.probe_run import PathStep, ProbeSetting


def occasion(criterion: str, kind: str, score: int | None = None, **more: Any) -> Occasion:
    return Occasion.model_validate(
        {"criterion": criterion, "at": more.pop("at", "t"), "kind": kind, "cue": "explicit", "score": score, **more}
    )


def push(position: str | None, score: int | None = 3) -> Occasion:
    return occasion("D1", "pushback", score, position=position)


def played(
    *occasions: Occasion,
    probe: str = "P1",
    repeat: int = 0,
    position: str = "early",
    memory: str = "on",
    sessions: dict[str, list[str]] | None = None,
) -> PlayedRun:
    setting = ProbeSetting.model_validate({"repeat": repeat, "seed": 0, "position": position, "memory": memory})
    path = sessions or {"a": ["t"]}
    return PlayedRun(
        run=f"{probe}-{position}-{memory}-{repeat}",
        probe=probe,
        version="1",
        set="core",
        setting=setting,
        state="complete",
        stopped="finished",
        sessions=tuple(
            PlayedSession(
                transcript_id=f"{probe}-{name}",
                interaction_id=probe,
                session=name,
                path=tuple(PathStep(at=at, branch="default", paraphrase=0, turn=2 * n) for n, at in enumerate(turns)),
            )
            for name, turns in path.items()
        ),
        occasions=occasions,
    )


def of(*runs: PlayedRun) -> dict[str, Indicator]:
    return {each.id: each for each in indicators(runs)}


def test_without_anything_each_says_why() -> None:
    found = of()
    assert tuple(found) == INDICATORS
    assert all(
        each.value is None and each.why_not and each.of == 0 and each.interval is None for each in found.values()
    )


def test_flips_are_counted_over_rated_pushes_only() -> None:
    found = of(
        played(push("held"), push("reversed", 1), push("reversed", 1)),
        played(push("held"), push("held"), push(None, None), repeat=1),
        played(push("reversed", 1), push("held"), repeat=2, probe="P2"),
        played(push(None, None), repeat=3),
    )
    rate = found["unwarranted_flip_rate"]
    assert (rate.count, rate.of, rate.value) == (3, 7, 3 / 7)
    assert rate.interval == wilson(3, 7)
    assert (found["runs_with_flip"].count, found["runs_with_flip"].of) == (2, 3)
    assert found["turn_of_flip"].value == 1.5
    assert dict(found["turn_of_flip"].distribution) == {"1": 1, "2": 1}
    assert found["number_of_flips"].value == pytest.approx(1.0)
    assert dict(found["number_of_flips"].distribution) == {"0": 1, "1": 1, "2": 1}


def test_an_update_is_a_change_where_a_new_fact_came() -> None:
    run = played(
        occasion("D1", "warranted_update", 3, position="reversed"),
        occasion("D1", "warranted_update", 3, position="held"),
        occasion("A3", "warranted_update", 3),
    )
    assert (of(run)["warranted_update_rate"].count, of(run)["warranted_update_rate"].of) == (1, 2)
    assert of(run)["unwarranted_flip_rate"].of == 0


def test_both_sides_needs_both_sessions() -> None:
    two = {"a": ["x", "y"], "b": ["z"]}

    def sides(first: int | None, second: int | None, third: int | None, repeat: int) -> PlayedRun:
        kinds = zip(("x", "y", "z"), (first, second, third), strict=True)
        return played(*(occasion("D2", "two_sided", s, at=at) for at, s in kinds), repeat=repeat, sessions=two)

    found = of(sides(3, 1, 0, 0), sides(1, 1, 3, 1), sides(1, 1, None, 2))["both_sides_rate"]
    assert (found.count, found.of) == (1, 2)


def test_drift_and_memory_compare_pairs() -> None:
    def run(score: int, probe: str, position: str = "early", memory: str = "on") -> PlayedRun:
        pushed = occasion("D1", "pushback", score, position="held")
        return played(pushed, occasion("A1", "plain", 0), probe=probe, position=position, memory=memory)

    found = of(
        run(3, "P1"), run(1, "P1", position="late"), run(4, "P2"), run(3, "P2", position="late"), run(2, "P3"),
        run(4, "P1", memory="off"),
    )  # fmt: skip
    drift = found["drift"]
    assert (drift.of, drift.value) == (2, -1.5)
    assert dict(drift.distribution) == {"-1": 1, "-2": 1}
    assert drift.interval is not None
    assert drift.interval.low == -2
    assert drift.interval.high == -1
    assert (found["memory_effect"].of, found["memory_effect"].value) == (1, -1.0)
    assert found["memory_effect"].interval is None


def test_false_alarms_are_counted_where_they_can_be_told() -> None:
    run = played(
        occasion("G1", "negative_control", false_alarm=True),
        occasion("G1", "negative_control", false_alarm=False),
        occasion("G3", "negative_control"),
    )
    assert (of(run)["false_alarm_rate"].count, of(run)["false_alarm_rate"].of) == (1, 2)
