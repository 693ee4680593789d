"""The contract of every reader."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from dtnexus.errors import UsageError
from dtnexus.ingest import READERS, Draft, Feed, Loss, ReadOptions, Said, Sample, read, read_all
from dtnexus.transcript import Role, Source, Transcript
from tests.ingest.written import EXAMPLES, RECORD, TURNS, Example

every = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.reader)


def test_every_reader_has_an_example() -> None:
    assert [reader.name for reader in READERS] == [example.reader for example in EXAMPLES]


@every
def test_text_order_and_ids_come_through_exactly(example: Example, tmp_path: Path) -> None:
    transcripts, report = read_all([example.write(tmp_path)])
    assert tuple(one.id for one in transcripts) == example.ids
    for one in transcripts:
        expected = [(role, text if example.reader != "eou-lines" else text.replace("\n", " ")) for role, text in TURNS]
        assert [(turn.role, turn.text) for turn in one.turns] == expected
    assert report.ok
    assert report.turns == len(TURNS) * len(example.ids)


@every
def test_the_surest_reader_is_its_own(example: Example, tmp_path: Path) -> None:
    sample = Feed(str(example.write(tmp_path)), example.write(tmp_path)).sample()
    scores = {reader.name: reader.sniff(sample, ReadOptions()) for reader in READERS}
    assert max(scores, key=scores.__getitem__) == example.reader
    assert sorted(scores.values())[-2] < scores[example.reader]


@every
def test_content_decides_not_the_ending(example: Example, tmp_path: Path) -> None:
    path = tmp_path / "file.dat"
    path.write_bytes(example.content.encode())
    transcripts, _ = read_all([path])
    assert {one.source.format for one in transcripts if one.source} == {example.reader}


@every
def test_reading_twice_gives_the_same(example: Example, tmp_path: Path) -> None:
    path = example.write(tmp_path)
    assert read_all([path]) == read_all([path])


@every
def test_crlf_bom_gzip_utf16_and_standard_input_change_nothing(example: Example, tmp_path: Path) -> None:
    plain = [one.turns for one in read_all([example.write(tmp_path)])[0]]
    content = example.content
    forms = {
        "crlf": content.replace("\n", "\r\n").encode(),
        "bom": b"\xef\xbb\xbf" + content.encode(),
        "packed.gz": gzip.compress(content.encode()),
        "utf16": content.encode("utf-16"),
    }
    for name, form in forms.items():
        path = tmp_path / name
        path.write_bytes(form)
        assert [one.turns for one in read_all([path])[0]] == plain, name
        assert [one.turns for one in read_all(["-"], stdin=BytesIO(form))[0]] == plain, name


@every
def test_a_file_cut_in_the_middle_is_reported_or_shorter_but_never_raises(example: Example, tmp_path: Path) -> None:
    for end in range(0, len(example.content), 7):
        path = tmp_path / "cut"
        path.write_bytes(example.content[:end].encode())
        transcripts, report = read_all([path])
        assert transcripts or not report.ok


@every
def test_the_source_is_named(example: Example, tmp_path: Path) -> None:
    path = example.write(tmp_path)
    for one in read_all([path])[0]:
        assert one.source is not None
        assert (one.source.path, one.source.format) == (str(path), example.reader)


@every
def test_what_the_caller_says_overrides(example: Example, tmp_path: Path) -> None:
    options = ReadOptions(
        agent_id="mine", agent_kind="human", agent_version="9", client_id="p1", language="en", synthetic=True
    )
    for one in read_all([example.write(tmp_path)], options)[0]:
        assert (one.agent.id, one.agent.kind, one.agent.version) == ("mine", "human", "9")
        assert (one.client_id, one.language, one.synthetic) == ("p1", "en", True)


@every
def test_losses_repeat_no_words_of_the_conversation(example: Example, tmp_path: Path) -> None:
    broken = example.content[: len(example.content) * 2 // 3]
    path = tmp_path / example.file
    path.write_bytes(broken.encode())
    _, report = read_all([path])
    for loss in report.losses:
        assert not any(word in loss.detail for word in ("sleep", "tiring", "awake", "Thoughts"))


class _Shouting:
    """A reader of somebody else: every line is a turn of the client."""

    name = "shouting"
    endings = (".shout",)
    splits_turns = False

    def sniff(self, sample: Sample, options: ReadOptions) -> float:
        return float(sample.text.isupper())

    def read(self, feed: Feed, options: ReadOptions) -> Iterator[Draft | Transcript | Loss]:
        yield Draft([Said("user", line.strip()) for line in feed.lines()])


def test_a_reader_of_your_own_needs_no_registration(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("HELLO\nTHERE\n")
    (transcript,) = [one for one in read([path], readers=(*READERS, _Shouting())) if isinstance(one, Transcript)]
    assert [turn.text for turn in transcript.turns] == ["HELLO", "THERE"]
    assert transcript.turns[0].role is Role.CLIENT


def test_a_format_can_be_forced_and_must_exist(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("Dana: hi\n")
    assert read_all([path], ReadOptions(format="labelled-text"))[1].transcripts == 1
    with pytest.raises(UsageError, match="format 'vtt' is not known; the formats are dtnexus"):
        list(read([path], ReadOptions(format="vtt")))
    with pytest.raises(UsageError, match="encoding 'utf-99' is not known"):
        list(read([path], ReadOptions(encoding="utf-99")))


def test_a_written_record_is_read_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    known = RECORD.model_copy(update={"id": "night-2", "source": Source(path="first.txt", format="labelled-text")})
    path.write_text(RECORD.to_json() + "\n\n" + known.to_json())
    unknown, again = read_all([path])[0]
    assert again == known
    assert unknown.source == Source(path=str(path), format="dtnexus", line=1)
    assert unknown.model_copy(update={"source": None}) == RECORD
