"""What is particular to one format."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dtnexus.ingest import ReadOptions
from dtnexus.transcript import Agent, Role
from tests.ingest.written import TREE, kinds, read_text, said


def test_the_short_form_written_by_hand(tmp_path: Path) -> None:
    line = {
        "id": "s2",
        "turns": [{"role": "User", "text": "Hello."}, {"role": "therapist", "text": "Hi.", "speaker": "Ada"}],
        "client_id": "p1",
        "agent": {"id": "ada", "kind": "human"},
        "session_index": 2,
        "started_at": "2025-03-01T10:00:00Z",
        "language": "en-GB",
        "synthetic": True,
        "mood": "low",
    }
    (one,), report = read_text(tmp_path, "x.jsonl", json.dumps(line))
    assert said(one) == [("client", "Hello."), ("agent", "Hi.")]
    assert (one.id, one.client_id, one.session_index, one.language, one.synthetic) == ("s2", "p1", 2, "en-GB", True)
    assert one.agent == Agent(id="ada", kind="human")
    assert one.started_at == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert one.turns[1].speaker == "Ada"
    assert [loss.detail for loss in report.losses] == ["field 'mood' has no place in a transcript"]


@pytest.mark.parametrize(
    ("agent", "kind", "expected"),
    [
        ("calm", "user assistant", Agent(id="calm", kind="digital")),
        ("human", "user assistant", Agent(id="unnamed", kind="human")),
    ],
)
def test_an_agent_given_by_one_word(agent: str, kind: str, expected: Agent, tmp_path: Path) -> None:
    turns = [{"role": role, "text": "Yes."} for role in kind.split()]
    (one,), _ = read_text(tmp_path, "x.jsonl", json.dumps({"turns": turns, "agent": agent}))
    assert one.agent == expected


def test_openai_parts_tools_and_prompts(tmp_path: Path) -> None:
    messages = [
        {"role": "developer", "content": "Be brief."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "Look"}, {"type": "image_url"}, {"type": "text", "text": "here"}],
        },
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}, {"id": "2"}]},
        {"role": "tool", "content": "42", "tool_call_id": "1"},
        {"role": "assistant", "content": "It is 42."},
    ]
    unit = {
        "messages": messages,
        "user_id": 7,
        "model": "m-1",
        "created": 1735689600,
        "metadata": {"conversation_id": "c9"},
    }
    (one,), report = read_text(tmp_path, "x.json", json.dumps(unit, indent=1))
    assert said(one) == [("system", "Be brief."), ("client", "Look\nhere"), ("system", "42"), ("agent", "It is 42.")]
    assert (one.client_id, one.agent, one.started_at) == (
        "7",
        Agent(id="m-1", kind="digital"),
        datetime(2025, 1, 1, tzinfo=UTC),
    )
    assert {loss.kind: loss.count for loss in report.losses} == {
        "parts_dropped": 1,
        "parts_joined": 1,
        "not_said_dropped": 2,
        "no_words_dropped": 1,
    }


@pytest.mark.parametrize("agent", ["gpt", "chatgpt", "bing", "assistant"])
def test_sharegpt_names(agent: str, tmp_path: Path) -> None:
    turns = [{"from": "system", "value": "S"}, {"from": "human", "value": "H"}, {"from": agent, "value": "A"}]
    (one,), report = read_text(tmp_path, "x.json", json.dumps([{"conversations": turns}]))
    assert said(one) == [("system", "S"), ("client", "H"), ("agent", "A")]
    assert not report.losses


def test_chatgpt_export_takes_the_branch_that_was_last_seen(tmp_path: Path) -> None:
    (one,), report = read_text(tmp_path, "conversations.json", json.dumps([TREE]))
    assert len(one.turns) == 3
    assert report.total("branch_dropped") == 1
    (other,), report = read_text(tmp_path, "c.json", json.dumps([{**TREE, "current_node": "x"}]))
    assert [turn.role for turn in other.turns] == [Role.CLIENT, Role.AGENT]
    assert report.total("branch_dropped") == 2


def test_chatgpt_export_without_current_node_and_with_a_loop(tmp_path: Path) -> None:
    tree = json.loads(json.dumps(TREE))
    del tree["current_node"]
    tree["mapping"]["r"]["parent"] = "c"
    transcripts, report = read_text(tmp_path, "c.json", json.dumps([tree]))
    assert transcripts
    assert "branch_dropped" in kinds(report.losses)


def test_other_shapes_found_anywhere(tmp_path: Path) -> None:
    chat = {
        "t_1": {"content": [{"message": "Hi.", "agent": "agent_1"}, {"message": "Ho.", "agent": "agent_2"}]},
        "t_2": {},
    }
    (one,), report = read_text(tmp_path, "topics.json", json.dumps(chat))
    assert (one.id, said(one), one.agent.kind) == ("topics#t_1", [("client", "Hi."), ("agent", "Ho.")], "unknown")
    assert kinds(report.losses) == ["role_guessed"]


def test_support_dialogues_with_speaker_and_listener(tmp_path: Path) -> None:
    dialog = [
        {"speaker": who, "content": text}
        for who, text in (("speaker", "Low."), ("speaker", "Sad."), ("listener", "Oh."))
    ]
    (one,), report = read_text(tmp_path, "x.json", json.dumps([{"problem": "job", "dialog": dialog}]))
    assert (said(one), one.agent.kind) == ([("client", "Low.\nSad."), ("agent", "Oh.")], "human")
    assert kinds(report.losses) == ["fields_ignored", "role_guessed", "turns_merged"]


def test_json_inside_a_text_field_and_user_models(tmp_path: Path) -> None:
    inner = json.dumps({"dialog": [{"speaker": "usr", "text": "a"}, {"speaker": "sys", "text": "b"}]})
    (one,), _ = read_text(tmp_path, "x.json", json.dumps([{"text": inner}]))
    assert said(one) == [("client", "a"), ("agent", "b")]
    run = {
        "prompt_id": "p3",
        "user_model": "u",
        "evaluated_model": "m",
        "log": {"t": [{"role": "user", "content": "a"}]},
    }
    (one,), _ = read_text(tmp_path, "y.json", json.dumps({"runs": [run]}))
    assert (one.id, one.agent.id, one.synthetic) == ("y#p3", "m", True)


def test_a_system_that_answers_is_the_agent(tmp_path: Path) -> None:
    turns = [{"speaker": who, "text": f"{who} {place}"} for place in range(2) for who in ("user", "system")]
    (one,), report = read_text(tmp_path, "x.json", json.dumps(turns))
    assert [turn.role for turn in one.turns] == [Role.CLIENT, Role.AGENT] * 2
    assert kinds(report.losses) == ["role_guessed"]


@pytest.mark.parametrize(
    ("content", "turns"),
    [
        ("user: One.\n\nDoctor: is what I dreamt.\n\nagent: Two.\n\nuser: Three.\n", [0, 1, 0]),
        ("user: One.\n\nNote: this\nSubject: that\n\nagent: Two.\n", [0, 1]),
        ("**Therapist:** One.\n\n**Client:** Two.\n", [1, 0]),
        ("Therapist: One.\nDana: Two.\nTherapist: Three.\nDana: Four.\n", [1, 0, 1, 0]),
        ("Dana: One.\nMoodBot: Two.\n", [0, 1]),
        ("USER: One.\nAgent: Two.\nuser: Three.\n", [0, 1, 0]),
        ("user:\nOne.\n\nagent:\nTwo.\n", [0, 1]),
        ("Dana: One.\nKim: Two.\nDana: Three.\nKim: Four.\n", [0, 1, 0, 1]),
    ],
)
def test_who_speaks_in_text(content: str, turns: list[int], tmp_path: Path) -> None:
    (one,), _ = read_text(tmp_path, "x.txt", content)
    assert [int(turn.role is Role.AGENT) for turn in one.turns] == turns


def test_a_name_inside_a_turn_stays_there(tmp_path: Path) -> None:
    scene = "I wrote a scene.\n\nTherapist: How are you?\n\nMe: Fine."
    content = f"user: {scene}\n\nagent: Thank you.\n\nuser: Bye.\n\nagent: Bye.\n"
    (one,), _ = read_text(tmp_path, "x.txt", content)
    assert one.turns[0].text == scene
    assert len(one.turns) == 4


def test_roles_given_by_the_caller(tmp_path: Path) -> None:
    options = ReadOptions(roles={"Dana": Role.AGENT, "kim": Role.CLIENT}, agent_kind="human")
    (one,), report = read_text(tmp_path, "x.txt", "DANA: Hello.\nKim: Hi.\n", options)
    assert said(one) == [("agent", "Hello."), ("client", "Hi.")]
    assert (one.agent.kind, report.losses) == ("human", ())


def test_lines_before_the_first_speaker_are_counted(tmp_path: Path) -> None:
    _, report = read_text(tmp_path, "x.txt", "Session of March\nRoom 4\n\nTherapist: Hi.\nClient: Hello.\n")
    assert [(loss.kind, loss.count) for loss in report.losses] == [("row_dropped", 2)]


ANNOTATED = """transcript_id,quality,utterance_id,interlocutor,timestamp,utterance_text,annotator_id
0,high,0,therapist,00:00:01,"Well, hello.",1
0,high,0,therapist,00:00:01,"Well, hello.",2
0,high,1,client,00:00:02,Hm.,1
0,high,3,client,00:00:09,And so on.,1
0,high,2,client,00:00:05,Hm.,1
1,low,0,therapist,00:00:01,"Well, hello.",1
"""


def test_a_table_with_a_row_for_each_annotator(tmp_path: Path) -> None:
    transcripts, report = read_text(tmp_path, "x.csv", ANNOTATED)
    assert [one.id for one in transcripts] == ["0", "1"]
    assert said(transcripts[0]) == [("agent", "Well, hello."), ("client", "Hm.\nHm.\nAnd so on.")]
    assert transcripts[0].agent.kind == "human"
    assert transcripts[0].source is not None
    assert transcripts[0].source.line == 2
    assert {kind: report.total(kind) for kind in ("duplicate_dropped", "reordered", "turns_merged", "one_sided")} == {
        "duplicate_dropped": 1,
        "reordered": 2,
        "turns_merged": 2,
        "one_sided": 1,
    }
    assert sum(kind == "fields_ignored" for kind in kinds(report.losses)) == 2
    assert report.ok


def test_columns_named_by_the_caller_and_rows_that_do_not_stand_together(tmp_path: Path) -> None:
    content = "wer;was;fall;nr;wann\nKlient;Ja;b;2;3\nBot;Hallo;a;1;\nBot;Hallo;b;1;3\nKlient;;a;2;\nKlient;Gut;;9;\n"
    options = ReadOptions(
        columns={"conversation": "fall", "speaker": "wer", "text": "was", "order": "nr", "session": "wann"},
        roles={"Klient": Role.CLIENT},
    )
    transcripts, report = read_text(tmp_path, "x.txt", content, options)
    assert [(one.id, said(one), one.session_index) for one in transcripts] == [
        ("b", [("agent", "Hallo"), ("client", "Ja")], 3),
        ("a", [("agent", "Hallo")], None),
    ]
    assert kinds(report.losses) == ["reordered", "no_words_dropped", "one_sided", "row_dropped"]


def test_columns_that_do_not_exist_are_named(tmp_path: Path) -> None:
    _, report = read_text(tmp_path, "x.csv", "speaker,text\nuser,Hi\n", ReadOptions(columns={"order": "nr"}))
    (loss,) = report.failures
    assert loss.detail.startswith("no column 'nr'; the columns are 'speaker', 'text'")


def test_a_header_that_is_no_header_is_not_repeated(tmp_path: Path) -> None:
    words = "I have never told anybody what happened to me that year"
    _, report = read_text(tmp_path, "x.csv", f"{words},yes\n{words},no\n")
    assert "(column 1), 'yes'" in report.failures[0].detail
    assert words not in report.failures[0].detail


def test_short_rows_and_open_quotes_are_named(tmp_path: Path) -> None:
    _, report = read_text(tmp_path, "x.csv", 'speaker,text\nuser,Hi\nbot\nuser,"open\nbot,So\n')
    assert [(loss.line, loss.kind) for loss in report.failures] == [(3, "line_failed"), (None, "line_failed")]


def test_a_turn_column_that_numbers_exchanges_drops_nothing(tmp_path: Path) -> None:
    content = "conversation_id,turn,role,content\nc,1,user,Yes\nc,1,assistant,Yes\nc,2,user,Yes\n"
    (one,), report = read_text(tmp_path, "x.csv", content)
    assert len(one.turns) == 3
    assert not report.losses


def test_merging_can_be_chosen(tmp_path: Path) -> None:
    messages = [{"role": role, "content": role} for role in ("user", "user", "assistant")]
    content = json.dumps({"messages": messages})
    assert len(read_text(tmp_path, "x.json", content)[0][0].turns) == 3
    assert len(read_text(tmp_path, "x.json", content, ReadOptions(merge=True))[0][0].turns) == 2


def test_dialogues_of_one_line(tmp_path: Path) -> None:
    content = "Hello . __eou__ Hi ! __eou__\nno mark\nSo ? __eou__ So . __eou__ Bye . __eou__\n"
    transcripts, report = read_text(tmp_path, "x.txt", content)
    assert [one.id for one in transcripts] == ["x#1", "x#2"]
    assert said(transcripts[1]) == [("client", "So ?"), ("agent", "So ."), ("client", "Bye .")]
    assert [(loss.kind, loss.line, loss.count) for loss in report.losses] == [
        ("role_guessed", 1, 2),
        ("line_failed", 2, 1),
    ]
