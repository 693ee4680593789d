"""What a judge is shown of a turn: nothing hidden, nothing endless, nothing that is addressed to it.

Everything that was changed is marked in the text, in brackets ⟦ ⟧ that no transcript can contain, and counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dtnexus.coding.judge.folding import is_invisible, is_kept
from dtnexus.coding.judge.suspicion import suspect_spans

MARK: Final = re.compile(r"⟦[^⟧]*⟧")
"""A mark that was put in; the brackets occur in no other way."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A turn as it is shown."""

    text: str
    withheld: tuple[tuple[int, int], ...] = ()
    """Half-open spans of the original that address a reader or imitate the form, and are not shown."""
    cut: tuple[int, int] | None = None
    """Span of the original that was left out because the turn is too long."""
    invisible: int = 0
    """Invisible characters that were replaced by a mark."""

    def hides(self, start: int, end: int) -> bool:
        """Whether any character of this span of the original is not shown."""
        hidden = [*self.withheld, *((self.cut,) if self.cut else ())]
        return any(start < to and begin < end for begin, to in hidden)


def shown(text: str, limit: int) -> Shown:
    """The turn as it is shown, at most about `limit` characters of it: two thirds from the start, one from the end."""
    cut = None
    if len(text) > limit:
        head = limit * 2 // 3
        cut = (head, len(text) - (limit - head))
        head_spans = suspect_spans(text[: cut[0]])
        tail_spans = [(start + cut[1], end + cut[1]) for start, end in suspect_spans(text[cut[1] :])]
        withheld = (*head_spans, *tail_spans)
    else:
        withheld = suspect_spans(text)
    pieces, place, invisible = [], 0, 0
    removed = [(span, "withheld") for span in withheld] + ([(cut, "cut")] if cut else [])
    for (start, end), kind in sorted(removed):
        piece, count = _visible(text[place:start])
        words = "left out here" if kind == "cut" else "withheld: words that address a reader of this record"
        pieces += [piece, f"⟦{end - start} characters {words}⟧"]
        invisible, place = invisible + count, end
    piece, count = _visible(text[place:])
    return Shown("".join([*pieces, piece]), tuple(withheld), cut, invisible + count)


def _visible(text: str) -> tuple[str, int]:
    """The text with a mark for each run of invisible characters, and how many there were."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").replace("\r", "").isprintable():
        return text, 0
    out: list[str] = []
    run, count = "", 0
    for at, character in enumerate(text):
        if is_invisible(character) and not is_kept(text, at):
            run += character
            continue
        if run:
            out.append(_mark(run))
            count, run = count + len(run), ""
        out.append({"⟦": "[", "⟧": "]"}.get(character, character))
    if run:
        out.append(_mark(run))
    return "".join(out), count + len(run)


def _mark(run: str) -> str:
    return f"⟦U+{ord(run):04X}⟧" if len(run) == 1 else f"⟦{len(run)} invisible characters⟧"
