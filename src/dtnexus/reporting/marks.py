"""Text with marked spans, cut so that nothing is lost; control characters made visible."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BIDI = "\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c"
_INVISIBLE = "\u00ad\ufeff\u2028\u2029\u2060"
_HIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_BIDI}{_INVISIBLE}]")
"""Control characters but for tab and line feed, lone surrogates, and what changes direction or cannot be seen."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to highlight: half-open character offsets, a short label, and how it is drawn."""

    start: int
    end: int
    label: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text between two boundaries, with the marks that cover all of it."""

    text: str
    marks: tuple[int, ...]
    """Indices into the marks that were given to `cut`."""
    closes: tuple[int, ...]
    """Those of `marks` that end with this piece."""


def cut(text: str, marks: Sequence[Mark]) -> tuple[Segment, ...]:
    """The text as pieces cut at every boundary of every mark.

    The pieces joined are the text; a mark is the join of the pieces that it covers.
    Marks may overlap in any way; parts outside of the text are ignored, empty marks too.
    """
    inside = [(i, max(0, m.start), min(len(text), m.end)) for i, m in enumerate(marks)]
    inside = [(i, start, end) for i, start, end in inside if start < end]
    bounds = sorted({0, len(text), *(b for _, start, end in inside for b in (start, end))})
    return tuple(
        Segment(
            text[low:high],
            tuple(i for i, start, end in inside if start <= low and high <= end),
            tuple(i for i, _, end in inside if end == high),
        )
        for low, high in zip(bounds, bounds[1:], strict=False)
    )


def visible(text: str) -> str:
    """The text with control and direction-changing characters as visible symbols.

    Tab and line feed stay. Joiners stay too: several scripts need them.
    """
    return text if text.isprintable() else _HIDDEN.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"\u2039U+{code:04X}\u203a"


def shortened(text: str, most: int = 240) -> str:
    """The text, cut at a word near `most` characters and ended with an ellipsis where it is longer."""
    if len(text) <= most:
        return text
    head = text[:most]
    space = head.rfind(" ")
    return head[: space if space > most // 2 else most].rstrip() + "\u2026"
