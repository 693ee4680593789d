"""Kinds of words: everything about a word that does not depend on its place in a turn."""

import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint32]

NEGATOR, CLAUSE, ENDER, TOGGLE, OPENER, CLOSER, COND, CONTENT, LINE, ASK, WORD, FUNCTION = (1 << i for i in range(12))
PUSH, FAREWELL, IDENTITY, DANGER, SECOND, ONLY = (1 << i for i in range(12, 18))

_CONTRACTED: Final = {
    "i'm": "i am", "im": "i am", "i've": "i have", "ive": "i have", "i'd": "i would", "i'll": "i will",
    "you're": "you are", "youre": "you are", "you've": "you have", "you'd": "you would", "you'll": "you will",
    "we're": "we are", "we've": "we have", "we'd": "we would", "we'll": "we will", "they're": "they are",
    "they've": "they have", "they'd": "they would", "they'll": "they will", "he's": "he is", "she's": "she is",
    "it's": "it is", "that's": "that is", "thats": "that is", "there's": "there is", "what's": "what is",
    "whats": "what is", "who's": "who is", "how's": "how is", "where's": "where is", "let's": "let us",
    "can't": "can not", "cant": "can not", "cannot": "can not", "won't": "will not", "wont": "will not",
    "don't": "do not", "dont": "do not", "doesn't": "does not", "doesnt": "does not", "didn't": "did not",
    "didnt": "did not", "isn't": "is not", "isnt": "is not", "aren't": "are not", "arent": "are not",
    "wasn't": "was not", "wasnt": "was not", "weren't": "were not", "haven't": "have not", "havent": "have not",
    "hasn't": "has not", "hadn't": "had not", "wouldn't": "would not", "wouldnt": "would not",
    "couldn't": "could not", "couldnt": "could not", "shouldn't": "should not", "shouldnt": "should not",
    "ain't": "is not", "aint": "is not", "mustn't": "must not", "needn't": "need not", "gonna": "going to",
    "wanna": "want to", "gotta": "have to", "u": "you", "ur": "your", "r": "are", "ya": "you", "y'all": "you",
    "plz": "please", "pls": "please", "thx": "thanks", "idk": "i do not know", "dunno": "do not know",
    "cuz": "because", "coz": "because", "cos": "because", "bc": "because", "tho": "though", "rn": "right now",
    "tbh": "to be honest", "w/o": "without", "ppl": "people", "mom": "mum", "mommy": "mum", "kms": "kill myself",
    "lemme": "let me", "gimme": "give me", "i'ma": "i am going to", "ima": "i am going to", "whatcha": "what you",
}  # fmt: skip
_NEGATORS: Final = frozenset(
    "not never no without nobody nothing none neither nor hardly barely before instead rather avoid refuse".split()
)
"""Words after which, up to the end of the clause, nothing is asserted."""
_BREAKS: Final = frozenset("but because although however so though yet whereas and or then while".split())
_CONDITIONS: Final = frozenset("if would could might may suppose imagine unless whether maybe perhaps wish".split())
_SUBJECTS: Final = {
    "i": 1, "you": 2, "we": 3, "they": 4, "he": 4, "she": 4, "it": 5, "that": 5, "this": 5, "there": 5,
    "who": 6, "people": 7, "nobody": 7, "someone": 7, "everyone": 7, "anyone": 7,
}  # fmt: skip
_FUNCTION_WORDS: Final = frozenset(
    "i you we they he she it that this there who me my mine myself your yours yourself us our them their him his "
    "her its a an the and or but if of to in on at by for with from as about into than then so not no never am is "
    "are was were be been being do does did done have has had having can could will would shall should may might "
    "must let just only too very really also even still again here more most much many some any all both each "
    "every what how why when where which because though although while until up down out off over please don "
    "like going get got go one thing things".split()
)
_PUSHING: Final = frozenset("no wrong disagree nope nah nonsense rubbish bullshit false stop but untrue".split())
_DANGEROUS: Final = frozenset("die dead death suicide suicidal kill killing harm cut overdose end hurt".split())


def mix(first: Hashes | int, second: Hashes | int) -> Hashes:
    """One 32-bit hash of two, that changes when the two are swapped."""
    left = np.atleast_1d(np.asarray(first, dtype=np.uint32))
    right = np.atleast_1d(np.asarray(second, dtype=np.uint32))
    joined: Hashes = (left * np.uint32(0x9E3779B1)) ^ (right + np.uint32(0x7F4A7C15))
    joined ^= joined >> np.uint32(15)
    joined *= np.uint32(0x85EBCA6B)
    joined ^= joined >> np.uint32(13)
    return joined


@cache
def word_classes() -> dict[str, int]:
    """The shipped word classes: word to class number, from 1; the first class that lists a word has it."""
    text = (files("dtnexus.coding") / "weights" / "word_classes.txt").read_text(encoding="utf-8")
    out: dict[str, int] = {}
    rows = [line for line in text.splitlines() if line and not line.startswith("#")]
    for number, line in enumerate(rows, start=1):
        for word in line.partition(":")[2].split():
            out.setdefault(word, number)
    return out


@dataclass(slots=True)
class Kinds:
    """What is known of each kind of word, one row a kind."""

    hashes: Hashes
    stems: Hashes
    classes: Hashes
    flags: NDArray[np.uint32]
    subjects: NDArray[np.uint32]
    piece_start: Ints
    piece_count: Ints
    pieces: Hashes


def _flags_of(word: str) -> int:
    """The flag bits of one normalised word or mark."""
    mark = word[0]
    value = 0
    if mark in ".!?…\n":
        value |= ENDER | CLAUSE | (LINE if mark == "\n" else 0) | (ASK if "?" in word else 0)
    elif mark in ",;:()[]—–":
        value |= CLAUSE
    elif word in ('"', "*"):
        value |= TOGGLE
    elif word in ("“", "„", "«", "‘", "'<"):
        value |= OPENER
    elif word in ("”", "»", "’", "'"):
        value |= CLOSER
    elif mark.isalnum():
        function = word in _FUNCTION_WORDS
        value |= WORD | (FUNCTION if function else 0) | (CONTENT if not function and len(word) > 2 else 0)
    for bit, words in ((NEGATOR, _NEGATORS), (CLAUSE, _BREAKS), (COND, _CONDITIONS), (PUSH, _PUSHING),
                       (DANGER, _DANGEROUS)):  # fmt: skip
        value |= bit if word in words else 0
    classes = word_classes()
    value |= FAREWELL if word in ("bye", "goodbye", "goodnight", "cya", "ttyl", "farewell", "leave", "leaving") else 0
    value |= IDENTITY if word in ("real", "human") or classes.get(word) == classes["ai"] else 0
    value |= SECOND if word in ("you", "your") else 0
    return value | (ONLY if word in ("only", "just") else 0)


class _Grown:
    """Rows of integers that can be added to cheaply and looked at as one array."""

    def __init__(self, kind: type[np.int64] | type[np.uint32], width: int) -> None:
        self._array: NDArray[Any] = np.zeros((1024, width), dtype=kind)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, row: tuple[int, ...]) -> None:
        if self._length == len(self._array):
            self._array = np.concatenate([self._array, np.zeros_like(self._array)])
        self._array[self._length] = row
        self._length += 1

    def rows(self) -> NDArray[Any]:
        return self._array[: self._length]


class Vocabulary:
    """Kinds of words met so far.

    It is a cache: what a kind is given never depends on what was met before it. It starts anew
    when it holds more than `limit` surface forms.
    """

    def __init__(self, limit: int = 150_000) -> None:
        """Empty; `limit` is the number of surface forms after which it starts anew."""
        self._limit = limit
        self._clear()

    def _clear(self) -> None:
        self._surface: dict[str, int] = {}
        self._number: dict[str, int] = {}
        self._parts = _Grown(np.int64, 1)
        self._spans = _Grown(np.int64, 2)
        self._rows = _Grown(np.int64, 7)
        self._pieces = _Grown(np.uint32, 1)

    def make_room(self) -> None:
        """Starts anew when full; numbers handed out before are void then."""
        if len(self._surface) > self._limit:
            self._clear()

    def surface(self, cut: list[str]) -> Ints:
        """The surface number of every token, in order."""
        known = self._surface
        for token in set(cut).difference(known):
            self._add(token)
            known[token] = len(known)
        return np.fromiter(map(known.__getitem__, cut), dtype=np.int64, count=len(cut))

    def kinds(self, surface: Ints) -> tuple[Ints, Ints]:
        """The kinds of the surface numbers, in order, and for each the position it came from.

        A contraction gives several kinds. Both have shape (n_kinds,), n_kinds >= len(surface).
        """
        spans = self._spans.rows()
        first, count = spans[surface, 0], spans[surface, 1]
        source = np.repeat(np.arange(len(surface)), count)
        inner = np.arange(len(source)) - np.repeat(np.cumsum(count) - count, count)
        return self._parts.rows()[first[source] + inner, 0], source

    def ends_sentence(self, surface: Ints) -> NDArray[np.bool_]:
        """Whether each token is a sentence end or a line end."""
        first = self._parts.rows()[self._spans.rows()[surface, 0], 0]
        return np.asarray((self._rows.rows()[first, 3] & ENDER) != 0, dtype=np.bool_)

    def table(self) -> Kinds:
        """What is known of all kinds so far, as arrays of shape (n_kinds,)."""
        rows = self._rows.rows()
        words = rows[:, :5].astype(np.uint32)
        return Kinds(
            words[:, 0], words[:, 1], words[:, 2], words[:, 3], words[:, 4],
            rows[:, 5], rows[:, 6], self._pieces.rows()[:, 0],
        )  # fmt: skip

    def _add(self, token: str) -> None:
        low = token.lower().replace("’", "'") if len(token) > 1 else token.lower()
        if low[0] == "\n":
            low = "\n"
        elif low[0] in ".!?…":
            low = "?" if "?" in low else "!" if "!" in low else "."
        words = _CONTRACTED.get(low, low).split(" ") if low != "\n" else [low]
        start = len(self._parts)
        for word in words:
            base, quote, rest = word.partition("'") if len(word) > 1 else (word, "", "")
            for part in (base, "'" + rest) if quote and base and rest else (word,):
                self._parts.add((self._kind(part),))
        self._spans.add((start, len(self._parts) - start))

    def _kind(self, word: str) -> int:
        found = self._number.get(word)
        if found is not None:
            return found
        raw = word.encode("utf-8", "surrogatepass")
        flags = _flags_of(word)
        known = word_classes().get(word, 0)
        stem = word[: max(4, len(word) - 3)] if len(word) > 5 else word.rstrip("s") if len(word) > 3 else word
        if known:
            pattern = zlib.crc32(b"class%d" % known)
        elif flags & WORD and not flags & FUNCTION:
            pattern = zlib.crc32(b"class*")
        else:
            pattern = zlib.crc32(raw)
        padded = f"<{word[:24]}>"
        pieces = [padded[i : i + n] for n in (4, 5) for i in range(len(padded) - n + 1)] if flags & WORD else []
        start = len(self._pieces)
        for piece in pieces:
            self._pieces.add((zlib.crc32(b"piece" + piece.encode("utf-8", "surrogatepass")),))
        self._rows.add((
            zlib.crc32(raw), zlib.crc32(stem.encode("utf-8", "surrogatepass")), pattern, flags,
            _SUBJECTS.get(word, 0), start, len(pieces),
        ))  # fmt: skip
        self._number[word] = len(self._rows) - 1
        return len(self._rows) - 1
