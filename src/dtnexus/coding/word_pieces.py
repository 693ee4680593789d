"""Text as numbers of word pieces, as the encoder was trained on (BERT, lower case; Devlin et al. 2019).

Words are cut at spaces and punctuation, lowered, freed of accents, and cut into the longest pieces
that the vocabulary holds, from the left. Done here, not by a library, because those that do it
bring a client for downloads along; the tests compare it with one.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

LONGEST_WORD: Final = 100
"""Characters; a longer word is one unknown piece."""
UNKNOWN: Final = "[UNK]"
_KEPT_WORDS: Final = 200_000
"""Words whose pieces are remembered, at most."""
_CHINESE: Final = re.compile(
    "[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f\U0002b820-\U0002ceaf"
    "\uf900-\ufaff\U0002f800-\U0002fa1f]"
)


class WordPieces:
    """Cuts texts into pieces of a vocabulary."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        """Keep the pieces; the number of a piece is its place."""
        self._number: Mapping[str, int] = {piece: at for at, piece in enumerate(vocabulary)}
        self._words: dict[str, tuple[int, ...]] = {}

    def numbers(self, text: str) -> list[int]:
        """The pieces of a text, without marks for its beginning and end; empty for a text of spaces."""
        out: list[int] = []
        for word in _clean(text).split():
            if word not in self._words:
                if len(self._words) >= _KEPT_WORDS:
                    self._words.clear()
                self._words[word] = tuple(piece for part in _parts(word) for piece in self._pieces(part))
            out += self._words[word]
        return out

    def _pieces(self, word: str) -> list[int]:
        unknown = [self._number[UNKNOWN]]
        if len(word) > LONGEST_WORD:
            return unknown
        out: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else f"##{word[start:end]}"
                if piece in self._number:
                    break
            else:
                return unknown
            out.append(self._number[piece])
            start = end
        return out


class _Cleaning(dict[int, int | None]):
    """Code point -> what stands for it: a space, nothing (control characters) or itself; filled as they occur."""

    def __missing__(self, point: int) -> int | None:
        sign = chr(point)
        kind = unicodedata.category(sign)
        if sign in "\t\n\r" or kind == "Zs":
            self[point] = ord(" ")
        elif sign == "\ufffd" or kind.startswith("C"):
            self[point] = None
        else:
            self[point] = point
        return self[point]


_CLEANING: Final = _Cleaning()


def _clean(text: str) -> str:
    """Without control characters, with spaces around Chinese signs, each of which is a word."""
    text = text.translate(_CLEANING)
    return text if text.isascii() else _CHINESE.sub(r" \g<0> ", text)


def _parts(word: str) -> Iterator[str]:
    """A word lowered, without accents, cut around every punctuation mark."""
    if not word.isascii():
        word = "".join(sign for sign in unicodedata.normalize("NFD", word) if unicodedata.category(sign) != "Mn")
    start = 0
    word = word.lower()
    for at, sign in enumerate(word):
        if _is_punctuation(sign):
            if at > start:
                yield word[start:at]
            yield sign
            start = at + 1
    if start < len(word):
        yield word[start:]


def _is_punctuation(sign: str) -> bool:
    """ASCII signs that are no letters, digits or spaces, and every Unicode punctuation."""
    if sign.isascii():
        return not sign.isalnum() and not sign.isspace()
    return unicodedata.category(sign).startswith("P")
