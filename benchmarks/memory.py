"""Memory: a folder of a million turns through `dtnexus assess`, the report included.

    python -m benchmarks.memory [--turns N] [--coder NAME] [--jobs N] [--folder DIR]

Writes invented conversations (`benchmarks.invented`) to a temporary folder, runs the installed program on
it as a user would, and prints the peak of the resident memory of all its processes together and the time.
A million turns need about 8 GB on the disk; `--folder` says where. Exit code 1 if the peak is above the
limit that we hold ourselves to.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.invented import write_folder
from benchmarks.program import command, compiled, measured

LIMIT_MB = 700


def main() -> int:
    """Measure and print; 0 where the peak is within the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--coder", default="linear", help="linear, the member for archives, where not given")
    parser.add_argument("--jobs", type=int, default=None, help="as many as the program chooses, where not given")
    parser.add_argument("--folder", type=Path, default=None, help="where the temporary files go")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dtnexus-memory-", dir=options.folder) as scratch:
        inputs, out = Path(scratch) / "conversations", Path(scratch) / "out"
        count = write_folder(inputs, options.turns)
        print(f"{options.turns:,} turns in {count:,} conversations", flush=True)
        jobs = [] if options.jobs is None else ["--jobs", str(options.jobs)]
        result = measured(
            command("assess", inputs, "-o", out, "--coder", options.coder, "-q", *jobs),
            compiled(Path(scratch) / "compiled"),
        )
        if result.code != 0:
            print(f"dtnexus assess ended with exit code {result.code}", file=sys.stderr)
            return 2
        print(f"peak of all processes: {result.peak_mb:.0f} MB (limit {LIMIT_MB} MB)")
        print(f"time: {result.wall_s:.0f} s, processor time {result.processor_s:.0f} s")
        print(f"{count / result.wall_s:.1f} conversations a second, {options.turns / result.wall_s:.0f} turns a second")
        for path in sorted(out.iterdir()):
            print(f"  {path.name}: {path.stat().st_size / 2**20:.1f} MB")
    return int(result.peak_mb > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
