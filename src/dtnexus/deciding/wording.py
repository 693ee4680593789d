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
    flagged = {c.subject for c in wanted if c.kind == "review" and c.truth == "unknown" and not _by_score(c)}
    grouped: dict[str, list[Condition]] = {"unseen": [], "few": [], "people": []}
    alone = []
    for condition in wanted:
        group = _group(condition)
        if group is None:
            alone.append(condition)
        elif condition.subject not in flagged:
            grouped[group].append(condition)
    told = [_sentence(framework, condition) for condition in alone]
    told += [_together(framework, group, each) for group, each in grouped.items() if each]
    return tuple(dict.fromkeys(told))


def _by_score(condition: Condition) -> bool:
    return condition.found.startswith("score")


def _group(condition: Condition) -> str | None:
    """The sentence that a condition shares with others of its kind; None: it has one of its own."""
    match condition.kind, condition.truth:
        case "threshold", "unknown":
            return "unseen"
        case "opportunities", _:
            return "few"
        case "review", _ if _by_score(condition):
            return "people"
    return None


_TOGETHER = {
    "unseen": "Not observed: {}. Probes, documents or further sessions must give the opportunity.",
    "few": "Seen too seldom: {}. More opportunities are needed, from probes or further sessions.",
    "people": "Rated by machine only or in dispute: {}. People must rate these.",
}


def _together(framework: Framework, group: str, conditions: Sequence[Condition]) -> str:
    """One sentence about all conditions of a group, each criterion once, at its lowest level."""
    named_once: dict[str, str] = {}
    for condition in conditions:
        level = f"level {condition.level}"
        named_once.setdefault(
            condition.subject, f"{named(framework, condition.subject)} ({level}: {_short(condition)})"
        )
    return _TOGETHER[group].format("; ".join(named_once.values()))


def _short(condition: Condition) -> str:
    return condition.wanted if condition.kind == "threshold" else f"{condition.found}, {condition.wanted}"


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
