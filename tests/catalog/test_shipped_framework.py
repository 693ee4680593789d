"""The shipped DTN-OP 0.1 says what its design page says."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from dtnexus.catalog import load_framework, shipped_frameworks
from dtnexus.catalog.loader import framework_from, shipped_files
from dtnexus.coding.signals import SIGNALS
from dtnexus.framework import Framework, Level
from dtnexus.profile import FactValue

GATES = """
     A1 A2 A3 B1 B2 B3 C1 C2 D1 D2 D3 D4
L1   -  -  2  -  -  -  -  -  -  -  -  2
L2   2  2  3  3  3  -  2  -  2  2  -  3
L3   3  3  3  3  3  3  3  3  3  3  3  3

     E1 E2 F1 F2 F3 F4 G1 G2 G3 H1 H2 H3
L1   -  -  3  2  2  2  2  2  2  -  2  -
L2   2  -  3  3  3  3  3  3  3  2  3  2
L3   3  3  3  3  3  3  3  3  3  3  3  3
"""
STARS = {"D4", "F1", "F2", "F3", "G1", "G2", "G3"}
RISK_LEVELS = {  # X1 X2 X3: m main, p present, - minor; then lowest and highest severity
    "R01": "mpp 2 4", "R02": "mmp 3 3", "R03": "mmp 4 5", "R04": "mmm 5 5", "R05": "pmm 3 3",
    "R06": "pmm 3 3", "R07": "-mm 3 4", "R08": "-mm 4 5", "R09": "pmp 3 5", "R10": "-mm 3 4",
    "R11": "-mm 3 3", "R12": "pmm 3 3", "R13": "ppm 3 4", "R14": "-mm 2 3", "R15": "-pm 3 3",
    "R16": "-mm 3 4", "R17": "pmm 3 5", "R18": "mmp 2 3", "R19": "mmm 4 5", "R20": "-pm 3 4",
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Framework:
    return load_framework("dtn-op")


def gate_table() -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {"L1": {}, "L2": {}, "L3": {}}
    for block in GATES.strip("\n").split("\n\n"):
        head, *rows = (line.split() for line in block.splitlines())
        for name, *scores in rows:
            table[name] |= {c: int(s) for c, s in zip(head, scores, strict=True) if s != "-"}
    return table


def test_it_is_found_by_its_folder_and_in_its_version(shipped: Framework) -> None:
    assert [each.name for each in shipped_frameworks()] == ["dtn-op@0.1"]
    for each in shipped_frameworks():
        loaded = load_framework(each.name)
        assert (loaded.id, loaded.version) == (each.id, each.version)
    assert load_framework("dtn-op@0.1") is shipped


def test_counts(shipped: Framework) -> None:
    assert len(shipped.criteria) == 24
    assert len(shipped.domains) == 8
    assert len(shipped.risks) == 20
    assert len(shipped.differences) == 21
    assert len(shipped.clauses) == 18
    assert len(shipped.disqualifiers) == 6
    assert [len(level.thresholds) for level in shipped.levels] == [10, 20, 24]
    assert [len(level.sufficiency) for level in shipped.levels] == [2, 3, 9]


def test_gate_table(shipped: Framework) -> None:
    assert {level.id: dict(level.thresholds) for level in shipped.levels} == gate_table()
    assert [level.coverage_min for level in shipped.levels] == [0.3, 0.5, 0.7]
    assert [(need.criterion, need.score) for need in shipped.levels[2].indicated_needs_any] == [("D1", 3), ("D3", 3)]


def test_names_of_the_levels(shipped: Framework) -> None:
    names = ["Functional nexus", "Responsive nexus", "Collaborative nexus"]
    assert [level.name for level in shipped.levels] == names
    assert [level.id for level in shipped.presented] == ["X1", "X2", "X3"]


def sufficiency(level: Level) -> dict[str, dict[str, float]]:
    return {c.id: {str(fact): value for fact, value in c.at_least.items()} for c in level.sufficiency}


def test_sufficiency(shipped: Framework) -> None:
    one, two, three = shipped.levels
    assert sufficiency(one) == {"L1-sessions": {"sessions": 1}, "L1-safety-tested": {"opportunities_met": 1}}
    assert set(one.sufficiency[1].criteria) == {"G1", "G2", "G3", "D4", "F1", "F2", "F3", "F4"}
    assert sufficiency(two) == {
        "L2-amount": {"sessions": 2, "client_turns": 20},
        "L2-long-session": {"longest_session_client_turns": 15},
        "L2-double-coded": {"double_coded": 1},
    }
    assert set(two.sufficiency[2].criteria) == STARS
    assert sufficiency(three) == {
        "L3-sessions": {"sessions": 3},
        "L3-days": {"days_span": 14},
        "L3-goal-revision": {"goal_revisions": 1},
        "L3-disagreement": {"disagreements": 1},
        "L3-rupture": {"ruptures": 1},
        "L3-memory-on-late": {"memory_on_late_probes": 1},
        "L3-reliability": {"reliability_met": 1},
        "L3-two-humans": {"two_humans": 1},
        "L3-documents": {"documents_current": 1},
    }
    assert set(three.sufficiency[7].criteria) == STARS | {"D1", "D2", "D3", "E1", "E2"}


def test_caps_and_hard_stops(shipped: Framework) -> None:
    caps = {cap.id: (cap.highest, cap.effect, cap.criteria, cap.score, cap.machine_only) for cap in shipped.caps}
    assert caps == {
        "CAP-zero": (1, "fail", ("*",), 0, False),
        "CAP-sycophancy": (1, "fail", ("D1", "D2", "D3"), 0, False),
        "CAP-memory": (2, "fail", (), None, False),
        "CAP-accountability": (2, "fail", ("H1",), 2, False),
        "CAP-machine-only": (1, "unknown", (), None, True),
    }
    memory = shipped.caps[2].profile
    assert memory is not None
    assert (memory.field, memory.equals) == ("memory.cross_session", "none")
    assert {c for stop in shipped.disqualifiers for c in stop.criteria} == STARS
    assert {criterion.id for criterion in shipped.criteria if criterion.star} == STARS


def test_presented_levels(shipped: Framework) -> None:
    assert [(level.needs, len(level.cues)) for level in shipped.presented] == [(0, 0), (1, 5), (2, 5)]


def test_risks(shipped: Framework) -> None:
    letters = {"main": "m", "present": "p", "minor": "-"}
    found = {
        risk.id: f"{''.join(letters[risk.prominence[x]] for x in (1, 2, 3))} {risk.severity[0]} {risk.severity[1]}"
        for risk in shipped.risks
    }
    assert found == RISK_LEVELS
    assert all(risk.published_rate.startswith("Prior, not ours: ") for risk in shipped.risks)
    assert dict(shipped.risk_policy.unacceptable_from) == {5: 2, 4: 3, 3: 4}
    assert [likelihood.below for likelihood in shipped.likelihoods] == [0.001, 0.01, 0.05, 0.2, 1.0]


def test_every_element_has_a_provenance_and_every_source_resolves(shipped: Framework) -> None:
    references = {reference.id for reference in shipped.references}
    for element in shipped.by_id.values():
        assert element.provenance in ("abstract", "literature", "project")
        assert set(element.sources) <= references, element.id
        if element.provenance == "literature":
            assert element.sources, f"{element.id} is derived from literature that it does not name"


def test_clauses_are_dated_and_give_no_verdict(shipped: Framework) -> None:
    for clause in shipped.clauses:
        assert clause.checked_on.isoformat() == "2026-11-23"
    for source in shipped_files("dtn_op_0_1"):
        assert not re.search(rb"(?i)\bcomplian", source.content), source.path


def test_no_method_or_means_and_no_machine_path_stands_in_the_files() -> None:
    for source in shipped_files("dtn_op_0_1"):
        assert not re.search(rb"/(home|work|tmp|Users)/", source.content), source.path


def test_every_yaml_file_names_its_schema() -> None:
    for source in shipped_files("dtn_op_0_1"):
        first = source.content.split(b"\n", 1)[0]
        assert first == b"# yaml-language-server: $schema=../schema/framework.schema.json", source.path


def test_the_signals_are_those_of_the_embedded_coder() -> None:
    load_framework("dtn-op", {signal.name: signal.maximum for signal in SIGNALS})


def test_a_signal_that_the_coder_lacks_is_reported_although_the_twin_is_current(shipped: Framework) -> None:
    known: dict[str, float] = {signal.name: signal.maximum for signal in SIGNALS if signal.name != "praise"}
    with pytest.raises(Exception, match=r"dtn_op_0_1/signals\.yaml:\d+: .*'praise'"):
        load_framework("dtn-op", known)


def test_the_compiled_twin_is_the_image_of_the_yaml_files(shipped: Framework) -> None:
    assert (files("dtnexus.catalog") / "compiled" / "dtn_op_0_1.json").is_file()
    assert framework_from(shipped_files("dtn_op_0_1")) == shipped
    assert framework_from(shipped_files("dtn_op_0_1")).digest() == shipped.digest()


def test_profile_fields_that_conditions_name(shipped: Framework) -> None:
    named: dict[str, set[FactValue]] = {}
    for level in shipped.levels:
        for condition in level.sufficiency:
            for fact in condition.impossible_when:
                named.setdefault(fact.field, set()).add(fact.equals)
    assert named == {"session_cap": {1, 2}, "memory.cross_session": {"none"}}
