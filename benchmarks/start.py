"""Start: how long until something is there, each time in a new process.

    python -m benchmarks.start [--times N]

Prints the medians of wall and processor time of `dtnexus --help` and of `dtnexus assess` of one shipped
conversation until its report is written. Modules are compiled beforehand, as an installer does it; files may
be in the system's cache. Exit code 1 if a median is above the limit that we hold ourselves to.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.program import command, compiled, measured
from dtnexus.running.demo import EXAMPLES

HELP_LIMIT_S = 0.3
FIRST_LIMIT_S = 1.5


def main() -> int:
    """Measure and print; 0 where both are within their limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=9)
    times = parser.parse_args().times
    one = sorted((EXAMPLES / "conversations").iterdir())[0]
    slow = False
    with tempfile.TemporaryDirectory(prefix="dtnexus-start-") as scratch:
        environment = compiled(Path(scratch) / "compiled")
        for name, limit, arguments in (
            ("dtnexus --help", HELP_LIMIT_S, ["--help"]),
            (f"dtnexus assess {one.name}", FIRST_LIMIT_S, ["assess", str(one), "-q", "-o"]),
        ):
            runs = []
            for number in range(times + 1):
                folder = [f"{scratch}/out-{number}"] if arguments[-1] == "-o" else []
                runs.append(measured(command(*arguments, *folder), environment))
            runs = runs[1:]
            if any(run.code for run in runs):
                print(f"{name} ended with exit code {runs[0].code}", file=sys.stderr)
                return 2
            wall, processor = median(run.wall_s for run in runs), median(run.processor_s for run in runs)
            slow = slow or wall > limit
            print(f"{name}: {wall:.2f} s (limit {limit} s), processor time {processor:.2f} s, of {times} runs")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
