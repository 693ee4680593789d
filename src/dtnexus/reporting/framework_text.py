"""A framework in words: the overview as Markdown tables, and one element in full."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from dtnexus.errors import UsageError
from dtnexus.framework import Criterion, Difference, Element, Framework, Level, Provenance, Reference, Risk
from dtnexus.question_rule import AnswerCondition, QuestionRule
from dtnexus.signal_rule import SignalCondition, SignalRule, SignalTest

PROVENANCE: Mapping[Provenance, str] = {
    "abstract": "stated by the abstract",
    "literature": "derived from other literature",
    "project": "this project's choice",
}
CHECKED = {
    "copy": "checked against a copy (often the abstract only)",
    "secondary": "known from a secondary summary",
    "not_checked": "not re-checked; not to be printed as fact",
}
_MARKS = {"main": "●", "present": "○", "minor": "·"}
_SIGNS = {"positive": "+", "negative": "−", "boundary": "±"}
_HEAD = frozenset({"id", "name", "provenance", "sources"})


def overview(framework: Framework) -> str:
    """The whole framework on a page or two: levels, criteria with thresholds, caps and risks, as Markdown."""
    levels = framework.levels
    parts = [
        f"# {framework.name} ({framework.id}@{framework.version})",
        framework.authors_note,
        framework.disclaimer,
        "## Levels",
        _table(
            ("level", "name", "in one sentence", "thresholds"),
            [(level.id, level.name, level.sentence, str(len(level.thresholds))) for level in levels],
        ),
        "## Presented levels",
        _table(
            ("level", "reached by", "main risks"),
            [(shown.id, shown.sentence, shown.main_risks) for shown in framework.presented],
        ),
        "## Criteria and the least score that each level asks for",
        "★ safety-critical: a confirmed 0 disqualifies. – not asked for.",
        _table(
            ("id", "criterion", "domain", "★", "evidence", *(level.id for level in levels)),
            [_criterion_row(criterion, levels) for criterion in framework.criteria],
        ),
        "## What evidence a level needs",
        _table(
            ("level", "condition", "id"),
            [(level.id, condition.name, condition.id) for level in levels for condition in level.sufficiency],
        ),
        "## Caps and hard stops",
        _table(
            ("id", "finding", "closes"),
            [
                *((cap.id, cap.name, f"every level above {cap.highest}") for cap in framework.caps),
                *((stop.id, stop.name, "the assessment") for stop in framework.disqualifiers),
            ],
        ),
        "## Risks by presented level",
        "● main, ○ present, · minor.",
        _table(
            ("id", "risk", *(shown.id for shown in framework.presented), "severity"),
            [_risk_row(risk) for risk in framework.risks],
        ),
        f"{len(framework.differences)} differences, {len(framework.clauses)} clauses, "
        f"{len(framework.references)} references. "
        "`dtnexus framework show ID` prints one element in full.",
    ]
    return "\n\n".join(parts) + "\n"


def element_text(framework: Framework, element_id: str) -> str:
    """One element in full, with provenance and sources, as Markdown.

    Takes the id of any element: criterion, domain, level, condition, cap, disqualifier,
    cue, risk, class, difference, clause, or reference.

    Raises:
        UsageError: the framework has no such element; names near misses.
    """
    references = {reference.id: reference for reference in framework.references}
    if element_id in references:
        return f"# {element_id}\n\n{_citation(references[element_id])}\n"
    element = framework.by_id.get(element_id)
    if element is None:
        known = [*framework.by_id, *references]
        near = difflib.get_close_matches(element_id, known, n=3) or list(framework.by_id)[:12]
        raise UsageError(
            f"framework {framework.id}@{framework.version}: no element {element_id!r}; "
            f"wanted the id of one, for instance {', '.join(near)}"
        )
    parts = [f"# {element.id} {element.name}", *_body(framework, element), _ground(element, references)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _criterion_row(criterion: Criterion, levels: Sequence[Level]) -> tuple[str, ...]:
    asked = (str(level.thresholds.get(criterion.id, "–")) for level in levels)
    star = "★" if criterion.star else ""
    return (criterion.id, criterion.name, criterion.domain, star, ",".join(criterion.evidence), *asked)


def _risk_row(risk: Risk) -> tuple[str, ...]:
    marks = (_MARKS.get(risk.prominence.get(number, ""), "") for number in (1, 2, 3))
    return (risk.id, risk.name, *marks, _span(risk.severity))


def _span(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}–{pair[1]}"


def _body(framework: Framework, element: Element) -> list[str]:
    match element:
        case Criterion():
            return _criterion(framework, element)
        case Difference():
            return _difference(element)
        case Level():
            return _level(element)
        case Risk():
            return [_risk(element)]
        case _:
            return [_fields(element)]


def _criterion(framework: Framework, criterion: Criterion) -> list[str]:
    names = {point.score: point.name for point in framework.scale}
    asked = ", ".join(f"{x.id} {x.thresholds[criterion.id]}" for x in framework.levels if criterion.id in x.thresholds)
    needed = ", ".join(f"L{level} {least}" for level, least in criterion.min_opportunities.items())
    facts = [
        ("domain", criterion.domain),
        ("safety-critical", "yes: a confirmed 0 disqualifies" if criterion.star else ""),
        ("rated per", ", ".join(criterion.units)),
        ("evidence", ", ".join(criterion.evidence)),
        ("thresholds", asked),
        ("opportunities needed", "; ".join(part for part in (needed, criterion.opportunity_note) if part)),
        ("not observable", criterion.not_observable_when),
        ("not applicable", "; ".join(f"{n.field} = {n.equals} ({n.because})" for n in criterion.not_applicable_when)),
        ("from episodes to a rating", criterion.aggregation),
        ("zeros that no median hides", "" if criterion.zero_shows_after is None else str(criterion.zero_shows_after)),
        ("clinician needed for", ", ".join(map(str, criterion.needs_clinician_for))),
        ("caution", criterion.caution),
    ]
    anchors = sorted(criterion.anchors, key=lambda anchor: anchor.score)
    signs = [f"- ({_SIGNS[indicator.polarity]}) {indicator.text}" for indicator in criterion.indicators]
    rules = []
    for rule in criterion.decision_rules:
        rules += [f"- {rule.text}", *(f"  - {example}" for example in rule.examples)]
    rule_of_signals, questions = framework.signals.get(criterion.id), framework.questions.get(criterion.id)
    return [
        criterion.definition,
        _listed(facts),
        _table(("score", "", "meaning here"), [(str(a.score), names.get(a.score, ""), a.text) for a in anchors]),
        _section("Signs (+ for, − against, ± on the boundary)", signs),
        _section("Decision rules", rules),
        _section("How the embedded coder reads it", _signal_lines(rule_of_signals) if rule_of_signals else ()),
        _section("What a language model as judge is asked", _question_lines(questions) if questions else ()),
    ]


def _question_lines(rule: QuestionRule) -> list[str]:
    opens = rule.opens or f"the episodes of {rule.episodes_of}"
    lines = [f"- opens: {opens}" + (f" Not: {rule.not_opened_by}." if rule.not_opened_by else "")]
    lines += [f"- {name}: {question.ask}" for name, question in rule.questions.items()]
    if rule.rated_if != AnswerCondition():
        lines.append(f"- rated if {_answers(rule.rated_if)}")
    lines += [f"- scores {when.score} if {_answers(when)}" for when in rule.scores]
    return [*lines, f"- scores {rule.otherwise} otherwise"]


def _answers(condition: AnswerCondition) -> str:
    groups = (("all of", condition.all_of), ("any of", condition.any_of), ("none of", condition.none_of))
    return " and ".join(f"{words} ({', '.join(names)})" for words, names in groups if names)


def _signal_lines(rule: SignalRule) -> list[str]:
    lines = [f"- opens at any of: {_tests(rule.cues)}"]
    if rule.unless:
        lines.append(f"- unless any of: {_tests(rule.unless)}")
    if rule.only_if != SignalCondition():
        lines.append(f"- only if {_condition(rule.only_if)}")
    lines += [f"- scores {when.score} if {_condition(when)}" for when in rule.scores]
    return [*lines, f"- scores {rule.otherwise} otherwise"]


def _condition(condition: SignalCondition) -> str:
    groups = (("all of", condition.all_of), ("any of", condition.any_of), ("none of", condition.none_of))
    return " and ".join(f"{words} ({_tests(tests)})" for words, tests in groups if tests) or "nothing else fits"


def _tests(tests: Iterable[SignalTest]) -> str:
    return ", ".join(
        f"{test.signal} ≥ {test.at_least:g}" + (f" ({test.at})" if test.at != "turn" else "") for test in tests
    )


def _level(level: Level) -> list[str]:
    thresholds = ", ".join(f"{name} {score}" for name, score in level.thresholds.items())
    needs = " or ".join(f"{need.criterion} ≥ {need.score}" for need in level.indicated_needs_any)
    conditions = []
    for condition in level.sufficiency:
        at_least = " or ".join(f"{fact} ≥ {value:g}" for fact, value in condition.at_least.items())
        over = f" over {', '.join(condition.criteria)}" if condition.criteria else ""
        conditions.append(f"- {condition.id}: {condition.name} ({at_least}{over})")
        conditions += [f"  - impossible when {n.field} = {n.equals}: {n.because}" for n in condition.impossible_when]
    facts = [
        ("thresholds", thresholds),
        ("indicated from", f"{level.coverage_min:.0%} of its transcript criteria observed"),
        ("indicated only with", needs),
    ]
    return [
        level.sentence,
        _listed(facts),
        _section("Evidence that it needs", conditions),
        _section("A report may say", [f"- {text}" for text in level.may_say]),
        _section("A report may not say", [f"- {text}" for text in level.may_not_say]),
    ]


def _difference(difference: Difference) -> list[str]:
    rows = []
    for field in difference.fields:
        kind = f"{field.type}: {', '.join(field.choices)}" if field.choices else field.type
        rows.append((field.name, f"{kind} ({field.unit})" if field.unit else kind, field.meaning))
    return [
        _listed(
            [
                ("human therapist", difference.human),
                ("digital agent", difference.agent),
                ("bears on", ", ".join(difference.conditions)),
            ]
        ),
        _table(("profile field", "type", "meaning"), rows),
    ]


def _fields(element: Element) -> str:
    dumped = element.model_dump(mode="json", exclude=set(_HEAD))
    return _listed([(key.replace("_", " "), _plain(value)) for key, value in dumped.items()])


def _risk(risk: Risk) -> str:
    hazards = [
        f"gap of at least {hazard.gap_at_least}"
        if hazard.gap_at_least is not None
        else f"{hazard.criterion} at most {hazard.at_most}"
        for hazard in risk.hazards
    ]
    return _listed(
        [
            ("mechanism", risk.mechanism),
            ("prominence", ", ".join(f"X{level} {word}" for level, word in risk.prominence.items())),
            ("why main there", risk.why_main),
            ("hazardous behaviour", ", ".join(hazards)),
            ("evidence", risk.evidence_note),
            ("severity", _span(risk.severity)),
            ("published rate", risk.published_rate),
            ("mitigations", ", ".join(risk.mitigations)),
        ]
    )


def _plain(value: JsonValue) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case list():
            return "; ".join(_plain(part) for part in value)
        case dict():
            return ", ".join(f"{key}: {_plain(part)}" for key, part in value.items() if part is not None)
        case float():
            return f"{value:g}"
        case _:
            return json.dumps(value)


def _ground(element: Element, references: Mapping[str, Reference]) -> str:
    sources = [f"- {_citation(references[name])}" for name in element.sources if name in references]
    return _section(f"Provenance: {PROVENANCE[element.provenance]}", sources) or (
        f"## Provenance: {PROVENANCE[element.provenance]}"
    )


def _citation(reference: Reference) -> str:
    doi = f" doi:{reference.doi}" if reference.doi else ""
    url = f" <{reference.url}>" if reference.url else ""
    note = f" {reference.note}" if reference.note else ""
    return f"{reference.citation}.{doi}{url} [{CHECKED[reference.checked]}]{note}"


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join((f"## {title}", "", *lines)) if lines else ""


def _listed(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- **{name}**: {text}" for name, text in pairs if text)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        cells = (" ".join(cell.replace("|", "\\|").split()) for cell in row)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
