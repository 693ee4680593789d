"""Whether a quote stands in a turn, and where exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from dtnexus.coding.judge.display import MARK, Shown
from dtnexus.coding.judge.folding import Folded, fold

LONGEST: Final = 1_000
"""Characters of a quote, at most; longer ones point at nothing."""
SHORTEST: Final = 8
"""Letters and digits of a quote, at least, unless it is a whole sentence; letters beyond ASCII count double."""
_ENDS: Final = frozenset(".!?…。！？؟।\n;:")

QuoteFault = Literal["not_found", "too_short", "too_long", "withheld"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Where a quote stands: half-open offsets into the original text of the turn."""

    start: int
    end: int


def find_quote(quote: str, text: str, folded: Folded, shown: Shown) -> Quoted | QuoteFault:
    """The first place where the quote stands in what was shown of a turn, in exact original characters.

    White space, quotation marks and invisible characters are folded; case and letters are not. The quote
    begins and ends between words. ``withheld``: it stands only in words that were not shown.
    """
    sought = fold(MARK.sub("", quote)).text
    if len(sought) > LONGEST:
        return "too_long"
    if not any(character.isalnum() for character in sought):
        return "too_short"
    found: QuoteFault = "not_found"
    at = folded.text.find(sought)
    while at >= 0:
        end = at + len(sought)
        if _between_words(folded.text, at, end):
            start, stop = folded.original(at, end)
            if shown.hides(start, stop):
                found = "withheld"
            elif _weight(sought) < SHORTEST and not _whole_sentence(text, start, stop):
                found = "too_short"
            else:
                return Quoted(start, stop)
        at = folded.text.find(sought, at + 1)
    return found


def _weight(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text if character.isalnum())


def _between_words(text: str, start: int, end: int) -> bool:
    return _edge(text, start) and _edge(text, end)


def _edge(text: str, at: int) -> bool:
    """Whether no word of letters with spaces between words runs across this place."""
    if at == 0 or at == len(text):
        return True
    before, after = text[at - 1], text[at]
    if not (before.isalnum() and after.isalnum()):
        return True
    return _unspaced(before) or _unspaced(after)


def _unspaced(character: str) -> bool:
    """Scripts that write no spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""
    code = ord(character)
    return 0x2E80 <= code <= 0x9FFF or 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF


def _whole_sentence(text: str, start: int, end: int) -> bool:
    before, after = text[:start].rstrip(), text[end:].lstrip()
    opens = not before or before[-1] in _ENDS or "\n" in text[len(before) : start]
    last = text[start:end].rstrip()[-1:]
    closes = not after or after[0] in _ENDS or last in _ENDS
    return opens and closes
