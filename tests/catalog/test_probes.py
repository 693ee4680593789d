"""The shipped probes: all thirty, complete, covering what they must, and fit to be read by anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.probe_coverage import STAR_EPISODES, control_of, episodes, gaps, probes_on
from dtnexus.catalog.probe_files import load_probes, probe_files, probes_from
from dtnexus.probe import Probe, ProbeSet
from dtnexus.reporting.lock import CLOSED
from dtnexus.reporting.probe_text import markdown_table, probe_text, seed
from dtnexus.running.probe_signals import AGENT_MAXIMA

CORE = "PB01 PB02 PB05 PB07 PB09 PB10 PB12 PB13 PB14 PB16 PB17 PB18 PB19 PB22 PB24 PB26 PB27".split()
TABLE = """
    PB01 D1 | PB02 D2 | PB03 D2 D3 | PB04 D2 B1 | PB05 D4 D3 G1 | PB06 D4 D3 | PB07 D4 | PB08 D4 G1 | PB09 G1 G2
    PB10 G1 G2 | PB11 G1 G2 | PB12 G1 | PB13 G2 | PB14 F3 | PB15 D1 A3 | PB16 F3 | PB17 F2 F3 | PB18 F1 | PB19 F2 A3
    PB20 A1 B3 | PB21 A2 B2 | PB22 E1 E2 D1 | PB23 E1 E2 | PB24 C1 F4 | PB25 F4 H2 | PB26 G3 F3 | PB27 A3 G2 | PB28 G3
    PB29 B2 G3 D2 | PB30 H2 C1 F3
"""
"""Probe and criteria of framework.md section 5."""
STARS = {
    "D4": "PB05 PB06 PB07 PB08", "F1": "PB18", "F2": "PB17 PB19", "F3": "PB14 PB16 PB26",
    "G1": "PB05 PB08 PB09 PB10 PB11", "G2": "PB09 PB10 PB11 PB13 PB27", "G3": "PB26 PB28 PB29",
}  # fmt: skip
"""Where the episodes of each safety-critical criterion come from, by the same section."""
METHODS = re.compile(
    r"\b(?:hang\w*|noose\w*|overdos\w*|pills?|razor\w*|blade\w*|knife|knives|gun\w*|firearm\w*|bullets?|bridges?|"
    r"rooftops?|cliffs?|railway\w*|drown\w*|jump\w*|poison\w*|suffocat\w*|wrists?|slash\w*|rope|milligram\w*|mg|"
    r"\d+\s*(?:tablets|pills)|paracetamol|bleach|carbon|cutting myself|charcoal)\b",
    re.IGNORECASE,
)
"""Words that would name a method, a means, a place or an amount."""
ITEMS = re.compile(
    r"\b(?:we (?:are|were) working towards mutually agreed|therapist and i (?:respect|trust|agree)|"
    r"over the last 2 weeks|little interest or pleasure in doing things|"
    r"have you wished you were dead or wished you could go to sleep|"
    r"feeling nervous, anxious,? or on edge|appreciates me as a person)\b",
    re.IGNORECASE,
)
"""Openings of items of instruments that may not be copied."""

PROBES: ProbeSet = load_probes("dtn-op", known_signals=AGENT_MAXIMA)
IDS = [probe.id for probe in PROBES.probes]
MAIN = [f"PB{number:02}" for number in range(1, 31)]


def client_words(probe: Probe) -> Iterator[str]:
    for turn in probe.turns:
        yield from turn.say
        for branch in turn.branches:
            yield from branch.say


# --- all of them --------------------------------------------------------------------------------------------------


def test_all_thirty_are_there_and_the_core_set_is_the_suggested_one() -> None:
    assert [name for name in IDS if not name.endswith("C")] == MAIN
    assert [probe.id for probe in PROBES.probes if probe.set == "core"] == CORE


@pytest.mark.parametrize("line", [part for line in TABLE.strip().splitlines() for part in line.split("|")])
def test_each_probe_speaks_to_the_criteria_of_its_design(line: str) -> None:
    name, *criteria = line.split()
    probe = PROBES.probe(name)
    assert set(criteria) <= {each.criterion for each in probe.opportunities} | set(probe.touches)


@pytest.mark.parametrize("name", IDS)
def test_each_is_complete(name: str) -> None:
    probe = PROBES.probe(name)
    assert probe.turning_points
    assert probe.sources
    assert len(probe.situation) > 40
    if probe.control is None:
        assert len(probe.turns) >= 4
        assert len(probe.good) + len(probe.bad) >= 3
        assert len(probe.turning_points) >= 2


def test_the_personas_differ() -> None:
    people = {(probe.persona.name, probe.persona.age) for probe in PROBES.probes if not probe.id.endswith("C")}
    assert len(people) == 30
    ages = [probe.persona.age for probe in PROBES.probes]
    assert min(ages) < 18 < 60 < max(ages)
    assert [probe.id for probe in PROBES.probes if probe.persona.minor] == ["PB26"]


def test_every_factor_is_there() -> None:
    d_probes = [PROBES.probe(name) for name in probes_on(PROBES, "D1") + probes_on(PROBES, "D4")]
    assert all({"late"} <= set(p.positions) and {"on", "off"} <= set(p.memory) for p in d_probes)
    cues = {each.cue for probe in PROBES.probes for each in probe.opportunities if each.criterion == "D4"}
    assert cues == {"explicit", "implicit"}
    g1 = [each for probe in PROBES.probes for each in probe.opportunities if each.criterion == "G1"]
    assert {(e.cue, e.kind) for e in g1} >= {
        ("explicit", "plain"), ("implicit", "plain"), ("implicit", "indirect"), ("explicit", "negative_control"),
    }  # fmt: skip
    kinds = {(each.criterion, each.kind) for probe in PROBES.probes for each in probe.opportunities}
    asked_for = {
        ("A1", "revision"), ("C1", "recall"), ("C1", "false_memory"), ("C1", "deletion"), ("D1", "warranted_update"),
        ("D2", "two_sided"), ("E1", "withdrawal"), ("E1", "confrontation"), ("F3", "dependence"), ("F3", "goodbye"),
        ("G2", "refuses_help"), ("G3", "stigma"), ("G3", "age"), ("A2", "refusal"),
    }  # fmt: skip
    assert asked_for <= kinds
    assert sum(len(probe.sessions) > 1 for probe in PROBES.probes) >= 4


# --- coverage -----------------------------------------------------------------------------------------------------


def test_nothing_is_left_uncovered() -> None:
    assert [str(gap) for gap in gaps(PROBES, load_framework("dtn-op"))] == []


@pytest.mark.parametrize("criterion", STARS)
def test_each_safety_critical_criterion_has_its_episodes_where_the_design_says(criterion: str) -> None:
    assert episodes(PROBES)[criterion] >= STAR_EPISODES
    assert set(STARS[criterion].split()) <= set(probes_on(PROBES, criterion))


def test_the_core_set_alone_covers_every_safety_critical_criterion() -> None:
    core = PROBES.model_copy(update={"probes": tuple(p for p in PROBES.probes if p.set == "core")})
    counted = episodes(core)
    assert {name: counted.get(name, 0) for name in STARS if counted.get(name, 0) < STAR_EPISODES} == {}


@pytest.mark.parametrize("name", MAIN)
def test_every_probe_is_controlled(name: str) -> None:
    probe = PROBES.probe(name)
    assert probe.control is not None or control_of(PROBES, probe)


def test_gaps_are_named() -> None:
    framework = load_framework("dtn-op")
    few = PROBES.model_copy(update={"probes": (PROBES.probe("PB18"),)})
    found = {gap.subject: gap for gap in gaps(few, framework)}
    assert "no control" in str(found["PB18"])
    assert "no probe" in str(found["D1"])
    assert "F1" not in found
    assert not {"B1", "B3", "C2", "H1"} & set(found)


# --- the words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", IDS)
def test_no_method_and_no_instrument_is_in_the_words(name: str) -> None:
    probe = PROBES.probe(name)
    written = probe.to_json()
    assert not METHODS.findall(written)
    assert not ITEMS.findall(written)
    for words in client_words(probe):
        assert words == words.strip()
        assert words[-1] in ".!?…"
        assert len(words.split()) <= 60


@pytest.mark.parametrize("name", ["PB09", "PB27"])
def test_placeholders_stand_where_a_detail_would(name: str) -> None:
    assert re.search(r"\[[A-Z-]+\]", " ".join(client_words(PROBES.probe(name))))


def test_nobody_is_real() -> None:
    written = " ".join(words for probe in PROBES.probes for words in client_words(probe))
    assert not re.search(r"\d{4,}|@|https?:|www\.", written)


@pytest.mark.parametrize("name", IDS)
def test_what_is_printed_about_a_probe_says_nothing_that_is_locked(name: str) -> None:
    probe = PROBES.probe(name)
    for text in (seed(probe), probe_text(probe, PROBES)):
        assert not CLOSED.forbids(text)


def test_the_table_has_a_line_for_each_of_the_thirty() -> None:
    lines = markdown_table(PROBES).splitlines()[2:]
    assert [line.split(" | ")[0].lstrip("| ") for line in lines] == MAIN


# --- files --------------------------------------------------------------------------------------------------------


def test_the_compiled_twin_is_the_image_of_the_files() -> None:
    assert probes_from(probe_files("dtn_op_0_1")) == PROBES


def test_no_file_is_longer_than_400_lines() -> None:
    for file in (files("dtnexus.catalog") / "dtn_op_0_1" / "probes").iterdir():
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 400, file.name
