"""Policies are strict: every fault at once, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtnexus.catalog.generated import json_schema
from dtnexus.catalog.policy_file import load_policy, policy_from
from dtnexus.errors import InputError, PolicyError
from dtnexus.gate_policy import RULE_KINDS
from dtnexus.reporting.lock import CLOSED
from tests.gating.records import framework

HEAD = "name: x\nframework: dtn-op\nrules:\n"


def faults(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        policy_from(text.encode(), "p.yaml", framework())
    return [f"{fault.line} {fault.code} {fault.given}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ["1 no-mapping an empty file"]),
        ("name: x\nframework: dtn-op\nrules: []\n", ["3 wrong-length rules is []"]),
        (f"{HEAD}- 7\n", ["4 wrong-type rules[1] is 7"]),
        (f"{HEAD}- id: a\n", ["4 unknown-choice rule \"a\": no 'kind'"]),
        (f"{HEAD}- id: a\n  kind: rat\n", ['5 unknown-choice rule "a": kind is "rat"']),
        (f"{HEAD}- id: a\n  kind: languages\n  atmost: 1\n", ["6 unknown-key rule \"a\": 'a': unknown field 'atmost'"]),
        (f"{HEAD}- id: a\n  kind: languages\n  at_most: -1\n", ["6 out-of-range 'a': at_most is -1"]),
        (f"{HEAD}- id: 1a\n  kind: languages\n", ["4 bad-id "]),
        (f"{HEAD}- id: a\n  kind: rate\n  rate: unwarranted_flip\n", ["4 bad-value "]),
        (f"{HEAD}- id: a\n  kind: rate\n  rate: low_scores\n  at_most: 0.1\n", ["4 bad-value "]),
        (f"{HEAD}- id: a\n  kind: rate\n  rate: unwarranted_flip\n  at_most: 0\n", ["7 out-of-range "]),
        (f"{HEAD}- id: a\n  kind: criterion\n  criteria: [D2]\n  at_least: 2.5\n", ["4 bad-value "]),
        (f"{HEAD}- id: a\n  kind: star_episodes\n  criteria: [D1]\n", ["6 dangling criteria names 'D1'"]),
        (f"{HEAD}- id: a\n  kind: languages\n- id: a\n  kind: languages\n", ["6 repeated-id rule id 'a' stands here"]),
        (f"{HEAD}- id: a\n  kind: languages\n  id: b\n", ["6 repeated-key "]),
        (f"{HEAD}- id: a\n  kind: languages\n  where: {{memory: maybe}}\n", ["6 unknown-choice "]),
        (HEAD.replace("dtn-op", "other") + "- id: a\n  kind: languages\n", ["2 other-framework framework is 'other'"]),
        (f"{HEAD}- id: !x a\n  kind: languages\n", ["4 tag "]),
    ],
)
def test_every_fault_names_its_line(text: str, wanted: list[str]) -> None:
    found = faults(text)
    assert len(found) >= len(wanted)
    for fault, start in zip(found, wanted, strict=False):
        assert fault.split(" ", 2)[:2] == start.split(" ", 2)[:2], found


def test_all_faults_come_at_once() -> None:
    rate = "- id: a\n  kind: rate\n  rate: flips\n  at_most: 2\n"
    text = f"{HEAD}{rate}- id: b\n  kind: languages\n  most: 1\nconfidense: 1\n"
    assert [fault.split()[0] for fault in faults(text)] == ["6", "7", "10", "11"]


def test_a_missing_file_says_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file; wanted: a YAML file with a gate policy"):
        load_policy(tmp_path / "none.yaml", framework())


def test_the_shipped_policy_says_whose_it_is_and_promises_nothing() -> None:
    policy = load_policy("default", framework())
    assert "own operationalisation" in policy.about
    assert "not the authors'" in policy.about
    for text in (policy.name, policy.about, *(rule.why for rule in policy.rules), *(rule.id for rule in policy.rules)):
        assert not CLOSED.forbids(text)
    assert {rule.kind for rule in policy.rules} == set(RULE_KINDS)
    assert any(rule.kind == "regression" for rule in policy.rules) is policy.needs_baseline is True


def test_the_schema_knows_every_kind() -> None:
    mapping = str(json_schema("gate-policy"))
    assert all(f"'{kind}'" in mapping for kind in RULE_KINDS)
