"""Cutting a text into tokens and sentences, with exact character offsets.

The same pattern cuts the text for reading and for quoting, so a sentence that was scored can be
found again in the original text to the character. Nothing is lower-cased before the cut, because
lower-casing can change the length of a text.
"""

import re
from bisect import bisect_right
from itertools import pairwise
from typing import Final

TOKEN: Final = re.compile(
    r"[^\W\d_]+(?:['’][^\W\d_]+)*"  # a word, with its inner apostrophes
    r"|\d+(?:[.,:]\d+)*"  # a number
    r"|\n\s*"  # the end of a line
    r"|[.!?…]+"  # the end of a sentence
    r"|(?:(?<=\s)|(?<=^))['‘](?=\w)"  # a single quotation mark that opens
    r"|[^\w\s]"  # any other mark, one character
    r"|_+"
)
"""Cuts a text into words, numbers, line ends, sentence ends and single marks."""

_WESTERN: Final = re.compile(
    r"[A-Za-z]+(?:['’][A-Za-z]+)*|[.!?…]+|\n\s*|[0-9]+(?:[.,:][0-9]+)*|_+|[^\sA-Za-z0-9_]",
)
"""The same cut, faster, for texts in which `_OTHER` finds nothing."""
_OTHER: Final = re.compile(r"[^\W\x00-\x7f]")
"""Letters and digits beyond ASCII, for instance with accents. Any other character is a mark by itself in both cuts."""

CLOSERS: Final = frozenset("\"”»'’)]}")
ABBREVIATIONS: Final = frozenset(
    ("dr", "mr", "mrs", "ms", "prof", "st", "vs", "etc", "eg", "ie", "approx", "inc", "ltd", "jr")
)


def ends_sentence(token: str) -> bool:
    """Whether the token is a run of full stops, question or exclamation marks, or a line end."""
    return token[0] in ".!?…\n"


def tokens(text: str) -> list[str]:
    """All tokens of the text, in order and in their original case; empty for blank text."""
    return _pattern(text).findall(text)


def _pattern(text: str) -> re.Pattern[str]:
    return _WESTERN if text.isascii() or not _OTHER.search(text) else TOKEN


def boundaries(cut: list[str]) -> list[int]:
    """Token positions after which a sentence ends, ascending; the last one is the last token.

    A full stop after an abbreviation, between or after initials ("U.S.", "p.m.") or after a list number at the start
    of a line ends nothing; closing quotation marks and brackets stay with the sentence that they close. Empty for no
    tokens.
    """
    out: list[int] = []
    begin, last = 0, len(cut) - 1
    marks = [at for at, token in enumerate(cut) if token == '"'] if '"' in cut else []
    end = -1
    for at in [at for at, token in enumerate(cut) if token[0] in ".!?…\n"]:
        if at <= end:
            continue
        if cut[at] == ".":
            before = cut[at - 1] if at else ""
            if before.lower() in ABBREVIATIONS or (before.isdigit() and at - 1 == begin):
                continue
            if _initial(cut, at) and (_initial(cut, at - 2) or _initial(cut, at + 2)):
                continue
        inside = bisect_right(marks, at) % 2 == 1
        end = at
        while end < last and _stays(cut[end + 1], cut[end], inside):
            end += 1
        out.append(end)
        begin = end + 1
    if cut and end < last:
        out.append(last)
    return out


def _initial(cut: list[str], at: int) -> bool:
    """Whether the token is a full stop after a single letter."""
    return 0 < at < len(cut) and cut[at] == "." and len(cut[at - 1]) == 1 and cut[at - 1].isalpha()


def _stays(following: str, ender: str, inside: bool) -> bool:
    """Whether the token after a sentence end still belongs to that sentence."""
    if following[0] in ".!?…\n":
        return True
    if ender[0] == "\n":
        return False
    return following in CLOSERS and (following != '"' or inside)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open character spans of the sentences of the text, in order, without outer blanks.

    The spans never overlap. Sentences without a visible character are left out of no list: a text
    with at least one token gives one span per entry of `boundaries`, so that the two run in
    step; a blank text gives none.
    """
    places = [found.span() for found in _pattern(text).finditer(text)]
    spans: list[tuple[int, int]] = []
    for before, end in pairwise([-1, *boundaries([text[start:stop] for start, stop in places])]):
        first, stop = places[before + 1][0], places[end][1]
        inner = text[first:stop]
        left = len(inner) - len(inner.lstrip())
        spans.append((first + left, first + left + len(inner.strip())) if inner.strip() else (first, stop))
    return spans
