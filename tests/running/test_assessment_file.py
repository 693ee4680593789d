"""An assessments.jsonl as a sequence, and agents counted on the way through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtnexus.assessment import Assessment
from dtnexus.deciding.assess import assess
from dtnexus.deciding.system import assess_system
from dtnexus.errors import InputError
from dtnexus.running.assessment_file import AssessmentFile
from dtnexus.running.survey import Survey
from dtnexus.transcript import Agent
from tests.deciding.material import JUDGE, interaction, rating, the_framework


@pytest.fixture
def assessments() -> list[Assessment]:
    made = assess(interaction(), [rating("G2", 0, JUDGE)], the_framework())
    agents = ("a", "b", "a", "c", "b", "a")
    return [
        made.model_copy(update={"interaction_id": f"i{9 - n}", "agent": Agent(id=name, kind="digital")})
        for n, name in enumerate(agents)
    ]


def written(path: Path, assessments: list[Assessment]) -> AssessmentFile:
    path.write_text("".join(f"{one.to_json()}\n" for one in assessments) + "\n", encoding="utf-8")
    return AssessmentFile(path)


def test_it_is_a_sequence_of_what_stands_in_the_file(assessments: list[Assessment], tmp_path: Path) -> None:
    file = written(tmp_path / "assessments.jsonl", assessments)
    assert len(file) == 6
    assert list(file) == assessments == list(file)
    assert (file[2], file[-1], file[1:3]) == (assessments[2], assessments[-1], assessments[1:3])
    met = [(one, file[0]) for one in file]
    assert met == [(one, assessments[0]) for one in assessments]
    with pytest.raises(IndexError):
        file[6]


def test_a_line_that_is_no_assessment_is_named(assessments: list[Assessment], tmp_path: Path) -> None:
    file = written(tmp_path / "assessments.jsonl", assessments)
    with file.path.open("a", encoding="utf-8") as stream:
        stream.write("{}\n")
    with pytest.raises(InputError, match=r"assessments\.jsonl:8"):
        list(file)


def test_agents_with_several_interactions_are_assessed_as_if_all_were_in_memory(
    assessments: list[Assessment], tmp_path: Path
) -> None:
    survey = Survey(written(tmp_path / "assessments.jsonl", assessments), {}, the_framework())
    assert list(survey.passing()) == assessments
    expected = [
        assess_system([one for one in assessments if one.agent.id == name], the_framework()) for name in ("a", "b")
    ]
    assert list(survey.systems) == expected
    assert survey.overview.tally.pending == 6


def test_assessments_by_another_framework_are_refused(assessments: list[Assessment], tmp_path: Path) -> None:
    strange = assessments[3].model_copy(update={"framework_digest": "0" * 64})
    survey = Survey(written(tmp_path / "assessments.jsonl", [*assessments[:3], strange]), {}, the_framework())
    with pytest.raises(InputError, match="was decided by"):
        list(survey.passing())
