"""Bad files and lines in one batch: each is told with its place, the rest is done and written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtnexus.assessment import Assessment
from dtnexus.ingest.loss import ReadReport
from dtnexus.rating import STATEMENT
from dtnexus.record import read_jsonl
from dtnexus.transcript import Transcript
from tests.cli.invented import ASIDE
from tests.cli.program import Ran, call, contents

TURNS = [{"role": "client", "text": "I feel low."}, {"role": "agent", "text": "That sounds hard. Since when?"}]


def line(turns: list[dict[str, str]] = TURNS, **facts: object) -> str:
    return json.dumps({**facts, "turns": turns}) + "\n"


def said(*texts: str) -> list[dict[str, str]]:
    return [{"role": ("client", "agent")[at % 2], "text": text} for at, text in enumerate(texts)]


# file -> content, ids that come out, what is told of what does not
BATCH: dict[str, tuple[bytes, tuple[str, ...], tuple[str, ...]]] = {
    "01-good.txt": (ASIDE.encode(), ("01-good",), ()),
    "02-empty.txt": (b"", (), ("02-empty.txt: file_failed: the file is empty",)),
    "03-binary.txt": (bytes(range(256)) * 40, (), ("03-binary.txt: file_failed: binary data",)),
    "04-cut.jsonl": (
        (line(id="cut-1") + line(id="cut-2")[:60] + "\n" + line(id="cut-3")).encode(),
        ("cut-1", "cut-3"),
        ("04-cut.jsonl:2: line_failed: no valid JSON",),
    ),
    "05-roles.jsonl": (
        line([{"role": role, "text": "Well, well."} for role in ("zig", "zag", "zog")]).encode(),
        (),
        ("05-roles.jsonl:1: line_failed: 3 speakers whose roles cannot be told",),
    ),
    "06-alone.txt": (b"User: Nobody is there.\nUser: Hello?\n", ("06-alone",), ("one sided: 1 in 1 file",)),
    "07-mixed.txt": (
        "User: Caf\xe9 is closed.\n".encode("latin-1") + "Bot: ✓ That is a pity.\n".encode(),
        ("07-mixed",),
        ("encoding guessed",),
    ),
    "08-right-to-left.txt": (
        "User: \u05d0\u05e0\u05d9 \u202eI feel low\u202c.\nBot: \u0645\u0631\u062d\u0628 Is that so?\n".encode(),
        ("08-right-to-left",),
        (),
    ),
    "09-twice.jsonl": (
        (line(id="twice") + line(said("I feel fine.", "Good."), id="twice")).encode(),
        ("twice", "twice~2"),
        ("renamed: 1 in 1 file",),
    ),
    "10-table.csv": (b"a,b,c\n1,2,3\n", (), ("10-table.csv:1: file_failed: no column",)),
    "11-surrogate.jsonl": (
        line(said("I feel \ud800 low.", "That \0 sounds hard."), id="odd").encode(),
        ("odd",),
        ("characters replaced: 2 in 1 file",),
    ),
    "12-long.jsonl": (line(said("I feel low. " * 90_000, "That sounds hard."), id="long").encode(), ("long",), ()),
    "13-empty-turns.jsonl": (
        (line(said("", " ", "I feel low.", "", "", "Oh."), id="gaps") + line(said("", " "), id="void")).encode(),
        ("gaps",),
        ("13-empty-turns.jsonl:2: line_failed: a conversation without words",),
    ),
}


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    folder = tmp_path_factory.mktemp("batch")
    for name, (content, _, _) in BATCH.items():
        (folder / name).write_bytes(content)
    files = sorted(folder.iterdir())
    return folder / "run", call("assess", *files, "-o", folder / "run", "--coder", "linear")


def test_some_failed_and_the_others_are_done(batch: tuple[Path, Ran]) -> None:
    folder, ran = batch
    assert (ran.code, ran.out) == (3, "")
    assert "Traceback" not in ran.err
    assert set(contents(folder)) >= {"assessments.jsonl", "ratings.jsonl", "report.html", "summary.json"}


@pytest.mark.parametrize("name", BATCH)
def test_every_file_gives_what_can_be_read_and_says_what_cannot(name: str, batch: tuple[Path, Ran]) -> None:
    folder, ran = batch
    _, ids, told = BATCH[name]
    for words in told:
        assert words in ran.err
    read = [one.id for one in read_jsonl(folder / "transcripts.jsonl", Transcript) if source(one).endswith(name)]
    assert tuple(read) == ids
    assert set(ids) <= {one.interaction_id for one in read_jsonl(folder / "assessments.jsonl", Assessment)}


def source(transcript: Transcript) -> str:
    return transcript.source.path if transcript.source else ""


def test_every_quote_is_the_text_at_its_place(batch: tuple[Path, Ran]) -> None:
    folder, _ = batch
    transcripts = {one.id: one for one in read_jsonl(folder / "transcripts.jsonl", Transcript)}
    quotes = 0
    for statement in read_jsonl(folder / "ratings.jsonl", STATEMENT):
        for evidence in (*getattr(statement, "episodes", ()), *getattr(statement, "evidence", ())):
            text = transcripts[evidence.transcript_id].turns[evidence.turn].text
            assert text[evidence.start : evidence.end] == evidence.quote
            quotes += 1
    assert quotes > 10


def test_the_list_of_losses_is_kept_with_the_run(batch: tuple[Path, Ran]) -> None:
    folder, ran = batch
    report = ReadReport.from_json((folder / "reading.json").read_bytes())
    assert len(report.failures) == sum("not read: " in text for text in ran.err.splitlines()) == 6


def test_failures_are_told_even_when_quiet(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(ASIDE, encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    for command in ("convert", "code", "signals", "assess"):
        out = tmp_path / f"{command}.csv"
        code, _, err = call(command, tmp_path / "good.txt", tmp_path / "empty.txt", "-q", "-o", out)
        assert code == 3
        assert len(err.splitlines()) == 1
        assert "empty.txt: file_failed: the file is empty" in err
        assert out.exists()


ODD = "a\ud800"


@pytest.mark.parametrize(
    "facts",
    [{"id": ODD}, {"id": "a", "client_id": ODD}, {"id": "a", "language": ODD}, {"id": "a", "agent": {"id": ODD}}],
    ids=["id", "client", "language", "agent"],
)
def test_a_lone_surrogate_in_a_label_is_replaced(facts: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "odd.jsonl").write_text(line(TURNS, **facts), encoding="utf-8")
    assert call("assess", tmp_path / "odd.jsonl", "-o", tmp_path / "run", "-q").code == 0


def test_a_file_name_that_is_no_unicode_is_read(tmp_path: Path) -> None:
    path = tmp_path / "odd-\udcff.txt"
    path.write_text(ASIDE, encoding="utf-8")
    assert call("assess", path, "-o", tmp_path / "run", "-q").code == 0
