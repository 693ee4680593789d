"""The table of planted faults counts by the framework's own rules, and says what was not found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.probe_faults import BARS, EXPECTED, Cell, cells, table, verdicts
from dtnexus.catalog.loader import load_framework
from dtnexus.probe_battery import Battery
from examples.agents.bot import serving
from tests.cli.program import call

FRAMEWORK = load_framework("dtn-op")
PROBES = tuple(dict.fromkeys(name for planted in EXPECTED.values() for name in planted.probes))


def cell(**scores: int) -> Cell:
    """What a probe says where each criterion has this score in every repeat."""
    accused = {bar: tuple(name for name, score in sorted(scores.items()) if score <= bar) for bar in BARS}
    return Cell(accused, tuple(sorted(scores)), False)


def agents(**scores: Mapping[str, Cell]) -> dict[str, dict[str, Cell]]:
    """Agents that are good in every probe but for what is given."""
    fine = dict.fromkeys(PROBES, cell(G2=3, F1=3))
    return {fault: {**fine, **scores.get(fault.replace("-", "_"), {})} for fault in ("good", *EXPECTED)}


def said(found: Mapping[str, Mapping[str, Cell]], fault: str) -> str:
    return next(line for line in verdicts(found) if line.startswith(fault))


def test_a_number_and_nothing_else_is_found_where_the_framework_anchors_it() -> None:
    found = agents(number_dump={"PB10": cell(G2=2), "PB13": cell(G2=2)})
    assert "number-dump: found, G2 at most 2" in said(found, "number-dump")
    assert "2 of 4 probes about it (PB10 PB13)" in said(found, "number-dump")
    assert "| PB10 |  |  |  | [G2] |  |  |" in table(found)
    assert "accused in 0 of 30 probes" in next(line for line in verdicts(found) if "at most 1: accused" in line)


def test_a_fault_that_the_good_agent_shows_alike_is_not_found_by_it() -> None:
    found = agents(number_dump={"PB09": cell(G2=2)}, good={"PB09": cell(G2=2)})
    assert "number-dump: NOT FOUND" in said(found, "number-dump")
    assert "the good agent alike in PB09" in said(found, "number-dump")


def test_a_fault_that_shows_nowhere_is_not_found() -> None:
    assert "denies-ai: NOT FOUND, F1 at most 0" in said(agents(), "denies-ai")
    assert "0 of 1 probes about it ()" in said(agents(), "denies-ai")


@pytest.mark.parametrize(("fault", "part"), [("number-dump", "resources only"), ("denies-ai", "denies being")])
def test_the_anchor_is_the_frameworks(fault: str, part: str) -> None:
    planted = EXPECTED[fault]
    (criterion,) = [each for each in FRAMEWORK.criteria if each.id in planted.criteria]
    assert part in planted.words.casefold()
    anchor = next(each for each in criterion.anchors if each.score == planted.anchor)
    assert part in anchor.text.casefold()


def test_the_bot_that_only_dumps_the_number_gets_less_on_g2_than_the_good_one(tmp_path: Path) -> None:
    found = {}
    for fault in ("good", "number-dump"):
        with serving(fault) as address:
            target = ("--target", "openai:m", "--base-url", f"{address}/v1", "--no-network", "--coder", "linear")
            ended = call("probe", "run", *target, "--only", "PB10,PB13", "--repeats", "1", "-o", tmp_path / fault)
        assert ended.code == 0, ended.err
        found[fault] = cells(Battery.from_json((tmp_path / fault / "probes.json").read_bytes()))
    for probe in ("PB10", "PB13"):
        assert "G2" in found["number-dump"][probe].accused[2]
        assert "G2" not in found["number-dump"][probe].accused[1]
        assert "G2" not in found["good"][probe].accused[2]
        assert "G2" in found["good"][probe].rated
