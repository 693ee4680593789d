"""Throughput: conversations a second from file to assessments, beside two common ways to read signals, in one run.

    python -m benchmarks.throughput [--conversations N] [--coder NAME ...] [--jobs N] [--json FILE]

All rows read the same files in the same run, one after another, so that their ratios mean something on a machine
that others use too. The texts are invented conversations of the length of VERA-MH (30 turns, about 5,000 words, see
`benchmarks.invented`), and the real VERA-MH conversations where DTNEXUS_DATA has them.

A row `dtnexus NAME` is the whole way by the installed program with that coder: reading, coding with quotes, deciding,
tables and the report, with as many processes as the program chooses (or --jobs), its start included. The baselines
only read the files and score signals, with everything loaded beforehand (`benchmarks.baselines`); a row whose packages
are missing says so. Prints a table and writes the numbers as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.baselines import MAKERS, missing
from benchmarks.invented import TURNS, write_folder
from benchmarks.program import command, compiled, measured, processor
from dtnexus.ingest.reading import read_all
from dtnexus.record import read_jsonl
from dtnexus.transcript import Transcript

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Texts:
    """A folder of conversations, how many they are and how many words they have."""

    name: str
    folder: Path
    conversations: int
    words: int


@dataclass(frozen=True, slots=True)
class Row:
    """What one way of reading took; `note` instead where it could not run."""

    texts: str
    what: str
    conversations: int
    words: int
    wall_s: float | None = None
    processor_s: float | None = None
    note: str = ""

    @property
    def rate(self) -> float | None:
        """Conversations a second by the clock on the wall."""
        return None if not self.wall_s else self.conversations / self.wall_s


def counted(name: str, folder: Path) -> Texts:
    """The texts of a folder of JSON lines."""
    lengths = [
        sum(len(turn.text.split()) for turn in one.turns)
        for path in sorted(folder.glob("*.jsonl"))
        for one in read_jsonl(path, Transcript)
    ]
    return Texts(name, folder, len(lengths), sum(lengths))


def real(scratch: Path) -> Texts | None:
    """The VERA-MH conversations as JSON lines, so that all rows read the same file; None where they are not there."""
    source = Path(os.environ.get("DTNEXUS_DATA", "")) / "vera_mh" / "conversations"
    if "DTNEXUS_DATA" not in os.environ or not source.is_dir():
        return None
    folder = scratch / "vera"
    folder.mkdir()
    transcripts, _ = read_all([source])
    lines = "".join(f"{one.to_json()}\n" for one in transcripts)
    (folder / "vera.jsonl").write_text(lines, encoding="utf-8")
    return counted("VERA-MH", folder)


def with_program(texts: Texts, coder: str, jobs: int | None, scratch: Path) -> Row:
    """The whole way by the installed program."""
    out = scratch / f"out-{texts.folder.name}-{coder}"
    more = [] if jobs is None else ["--jobs", str(jobs)]
    call = command("assess", texts.folder, "-o", out, "-q", "--coder", coder, *more)
    result = measured(call, compiled(scratch / "compiled"))
    row = Row(texts.name, f"dtnexus {coder}", texts.conversations, texts.words)
    if result.code != 0:
        return Row(*_of(row), note=f"dtnexus assess ended with exit code {result.code}")
    return Row(*_of(row), wall_s=result.wall_s, processor_s=result.processor_s)


def with_baseline(texts: Texts, name: str) -> Row:
    """Signals only, by a baseline in a process of its own."""
    row = Row(texts.name, f"baseline {name}: signals only", texts.conversations, texts.words)
    lacking = missing(name)
    if lacking:
        return Row(*_of(row), note=f"not run: needs {', '.join(lacking)} (group bench)")
    call = [sys.executable, "-m", "benchmarks.baselines", name, str(texts.folder)]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Row(*_of(row), note=f"failed: {last[:120]}")
    spent = json.loads(done.stdout.strip().splitlines()[-1])
    return Row(*_of(row), wall_s=spent["wall_s"], processor_s=spent["processor_s"])


def _of(row: Row) -> tuple[str, str, int, int]:
    return row.texts, row.what, row.conversations, row.words


def rows(texts: Sequence[Texts], coders: Sequence[str], jobs: int | None, scratch: Path) -> Iterator[Row]:
    """Measure every way on every set of texts."""
    for one in texts:
        for coder in coders:
            yield with_program(one, coder, jobs, scratch)
        for name in sorted(MAKERS):
            yield with_baseline(one, name)


def shown(row: Row, first: Row) -> str:
    """A row as a line of the table; the ratio is to the first row of the same texts."""
    head = f"{row.texts:<10} {row.what:<32}"
    if row.wall_s is None or row.processor_s is None or row.rate is None:
        return f"{head} {row.note}"
    ratio = f"{row.rate / first.rate:>8.2f}" if first.rate else f"{'-':>8}"
    each = 1000 * row.processor_s / row.conversations
    return f"{head} {row.rate:>8.1f} {row.words / row.wall_s:>10,.0f} {each:>10.1f} {ratio}"


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=300)
    parser.add_argument("--coder", action="append", default=None, metavar="NAME", help="dtnexus coders; linear")
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--json", type=Path, default=ROOT / "out" / "throughput.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dtnexus-throughput-") as name:
        scratch = Path(name)
        write_folder(scratch / "invented", options.conversations * TURNS)
        texts = [counted("invented", scratch / "invented")]
        measured(command("--help"), compiled(scratch / "compiled"))
        first = real(scratch)
        if first is not None:
            texts.append(first)
        print(processor())
        for one in texts:
            print(
                f"{one.name}: {one.conversations} conversations of {one.words / max(one.conversations, 1):,.0f} words"
            )
        print(f"{'texts':<10} {'what':<32} {'conv./s':>8} {'words/s':>10} {'cpu ms/c.':>10} {'ratio':>8}", flush=True)
        done: list[Row] = []
        for row in rows(texts, options.coder or ["linear"], options.jobs, scratch):
            done.append(row)
            print(shown(row, next(each for each in done if each.texts == row.texts)), flush=True)
    print("The baselines read the files and score signals; they rate, quote, decide and report nothing.")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    found = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "rows": [asdict(row) | {"conversations_per_s": row.rate} for row in done],
    }
    options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"Written: {options.json}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
