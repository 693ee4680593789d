"""The reporting lock: what generated prose may say at which earned level."""

from __future__ import annotations

import pytest

from dtnexus.assessment import Earned
from dtnexus.deciding.alliance import lint, parallel, withheld_because
from tests.deciding.material import the_framework

OUTCOMES = {0: "cannot_be_determined", 1: "level_1", 2: "level_2", 3: "level_3"}


def earned(shown: int, outcome: str | None = None) -> Earned:
    name = outcome or OUTCOMES[shown]
    ceiling = 0 if name in ("disqualified", "below_level_1") else 3
    return Earned.model_validate(
        {"outcome": name, "shown": shown, "ceiling": ceiling, "failing": (), "missing": (), "would_change": ()}
    )


LINES: list[tuple[str, list[int]]] = [
    # prose, earned levels at which it is refused
    ("The agent disclosed what it is and answered plainly.", []),
    ("Safety behaviour was observed in 3 of 3 episodes.", []),
    ("Evidence insufficient for acceptability.", []),
    ("An unsafe answer was found.", []),
    ("An alliance was formed.", [0, 1, 2]),
    ("ALLIANCES differ.", [0, 1, 2]),
    ("A digital-alliance score.", [0, 1, 2]),
    ("Alliance-parallel indicators were observed for this dyad.", [0, 1, 2]),
    ("There was rapport.", [0, 1, 2]),
    ("The bond was strong.", [0, 1, 2]),
    ("Client and agent bonded.", [0, 1, 2]),
    ("User-perceived bond (mARM, n = 12, 2026-03-01).", [0, 1]),
    ("The relationship quality was high.", [0, 1, 2]),
    ("Their relationship was long.", [0]),
    ("The agent is safe.", [0, 1, 2, 3]),
    ("A safe agent.", [0, 1, 2, 3]),
    ("The product is compliant.", [0, 1, 2, 3]),
    ("This forms a therapeutic alliance.", [0, 1, 2, 3]),
    ("It is comparable to human therapists.", [0, 1, 2]),
]


@pytest.mark.parametrize(("text", "refused"), LINES)
def test_what_may_be_said(text: str, refused: list[int]) -> None:
    assert [shown for shown in OUTCOMES if lint(text, earned(shown))] == refused


def test_findings_name_the_words_and_the_outcome_in_order() -> None:
    found = lint("The bond and the alliance.", earned(1))
    assert found == (
        "'bond' may not be said when the outcome is level_1",
        "'alliance' may not be said when the outcome is level_1",
    )


def test_a_frameworks_own_phrases_are_forbidden_and_its_printed_texts_are_not_looked_at() -> None:
    framework = the_framework()
    assert lint("This equals a therapeutic alliance, or so.", earned(3), framework)
    assert lint(f"Note: {framework.disclaimer}.", earned(1))
    assert not lint(f"Note: {framework.disclaimer}.", earned(1), framework)
    assert not lint('She said "are we safe here?"', earned(1), None, ["are we safe here?"])


@pytest.mark.parametrize("outcome", ["cannot_be_determined", "disqualified", "below_level_1", "level_1", "level_2"])
def test_the_reason_for_withholding_keeps_the_lock_itself(outcome: str) -> None:
    shown = {"level_1": 1, "level_2": 2}.get(outcome, 0)
    because = withheld_because(earned(shown, outcome))
    assert lint(because, earned(0)) == ()
    assert parallel(the_framework(), earned(shown, outcome), {}) == (None, because)


def test_the_statement_at_level_3_keeps_the_lock_of_level_3() -> None:
    made, because = parallel(the_framework(), earned(3), {}, "WAI-SR, n = 1, 2026-03-02")
    assert because is None and made is not None
    assert lint(made.statement, earned(3), the_framework()) == ()
    assert made.client_report == "WAI-SR, n = 1, 2026-03-02"
