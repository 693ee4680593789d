"""What the elements of a framework say about one another: every id that is named must exist.

Each check reads the parts that are readable and yields problems; none raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from dtnexus.catalog.parts import ELEMENT_KEYS, Parts
from dtnexus.catalog.schema_faults import Problem, short, suggestion
from dtnexus.catalog.strict_yaml import Loc
from dtnexus.framework import NotApplicableWhen, QuestionRule, SignalRule, SignalTest
from dtnexus.profile import FactValue, ProfileField
from dtnexus.record import Record
from dtnexus.transcript import AgentKind

EVERY_CRITERION = "*"
AGENT_KIND = ProfileField(name="agent.kind", type="choice", meaning="Kind of agent", choices=get_args(AgentKind))


def reference_problems(parts: Parts) -> Iterator[Problem]:
    """Every dangling or repeated id, and every profile condition that no profile can meet."""
    yield from _repeated_ids(parts)
    yield from _sources(parts)
    yield from _criterion_names(parts)
    yield from _question_names(parts)
    yield from _level_names(parts)
    yield from _risk_names(parts)
    yield from _profile_conditions(parts)


def signal_problems(rules: Iterable[tuple[Loc, SignalRule]], known: Mapping[str, float]) -> Iterator[Problem]:
    """Every signal that the coder does not know, and every value above the signal's scale."""
    for loc, rule in rules:
        for key in ("scorer_reads", "scorer_reads_next"):
            for number, name in enumerate(getattr(rule, key)):
                if name not in known:
                    wanted = f"a known signal{suggestion(name, known)}"
                    yield Problem((*loc, key, number), "unknown-signal", f"{loc[-1]!r} names {name!r}", wanted)
        for place, test in _signal_tests(rule):
            at, where = (*loc, *place), f"{loc[-1]!r}: {'.'.join(str(step) for step in place if isinstance(step, str))}"
            if test.signal not in known:
                wanted = f"a known signal{suggestion(test.signal, known)}"
                yield Problem((*at, "signal"), "unknown-signal", f"{where} names {test.signal!r}", wanted)
            elif test.at_least > known[test.signal]:
                given = f"{where}: {test.signal!r} at_least {test.at_least:g}"
                wanted = f"at most {known[test.signal]:g}, the top of that signal's scale"
                yield Problem((*at, "at_least"), "out-of-range", given, wanted)
            if test.over is not None and test.over not in known:
                wanted = f"a known signal{suggestion(test.over, known)}"
                yield Problem((*at, "over"), "unknown-signal", f"{where} names {test.over!r}", wanted)


def fits(field: ProfileField, value: FactValue) -> str | None:
    """None where a value is one that the field can have; otherwise what is wanted."""
    match field.type:
        case "flag":
            return None if isinstance(value, bool) else "true or false"
        case "number":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            unit = f" of {field.unit}" if field.unit else ""
            return None if number else f"a number{unit}"
        case "list":
            if not isinstance(value, tuple):
                return "a list ('- ' before each entry)"
            return _among(field, value)
        case "choice":
            return _among(field, (value,)) if isinstance(value, str) else f"one of {', '.join(field.choices)} (as text)"
        case "text":
            return None if isinstance(value, str) else "text; put it in quotes"


def _among(field: ProfileField, values: Iterable[str]) -> str | None:
    odd = [value for value in values if field.choices and value not in field.choices]
    return f"one of {', '.join(field.choices)}{suggestion(odd[0], field.choices)}" if odd else None


def _dangling(loc: Loc, where: str, name: str, known: frozenset[str] | None, kind: str) -> Iterator[Problem]:
    if known is not None and name not in known:
        yield Problem(loc, "dangling", f"{where} names {name!r}", f"the id of a {kind}{suggestion(name, known)}")


def _each_dangling(
    loc: Loc, where: str, names: Iterable[str], known: frozenset[str] | None, kind: str
) -> Iterator[Problem]:
    for place, name in enumerate(names):
        yield from _dangling((*loc, place), where, name, known, kind)


def _repeated_ids(parts: Parts) -> Iterator[Problem]:
    first: dict[str, Loc] = {}
    for name, loc in parts.ids():
        if name in first:
            given = f"id {name!r} is taken (by an entry under {first[name][0]!r})"
            yield Problem(loc, "repeated-id", given, "an id that no other element or reference has")
        first.setdefault(name, loc)
    fields: dict[str, str] = {}
    for loc, difference in parts.differences:
        for place, field in enumerate(difference.fields):
            if field.name in fields:
                given = f"{difference.id!r}: field {field.name!r} is taken (by {fields[field.name]!r})"
                yield Problem((*loc, "fields", place, "name"), "repeated-id", given, "each profile field once")
            fields.setdefault(field.name, difference.id)


def _sources(parts: Parts) -> Iterator[Problem]:
    known = parts.known("references")
    for key in ELEMENT_KEYS:
        for loc, element in parts.elements(key):
            yield from _each_dangling(
                (*loc, "sources"), f"{element.id!r}: sources", element.sources, known, "reference"
            )
    for loc, level in parts.levels:
        for place, condition in enumerate(level.sufficiency):
            at = (*loc, "sufficiency", place, "sources")
            yield from _each_dangling(at, f"{condition.id!r}: sources", condition.sources, known, "reference")
    for loc, shown in parts.presented:
        for place, cue in enumerate(shown.cues):
            at = (*loc, "cues", place, "sources")
            yield from _each_dangling(at, f"{cue.id!r}: sources", cue.sources, known, "reference")


def _criterion_names(parts: Parts) -> Iterator[Problem]:
    domains, criteria = parts.known("domains"), parts.known("criteria")
    stars = {criterion.id for _, criterion in parts.criteria if criterion.star}
    unstarred = {criterion.id for _, criterion in parts.criteria} - stars
    for loc, criterion in parts.criteria:
        yield from _dangling((*loc, "domain"), f"{criterion.id!r}: domain", criterion.domain, domains, "domain")
    for loc, _ in parts.signals():
        yield from _dangling(loc, "signals", str(loc[-1]), criteria, "criterion")
    for loc, _ in parts.questions():
        yield from _dangling(loc, "questions", str(loc[-1]), criteria, "criterion")
    for loc, cap in parts.caps:
        named = [(place, name) for place, name in enumerate(cap.criteria) if name != EVERY_CRITERION]
        for place, name in named:
            yield from _dangling((*loc, "criteria", place), f"{cap.id!r}: criteria", name, criteria, "criterion")
    for loc, stop in parts.disqualifiers:
        at, where = (*loc, "criteria"), f"{stop.id!r}: criteria"
        yield from _each_dangling(at, where, stop.criteria, criteria, "criterion")
        for place, name in enumerate(stop.criteria):
            if name in unstarred:
                given = f"{where} names {name!r}, which has no star"
                yield Problem((*at, place), "no-star", given, "a safety-critical criterion ('star: true')")


def _question_names(parts: Parts) -> Iterator[Problem]:
    """Every question that a condition names and that is not asked, and every shared episode that is none."""
    rules = {str(loc[-1]): rule for loc, rule in parts.questions()}
    for loc, rule in parts.questions():
        where, known = f"questions of {str(loc[-1])!r}", set(rule.questions)
        if rule.episodes_of is not None:
            leader = rules.get(rule.episodes_of)
            if leader is None or leader.episodes_of is not None:
                wanted = "a criterion with questions that opens episodes of its own"
                yield Problem((*loc, "episodes_of"), "dangling", f"{where}: episodes of {rule.episodes_of!r}", wanted)
                continue
            known |= {f"{rule.episodes_of}.{name}" for name in leader.questions}
        for name in sorted(set(rule.named) - known):
            yield Problem(loc, "dangling", f"{where}: {name!r} is named", f"a question{suggestion(name, known)}")
        for name in sorted(set(rule.questions) - set(rule.named) - _named_by_others(rules, str(loc[-1]))):
            given = f"{where}: {name!r} is asked and no score or mark depends on it"
            yield Problem((*loc, "questions", name), "unused", given, "questions that decide something")


def _named_by_others(rules: Mapping[str, QuestionRule], leader: str) -> set[str]:
    followers = [rule for rule in rules.values() if rule.episodes_of == leader]
    return {name.removeprefix(f"{leader}.") for rule in followers for name in rule.named if name.startswith(leader)}


def _level_names(parts: Parts) -> Iterator[Problem]:
    criteria = parts.known("criteria")
    for loc, level in parts.levels:
        for name in level.thresholds:
            yield from _dangling((*loc, "thresholds", name), f"{level.id!r}: thresholds", name, criteria, "criterion")
        for place, need in enumerate(level.indicated_needs_any):
            at = (*loc, "indicated_needs_any", place, "criterion")
            yield from _dangling(at, f"{level.id!r}: indicated_needs_any", need.criterion, criteria, "criterion")
        for place, condition in enumerate(level.sufficiency):
            at = (*loc, "sufficiency", place, "criteria")
            yield from _each_dangling(at, f"{condition.id!r}: criteria", condition.criteria, criteria, "criterion")


def _risk_names(parts: Parts) -> Iterator[Problem]:
    criteria, risks = parts.known("criteria"), parts.known("risks")
    bearing = parts.known("criteria", "risks", "domains")
    for loc, risk in parts.risks:
        for place, hazard in enumerate(risk.hazards):
            if hazard.criterion is not None:
                at = (*loc, "hazards", place, "criterion")
                yield from _dangling(at, f"{risk.id!r}: hazards", hazard.criterion, criteria, "criterion")
    for loc, clause in parts.clauses:
        yield from _each_dangling((*loc, "risks"), f"{clause.id!r}: risks", clause.risks, risks, "risk")
        yield from _each_dangling(
            (*loc, "criteria"), f"{clause.id!r}: criteria", clause.criteria, criteria, "criterion"
        )
    for loc, difference in parts.differences:
        at, where = (*loc, "conditions"), f"{difference.id!r}: conditions"
        yield from _each_dangling(at, where, difference.conditions, bearing, "criterion, domain or risk")


def _profile_conditions(parts: Parts) -> Iterator[Problem]:
    fields = {field.name: field for _, difference in parts.differences for field in difference.fields}
    fields[AGENT_KIND.name] = AGENT_KIND
    for loc, where, condition in _conditions(parts):
        field = fields.get(condition.field)
        if field is None:
            if parts.whole("differences"):
                wanted = f"a profile field of 'differences', or 'agent.kind'{suggestion(condition.field, fields)}"
                yield Problem((*loc, "field"), "dangling", f"{where} names the field {condition.field!r}", wanted)
            continue
        wanted_value = fits(field, condition.equals)
        if wanted_value is not None:
            given = f"{where}: {field.name!r} equals {short(condition.equals)}"
            yield Problem((*loc, "equals"), "bad-value", given, wanted_value)


def _conditions(parts: Parts) -> Iterator[tuple[Loc, str, NotApplicableWhen]]:
    for loc, criterion in parts.criteria:
        for place, condition in enumerate(criterion.not_applicable_when):
            yield (*loc, "not_applicable_when", place), f"{criterion.id!r}: not_applicable_when", condition
    for loc, level in parts.levels:
        for place, sufficiency in enumerate(level.sufficiency):
            for number, condition in enumerate(sufficiency.impossible_when):
                at = (*loc, "sufficiency", place, "impossible_when", number)
                yield at, f"{sufficiency.id!r}: impossible_when", condition
    for loc, cap in parts.caps:
        if cap.profile is not None:
            yield (*loc, "profile"), f"{cap.id!r}: profile", cap.profile


def _signal_tests(value: object, loc: Loc = ()) -> Iterator[tuple[Loc, SignalTest]]:
    """Every signal test inside a rule, however deep, with its place."""
    if isinstance(value, SignalTest):
        yield loc, value
    elif isinstance(value, Record):
        for name, part in value:
            yield from _signal_tests(part, (*loc, name))
    elif isinstance(value, tuple):
        for place, part in enumerate(value):
            yield from _signal_tests(part, (*loc, place))
