"""What a framework must be beyond its types: three progressive levels, whole scales, ordered classes.

Each check reads the parts that are readable and yields problems; none raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dtnexus.catalog.parts import Parts
from dtnexus.catalog.references_check import EVERY_CRITERION
from dtnexus.catalog.schema_faults import Problem
from dtnexus.catalog.strict_yaml import Loc
from dtnexus.framework import Anchor, Cap, Level, PresentedLevel, Risk, ScalePoint

SHARES = frozenset({"opportunities_met", "double_coded", "two_humans"})
"""Sufficiency facts that are shares of criteria, 0-1."""


def structure_problems(parts: Parts) -> Iterator[Problem]:
    """Everything that is well typed and still no framework."""
    if len(parts.scale) == 5:
        yield from _zero_to_four(("scale",), "scale", [point for _, point in parts.scale])
    for loc, criterion in parts.criteria:
        yield from _zero_to_four((*loc, "anchors"), f"{criterion.id!r}: anchors", criterion.anchors)
        for level, least in criterion.min_opportunities.items():
            if least < 1:
                given = f"{criterion.id!r}: min_opportunities of level {level} is {least}"
                at = (*loc, "min_opportunities", str(level))
                yield Problem(at, "out-of-range", given, "at least 1; leave the level out where none is needed")
    yield from _levels(parts)
    yield from _caps(parts)
    yield from _presented(parts)
    yield from _risks(parts)
    yield from _classes(parts)
    yield from _profile_fields(parts)


def _zero_to_four(loc: Loc, where: str, points: Iterable[Anchor | ScalePoint]) -> Iterator[Problem]:
    scores = sorted(point.score for point in points)
    if scores != [0, 1, 2, 3, 4]:
        given = f"{where}: has the scores {', '.join(map(str, scores))}"
        yield Problem(loc, "not-0-to-4", given, "each of 0, 1, 2, 3, 4 once")


def _one_two_three(loc: Loc, levels: tuple[tuple[Loc, Level | PresentedLevel], ...]) -> Iterator[Problem]:
    numbers = [level.number for _, level in levels]
    if len(numbers) == 3 and numbers != [1, 2, 3]:
        given = f"{loc[0]}: has the numbers {', '.join(map(str, numbers))}"
        yield Problem(loc, "not-1-to-3", given, "exactly three levels, numbered 1, 2, 3 in this order")


def _levels(parts: Parts) -> Iterator[Problem]:
    yield from _one_two_three(("levels",), parts.levels)
    ordered = sorted(parts.levels, key=lambda placed: placed[1].number)
    for (_, lower), (loc, higher) in zip(ordered, ordered[1:], strict=False):
        for name, score in lower.thresholds.items():
            reached = higher.thresholds.get(name)
            if reached is None or reached < score:
                said = "nothing" if reached is None else f"only {reached}"
                given = f"{higher.id!r} asks {said} of {name!r}, {lower.id!r} asks {score}"
                at = (*loc, "thresholds") if reached is None else (*loc, "thresholds", name)
                yield Problem(at, "threshold-decreases", given, f"at least {score}; thresholds never decrease")
    for loc, level in parts.levels:
        for place, condition in enumerate(level.sufficiency):
            at = (*loc, "sufficiency", place)
            if not condition.at_least:
                yield Problem((*at, "at_least"), "empty", f"{condition.id!r}: at_least is empty", "one fact or more")
            for fact, value in condition.at_least.items():
                if fact in SHARES and not condition.criteria:
                    given = f"{condition.id!r}: {fact!r} without criteria"
                    yield Problem(at, "missing-field", given, "'criteria', which the share is taken over")
                if value < 0 or (fact in SHARES and value > 1):
                    given = f"{condition.id!r}: {fact!r} is {value:g}"
                    wanted = "a share from 0 to 1" if fact in SHARES else "0 or more"
                    yield Problem((*at, "at_least", fact), "out-of-range", given, wanted)


def _caps(parts: Parts) -> Iterator[Problem]:
    for loc, cap in parts.caps:
        grounds = _grounds(cap)
        if len(grounds) != 1:
            said = " and ".join(grounds) or "none"
            wanted = "exactly one of 'criteria' (with 'score'), 'profile' and 'machine_only: true'"
            yield Problem(loc, "cap-grounds", f"{cap.id!r}: grounds given: {said}", wanted)
        if bool(cap.criteria) != (cap.score is not None):
            given = f"{cap.id!r}: {'criteria without a score' if cap.criteria else 'a score without criteria'}"
            yield Problem(loc, "cap-grounds", given, "'criteria' and 'score' together")
        if EVERY_CRITERION in cap.criteria and len(cap.criteria) > 1:
            given = f"{cap.id!r}: '*' beside other criteria"
            yield Problem((*loc, "criteria"), "cap-grounds", given, "'*' alone; it stands for all without star")


def _grounds(cap: Cap) -> list[str]:
    stated = {"criteria": bool(cap.criteria), "profile": cap.profile is not None, "machine_only": cap.machine_only}
    return [name for name, given in stated.items() if given]


def _presented(parts: Parts) -> Iterator[Problem]:
    yield from _one_two_three(("presented",), parts.presented)
    for loc, level in parts.presented:
        if level.needs > len(level.cues):
            given = f"{level.id!r}: needs {level.needs} of {len(level.cues)} cues"
            yield Problem((*loc, "needs"), "out-of-range", given, "no more than it has cues")
        for place, cue in enumerate(level.cues):
            if not cue.at_least:
                at = (*loc, "cues", place, "at_least")
                yield Problem(at, "empty", f"{cue.id!r}: at_least is empty", "one fact or more")


def _risks(parts: Parts) -> Iterator[Problem]:
    classes = {severity.number for _, severity in parts.severities} if parts.whole("severities") else {1, 2, 3, 4, 5}
    for loc, risk in parts.risks:
        yield from _one_risk(loc, risk, classes)


def _one_risk(loc: Loc, risk: Risk, classes: set[int]) -> Iterator[Problem]:
    if set(risk.prominence) != {1, 2, 3}:
        given = f"{risk.id!r}: prominence at {', '.join(map(str, sorted(risk.prominence))) or 'no level'}"
        yield Problem((*loc, "prominence"), "not-1-to-3", given, "a prominence at each of 1, 2, 3")
    low, high = risk.severity
    if low > high or not {low, high} <= classes:
        wanted = f"lowest and highest of the classes {', '.join(map(str, sorted(classes)))}, in this order"
        yield Problem((*loc, "severity"), "out-of-range", f"{risk.id!r}: severity is [{low}, {high}]", wanted)
    for place, hazard in enumerate(risk.hazards):
        if (hazard.criterion is None) == (hazard.gap_at_least is None):
            both = "both a criterion and a gap" if hazard.criterion else "neither a criterion nor a gap"
            wanted = "exactly one of 'criterion' and 'gap_at_least'"
            yield Problem((*loc, "hazards", place), "hazard-grounds", f"{risk.id!r}: hazard with {both}", wanted)


def _classes(parts: Parts) -> Iterator[Problem]:
    for key, entries in (("severities", parts.severities), ("likelihoods", parts.likelihoods)):
        numbers = [entry.number for _, entry in entries]
        if numbers != sorted(set(numbers)):
            given = f"{key}: numbered {', '.join(map(str, numbers))}"
            yield Problem((key,), "not-increasing", given, "each number once, increasing")
    for (_, lower), (loc, higher) in zip(parts.likelihoods, parts.likelihoods[1:], strict=False):
        if higher.below <= lower.below:
            given = f"{higher.id!r}: below {higher.below:g} follows {lower.below:g} of {lower.id!r}"
            yield Problem((*loc, "below"), "not-increasing", given, "a higher limit than the class before")
    policy = parts.policy()
    if policy is not None and parts.whole("severities") and parts.whole("likelihoods"):
        severities = {severity.number for _, severity in parts.severities}
        likelihoods = {likelihood.number for _, likelihood in parts.likelihoods}
        for severity, likelihood in policy.unacceptable_from.items():
            if severity not in severities or likelihood not in likelihoods:
                given = f"risk_policy: severity {severity} is unacceptable from likelihood {likelihood}"
                at = ("risk_policy", "unacceptable_from", str(severity))
                yield Problem(at, "dangling", given, "numbers of classes under 'severities' and 'likelihoods'")


def _profile_fields(parts: Parts) -> Iterator[Problem]:
    for loc, difference in parts.differences:
        for place, field in enumerate(difference.fields):
            at, where = (*loc, "fields", place), f"{difference.id!r}: field {field.name!r}"
            if field.type == "choice" and len(field.choices) < 2:
                yield Problem(at, "missing-field", f"{where} has no choices", "'choices' with two or more texts")
            if field.type not in ("choice", "list") and field.choices:
                given = f"{where} is a {field.type} with choices"
                yield Problem((*at, "choices"), "bad-value", given, "choices at 'type: choice' or 'type: list' only")
