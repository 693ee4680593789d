"""The language of a piece of text: how much of it is English, and which language the rest is.

Everyday words, letters and scripts are counted; nothing is learnt and nothing is drawn by chance.
The question that matters is "English or not"; the name of another language is a help for people,
and near relatives (Danish and Norwegian) may be taken for each other.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from dtnexus.coding.language_scripts import ARABIC, BULGARIAN, CYRILLIC, LETTERS, SCRIPTS, UNSPACED
from dtnexus.coding.language_words import BORROWED, ENGLISH, ENGLISH_INFORMAL, OTHERS
from dtnexus.language import UNDETERMINED, WORDLESS

SAMPLE: Final = 600
"""Characters of a text that are looked at: half from its beginning, half from its end."""
FEW: Final = 3
"""Up to so many words, none of them known, a text is too short to speak against English."""
KNOWN: Final = 0.25
"""Share of English words below which a longer text is not taken for English: running English has far more."""

_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_ADDRESS: Final = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\S+|[@#]\w+|<[^<>\n]{1,80}>|\w+[*$]+\w*|\w+!\w+")
_QUOTED: Final = re.compile(
    r"\"[^\"\n]{1,200}\"|“[^“”\n]{1,200}”|«[^«»\n]{1,200}»|(?<!\w)['‘][^'‘’\n]{4,200}['’](?!\w)"
)
_IN_ADDRESSES: Final = ("://", "www.", "@", "#", "<", "*", "$", "!")
_OPENING: Final = ('"', " '", "“", "«")
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_APOSTROPHES: Final = "’ʼ´`‘"

_DIGIT: Final = re.compile(r"\d")
_DRAWN_OUT: Final = re.compile(r"(.)\1{2,}")
_ENDINGS: Final = ("ing", "ed", "ly", "ness", "ful", "less", "tion", "tions", "ical", "ive", "ises", "izes")

TAGS: Final = ("en", *OTHERS)
_EN: Final = 1
_INFORMAL: Final = 1 << len(TAGS)
"""Marks English words that alone do not make a longer text English: ``u``, ``ma`` and ``wit`` are words elsewhere."""


@cache
def _words() -> dict[str, int]:
    """Every known word with one bit for each of its languages, in the order of `TAGS`.

    Single plain letters count for English alone: they are as often initials, lists or spelt-out words.
    """
    words: dict[str, int] = {}
    for bit, text in enumerate((ENGLISH, *OTHERS.values())):
        for word in text.split():
            if bit == 0 or len(word) > 1 or not word.isascii():
                words[word] = words.get(word, 0) | 1 << bit
    for word in ENGLISH_INFORMAL.split():
        bits = words.get(word, 0)
        words[word] = bits if bits & _EN else bits | _EN | _INFORMAL
    for word in BORROWED.split():
        words[word] = _EN
    return words


@cache
def _letters() -> dict[str, int]:
    """Every letter beside a to z with one bit for each of its languages."""
    return {letter: sum(1 << TAGS.index(tag) for tag in tags.split()) for letter, tags in LETTERS.items()}


_STARTS: Final = sorted(start for start, _, _ in SCRIPTS)
_BY_START: Final = {start: (end, tag) for start, end, tag in SCRIPTS}
_OF_A_SCRIPT: Final = re.compile(f"[{''.join(f'{chr(start)}-{chr(end)}' for start, end, _ in SCRIPTS)}]")
"""A character of `SCRIPTS`. Most texts have none, which is seen at once."""


@dataclass(slots=True)
class Tally:
    """What was counted in one or several texts; add the tallies of turns for that of a side."""

    known: Counter[int] = field(default_factory=Counter)
    """Languages that a word belongs to, as bits -> words."""
    unknown: int = 0
    """Words of no language known here, without names."""
    words: int = 0
    """Words in Latin script."""
    scripts: Counter[str] = field(default_factory=Counter)
    """Other script, or the language it gives away -> words."""

    def add(self, other: Tally) -> None:
        """Count what the other counted as well."""
        self.known.update(other.known)
        self.unknown += other.unknown
        self.words += other.words
        self.scripts.update(other.scripts)

    @property
    def weight(self) -> int:
        """Words of any script."""
        return self.words + self.scripts.total()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a tally says of the language."""

    tag: str
    """``en``, another language, ``und`` where it cannot be told, ``zxx`` for no words."""
    sure: bool
    """Enough words say so, by themselves, to leave a turn out of an English talk."""
    against: bool = False
    """``und`` only: the words speak against English."""


def judge(tally: Tally) -> Verdict:
    """English, another language, not to be told, or no words.

    English: at least as many words are English alone as are of the best other language alone, and
    English words are no rare exception. Another language: more words, or letters, are of it alone.
    """
    other = tally.scripts.total()
    if not tally.weight:
        return Verdict(WORDLESS, sure=False)
    if other > tally.words:
        tag, count = max(tally.scripts.items(), key=lambda item: (item[1], item[0]))
        return Verdict(tag, sure=count >= 2)
    english = sum(count for bits, count in tally.known.items() if bits & _EN)
    plain = sum(count for bits, count in tally.known.items() if bits & _EN and not bits & _INFORMAL)
    only = any(not bits & ~(_EN | _INFORMAL) for bits in tally.known)
    tag, own, alone = ("", 0, english) if only and english == tally.known.total() else _best_other(tally)
    if own > alone and (own >= 2 or not english):
        return Verdict(tag, sure=own >= 2 and own >= 2 * alone)
    rare = tally.words > FEW and (not plain or not alone or english < max(KNOWN * (english + own + tally.unknown), 2))
    if english and not rare and alone >= own:
        return Verdict("en", sure=True)
    if tally.words <= FEW or tally.unknown + own <= FEW:
        return Verdict(UNDETERMINED, sure=False)
    mostly = tally.words >= 8 and tally.unknown + own >= 0.75 * tally.words
    return Verdict(UNDETERMINED, sure=mostly, against=True)


def _best_other(tally: Tally) -> tuple[str, int, int]:
    """The language with most words that are not English too; how many; and the words English has alone against it."""
    best, most, least, alone = "", 0, 0, sum(count for bits, count in tally.known.items() if bits & _EN)
    whole = alone
    for at in range(1, len(TAGS)):
        bit = 1 << at
        own = shared = 0
        for bits, count in tally.known.items():
            if bits & bit:
                if bits & _EN:
                    shared += count
                else:
                    own += count
        if (own, shared) > (most, least):
            best, most, least, alone = TAGS[at], own, shared, whole - shared
    return best, most, alone


def count(text: str) -> Tally:
    """The words of a text by language. Code, addresses, numbers, signs, names and short quotations do not count."""
    sample = text if len(text) <= SAMPLE else f"{text[: SAMPLE // 2]} … {text[-SAMPLE // 2 :]}"
    if "`" in sample:
        sample = _CODE.sub(" ", sample)
    if any(sign in sample for sign in _IN_ADDRESSES):
        sample = _ADDRESS.sub(" ", sample)
    if not sample.isascii():
        sample = unicodedata.normalize("NFKC", sample)
        for sign in _APOSTROPHES:
            sample = sample.replace(sign, "'")
    quoting = sample.startswith("'") or any(mark in sample for mark in _OPENING)
    unquoted = _QUOTED.sub(" ", sample) if quoting else sample
    if unquoted != sample:
        outside = _tally(unquoted)
        if outside.weight >= FEW:
            return outside
    return _tally(sample)


def _tally(text: str) -> Tally:
    tally = Tally()
    known = _words()
    found = _WORD.findall(text)
    if not text.isascii() and _OF_A_SCRIPT.search(text):
        tally.scripts = _scripts(text)
        found = [word for word in found if word.isascii() or not _OF_A_SCRIPT.search(word)]
    lows = list(map(str.lower, found))
    bits_of = list(map(known.get, lows))
    tally.known = Counter(filter(None, bits_of))
    strange = [word for word, bits in zip(found, bits_of, strict=True) if not bits]
    shouting = text.isupper()
    tally.words = tally.known.total()
    for word in strange:
        low = word.lower()
        if low.isdigit():
            continue
        tally.words += 1
        bits = known.get(low) or known.get(low.rstrip("'")) or 0
        named = word[0].isupper() and not shouting
        if not bits and not named and not low.isascii():
            bits = _by_letters(low)
        if bits:
            tally.known[bits] += 1
        elif not named and (low.isalpha() or _DIGIT.search(low) is None):
            tally.unknown += not _looks_english(low, known)
    return tally


def _looks_english(word: str, known: dict[str, int]) -> bool:
    """Whether an unknown word is an English plural, a drawn-out English word, or ends as English words do."""
    if len(word) > 5 and word.endswith(_ENDINGS) and word.isascii():
        return True
    return bool((known.get(word.removesuffix("s"), 0) | known.get(_DRAWN_OUT.sub(r"\1", word), 0)) & _EN)


def _by_letters(word: str) -> int:
    """The languages that have all the letters of a word."""
    letters = _letters()
    bits = 0
    for sign in word:
        if sign > "\x7f":
            of = letters.get(sign, 0)
            bits = of if not bits else bits & of or of
    return bits


def _script_of(sign: str) -> str | None:
    point = ord(sign)
    at = bisect_right(_STARTS, point) - 1
    if at < 0:
        return None
    end, tag = _BY_START[_STARTS[at]]
    return tag if point <= end else None


def _scripts(text: str) -> Counter[str]:
    """Words in other scripts by language; two characters of a script without spaces are a word."""
    found: Counter[str] = Counter()
    for word in text.split():
        tags = Counter(tag for sign in _OF_A_SCRIPT.findall(word) if (tag := _script_of(sign)) is not None)
        for tag, signs in tags.items():
            found[tag] += signs if tag in UNSPACED else 0
        spaced = [tag for tag in tags if tag not in UNSPACED]
        if spaced:
            found[spaced[0]] += 1
    counted: Counter[str] = Counter()
    for tag, number in found.items():
        counted[_language(tag, text, found)] += (number + 1) // 2 if tag in UNSPACED else number
    return counted


def _language(script: str, text: str, found: Counter[str]) -> str:
    """The language of a script in this text."""
    if script == "Hani":
        return "ja" if found["ja"] else "zh"
    if script == "Arab":
        return next((tag for tag, letters in ARABIC if any(sign in text for sign in letters)), "ar")
    if script == "Cyrl":
        low = text.lower()
        told = next((tag for tag, letters in CYRILLIC if any(sign in low for sign in letters)), None)
        if told is not None:
            return told
        words = set(low.split())
        return "bg" if len(words & BULGARIAN) >= 2 and ("ъ" in low or words & {"съм", "че", "това", "аз"}) else "ru"
    return script
