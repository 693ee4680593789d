"""Bad and odd input: each is named with file and line, and the rest is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtnexus.ingest import ReadOptions, read_all
from dtnexus.transcript import Role
from tests.ingest.written import kinds, read_text, said

CHAT = '{"id": "%s", "messages": [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Hi."}]}'

FAILING = [
    ("empty", "a.txt", b"", None, "the file is empty"),
    ("white space only", "a.txt", b" \n\n", None, "only white space"),
    ("picture", "a.json", b"\x89PNG\r\n\x1a\n" + bytes(64), None, "binary data"),
    ("control characters", "a.txt", bytes(range(32)) * 8, None, "binary data"),
    ("damaged gzip", "a.jsonl.gz", b"\x1f\x8b\x08\x00garbage", None, "a file that can be read to its end"),
    ("prose", "a.txt", b"Just some sentences.\nNobody is named here.\n", None, "no reader finds a conversation"),
    ("cut document", "a.json", b'{"messages": [{"role": "user",\n "content": "Hel', 2, "no valid JSON"),
    ("nesting bomb", "a.json", b"[" * 100_000 + b"]" * 100_000, 1, "nested too deeply"),
    ("commas in a bomb", "a.json", b"[1," * 30_000, 1, "nested too deeply"),
    ("bomb in lines", "a.json", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 1, "nested too deeply"),
    ("glossary", "a.txt", b"# Words\nclient: a\nagent: b\nhouse: c\ntree: d\nsky: e\n", None, "no reader finds"),
    ("key and value", "a.txt", b"# schema: x\nclauses:\n- id: 5\n", None, "no reader finds"),
    ("endless number", "a.json", b'{"messages": [' + b"9" * 5000 + b"]}", 1, "number too long"),
    ("JSON without talk", "a.json", b'{"a": [1, 2], "b": {"c": "d"}}', None, "no reader finds"),
    (
        "sorted by speaker",
        "a.json",
        b'{"Therapist": ["Hi.", "So?"], "Client": ["Hello."]}',
        1,
        "order of turns is lost",
    ),
    ("CSV with other columns", "a.csv", b"who,what\nDana,Hello\n", 1, "the columns are 'who', 'what'"),
    ("empty list", "a.json", b'{"messages": []}', None, "no reader finds"),
    (
        "only a prompt",
        "a.json",
        b'[{"messages": [{"role": "system", "content": "Be kind."}]}]',
        1,
        "client or agent",
    ),
    ("three unknown speakers", "a.txt", b"Ann: a\nBo: b\nCy: c\nAnn: d\nBo: e\nCy: f\n", 1, "3 speakers whose roles"),
]


@pytest.mark.parametrize(("file", "content", "line", "says"), [one[1:] for one in FAILING], ids=[o[0] for o in FAILING])
def test_what_cannot_be_read_is_named_and_the_rest_is_read(
    file: str, content: bytes, line: int | None, says: str, tmp_path: Path
) -> None:
    bad, good = tmp_path / file, tmp_path / "z.jsonl"
    bad.write_bytes(content)
    good.write_text(CHAT % "good")
    transcripts, report = read_all([bad, good])
    assert [one.id for one in transcripts] == ["good"]
    (failure,) = report.failures
    assert not report.ok
    assert failure.path == str(bad)
    assert says in failure.detail
    assert failure.line == line


def test_a_broken_line_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [CHAT % "a", '{"id": "b", "messages": [{"role": "us', "[1, 2]", "", CHAT % "c", '"text"']
    transcripts, report = read_text(tmp_path, "x.jsonl", "\n".join(lines))
    assert [one.id for one in transcripts] == ["a", "c"]
    assert [(loss.line, loss.kind) for loss in report.failures] == [
        (2, "line_failed"),
        *[(3, "line_failed")] * 2,
        (6, "line_failed"),
    ]


def test_the_first_line_may_be_the_broken_one(tmp_path: Path) -> None:
    transcripts, report = read_text(tmp_path, "x.jsonl", '{"id": "b", "mess\n' + CHAT % "a" + "\n")
    assert [one.id for one in transcripts] == ["a"]
    assert [loss.line for loss in report.failures] == [1]


def test_paths_that_do_not_exist_and_empty_folders(tmp_path: Path) -> None:
    (tmp_path / "hollow").mkdir()
    _, report = read_all([tmp_path / "no.txt", tmp_path / "hollow", str(tmp_path / "*.none"), "-"])
    assert [loss.detail for loss in report.failures] == [
        "no such file or folder",
        "there is no file in it",
        "there is no file in it",
        "no standard input was given to read from",
    ]


def test_folders_are_read_with_all_inside_and_say_what_is_no_conversation(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    (inside / "x.jsonl").write_text(CHAT % "x")
    (inside / "personas.tsv").write_text("Name\tAge\nAda\t30\n")
    (tmp_path / "a" / "README.md").write_text("# What this is\n")
    (tmp_path / "a" / ".hidden").write_text(CHAT % "hidden")
    transcripts, report = read_all([tmp_path, str(tmp_path / "**" / "*.jsonl")])
    assert [one.id for one in transcripts] == ["x"]
    assert report.ok
    assert kinds(report.losses) == ["file_skipped", "file_skipped", "duplicate_dropped"]


def test_one_sided_conversations_are_kept_and_said(tmp_path: Path) -> None:
    (transcript,), report = read_text(tmp_path, "x.txt", "user: Hello?\n\nuser: Anybody there?\n")
    assert said(transcript) == [("client", "Hello?\nAnybody there?")]
    assert kinds(report.losses) == ["turns_merged", "one_sided"]
    assert report.ok


def test_mixed_encodings_fall_back_line_by_line(tmp_path: Path) -> None:
    content = "user: Café\n".encode() + "agent: Très bien\n".encode("cp1252") + b"user: \x81odd\n"
    (transcript,), report = read_text(tmp_path, "x.txt", content)
    assert [turn.text for turn in transcript.turns] == ["Café", "Très bien", "\x81odd"]
    (loss,) = report.losses
    assert (loss.kind, loss.line, loss.count) == ("encoding_guessed", 2, 2)
    assert loss.detail.startswith("mixed encodings")


def test_a_named_encoding_is_used(tmp_path: Path) -> None:
    content = "user: Пример\nagent: Да\n".encode("koi8-r")
    (transcript,), report = read_text(tmp_path, "x.txt", content, ReadOptions(encoding="koi8-r"))
    assert transcript.turns[0].text == "Пример"
    assert not report.losses


def test_right_to_left_text_and_names(tmp_path: Path) -> None:
    content = (
        "\u200fדנה\u200f: שלום, מה שלומך?\n\u200fבוט\u200f: בסדר.\n\u200fדנה\u200f: תודה.\n\u200fבוט\u200f: בבקשה.\n"
    )
    (transcript,), report = read_text(
        tmp_path, "x.txt", content, ReadOptions(roles={"דנה": Role.CLIENT, "בוט": Role.AGENT})
    )
    assert said(transcript)[:2] == [("client", "שלום, מה שלומך?"), ("agent", "בסדר.")]
    assert not report.losses


def test_full_width_colons(tmp_path: Path) -> None:
    (transcript,), _ = read_text(tmp_path, "x.txt", "user：你好\nassistant：你好，请说。\n")
    assert said(transcript) == [("client", "你好"), ("agent", "你好，请说。")]


@pytest.mark.parametrize("text", ["a\ud800b", "a\x00b"])
def test_characters_that_cannot_be_stored_are_replaced_and_counted(text: str, tmp_path: Path) -> None:
    turns = [{"role": "client", "text": text}, {"role": "agent", "text": "\U0001f642"}]
    (transcript,), report = read_text(tmp_path, "x.jsonl", json.dumps({"id": "x", "turns": turns}))
    assert [turn.text for turn in transcript.turns] == ["a\ufffdb", "\U0001f642"]
    assert (kinds(report.losses), report.total("characters_replaced")) == (["characters_replaced"], 1)
    assert transcript.from_json(transcript.to_json()) == transcript


def test_ids_that_come_twice(tmp_path: Path) -> None:
    other = CHAT.replace("Hello.", "Good morning.") % "a"
    content = "\n".join([CHAT % "a", CHAT % "a", other, other])
    transcripts, report = read_text(tmp_path, "x.jsonl", content)
    assert [one.id for one in transcripts] == ["a", "a~2"]
    assert transcripts[1].turns[0].text == "Good morning."
    assert kinds(report.losses) == ["duplicate_dropped", "renamed", "duplicate_dropped"]
    assert [loss.line for loss in report.losses] == [2, 3, 4]
    assert report.ok


def test_several_without_id_are_numbered(tmp_path: Path) -> None:
    line = '{"messages": [{"role": "user", "content": "%s"}]}'
    transcripts, _ = read_text(tmp_path, "log.jsonl", "\n".join(line % word for word in ("one", "two", "three")))
    assert [one.id for one in transcripts] == ["log#1", "log#2", "log#3"]


def test_unknown_roles_are_kept_as_neither_and_said(tmp_path: Path) -> None:
    messages = [{"role": role, "content": role} for role in ("user", "assistant", "critic")]
    (transcript,), report = read_text(tmp_path, "x.json", json.dumps({"messages": messages}))
    assert [turn.role for turn in transcript.turns] == [Role.CLIENT, Role.AGENT, Role.SYSTEM]
    assert [loss.detail for loss in report.losses] == ["speakers beside client and agent taken as neither"]


@pytest.mark.parametrize("form", ["text", "json", "table"])
def test_a_conversation_of_fifty_megabytes(form: str, tmp_path: Path) -> None:
    words = "words and more words " * 600
    pairs = [("user" if place % 2 == 0 else "agent", f"{words}{place}") for place in range(4_000)]
    content = {
        "text": lambda: "\n\n".join(f"{who}: {text}" for who, text in pairs),
        "json": lambda: json.dumps({"messages": [{"role": who, "content": text} for who, text in pairs]}),
        "table": lambda: "speaker,text\n" + "\n".join(f"{who},{text}" for who, text in pairs),
    }[form]()
    assert len(content) > 50_000_000
    (transcript,), report = read_text(tmp_path, "x", content)
    assert [turn.text for turn in transcript.turns] == [text for _, text in pairs]
    assert report.ok


def test_an_extremely_long_line(tmp_path: Path) -> None:
    long = "la " * 3_000_000 + "end"
    (transcript,), report = read_text(tmp_path, "x.txt", f"user: Sing.\nagent: {long}\n")
    assert transcript.turns[1].text == long
    (transcript,), _ = read_text(tmp_path, "x.csv", f"speaker,text\nuser,Sing.\nbot,{long}\n")
    assert transcript.turns[1].text == long
    assert report.ok
