"""Logs of Inspect AI as they are packed and worded; real ones, written by Inspect itself, in tests/inspecting."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from dtnexus.ingest import ReadReport, read_all
from dtnexus.transcript import Transcript
from tests.ingest.written import kinds, read_text, said

STORED, DEFLATED, ZSTD, UNKNOWN = 0, 8, 93, 97
HEAD: dict[str, Any] = {
    "version": 2,
    "status": "success",
    "eval": {"task": "nights", "model": "lab/calm", "config": {"epochs": 2}, "dataset": {"sample_ids": ["b", "a"]}},
}


def sample(name: str = "a", epoch: int = 1, **more: Any) -> dict[str, Any]:
    messages = [
        {"role": "user", "content": f"I could not sleep again, {name}."},
        {"role": "assistant", "content": f"What kept you awake, {epoch}?"},
    ]
    return {"id": name, "epoch": epoch, "messages": messages, "output": {"model": "calm-2026-01"}, **more}


def member(one: dict[str, Any]) -> tuple[str, bytes]:
    return f"samples/{one['id']}_epoch_{one['epoch']}.json", json.dumps(one, indent=1).encode()


def squeezed(content: bytes, method: int) -> bytes:
    if method == DEFLATED:
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(content) + packer.flush()
    if method == ZSTD:  # in two frames, as Inspect cuts long samples
        half = len(content) // 2
        codec = pyarrow.Codec("zstd")
        return b"".join(bytes(codec.compress(part, asbytes=True)) for part in (content[:half], content[half:]))
    return content


def packed(members: list[tuple[str, bytes]], method: int = ZSTD, damage: bool = False) -> bytes:
    """A zip as another program writes it; Python's own cannot write Zstandard before 3.14."""
    body, directory = b"", b""
    for name, content in members:
        raw = squeezed(content, method)
        checksum = zlib.crc32(content) ^ damage
        fields = (20, 0, method, 0, 33, checksum, len(raw), len(content), len(name.encode()), 0)
        directory += struct.pack("<4s2B5H3L5H2L", b"PK\1\2", 20, 0, *fields, 0, 0, 0, 0, len(body)) + name.encode()
        body += struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + name.encode() + raw
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + end


def log_of(*samples: dict[str, Any], head: str = "header.json", **how: Any) -> bytes:
    return packed([*map(member, samples), (head, json.dumps(HEAD).encode())], **how)


def read_log(folder: Path, content: bytes, name: str = "a.eval") -> tuple[list[Transcript], ReadReport]:
    return read_text(folder, name, content)


@pytest.mark.parametrize("method", [STORED, DEFLATED, ZSTD])
def test_eval_and_json_hold_the_same(method: int, tmp_path: Path) -> None:
    both = (sample("b"), sample("a"))
    transcripts, report = read_log(tmp_path, log_of(*both, method=method))
    other, _ = read_text(tmp_path, "a.json", json.dumps({**HEAD, "samples": both}))
    assert report.ok
    assert [one.model_copy(update={"source": None}) for one in transcripts] == [
        one.model_copy(update={"source": None}) for one in other
    ]
    assert said(transcripts[0]) == [("client", "I could not sleep again, b."), ("agent", "What kept you awake, 1?")]


def test_the_agent_is_the_model_and_its_version_the_name_under_which_it_answered(tmp_path: Path) -> None:
    same = sample("c", output={"model": "calm"})
    transcripts, _ = read_log(tmp_path, log_of(sample(), same))
    assert [one.agent.model_dump() for one in transcripts] == [
        {"id": "lab/calm", "kind": "digital", "version": "calm-2026-01"},
        {"id": "lab/calm", "kind": "digital", "version": None},
    ]


def test_epochs_are_conversations_of_their_own_in_the_order_of_the_data(tmp_path: Path) -> None:
    mixed = (sample("a", 2), sample("b", 2), sample("a", 1), sample("b", 1))
    transcripts, _ = read_log(tmp_path, log_of(*mixed))
    assert [one.id for one in transcripts] == ["b-e1", "b-e2", "a-e1", "a-e2"]


def test_what_has_no_place_is_told(tmp_path: Path) -> None:
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "Look."}, {"type": "image", "image": "attachment://f"}]},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "1", "function": "calm", "arguments": {}}]},
        {"role": "tool", "content": "attachment://t"},
        {
            "role": "assistant",
            "content": [{"type": "reasoning", "reasoning": "secret"}, {"type": "text", "text": "I."}],
        },
    ]
    one = sample(messages=messages, attachments={"t": "a long result", "f": "data:"}, scores={"s": {"value": 1}})
    one |= {"metadata": {"level": 2}, "events": [{"event": "model"}], "error": {"message": "stopped"}}
    transcripts, report = read_log(tmp_path, log_of(one))
    assert said(transcripts[0]) == [
        ("system", "Be kind."),
        ("client", "Look."),
        ("system", "a long result"),
        ("agent", "I."),
    ]
    assert report.ok
    assert sorted({loss.kind for loss in report.losses}) == [
        "fields_ignored", "no_words_dropped", "not_said_dropped", "parts_dropped",
    ]  # fmt: skip
    assert report.total("parts_dropped") == 2
    ignored = " ".join(loss.detail for loss in report.losses if loss.kind == "fields_ignored")
    assert all(name in ignored for name in ("'scores'", "'events'", "'error'", "metadata"))
    assert not any(word in str(report.losses) for word in ("secret", "long result", "Look"))


def test_a_log_that_was_cut_off_while_it_was_written_is_read(tmp_path: Path) -> None:
    transcripts, report = read_log(tmp_path, log_of(sample(), head="_journal/start.json"))
    assert report.ok
    assert len(transcripts) == 1


def test_a_sample_written_twice_counts_as_it_was_last(tmp_path: Path) -> None:
    again = sample()
    again["messages"] = [*again["messages"], {"role": "user", "content": "Nothing."}]
    transcripts, _ = read_log(tmp_path, log_of(sample(), again))
    assert [len(one.turns) for one in transcripts] == [3]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (log_of(), "a log without samples"),
        (log_of(sample(), damage=True), "the packed data is damaged"),
        (log_of(sample(), method=UNKNOWN), "the packed data is damaged"),
        (log_of(sample())[:-30], "the packed data is damaged"),
        (log_of(sample(), head="other.json"), "binary data"),
        (json.dumps({**HEAD, "samples": []}).encode(), "a log without samples"),
    ],
    ids=["no samples", "damaged", "unknown packing", "cut off", "another zip", "no samples in JSON"],
)
def test_what_cannot_be_read_is_one_clear_failure(content: bytes, told: str, tmp_path: Path) -> None:
    transcripts, report = read_log(tmp_path, content)
    assert transcripts == []
    assert kinds(report.losses) == ["file_failed"]
    assert told in report.losses[0].detail


def test_a_sample_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    bad = {"id": "x", "epoch": 1}
    members = [member(sample("a")), ("samples/b_epoch_1.json", b'{"id": "b", '), member(bad), ("header.json", b"")]
    members[-1] = ("header.json", json.dumps(HEAD).encode())
    transcripts, report = read_log(tmp_path, packed(members))
    assert len(transcripts) == 1
    assert kinds(report.failures) == ["line_failed", "line_failed"]


def test_it_comes_from_standard_input_too(tmp_path: Path) -> None:
    transcripts, _ = read_all(["-"], stdin=BytesIO(log_of(sample("a"), sample("b"))))
    assert len(transcripts) == 2


def test_a_long_sample_is_read_whole(tmp_path: Path) -> None:
    long = sample(messages=[{"role": "user", "content": "Sleep. " * 60_000}, {"role": "assistant", "content": "Yes."}])
    transcripts, _ = read_log(tmp_path, log_of(sample("b"), long))
    assert [len(one.turns[0].text) for one in transcripts] == [27, 420_000]


@pytest.mark.parametrize(
    "record",
    [
        {"format": "dtnexus probe 99"},
        {"format": "dtnexus probe 1", "sessions": []},
        {"format": "dtnexus probe 1", "sessions": [{"turns": [{"role": "client", "message": 9}]}]},
        {"format": "dtnexus probe 1", "sessions": [{"turns": [{"role": "client", "message": 1}]}]},
        {"format": "dtnexus probe 1", "sessions": [{"id": "x", "turns": [{"role": "client", "message": 0}]}]},
    ],
)
def test_a_plan_that_does_not_fit_is_no_conversation(record: dict[str, Any], tmp_path: Path) -> None:
    transcripts, report = read_log(tmp_path, log_of(sample(metadata={"dtnexus": record})))
    assert transcripts == []
    assert kinds(report.failures) == ["line_failed"]
    assert "sleep" not in report.failures[0].detail


def test_python_reads_the_same_zip(tmp_path: Path) -> None:
    """The zips of these tests are zips to others too."""
    content = log_of(sample(), method=DEFLATED)
    assert zipfile.ZipFile(BytesIO(content)).testzip() is None
