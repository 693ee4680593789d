"""Texts folded for comparison, with the way back to the exact original characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

_SINGLE: Final = dict.fromkeys("'’‘‚‛`´′ʼ＇", "'")
_DOUBLE: Final = dict.fromkeys('"“”„‟«»″＂', '"')
_BRACKETS: Final = {"⟦": "[", "⟧": "]"}
_FOLDED: Final = {**_SINGLE, **_DOUBLE, **_BRACKETS}

_JOINERS: Final = frozenset("\u200c\u200d")
_SHAPERS: Final = frozenset("\ufe0e\ufe0f")


def is_invisible(character: str) -> bool:
    """Whether a character is not seen, or turns the direction of others: formats, controls, tags, fillers.

    Ordinary white space is none.
    """
    if character in "\t\n\r\u2028\u2029":
        return False
    code = ord(character)
    if character in "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5" or 0xE0100 <= code <= 0xE01EF:
        return True
    return character in _SHAPERS or unicodedata.category(character) in ("Cf", "Cc", "Cs", "Co")


def is_kept(text: str, at: int) -> bool:
    """Whether the invisible character at this place has a use: joined emoji, scripts that need joiners."""
    character = text[at]
    if character in _SHAPERS:
        return True
    return character in _JOINERS and at > 0 and ord(text[at - 1]) > 0x2FF


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; character `i` of it stands for the original characters from `starts[i]` to `ends[i]`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of original characters behind a non-empty span of folded ones."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """White space as single spaces, none at the ends; quotation marks as ' and "; composed; nothing invisible.

    Case and letters stay as they are.
    """
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        for character in _shown(text[at:end]):
            if character != " " or (characters and characters[-1] != " "):
                characters.append(character)
                starts.append(at)
                ends.append(end)
        at = end
    while characters and characters[-1] == " ":
        del characters[-1], starts[-1], ends[-1]
    return Folded("".join(characters), tuple(starts), tuple(ends))


def _shown(cluster: str) -> str:
    """What a character with its combining marks is folded to; empty where nothing of it is visible."""
    if cluster.isascii() and len(cluster) == 1 and cluster not in "'\"`" and cluster.isprintable():
        return cluster
    out = []
    for character in unicodedata.normalize("NFC", cluster):
        if character.isspace():
            out.append(" ")
        elif not is_invisible(character):
            out.append(_FOLDED.get(character, character))
    return "".join(out)
