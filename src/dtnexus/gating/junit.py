"""A gate's outcome as JUnit XML: a suite for each rule, a test case for each criterion or rate and probe.

The elements and attributes are those of the schema that Jenkins publishes and most CI systems read: ``testsuites``,
``testsuite`` (first ``properties``), ``testcase`` with at most one of ``failure`` and ``skipped``, then ``system-out``.
Undecided cases are ``skipped``: they are no failing, and a build server shows them.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from dtnexus.gating.results import Case, Outcome
from dtnexus.gating.wording import message, verdict_words
from dtnexus.reporting.marks import visible

_NO_CHARACTER = re.compile("[\ufffe\uffff]")
"""Not allowed in XML 1.0, beside those that `visible` shows."""


def as_junit(outcome: Outcome) -> str:
    """The document; the same outcome gives the same text."""
    suites: dict[str, list[Case]] = {}
    for case in outcome.cases:
        suites.setdefault(case.rule, []).append(case)
    root = Element("testsuites", {"name": _clean(f"dtnexus gate: {outcome.policy}"), **_counts(outcome.cases)})
    for rule, cases in suites.items():
        suite = SubElement(root, "testsuite", {"name": _clean(rule), **_counts(cases)})
        properties = SubElement(suite, "properties")
        for name, value in _properties(outcome, cases[0]):
            SubElement(properties, "property", {"name": name, "value": _clean(value)})
        for case in cases:
            _case(suite, case)
    del root.attrib["skipped"]  # the schema knows it of suites only
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _case(suite: Element, case: Case) -> None:
    parts = [each for each in (case.subject if case.subject != "-" else None, case.probe) if each]
    name = " / ".join(parts) or case.rule
    element = SubElement(
        suite, "testcase", {"classname": _clean(f"dtnexus.gate.{case.rule}"), "name": _clean(name), "time": "0"}
    )
    told = _clean(message(case))
    if case.verdict == "fail" and not case.advisory:
        SubElement(element, "failure", {"message": _clean(case.said), "type": case.kind}).text = told
    elif case.verdict != "pass":
        SubElement(element, "skipped", {"message": _clean(f"{verdict_words(case)}: {case.said}")})
        SubElement(element, "system-out").text = told
    else:
        SubElement(element, "system-out").text = told


def _counts(cases: list[Case] | tuple[Case, ...]) -> dict[str, str]:
    failures = sum(case.verdict == "fail" and not case.advisory for case in cases)
    skipped = sum(case.verdict != "pass" for case in cases) - failures
    told = {"tests": len(cases), "failures": failures, "errors": 0, "skipped": skipped, "time": 0}
    return {name: str(value) for name, value in told.items()}


def _properties(outcome: Outcome, case: Case) -> list[tuple[str, str]]:
    coders = ", ".join(f"{coder.name} {coder.version}" for coder in outcome.coders)
    told = [
        ("run", outcome.run),
        ("baseline", outcome.baseline or ""),
        ("framework", outcome.framework),
        ("coders", coders),
        ("policy", outcome.policy),
        ("policy-digest", outcome.policy_digest),
        ("kind", case.kind),
        ("meaning", outcome.notes[0] if outcome.notes else ""),
    ]
    return [(name, value) for name, value in told if value]


def _clean(text: str) -> str:
    return _NO_CHARACTER.sub("\u2423", visible(text))
