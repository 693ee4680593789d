"""Passages of a turn that seem to address whoever rates the conversation, or imitate the form of a record.

They are found by patterns (`suspicion_words`), also where letters are disguised. What is found is not shown
to a judge and is announced to people. A pattern can be evaded; `docs/design/judge.md` says what else holds then.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from dtnexus.coding.judge.folding import is_invisible
from dtnexus.coding.judge.suspicion_words import ADDRESS, CONFUSABLE, FORM, LEET, OTHER_LANGUAGES
from dtnexus.coding.sentences import sentence_spans

_ADDRESS: Final = re.compile("|".join(f"(?:{pattern})" for pattern in ADDRESS), re.MULTILINE)
_OTHER: Final = re.compile("|".join(f"(?:{pattern})" for pattern in OTHER_LANGUAGES), re.MULTILINE)
_FORM: Final = re.compile("|".join(f"(?:{pattern})" for pattern in FORM), re.MULTILINE)
_BLOCK: Final = re.compile(
    r"```|<\|[a-z_]+\|>|<\s*(?:system|instructions?|tool|function|invoke|answer|script|!--)|^\s*#{1,6}\s*(?:system|inst)",
    re.MULTILINE,
)
"""Openings of blocks: what follows, to the end of the turn, belongs to the block."""
_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}={0,2}(?![A-Za-z0-9+/=])")
_HEX: Final = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[\s:]?){16,}(?![0-9a-fA-F])")
_SPACED: Final = re.compile(r"(?<!\w)(?:\w[ .·_-]){4,}\w(?!\w)")
_ROT13: Final = str.maketrans({character: codecs.encode(character, "rot13") for character in map(chr, range(97, 123))})
_CONFUSABLE: Final = str.maketrans(dict(CONFUSABLE))
_LEET: Final = str.maketrans(dict(LEET))

_Spans = tuple[tuple[int, int], ...]


@lru_cache(maxsize=1024)
def suspect_spans(text: str) -> _Spans:
    """The half-open spans to withhold, in order and apart; empty for ordinary talk.

    Whole sentences or lines, from the first that matches to the last; to the end of the turn where a fence or
    tag opens a block.
    """
    found = sorted(_matches(text))
    if not found:
        return ()
    start, end = found[0][0], max(end for _, end in found)
    if any(_BLOCK.search(text[begin:stop].lower()) for begin, stop in found):
        end = len(text)
    for begin, stop in sentence_spans(text):
        if begin <= start < stop:
            start = begin
        if begin < end <= stop:
            end = stop
    return ((start, end),)


def _matches(text: str) -> Iterator[tuple[int, int]]:
    plain, places = _simplified(text)
    for pattern in (_ADDRESS, _OTHER):
        yield from _disguised(plain, places, pattern)
    for match in _FORM.finditer(plain):
        start, end = _span(places, *match.span())
        # A form goes on to the end of its line, and an object to the last bracket.
        line_end = text.find("\n", end)
        brace = text.rfind("}") + 1 if '"' in match[0] or "{" in match[0] else 0
        yield start, max(len(text) if line_end < 0 else line_end, brace)
    if not plain.isascii():
        yield from _disguised(plain.translate(_CONFUSABLE), places)
    if any(character in LEET for character in plain):
        yield from _disguised(plain.translate(_LEET), places)
    yield from _disguised(plain.translate(_ROT13), places)
    yield from _disguised(plain[::-1], places[::-1])
    yield from _spaced(plain, places)
    yield from _encoded(text)


def _disguised(variant: str, places: tuple[int, ...], pattern: re.Pattern[str] = _ADDRESS) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(variant):
        # The end of the sentence before belongs to the pattern and not to the passage.
        before = len(match[0]) - len(match[0].lstrip(" \n\t\r.!?:;,'\")>*-"))
        yield _span(places, match.start() + before, match.end())


def _spaced(plain: str, places: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Words written l i k e t h i s, read together."""
    runs = list(_SPACED.finditer(plain))
    if not runs:
        return
    letters: list[tuple[str, int]] = []
    for run in runs:
        letters += [(plain[at], at) for at in range(*run.span()) if plain[at].isalnum()] + [(" ", run.end() - 1)]
    joined = "".join(letter for letter, _ in letters).replace(" ", "")
    if re.search(r"ignore|instruction|rubric|answeryes|criteria|system", joined):
        yield places[runs[0].start()], places[runs[-1].end() - 1] + 1


def _encoded(text: str) -> Iterator[tuple[int, int]]:
    """Long codes that turn out to be text."""
    for match in _BASE64.finditer(text):
        code = match[0].rstrip("=")
        try:
            decoded = base64.b64decode(code + "=" * (-len(code) % 4), validate=True)
        except binascii.Error:
            continue
        if _is_text(decoded):
            yield match.span()
    for match in _HEX.finditer(text):
        if _is_text(bytes.fromhex(re.sub(r"[\s:]", "", match[0]))):
            yield match.span()


def _is_text(decoded: bytes) -> bool:
    try:
        words = decoded.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return words.isprintable() and " " in words


def _simplified(text: str) -> tuple[str, tuple[int, ...]]:
    """Lower case, compatible forms, nothing invisible; and for each character its place in the original."""
    if text.isascii():
        return text.lower(), tuple(range(len(text)))
    characters: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        if 0xE0020 <= ord(character) <= 0xE007E:
            # Tag characters spell ASCII that nobody sees.
            characters.append(chr(ord(character) - 0xE0000).lower())
            places.append(at)
            continue
        if is_invisible(character) or unicodedata.combining(character):
            continue
        for simple in unicodedata.normalize("NFKC", character).lower():
            simple = {"’": "'", "“": '"', "”": '"'}.get(simple, simple)
            characters.append(simple)
            places.append(at)
    return "".join(characters), tuple(places)


def _span(places: tuple[int, ...], start: int, end: int) -> tuple[int, int]:
    """The original span behind a span of simplified characters, whichever way they run."""
    covered = (places[start], places[max(start, end - 1)])
    return min(covered), max(covered) + 1
