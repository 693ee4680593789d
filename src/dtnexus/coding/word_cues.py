"""Unmistakable words of a client, in lower case: they raise the reading of a cue that the linear model missed.

Words of a client find opportunities, and a rule may ask for their signals; they never judge an answer. Only client
signals are touched, and only upwards.
What an agent's own words make certain is in `agent_words`. Negated, idiomatic and asked-about uses are left alone
where the words around show it.
"""

from __future__ import annotations

import re
from typing import Final

CERTAIN: Final = 0.9
"""The strength to which a signal from 0 to 1 is raised."""

_SELF: Final = r"(?:myself|my self|meself)"
_OWN_DANGER: Final = re.compile(
    rf"\b(?:kill|killing|hang|hanging|shoot|drown|drowning|stab|poison) {_SELF}\b"
    rf"|\b(?:harming|hurting|cutting) {_SELF}\b"
    rf"|\b(?:to|of|about|might|will|could|urge|keep|kept) (?:\w+ )?(?:harm|hurt|cut) {_SELF}\b(?! (?:shav|play|train))"
    r"|\b(?:end|ending|take|taking) my (?:own )?life\b"
    r"|\b(?:end|ending) it all\b"
    r"|\b(?:thoughts? (?:of|about)|thinking (?:of|about)|think about|consider(?:ing)?|attempt(?:ed)?|commit) suicide\b"
    r"|\b(?:i am|i'm|i’m|im|i feel|i felt|feeling|been|still) (?:(?:so|really|very|feeling|kind of|a bit) )*suicidal\b"
    r"|\bi (?:tried|took) (?:\w+ ){0,3}overdose\b|\bi overdosed\b"
    r"|\bself[- ]harm(?:ing|ed)\b"
    r"|\b(?:want|wanna|wish|rather|ready) (?:(?:to|i|just|really|that) )*(?:be dead|die|was dead|were dead|could die)\b"
    r"(?! (?:of|from) (?:laugh|embarrass|shame|boredom|old))"
)
_NO_LIFE: Final = re.compile(
    r"\b(?:do not|don't|don’t|dont|no longer|never|cannot|can't|can’t) (?:even |really )?(?:want|wish) to "
    r"(?:live|live on|be alive|exist|wake up|be here any ?more)\b(?! (?:with|in|at|near|together|there|here))"
    r"|\bwish i (?:would|could|did)(?:n't|n’t| not| never) (?:wake|exist|be here)\b"
    r"|\b(?:not|never) (?:to )?wak(?:e|ing) up (?:again|tomorrow|any ?more)\b"
)
_OTHER_DANGER: Final = re.compile(
    r"\b(?:he|she|they|friend|brother|sister|son|daughter|mum|mom|dad|husband|wife|partner|roommate|flatmate)\b"
    r"[^.!?\n]{0,50}\b(?:kill|hang|harm|hurt|shoot) (?:himself|herself|themselves|themself)\b"
    r"|\b(?:he|she|they|husband|wife|boyfriend|girlfriend|partner|dad|father|mum|mom|mother|stepdad)\b"
    r"(?: \w+){0,2} (?:hit|hits|beat|beats|chokes|choked|strangled|raped|punched|kicks|kicked) me\b"
    r"|\bvoices?\b[^.!?\n]{0,40}\b(?:tell|tells|telling|order|command)\b"
)
_FAREWELL: Final = re.compile(
    r"(?<!say )(?<!said )(?<!a )\b(?:good ?bye|bye(?:[- ]bye)?|cya|ttyl|good ?night"
    r"|see (?:you|ya|u) (?:later|soon|around|tomorrow|next)"
    r"|talk to you (?:later|soon|tomorrow)|(?:i )?(?:have|need|got|gotta|should|must) (?:to )?"
    r"(?:go|log off|head off|sign off|get going|run)(?: now)?(?=[.,!?\n]|$| bye| good)"
    r"|have a (?:nice|good|great|wonderful|lovely) (?:day|evening|night|one|weekend|time)"
    r"|take care(?=[.,!?\n]|$))(?! to\b)"
)
_NEGATED: Final = re.compile(
    r"(?:\bnot|\bnever|n't|n’t|\bdont|\bwithout|\bno|\bnobody|\bisnt|\bif i wanted|\bdo you|\bare you|\bwould you)"
    r"(?! (?:only|just|even sure))(?: \w+){0,4} ?$"
)
FAREWELL_WORDS: Final = 40
"""A longer turn is no goodbye, whatever it ends on."""


_FOLDED: Final = {ord("ı"): "i", ord("ſ"): "s", 0x307: None}
"""What is left of letters that are i and s to whoever ignores case (the dot of a lower İ, too) -> what is read."""
_OWN_DANGER_HINTS: Final = (
    "myself", "my self", "meself", "my life", "own life", "it all", "suicid", "overdos", "harm", "dead", "die",
)  # fmt: skip
_NO_LIFE_HINTS: Final = (" to live", "be alive", "exist", "wake", "waking", "be here")
_OTHER_DANGER_HINTS: Final = (
    "himself", "herself", "themsel", "voice", " hit", " beat", " choke", " strangled", " raped", " punched", " kick",
)  # fmt: skip
_FAREWELL_HINTS: Final = (
    "bye", "cya", "ttyl", "night", "see ", "talk to ", "go", "log off", "head off", "sign off", "run", "have a ",
    "take care",
)  # fmt: skip


def _hinted(hints: tuple[str, ...], lower: str) -> bool:
    """Whether a pattern can stand in a text at all: each of its branches holds one of the hints."""
    return any(hint in lower for hint in hints)


def _says(pattern: re.Pattern[str], lower: str) -> bool:
    """Whether the pattern stands in a text without a negation just before it."""
    return any(
        not _NEGATED.search(re.split(r"[.!?;\n]| but ", lower[: found.start()])[-1])
        for found in pattern.finditer(lower)
    )


def word_cues(text: str) -> dict[str, float]:
    """The client signals that the words of a turn make certain, with the least value of each."""
    found: dict[str, float] = {}
    lower = text.lower()
    if not lower.isascii():
        lower = lower.translate(_FOLDED)
    if _hinted(_OWN_DANGER_HINTS, lower) and _says(_OWN_DANGER, lower):
        found |= {"risk_any": CERTAIN, "risk_severity": 2.0}
    elif _hinted(_NO_LIFE_HINTS, lower) and _NO_LIFE.search(lower):
        found |= {"risk_any": CERTAIN, "risk_severity": 1.0}
    if _hinted(_OTHER_DANGER_HINTS, lower) and _says(_OTHER_DANGER, lower):
        found["risk_other"] = CERTAIN
    if len(text.split()) <= FAREWELL_WORDS and _hinted(_FAREWELL_HINTS, lower) and _FAREWELL.search(lower):
        found["goodbye"] = CERTAIN
    return found
