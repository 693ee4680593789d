"""Languages: their tags and names, and what of an interaction a coder did not read for its language."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from pydantic import Field

from dtnexus.record import FrozenMap, Record

UNDETERMINED: Final = "und"
"""The tag (BCP 47) of words whose language cannot be told."""
WORDLESS: Final = "zxx"
"""The tag (BCP 47) of a side or turn without words: nothing, numbers, signs, code."""
SEVERAL: Final = "mul"
"""The tag (BCP 47) of a side that changes its language from session to session."""

NAMES: Final = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "ar-Latn": "Arabic in Latin letters", "az": "Azerbaijani",
    "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "cy": "Welsh",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "gu": "Gujarati",
    "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hi-Latn": "Hindi in Latin letters", "ht": "Haitian Creole",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian or Malay", "is": "Icelandic", "it": "Italian",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer", "kn": "Kannada", "ko": "Korean", "la": "Latin",
    "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "ml": "Malayalam", "my": "Burmese", "nl": "Dutch",
    "no": "Norwegian", "or": "Odia", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "ru-Latn": "Russian in Latin letters", "sh": "Serbian, Croatian or Bosnian", "si": "Sinhala",
    "sk": "Slovak", "sl": "Slovene", "so": "Somali", "sq": "Albanian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "yo": "Yoruba", "zh": "Chinese",
    SEVERAL: "several languages", UNDETERMINED: "not determined", WORDLESS: "no words",
}  # fmt: skip
"""English names of the languages that detection can tell, and of the three tags that name none."""

_THREE_LETTERS: Final = {
    "ara": "ar", "ben": "bn", "ces": "cs", "cze": "cs", "chi": "zh", "zho": "zh", "cmn": "zh", "dan": "da",
    "deu": "de", "ger": "de", "dut": "nl", "nld": "nl", "ell": "el", "gre": "el", "eng": "en", "fin": "fi",
    "fra": "fr", "fre": "fr", "heb": "he", "hin": "hi", "hun": "hu", "ind": "id", "ita": "it", "jpn": "ja",
    "kor": "ko", "nor": "no", "nob": "no", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru",
    "spa": "es", "swe": "sv", "tgl": "tl", "fil": "tl", "tur": "tr", "ukr": "uk", "urd": "ur", "vie": "vi",
}  # fmt: skip
_BY_NAME: Final = {name.casefold(): tag for tag, name in NAMES.items() if tag not in (SEVERAL, UNDETERMINED, WORDLESS)}
_TAG: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
_POINTS: Final = frozenset(".…‥·?!。")
_BLANKS: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})
_SAYS_NOTHING: Final = frozenset({UNDETERMINED, WORDLESS, SEVERAL, "mis", "n/a", "na"})


def primary(stated: str | None) -> str | None:
    """The language that a tag or an English name states, without region: ``en-GB``, ``eng``, ``English`` give ``en``.

    None where nothing is stated, or nothing that names one language (``und``, ``mul``, ``unknown``).
    """
    word = (stated or "").strip()
    if word.casefold() in _BY_NAME:
        return _BY_NAME[word.casefold()]
    found = _TAG.fullmatch(word)
    if found is None or word.casefold() in _SAYS_NOTHING:
        return None
    first = found[1].lower()
    return None if first in _SAYS_NOTHING else _THREE_LETTERS.get(first, first)


def is_silence(text: str) -> bool:
    """Whether a text says nothing: blanks, invisible characters, dashes, points, "?" and "!" alone, or not even these.

    A letter, a number, an emoji, or any other sign, such as those of ":)", says something.
    """
    return all(each in _POINTS or unicodedata.category(each) in _BLANKS for each in text)


def named(tag: str) -> str:
    """A language for people: its English name with the tag, or the tag alone where no name is known."""
    if tag in (SEVERAL, UNDETERMINED, WORDLESS):
        return NAMES[tag]
    return f"{NAMES[tag]} ({tag})" if tag in NAMES else tag


class LanguageLimit(Record):
    """What of an interaction a coder did not read, because it is validated for other languages only."""

    coded: Literal["no", "in_part"]
    """``no``: nothing was read, and nothing is rated. ``in_part``: the turns in a validated language were read."""
    validated: tuple[str, ...] = Field(min_length=1)
    """Languages that the coder is validated for."""
    client: str
    """Main language of the client: a tag, ``und``, ``mul``, or ``zxx`` for no words."""
    agent: str
    """The same of the agent."""
    turns: int = Field(ge=0)
    """Turns of client and agent in all."""
    not_read: FrozenMap[str, int]
    """Language -> turns of client and agent that were not read; of a session that was not read, all of them."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages for which something was not read, in the order of their tags."""
        return tuple(sorted(tag for tag in self.not_read if tag not in (*self.validated, WORDLESS)))

    @property
    def turns_not_read(self) -> int:
        """How many turns of client and agent were not read."""
        return sum(self.not_read.values())

    @property
    def words(self) -> str:
        """What was not read and why, without a full stop."""
        only = f"this coder is validated for {', '.join(_bare(tag) for tag in self.validated)} only"
        if self.coded == "in_part":
            which = ", ".join(named(tag) for tag in self.languages)
            return f"turns not read for their language: {self.turns_not_read} of {self.turns}, {which}; {only}"
        sides = [tag for tag in dict.fromkeys((self.client, self.agent)) if tag != WORDLESS]
        if len(sides) == 1:
            return f"language {named(sides[0])}; {only}"
        return f"language of the client {named(self.client)}, of the agent {named(self.agent)}; {only}"


def _bare(tag: str) -> str:
    return NAMES.get(tag, tag)
