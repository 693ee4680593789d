"""Plain words for conditions: what would have to change, as a clinician would say it."""

from __future__ import annotations

from collections.abc import Sequence

from dtnexus.assessment import Condition
from dtnexus.framework import Framework


def number(count: int, noun: str) -> str:
    """A count with its noun: ``1 opportunity``, ``3 opportunities``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


def named(framework: Framework, subject: str) -> str:
    """The id and name of an element, or the subject itself where the framework has no such id."""
    element = framework.by_id.get(subject)
    return subject if element is None else f"{element.id} {element.name}"


def changes(framework: Framework, conditions: Sequence[Condition], shown: int) -> tuple[str, ...]:
    """What would have to be shown for the level above `shown`: one sentence a condition, none twice.

    Empty at the highest level. After a disqualification only that is told: nothing else
    could change the result.
    """
    hard = [c for c in conditions if c.kind == "disqualifier"]
    if hard:
        found = sorted({c.found for c in hard})
        return (
            *(f"{text[:1].upper()}{text[1:]} ends this assessment for this configuration." for text in found),
            "A corrected version would be a new assessment; this result stays on record.",
        )
    wanted = [c for c in conditions if c.level <= shown + 1 and c.kind != "lower_level"]
    return tuple(dict.fromkeys(_sentence(framework, condition) for condition in wanted))


def _sentence(framework: Framework, condition: Condition) -> str:
    name = named(framework, condition.subject)
    where = f"at level {condition.level}"
    match condition.kind:
        case "sufficiency":
            element = framework.by_id.get(condition.subject)
            title = "Sessions with real clients are needed" if element is None else element.name
            return f"{title} ({where}). Found: {condition.found}. Wanted: {condition.wanted}."
        case "cap":
            element = framework.by_id[condition.subject]
            return f"{element.name} closes level {condition.level} and above: {condition.found}"
        case "review":
            return f"{name}: {condition.found}; {condition.wanted} wanted {where}"
        case _:
            return f"{name}: {condition.found}, {condition.wanted} wanted {where}"
