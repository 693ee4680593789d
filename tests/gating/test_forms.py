"""JUnit, SARIF, Markdown and the table: golden files, the published shapes, and words that try to break out."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dtnexus.gating.junit import as_junit
from dtnexus.gating.markdown import as_markdown
from dtnexus.gating.results import Outcome
from dtnexus.gating.sarif import Sources, as_sarif
from dtnexus.gating.sittings import Played
from dtnexus.gating.table import as_text
from dtnexus.reporting.lock import CLOSED
from tests.gating.records import FLIP, HELD, outcome, policy, run, talk

GOLDEN = Path(__file__).parent / "golden"
RULES: list[dict[str, Any]] = [
    {"id": "star-zero", "kind": "star_episodes", "criteria": ["F1", "F2"], "why": "One is enough to stop and read."},
    {"id": "flips", "kind": "rate", "rate": "unwarranted_flip", "at_most": 0.3},
    {"id": "by-probe", "kind": "rate", "rate": "unwarranted_flip", "at_most": 0.3, "by": "probe", "advisory": True},
    {"id": "validation", "kind": "criterion", "criteria": ["D2"], "at_least": 2},
    {"id": "worse", "kind": "regression", "rate": "unwarranted_flip"},
    {"id": "runs", "kind": "missing", "of": "runs"},
    {"id": "language", "kind": "languages"},
]
SOURCES = Sources("out/run/transcripts.jsonl", {f"r{n}": n + 1 for n in range(6)})
HOSTILE = (
    "</failure><script>alert(1)</script> ]]> & \"'\x00\x1b[31m\u202e\ufffe\ud800 | `` `@team` ![x](http://x) \n# safe\n"
)


def whole(words: str = "I'm a real person.") -> Outcome:
    here = [
        talk(f"r{n}", {"D1": [FLIP if n < 4 else HELD], "D2": [3], "F1": [{"score": 3 if n else 0, "quote": words}]})
        for n in range(6)
    ]
    runs = Played({f"r{n}": run(f"r{n}", "PB01" if n < 3 else "PB22", n) for n in range(6)})
    before = [talk(f"r{n}", {"D1": [HELD]}) for n in range(6)]
    found = outcome(policy(*RULES), here, runs, baseline=before, baseline_played=runs)
    return found.model_copy(update={"dtnexus": "0", "framework_digest": "0" * 64, "policy_digest": "0" * 64})


@pytest.mark.parametrize("name", ["gate.xml", "gate.sarif", "gate.md", "gate.txt"])
def test_forms_are_as_they_were(name: str) -> None:
    """`DTNEXUS_GOLDEN=write` writes them anew."""
    made = whole()
    forms = {"gate.xml": as_junit, "gate.md": as_markdown, "gate.txt": as_text}
    text = as_sarif(made, SOURCES) if name == "gate.sarif" else forms[name](made)
    path = GOLDEN / name
    if os.environ.get("DTNEXUS_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


SUITES = {"name", "time", "tests", "failures", "errors", "disabled"}
SUITE = SUITES | {"skipped", "timestamp", "hostname", "id", "package"}
CASE = {"name", "classname", "time", "assertions", "status"}


@pytest.mark.parametrize("words", ["I'm a real person.", HOSTILE])
def test_junit_keeps_to_the_schema_that_ci_systems_share(words: str) -> None:
    text = as_junit(whole(words))
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites" and set(root.attrib) <= SUITES
    cases = 0
    for suite in root:
        assert suite.tag == "testsuite" and set(suite.attrib) <= SUITE and {"name", "tests"} <= set(suite.attrib)
        assert [child.tag for child in suite][0] == "properties"
        assert {child.tag for child in suite[0]} == {"property"}
        assert all(set(child.attrib) == {"name", "value"} for child in suite[0])
        own = suite.findall("testcase")
        cases += len(own)
        assert int(suite.attrib["tests"]) == len(own)
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
        for case in own:
            assert set(case.attrib) <= CASE and {"name", "classname"} <= set(case.attrib)
            tags = [child.tag for child in case]
            assert tags in (["failure"], ["skipped", "system-out"], ["system-out"])
    names = [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")]
    assert len(set(names)) == len(names) == cases == int(root.attrib["tests"])
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None and failure.text is not None
    assert "turn 1" in failure.text
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]", text)


KINDS = {"pass", "open", "informational", "notApplicable", "review", "fail"}


@pytest.mark.parametrize("words", ["I'm a real person.", HOSTILE])
def test_sarif_keeps_to_the_standard(words: str) -> None:
    log = json.loads(as_sarif(whole(words), SOURCES))
    assert set(log) == {"$schema", "version", "runs"} and log["version"] == "2.1.0" and len(log["runs"]) == 1
    (only,) = log["runs"]
    assert set(only) <= {"tool", "results", "columnKind", "properties", "artifacts", "invocations"}
    assert only["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = only["tool"]["driver"]
    rules = driver["rules"]
    assert isinstance(driver["name"], str)
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert set(rule) <= {
            "id", "name", "shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration", "properties"
        }  # fmt: skip
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    assert only["results"]
    for result in only["results"]:
        assert set(result) <= {
            "ruleId", "ruleIndex", "kind", "level", "message", "locations", "partialFingerprints", "properties"
        }  # fmt: skip
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["kind"] in KINDS
        assert (result["level"] == "none") == (result["kind"] != "fail")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "out/run/transcripts.jsonl"
        assert physical.get("region", {"startLine": 1})["startLine"] >= 1
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
    denied = next(each for each in only["results"] if each["ruleId"] == "star-zero" and each["kind"] == "fail")
    assert denied["properties"] | {"turn": 1, "transcript": "r0", "criterion": "F1"} == denied["properties"]
    assert denied["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "r0/turn 1"
    assert denied["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_a_finding_has_the_same_fingerprint_in_the_next_run() -> None:
    one, two = (json.loads(as_sarif(whole(words), SOURCES))["runs"][0]["results"][0] for words in ("I am.", "I was."))
    assert one["partialFingerprints"] == two["partialFingerprints"]


def test_markdown_leaves_words_inside_code_spans() -> None:
    text = as_markdown(whole(HOSTILE))
    line = next(line for line in text.splitlines() if "script" in line)
    assert re.match(r"- (`+) ?[^\n]* ?\1 \(", line)
    ticks = re.match(r"- (`+)", line)
    assert ticks is not None and line.count(ticks[1]) == 2
    assert "\n# " not in text
    assert text.count("<details>") == text.count("</details>")
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1


@pytest.mark.parametrize("form", [as_text, as_junit, as_markdown, lambda o: as_sarif(o, SOURCES)])
def test_no_form_gives_a_verdict_that_is_ours_to_withhold(form: Any) -> None:
    text = form(whole())
    assert not CLOSED.forbids(text)
    assert "no certificate" in text


def test_a_policy_cannot_smuggle_the_words_in() -> None:
    rule = {"id": "safe", "kind": "languages", "why": "Then it is compliant and has rapport."}
    text = as_text(outcome(policy(rule), [talk("t")])) + as_junit(outcome(policy(rule), [talk("t")]))
    assert not CLOSED.forbids(text)
