"""Takes out of texts what points to people by its form, or stands in a list of names. A help, and no guarantee.

Rules find what has a form: addresses of e-mail and web, telephone numbers, dates, long numbers. They do not find
who is meant by "my sister the mayor". A person must read a sample before anything is published.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

Kind = Literal["name", "email", "url", "date", "phone", "number"]
WARNING: Final = (
    "De-identification by rules is no guarantee. It finds forms (e-mail and web addresses, telephone numbers, dates, "
    "long numbers) and the names in your list. It does not find people by what is told of them, misspelt names, "
    "places, employers or rare events. A person must read a sample before this is given to anybody."
)
_MONTHS: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_FORMS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("email", re.compile(r"[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE)),
    (
        "url",
        re.compile(r"\b(?:https?://|www\.)[^\s<>\"']+|\b[\w-]{1,63}\.(?:com|org|net|io|edu|gov|uk|de|fr)/[^\s<>\"']*"),
    ),
    (
        "date",
        re.compile(
            rf"\b\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b|\b\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}\b"
            rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTHS}\.?,?\s+\d{{4}}\b"
            rf"|\b{_MONTHS}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b"
            r"|(?<=\bborn in )\d{4}\b|(?<=\bdob )\d{4}\b",
            re.IGNORECASE,
        ),
    ),
    ("phone", re.compile(r"(?<![\w.])(?:\+|00)?\(?\d{1,4}\)?(?:[ /.\-()]{1,2}\d{2,5}){2,6}(?!\w)")),
    ("number", re.compile(r"(?<![\w.])\d{6,}(?!\w)|\b(?=[A-Z0-9]*\d{4})[A-Z0-9]{8,}\b")),
)
_FEWEST_DIGITS: Final = 7
"""Digits below which a number in groups is no telephone number."""


class Cut(NamedTuple):
    """A piece that was replaced: its place in the old text, and the length of what stands there now."""

    start: int
    end: int
    length: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without what was found, and where that stood."""

    text: str
    cuts: tuple[Cut, ...]

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the old text stands now; one that touches a cut takes in what replaced it."""
        return self._place(start, False), self._place(end, True)

    def _place(self, offset: int, closing: bool) -> int:
        shift = 0
        for cut in self.cuts:
            if cut.end <= offset:
                shift += cut.length - (cut.end - cut.start)
            elif cut.start < offset:
                return cut.start + shift + (cut.length if closing else 0)
        return offset + shift


@dataclass(slots=True)
class Cleaner:
    """Cleans texts and counts by kind what it took out."""

    names: Sequence[str] = ()
    """Names that must not stand, whatever their case; also of places, firms, pets."""
    counts: Counter[Kind] = field(default_factory=Counter)
    _named: re.Pattern[str] | None = None

    def __post_init__(self) -> None:
        """Join the names, longest first, so that a full name goes before its parts."""
        listed = sorted({name.strip() for name in self.names if name.strip()}, key=lambda name: (-len(name), name))
        if listed:
            self._named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, listed))})(?!\w)", re.IGNORECASE)

    def clean(self, text: str) -> Cleaned:
        """The text with every find replaced by its kind in brackets."""
        found: list[tuple[int, int, Kind]] = []
        for kind, form in _FORMS:
            matches = form.finditer(text)
            found += _free(found, ((m.start(), m.end(), kind) for m in matches if _meant(kind, m.group())))
        if self._named is not None:  # last: a name inside an address must not leave the rest of the address
            found += _free(found, ((m.start(), m.end(), "name") for m in self._named.finditer(text)))
        parts, cuts, at = [], [], 0
        for start, end, kind in sorted(found):
            mark = f"[{kind}]"
            parts += [text[at:start], mark]
            cuts.append(Cut(start, end, len(mark), kind))
            self.counts[kind] += 1
            at = end
        return Cleaned("".join((*parts, text[at:])), tuple(cuts))


def _meant(kind: Kind, text: str) -> bool:
    return kind != "phone" or sum(mark.isdigit() for mark in text) >= _FEWEST_DIGITS


def _free(
    taken: Sequence[tuple[int, int, Kind]], found: Iterable[tuple[int, int, Kind]]
) -> list[tuple[int, int, Kind]]:
    """Those finds that touch none that is taken."""
    return [one for one in found if not any(one[0] < end and start < one[1] for start, end, _ in taken)]


@dataclass(frozen=True, slots=True)
class Digests:
    """Ids replaced by salted digests: the same id, the same digest; without the salt nobody finds the id by trying."""

    salt: bytes

    def of(self, kind: str, name: str) -> str:
        """A name that says its kind and nothing else, for instance ``coder-1f0c9a44be21``."""
        digest = hmac.new(self.salt, f"{kind}:{name}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"{kind}-{digest.hexdigest()[:12]}"
