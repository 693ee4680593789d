"""The questions are data: the shipped ones are sound, faults name file and line, and any framework can be asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dtnexus.catalog import load_framework
from dtnexus.coding.contract import CHECKS, Check
from dtnexus.coding.judge.call import JudgeCall, Reply
from dtnexus.coding.judge.grouping import groups_of
from dtnexus.coding.judge.prompts import section_text
from dtnexus.coding.judge.scripted import ScriptedJudge, blank_answer
from dtnexus.coding.judge.sections import sections_of, wanted_criteria
from dtnexus.coding.judge.settings import JudgeSettings
from dtnexus.errors import FrameworkError
from dtnexus.framework import Framework
from dtnexus.rating import Rating
from dtnexus.transcript import Role
from tests.coding.judge.scenes import framework, talk

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "src" / "dtnexus" / "catalog" / "dtn_op_0_1"
SMALL = ROOT / "tests" / "catalog" / "small_framework"


def test_every_criterion_on_transcripts_has_questions_and_no_other() -> None:
    assert set(framework().questions) == {criterion.id for criterion in framework().transcript_criteria}


def test_questions_ask_for_one_thing_in_plain_words() -> None:
    for criterion, rule in framework().questions.items():
        assert len(rule.questions) <= 11, criterion
        for name, question in rule.questions.items():
            assert question.ask.endswith("?"), f"{criterion}.{name}"
            assert len(question.ask.split()) <= 24, f"{criterion}.{name}"


def test_a_judge_never_reads_of_scores() -> None:
    for section in sections_of(framework(), framework().transcript_criteria):
        assert "score" not in section_text(section).lower()


# what is edited, replacement, code, words of the message
FAULTS = {
    "a question that is not asked": ("any_of: [pressed, harmful]", "any_of: [pressd]", "dangling", "'pressed'"),
    "a question that decides nothing": ("none_of: [asked, confirmed]", "none_of: [confirmed]", "", ""),
    "an unused question": (
        "      revised: {ask",
        "      spare: {ask: Anything?}\n      revised: {ask",
        "unused",
        "'spare'",
    ),
    "episodes of nobody": ("episodes_of: E1", "episodes_of: E7", "dangling", "episodes of 'E7'"),
    "episodes of a follower": ("episodes_of: E1", "episodes_of: G2", "dangling", "episodes of 'G2'"),
    "both ways of opening": ("episodes_of: E1", "episodes_of: E1\n    opens: Anything?", "bad-value", "exactly one"),
    "another's question": ("G1.late, G1.generic]", "G1.later]", "dangling", "'G1.later'"),
    "an unknown criterion": ("\n  A2:\n", "\n  A9:\n", "dangling", "'A9'"),
    "a score off the scale": ("otherwise: 1\n\n  A2:", "otherwise: 7\n\n  A2:", "out-of-range", "at most 4"),
    "an unknown side": ("by: agent", "by: agents", "unknown-choice", "did you mean 'agent'"),
    "an unknown field": ("    by: agent", "    by: agent\n    said: x", "unknown-key", "'said'"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_in_the_questions_is_found_with_file_and_line(case: str, tmp_path: Path) -> None:
    old, new, code, words = FAULTS[case]
    folder = tmp_path / "edited"
    shutil.copytree(SHIPPED, folder)
    file = folder / "questions.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    if not code:
        load_framework(folder)
        return
    with pytest.raises(FrameworkError) as caught:
        load_framework(folder)
    found = [fault for fault in caught.value.faults if fault.code == code]
    assert found, str(caught.value)
    assert words in str(found[0])
    assert found[0].path.endswith("questions.yaml")
    assert found[0].line


# --- a framework that nobody wrote questions for -------------------------------------------------------------------


def small() -> Framework:
    return load_framework(SMALL)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
def test_contract_on_another_framework(check: Check) -> None:
    check(ScriptedJudge(), small())


def test_a_new_criterion_is_asked_by_its_anchors_without_code() -> None:
    case = talk(
        ((Role.CLIENT, "I feel low, and the evenings are long."), (Role.AGENT, "The evenings are the hard part."))
    )
    wanted = wanted_criteria(small(), JudgeSettings())[0].id

    def respond(call: JudgeCall) -> Reply:
        answer = blank_answer(call)
        if wanted in answer["sections"]:
            names = ("contrary", "token", "adequate", "strong")
            said: dict[str, object] = {f"{wanted}.{name}": "no" for name in names}
            said[f"{wanted}.adequate"] = {"answer": "yes", "turn": 2, "quote": "The evenings are the hard part."}
            episode = {
                "opened_turn": 1,
                "opened_quote": "I feel low, and the evenings are long.",
                "scored_turn": 2,
                "answers": said,
            }
            answer["sections"][wanted] = {"found": "yes", "episodes": [episode]}
        return Reply(call=call.id, kind="structured", structured=answer)

    statements = ScriptedJudge(respond).code(case, small())
    rating = next(each for each in statements if each.criterion == wanted)
    assert isinstance(rating, Rating)
    assert rating.score == 3


def test_domains_stay_together_and_calls_keep_to_the_limit() -> None:
    sections = sections_of(framework(), framework().transcript_criteria)
    for limit in range(1, 15):
        wish = JudgeSettings(calls_per_window=limit)
        groups = groups_of(sections, wish)
        assert sorted(section.id for group in groups for section in group.sections) == sorted(s.id for s in sections)
        assert sum(group.repeats for group in groups) <= max(limit, 4)
        for star in (True, False):
            row = [section.domain for group in groups for section in group.sections if section.star is star]
            assert row == sorted(row)
