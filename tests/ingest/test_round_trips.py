"""Laws: what is written in a format is read back exactly."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dtnexus.ingest import Loss, read_all
from dtnexus.ingest.decoding import is_binary
from dtnexus.ingest.labelled_text import head_of
from dtnexus.transcript import Agent, Role, Transcript, Turn
from tests.ingest.written import read_text

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).filter(
    lambda text: bool(text.strip()) and "\r\n" not in text
)
SIDES = st.sampled_from([Role.CLIENT, Role.AGENT])
SAID = st.lists(st.tuples(SIDES, WORDS), min_size=1, max_size=6)


def blocks_can_hold(text: str) -> bool:
    """Whether a block of text ends where it should: no headed line inside, no line breaks at its ends."""
    lines = text.split("\n")
    return bool(text.strip()) and text == text.strip("\n") and not any(head_of(line) for line in lines)


LINES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=30)
BLOCKS = st.lists(LINES, min_size=1, max_size=4).map("\n".join).filter(blocks_can_hold)
ALTERNATING = st.lists(BLOCKS, min_size=2, max_size=6)


def written(content: str, name: str) -> tuple[list[Transcript], tuple[Loss, ...]]:
    with TemporaryDirectory() as folder:
        transcripts, report = read_text(Path(folder), name, content)
        return transcripts, report.losses


@settings(max_examples=60, deadline=None)
@given(SAID, st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1))
def test_records(pairs: list[tuple[Role, str]], name: str) -> None:
    turns = tuple(Turn(index=place, role=role, text=text) for place, (role, text) in enumerate(pairs))
    record = Transcript(id=name, turns=turns, agent=Agent(id="calm", kind="unknown"))
    transcripts, losses = written(record.to_json(), "x.jsonl")
    assert [one.model_copy(update={"source": None}) for one in transcripts] == [record]
    assert not losses


@settings(max_examples=60, deadline=None)
@given(SAID, st.booleans())
def test_openai(pairs: list[tuple[Role, str]], plain: bool) -> None:
    words = {Role.CLIENT: "user", Role.AGENT: "assistant"}
    messages = [{"role": words[role], "content": text} for role, text in pairs]
    (one,), losses = written(json.dumps({"messages": messages}, ensure_ascii=plain), "x.jsonl")
    assert [(turn.role, turn.text) for turn in one.turns] == pairs
    assert all(loss.kind == "one_sided" for loss in losses)


@settings(max_examples=100, deadline=None)
@given(ALTERNATING)
def test_blocks_of_text(texts: list[str]) -> None:
    content = "\n\n".join(f"{'user' if place % 2 == 0 else 'agent'}: {text}" for place, text in enumerate(texts))
    (one,), losses = written(content + "\n", "x.txt")
    assert [turn.text for turn in one.turns] == texts
    assert not losses


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS.filter(lambda text: "\r" not in text), min_size=1, max_size=6))
def test_tables(texts: list[str]) -> None:
    rows = [f'{("user", "bot")[place % 2]},"{text.replace(chr(34), chr(34) * 2)}"' for place, text in enumerate(texts)]
    content = "speaker,text\n" + "\n".join(rows) + "\n"
    assume(not is_binary(content.encode()))
    (one,), _ = written(content, "x.csv")
    assert [turn.text for turn in one.turns] == texts


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["x.txt", "x.json", "x.jsonl", "x.csv", "x.gz"]))
def test_no_bytes_raise(content: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        transcripts, report = read_all([path])
        assert transcripts or not report.ok
