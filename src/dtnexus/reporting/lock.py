"""The reporting lock: words that generated prose may not use below an earned level 3.

Words that somebody said in a transcript, names given by the user and the framework's
own notice (which cites the title of the article) are exempt; templates mark them with
`data-said` or `data-notice`. Everything else goes through a `Lock`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dtnexus.assessment import Assessment

LOCKED = re.compile(
    r"\b(?:alliances?|bond(?:s|ed|ing)?|rapport|relationship quality|quality of the relationship)\b", re.IGNORECASE
)
"""Words about closeness that only an earned level 3 permits."""

VERDICT = re.compile(r"\b(?:safe|compliant)\b", re.IGNORECASE)
"""Words that would read as a verdict; never printed, at any level."""

MASK = "[word withheld]"
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+")


@dataclass(frozen=True, slots=True)
class Lock:
    """Decides which prose may be printed; `opened` only by an earned level 3."""

    opened: bool = False

    def forbids(self, text: str) -> bool:
        """True where the text holds a word that may not be printed."""
        return VERDICT.search(text) is not None or (not self.opened and LOCKED.search(text) is not None)

    def prose(self, text: str) -> str:
        """The text with each forbidden word replaced by a visible mask."""
        return _masked(text, self.opened)

    def sentences(self, text: str, otherwise: str = "") -> str:
        """The sentences of a framework text that may be printed; `otherwise` where none is left."""
        kept = [part for part in _SENTENCE_END.split(text) if not self.forbids(part)]
        return " ".join(kept) or otherwise


@lru_cache(maxsize=4096)
def _masked(text: str, opened: bool) -> str:
    """The text of `Lock.prose`; kept, because most of what is printed comes from the framework, again and again."""
    text = VERDICT.sub(MASK, text)
    return text if opened else LOCKED.sub(MASK, text)


CLOSED = Lock()
"""For everything that speaks of more than one interaction."""


def lock_for(assessment: Assessment) -> Lock:
    """The lock of one interaction: opened by its earned level 3 and by nothing else."""
    return Lock(opened=assessment.alliance_parallel is not None and assessment.earned.outcome == "level_3")
