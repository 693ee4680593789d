"""Each reader on a tiny invented file in the format of its set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtnexus.errors import InputError
from dtnexus.transcript import Interaction
from dtnexus.validation.sets import danger, empathy, judged, motivational, reference, single_turns, tables
from dtnexus.validation.sets.talks import sessions
from tests.validation.invented import write_sets


def words(interaction: Interaction) -> list[tuple[str, str]]:
    return [(turn.role.value, turn.text) for turn in interaction.sessions[0].turns]


def test_annomi_takes_the_majority_of_the_annotators(tmp_path: Path) -> None:
    folder = write_sets(tmp_path, "annomi") / "annomi"
    first, second, third = motivational.annomi_utterances(folder)
    assert list(first.roles) == ["agent", "client", "agent"]
    assert list(first.behaviours) == ["question", None, "reflection"]
    assert list(second.behaviours) == ["therapist_input", None, "other"]
    assert [each.high for each in (first, second, third)] == [True, False, True]
    found = motivational.annomi_sessions(folder)
    assert sorted((each.id, high) for each, high in found) == [("0", True), ("1", False), ("2", True)]
    assert ("agent", "What brings you here?") in [words(each)[0] for each, _ in found]


def test_mi_gold(tmp_path: Path) -> None:
    found = motivational.mi_sentences(write_sets(tmp_path, "mi_gold_epfl") / "mi_gold_epfl")
    assert found[2] == ("Leave him now.", "Direct")
    assert len(found) == 4


def test_epitome(tmp_path: Path) -> None:
    folder = write_sets(tmp_path, "epitome") / "epitome"
    found = empathy.epitome_replies(folder / empathy.EPITOME["epitome-interpretation"])
    assert [each.level for each in found] == [0, 2, 0]
    assert [each.post_id for each in found] == ["s0", "s0", "s1"]


def test_abceval_keeps_the_first_coder(tmp_path: Path) -> None:
    first, second = empathy.abceval_dialogues(write_sets(tmp_path, "gpt_abceval") / "gpt_abceval")
    assert list(first.empathetic) == [False, True]
    assert second.turns == [("Hello.", "I like maps.")]


def test_ieval_keeps_every_fourth_task_for_measuring(tmp_path: Path) -> None:
    chats = empathy.ieval_chats(write_sets(tmp_path, "ieval") / "ieval")
    assert len(chats) == 16
    assert {chat.task for chat in chats if chat.held_out} == {"3"}
    assert words(chats[0].interaction) == [("client", "I won prize 0."), ("agent", "You must be proud.")]
    assert chats[0].understood == 4


def test_the_odd_tasks_of_the_whole_file_of_ieval_never_trained(tmp_path: Path) -> None:
    folder = write_sets(tmp_path, "ieval") / "ieval"
    half = json.loads((folder / empathy.IEVAL_HALF).read_text(encoding="utf-8"))
    whole = [task for pair in zip(half, half, strict=True) for task in pair]
    (folder / empathy.IEVAL_WHOLE).write_text(json.dumps(whole), encoding="utf-8")
    chats = empathy.ieval_chats(folder)
    assert {chat.task for chat in chats if chat.held_out} == {"1", "3", "5", "6", "7"}
    assert len({chat.task for chat in chats}) == 8


def test_a_failed_session_that_is_a_good_one_is_left_out(tmp_path: Path) -> None:
    found = empathy.esconv_sessions(write_sets(tmp_path, "esconv") / "esconv")
    assert [good for _, good in found] == [True, True, True, False, False]
    assert words(found[0][0])[:2] == [("client", "My cat is gone."), ("agent", "That loss weighs on you.")]
    assert words(found[3][0])[0] == ("client", "My dog is gone.")


def test_cssrs_reads_cells_with_broken_quotes(tmp_path: Path) -> None:
    users = danger.cssrs_users(write_sets(tmp_path, "cssrs500") / "cssrs500")
    assert users[1] == ("user-1", "Ideation", ["I want to be dead.", "Work was fine."])
    assert users[2][2] == ["I cut myself again", "it's late"]


def test_llms_as_therapists_keeps_people_and_machine_apart(tmp_path: Path) -> None:
    human, gpt = danger.llms_answers(write_sets(tmp_path, "llms_as_therapists") / "llms_as_therapists")
    assert [(each.stimulus, each.appropriate) for each in human] == [
        ("fly", True), ("fly", False), ("mice", True), ("mice", False), ("roof", True), ("fly", False),
    ]  # fmt: skip
    assert [(each.stimulus, each.appropriate) for each in gpt] == [("fly", True), ("roof", False), ("mice", True)]
    assert [role for role, _ in words(human[4].interaction)] == ["client", "agent"] * 3
    assert words(human[4].interaction)[1] == ("agent", "That's hard. What's up?")
    assert len({each.interaction.id for each in [*human, *gpt]}) == 9


def test_a_stimulus_that_the_other_file_lacks_is_told(tmp_path: Path) -> None:
    folder = write_sets(tmp_path, "llms_as_therapists") / "llms_as_therapists"
    double = folder / danger.DOUBLE
    double.write_text(double.read_text(encoding="utf-8").replace("I can fly!", "I can swim!"), encoding="utf-8")
    with pytest.raises(InputError, match=r"classification_validation_gpt4o\.csv.*a stimulus on 'mania'"):
        danger.llms_answers(folder)


def test_single_turns(tmp_path: Path) -> None:
    write_sets(tmp_path, "rua_robot", "medical_safety", "mentalmanip", "delusion_codebook")
    assert single_turns.robot_utterances(tmp_path / "rua_robot", "amb") == ["are you awake?"]
    medical, replies = single_turns.medical_replies(tmp_path / "medical_safety")
    assert len(medical) == 2
    assert [each.grade for each in replies] == ["3", "0", "X", "1", "2", "X", "0"]
    assert single_turns.other_queries(tmp_path / "medical_safety")[0] == 'Who said "no", and why?'
    scenes = single_turns.scenes(tmp_path / "mentalmanip")
    assert scenes[0][2] == [("Person1", "You are nothing."), ("Person2", "Stop: please."), ("Person1", "Without me.")]
    assert [label for _, label, _ in scenes] == [True, False]
    first, second, third, fourth = single_turns.worked_examples(
        tmp_path / "delusion_codebook", ["user-suicidal-intent"]
    )
    assert (list(first.roles), list(first.texts)) == (
        ["agent", "client"],
        ["the stars call", "Yes to user-suicidal-intent"],
    )
    assert list(second.texts) == ["Indeed user-suicidal-intent"]
    assert (third.positive, list(third.texts)) == (False, ["No to user-suicidal-intent"])
    assert list(fourth.texts) == ["Not user-suicidal-intent"]


def test_a_code_that_the_codebook_lacks_is_named(tmp_path: Path) -> None:
    write_sets(tmp_path, "delusion_codebook")
    with pytest.raises(InputError, match="has no code 'bot-sings'"):
        single_turns.worked_examples(tmp_path / "delusion_codebook", ["bot-sings"])


def test_spiral_bench_sums_what_was_judged(tmp_path: Path) -> None:
    found = judged.spiral_conversations(write_sets(tmp_path, "spiral_bench") / "spiral_bench")
    assert [(each.delusion, each.sentience) for each in found] == [(4.0, 3.0), (0.0, 0.0)] * 3
    assert found[0].interaction.id == "claude-3.5-sonnet#moon"


def test_reference(tmp_path: Path) -> None:
    first, second = reference.references(write_sets(tmp_path, "reference") / "reference")
    assert (first.fitted, second.fitted) == (True, False)
    assert first.ratings == {"G1": 0, "B1": 1}
    assert second.ratings["G1"] is None
    assert first.episodes[0].agent_turn == 1


@pytest.mark.parametrize(("name", "file"), [("dailydialog", "dialogues_test.txt"), ("topical_chat", "valid_rare.json")])
def test_controls_are_people(tmp_path: Path, name: str, file: str) -> None:
    found = sessions(write_sets(tmp_path, name) / name / file, "human")
    assert {each.agent.kind for each in found} == {"human"}
    assert words(found[0])[0][0] == "client"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no column 'c'"):
        tables.table(path, ("a", "c"))
    path.write_bytes(b"a\n\xff\n")
    with pytest.raises(InputError, match="no UTF-8"):
        tables.table(path, ("a",))
    with pytest.raises(InputError, match="no JSON"):
        tables.document(path)
    path.write_text('{"a": 1}\n{\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"t\.csv:2: no JSON"):
        tables.lines(path)


@pytest.mark.parametrize(
    ("cell", "texts"),
    [("plain", ["plain"]), ("['a', \"b's\"]", ["a", "b's"]), ("['it's', 'b']", ["it's", "b"]), ("[]", [])],
)
def test_lists_in_cells(cell: str, texts: list[str]) -> None:
    assert tables.listed(cell) == texts
