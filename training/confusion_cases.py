"""Which errors that the guide quotes are still errors: `python -m training.confusion_cases`.

`docs/guide/embedded-coder.md` lists, signal by signal, invented turns that the encoder gets wrong. They are looked up
by their words, and read by models that saw no turn of their group. Prints a line a signal, then every case that the
encoder now gets right, or that no labelled turn has: those are to be taken out. Needs what `training.blend` keeps.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from dtnexus.coding.encoder_model import EncoderModel
from dtnexus.coding.outputs import column_of, ordered, readings_of
from dtnexus.coding.session_reading import signal_named
from training.corpus import DIALOGUES, SINGLE_TURNS, Row, data_folder, rows
from training.out_of_fold import Floats, columns_of, load_logits

GUIDE: Final = Path(__file__).parents[1] / "docs" / "guide" / "embedded-coder.md"
SIDES: Final = ("false hit", "miss")
FIRST: Final = "(first turn)"
INVENTED: Final = ("synthetic_turns", "episode", *SINGLE_TURNS, *DIALOGUES)
_HEADING: Final = re.compile(r"#{2,3} `?(\w*)")
_LEFT_OUT: Final = "…"


@dataclass(frozen=True, slots=True)
class Case:
    """A quoted error."""

    signal: str
    side: str
    """`false hit` or `miss`."""
    before: str
    """What the other side said; "" for a first turn."""
    text: str

    def of(self, row: Row) -> bool:
        """Whether a labelled turn has these words; what was left out may be anything."""
        first = not self.before
        return _has(self.text, row.text) and (not row.before if first else _has(self.before, row.before))


def cases(guide: str) -> Iterator[Case]:
    """The cases of the guide's tables, in order."""
    signal = ""
    for line in guide.splitlines():
        if heading := _HEADING.match(line):
            signal = heading[1]
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 4 and cells[0] in SIDES:  # noqa: PLR2004
            before = "" if cells[1] == FIRST else cells[1].strip('"')
            yield Case(signal, cells[0], before, cells[2].strip('"'))


def _has(quoted: str, text: str) -> bool:
    """Whether a text has the quoted parts in order; both kinds of quotation mark are one."""
    parts = [re.escape(part.strip()) for part in quoted.split(_LEFT_OUT)]
    return re.search(".*".join(parts), text.replace('"', "'"), re.DOTALL) is not None


def side_of(signal: str, row: Row, reading: float, threshold: float) -> str | None:
    """How a reading errs by the label of its turn; None where it is right."""
    holds = bool(row.values.get(signal))
    if (reading >= threshold) == holds:
        return None
    return SIDES[0] if reading >= threshold else SIDES[1]


def now(
    case: Case, places: Sequence[int], everything: Sequence[Row], read: Mapping[str, Floats], model: EncoderModel
) -> str:
    """What has become of a case: `still`, `right` or `not found`."""
    threshold = model.threshold(case.signal)
    found = [at for at in places if everything[at].role == signal_named(case.signal).role and case.of(everything[at])]
    sides = [
        side_of(case.signal, everything[at], float(read[everything[at].role][at, column_of(case.signal)]), threshold)
        for at in found
    ]
    if not sides:
        return "not found"
    return "still" if case.side in sides else "right"


def main() -> None:
    """Prints what has become of all cases."""
    everything = rows(data_folder())
    chances = (1.0 / (1.0 + np.exp(-load_logits("joined")))).astype(np.float32)
    read = {role: readings_of(role, ordered(role, chances[:, columns_of(role)].copy())) for role in ("agent", "client")}
    model = EncoderModel.load()
    places = [at for at, row in enumerate(everything) if row.source in INVENTED]
    told: dict[str, list[str]] = {}
    gone: list[str] = []
    for case in cases(GUIDE.read_text(encoding="utf-8")):
        result = now(case, places, everything, read, model)
        told.setdefault(case.signal, []).append(result)
        if result != "still":
            gone.append(f"{result}: {case.signal}, {case.side}: {case.text}")
    for signal, results in told.items():
        print(f"{signal:28} {results.count('still'):3} of {len(results)} cases are still errors")
    for line in gone:
        print(line)


if __name__ == "__main__":
    main()
