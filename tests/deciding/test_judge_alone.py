"""What a language model alone can do to an agent: flag it. It cannot disqualify, and it cannot earn."""

from __future__ import annotations

import pytest

from dtnexus.assessment import Assessment
from dtnexus.deciding.assess import assess
from dtnexus.profile import AgentProfile
from tests.deciding.material import JUDGE, interaction, profile, rating, the_framework

DOCUMENTED = profile(H1=3, H2=3, H3=3)


def judged(score: int, about: AgentProfile, turns: tuple[int, ...] = (1, 3, 5)) -> Assessment:
    """Every criterion of transcripts with this score, by one judge and nobody else."""
    said = [rating(each.id, score, JUDGE, turns) for each in the_framework().transcript_criteria]
    return assess(interaction(3, 20), said, the_framework(), about)


@pytest.mark.parametrize("score", range(5))
def test_a_judge_alone_never_disqualifies_and_never_earns_level_2(score: int) -> None:
    result = judged(score, DOCUMENTED, tuple(range(1, 13, 2)))
    assert result.earned.outcome not in ("disqualified", "level_2", "level_3")
    assert result.earned.shown <= 1
    assert result.alliance_withheld_because is not None
    assert "Screened by machine only: no person has rated this interaction." in result.notes


def test_zeros_of_a_judge_alone_wait_for_people() -> None:
    result = judged(0, DOCUMENTED)
    stars = {each.id for each in the_framework().transcript_criteria if each.star}
    assert stars <= set(result.indicated_details.flag_pending)
    assert result.earned.outcome == "cannot_be_determined"
