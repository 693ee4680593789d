"""Every kind of fault is found, with code and line, and all faults of all files at once.

Each case edits one place of `small_framework`; the line that the fault must name is
the one that carries ``# <-`` after the edit (or the file as a whole: line None).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from dtnexus.catalog import load_framework
from dtnexus.errors import Fault, FrameworkError, InputError

SMALL = Path(__file__).parent / "small_framework"
SIGNALS = {"feeling": 1.0, "kindness": 2.0}
FILES = {"framework": "framework.yaml", "criteria": "criteria.yaml", "decisions": "decisions.yml"}

# name: (file, text that is replaced, replacement, code, words that the message must hold)
CASES = {
    # types and fields
    "unknown top-level key": ("framework", "clauses:", "clausses: # <-", "unknown-key", "did you mean 'clauses'"),
    "unknown field": ("decisions", "  sentence: It is honest.", "  sentense: x # <-\n  sentence: y", "unknown-key",
                      "did you mean 'sentence'"),
    "unknown field deep inside": ("decisions", "{criterion: warmth-1, at_most: 1}",
                                  "{criterion: warmth-1, atmost: 1} # <-", "unknown-key", "did you mean 'at_most'"),
    "missing field": ("decisions", "- id: base\n  name: Base", "- id: base # <-", "missing-field", "field 'name'"),
    "missing top-level key": ("decisions", "risk_policy: {", "# risk_policy: {", "missing-field", "'risk_policy'"),
    "number in quotes": ("decisions", "{truth-1: 3, warmth-1: 2}", "{truth-1: 3, warmth-1: '2'} # <-", "wrong-type",
                         "a whole number"),
    "text without quotes": ("framework", 'version: "2.0"', "version: 2.0 # <-", "wrong-type", "put it in quotes"),
    "mapping for a list": ("criteria", "  units: [session]", "  units: {a: 1} # <-", "wrong-type", "a list"),
    "word for yes": ("criteria", "star: true", "star: yes # <-", "wrong-type", "true or false"),
    "empty field": ("framework", "authors_note: Invented for tests.", "authors_note: # <-", "wrong-type", "text"),
    "bad date": ("framework", "effective_from: 2026-01-01", "effective_from: 1 May # <-", "wrong-type", "YYYY-MM-DD"),
    "bad value of a condition": ("criteria", "equals: human", "equals: {a: 1}", "wrong-type", "true or false"),
    "bad id": ("decisions", "- id: caring", "- id: 3rd level # <-", "bad-id", "pattern"),
    "empty name": ("decisions", "  name: Kind", '  name: "" # <-', "empty", "some text"),
    "score off the scale": ("decisions", "{truth-1: 4,", "{truth-1: 5,", "out-of-range", "at most 4"),
    "share of zero": ("decisions", "coverage_min: 0.6", "coverage_min: 0 # <-", "out-of-range", "above 0"),
    "unknown choice": ("criteria", "aggregation: best", "aggregation: beste # <-", "unknown-choice",
                       "did you mean 'best'"),
    "unknown cue fact": ("decisions", "{support_turns: 2}", "{suport_turns: 2}", "unknown-choice", "support_turns"),
    "unknown sufficiency fact": ("decisions", "{double_coded: 0.5}", "{doubly: 0.5} # <-", "unknown-choice",
                                 "double_coded"),
    "level without number": ("decisions", "{1: minor, 2: present, 3: main}", "{1: minor, 2: present, 4: main} # <-",
                             "out-of-range", "at most 3"),
    "too few anchors": ("criteria", "  - {score: 4, text: Says it first.}\n", "", "wrong-length", "at least 5"),
    # structure
    "repeated anchor": ("criteria", "{score: 4, text: Says it first.}", "{score: 3, text: Says it first.}",
                        "not-0-to-4", "0, 1, 2, 3, 3"),
    "repeated scale point": ("framework", "{score: 4, name: Best", "{score: 0, name: Best", "not-0-to-4", "0, 0, 1"),
    "no minimum": ("criteria", "{2: 2, 3: 2}", "{2: 0, 3: 2} # <-", "out-of-range", "at least 1"),
    "level number twice": ("decisions", "  number: 2\n  provenance: project\n  sentence: It is also kind.",
                           "  number: 1\n  provenance: project\n  sentence: It is also kind.", "not-1-to-3", "1, 1, 3"),
    "threshold falls": ("decisions", "{truth-1: 3, warmth-1: 2}", "{truth-1: 2, warmth-1: 2} # <-",
                        "threshold-decreases", "'base' asks 3"),
    "threshold is forgotten": ("decisions", "{truth-1: 4, warmth-1: 3, warmth-2: 3,", "{truth-1: 4, warmth-2: 3,",
                               "threshold-decreases", "asks nothing of 'warmth-1'"),
    "share above one": ("decisions", "{double_coded: 0.5}", "{double_coded: 2} # <-", "out-of-range", "0 to 1"),
    "share of nothing": ("decisions", "    criteria: [truth-1]\n", "", "missing-field", "'criteria'"),
    "cap without ground": ("decisions", ', criteria: ["*"], score: 0}', "} # <-", "cap-grounds", "none"),
    "cap with two grounds": ("decisions", "highest: 1, criteria:", "highest: 1, machine_only: true, criteria:",
                             "cap-grounds", "criteria and machine_only"),
    "cap without score": ("decisions", '["*"], score: 0}', '["*"]} # <-', "cap-grounds", "without a score"),
    "star beside others": ("decisions", '["*"]', '["*", upkeep]', "cap-grounds", "alone"),
    "more cues needed than there are": ("decisions", "  sentence: A companion.\n  needs: 1",
                                        "  sentence: A companion.\n  needs: 2 # <-", "out-of-range", "2 of 1 cues"),
    "presented levels out of order": ("decisions", "number: 1, provenance: project, sentence: A notice",
                                      "number: 2, provenance: project, sentence: A notice", "not-1-to-3", "2, 2, 3"),
    "prominence at two levels": ("decisions", "{1: minor, 2: present, 3: main}", "{1: minor, 2: present} # <-",
                                 "not-1-to-3", "'lonely'"),
    "severity turned round": ("decisions", "severity: [1, 2]", "severity: [2, 1] # <-", "out-of-range", "[2, 1]"),
    "severity unknown": ("decisions", "severity: [1, 2]", "severity: [1, 3] # <-", "out-of-range", "1, 2"),
    "hazard with both grounds": ("decisions", "{criterion: warmth-1, at_most: 1}",
                                 "{criterion: warmth-1, gap_at_least: 1} # <-", "hazard-grounds", "both"),
    "likelihood falls": ("decisions", "below: 1.0", "below: 0.1", "not-increasing", "higher limit"),
    "severities repeat": ("decisions", "{id: big, number: 2", "{id: big, number: 1", "not-increasing", "1, 1"),
    "policy of no class": ("decisions", "{2: 1}, aggravated", "{2: 4}, aggravated", "dangling", "likelihood 4"),
    "choice without choices": ("framework", ", choices: [home, clinic]}", "} # <-", "missing-field", "'choices'"),
    "flag with choices": ("framework", "type: flag, meaning: Talks", "type: flag, choices: [a, b], meaning: Talks",
                          "bad-value", "type: choice"),
    # references between elements
    "id twice in one list": ("criteria", "- id: warmth-2", "- id: warmth-1 # <-", "repeated-id", "'criteria'"),
    "id twice across lists": ("decisions", "- id: looks-closer", "- id: warm # <-", "repeated-id", "'domains'"),
    "id of a cue taken": ("decisions", "{id: near-support", "{id: house-rule", "repeated-id", "'presented'"),
    "id of a reference taken": ("framework", "{id: made-up-2020", "{id: warm", "repeated-id", "'domains'"),
    "profile field twice": ("framework", "name: place", "name: owner", "repeated-id", "'owner'"),
    "domain": ("criteria", "  domain: warm\n  provenance: literature", "  domain: worm # <-\n  provenance: literature",
               "dangling", "did you mean 'warm'"),
    "source": ("criteria", "sources: [made-up-2020]", "sources: [made-up-2002] # <-", "dangling", "made-up-2020"),
    "source of a condition": ("decisions", "    name: Coded twice", "    name: x\n    sources: [nobody] # <-",
                              "dangling", "'nobody'"),
    "threshold's criterion": ("decisions", "{truth-1: 3}", "{truth-1: 3, truht-1: 1} # <-", "dangling",
                              "did you mean 'truth-1'"),
    "condition's criterion": ("decisions", "    criteria: [truth-1]", "    criteria: [nothing] # <-", "dangling",
                              "'nothing'"),
    "indication's criterion": ("decisions", "{criterion: warmth-2, score: 3}", "{criterion: warm, score: 3} # <-",
                               "dangling", "'warm'"),
    "cap's criterion": ("decisions", '["*"]', "[zeal]", "dangling", "'zeal'"),
    "hard stop's criterion": ("decisions", "criteria: [truth-1], text", "criteria: [truth-7], text", "dangling",
                              "truth-1"),
    "hard stop without star": ("decisions", "criteria: [truth-1], text", "criteria: [upkeep], text", "no-star",
                               "'star: true'"),
    "hazard's criterion": ("decisions", "{criterion: warmth-1, at_most", "{criterion: warmth-9, at_most", "dangling",
                           "warmth-1"),
    "clause's risk": ("framework", "risks: [lonely]", "risks: [lonesome] # <-", "dangling", "lonely"),
    "clause's criterion": ("framework", "  criteria: [warmth-1]", "  criteria: [lonely] # <-", "dangling", "criterion"),
    "difference's condition": ("framework", "[warmth-1, lonely, warm]", "[warmth-1, far] # <-", "dangling", "'far'"),
    "signal rule's criterion": ("criteria", "signals:\n  warmth-1:", "signals:\n  warmth-3: # <-", "dangling",
                                "warmth-1"),
    "signal": ("criteria", "signal: feeling", "signal: feelings", "unknown-signal", "did you mean 'feeling'"),
    "signal of a scorer": ("criteria", "    otherwise:", "    scorer_reads: [feelings] # <-\n    otherwise:",
                           "unknown-signal", "did you mean 'feeling'"),
    "signal that a scorer reads next": ("criteria", "    otherwise:", "    scorer_reads: [kindness]\n"
                                        "    scorer_reads_next: [feelings] # <-\n    otherwise:",
                                        "unknown-signal", "did you mean 'feeling'"),
    "signal deep in a rule": ("criteria", "signal: kindness", "signal: kind", "unknown-signal", "'kind'"),
    "signal beyond its scale": ("criteria", "at_least: 1.5", "at_least: 2.5", "out-of-range", "at most 2"),
    "profile field": ("decisions", "{field: place, equals", "{field: places, equals", "dangling",
                      "did you mean 'place'"),
    "profile value": ("decisions", "equals: clinic", "equals: clinics", "bad-value", "did you mean 'clinic'"),
    "profile type": ("decisions", "equals: false", 'equals: "false"', "bad-value", "true or false"),
    "kind of agent": ("criteria", "equals: human", "equals: humen", "bad-value", "did you mean 'human'"),
    # YAML
    "repeated key": ("decisions", "  name: Base", "  name: Base\n  name: Basis # <-", "repeated-key", "first in line"),
    "key in two files": ("framework", "clauses:", "signals: {} # <-\nclauses:", "repeated-key", "criteria.yaml"),
    "anchor": ("decisions", "  name: Base", "  name: &b Base # <-", "anchor", "remove"),
    "tag": ("decisions", "  name: Base", "  name: !!python/name:os.system x # <-", "tag", "remove"),
}  # fmt: skip


def edited(folder: Path, file: str, old: str, new: str) -> tuple[str, int | None]:
    """Edit one place of a copy; return the file's path and the line that carries the mark."""
    path = folder / FILES[file]
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} does not stand in {path.name}"
    start = text.index(old)
    changed = text[:start] + new + text[start + len(old) :]
    path.write_text(changed, encoding="utf-8")
    marked = [number for number, line in enumerate(changed.splitlines(), start=1) if line.endswith("# <-")]
    return str(path), marked[0] if marked else None


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "framework"))


@pytest.mark.parametrize(("file", "old", "new", "code", "words"), CASES.values(), ids=CASES.keys())
def test_each_kind_of_fault(copy: Path, file: str, old: str, new: str, code: str, words: str) -> None:
    path, line = edited(copy, file, old, new)
    with pytest.raises(FrameworkError) as caught:
        load_framework(copy, SIGNALS)
    found = [fault for fault in caught.value.faults if fault.code == code]
    assert found, caught.value
    assert any(words in str(fault) for fault in found), caught.value
    if line is not None:
        assert any((fault.path, fault.line) == (path, line) for fault in found), caught.value
    if code != "missing-field":
        assert all(fault.line is not None for fault in found)


def test_the_small_framework_has_no_fault() -> None:
    framework = load_framework(SMALL, SIGNALS)
    assert (framework.id, framework.version, len(framework.criteria)) == ("small-care", "2.0", 4)
    assert [dict(level.thresholds) for level in framework.levels][1] == {"truth-1": 3, "warmth-1": 2}


def test_signals_are_left_unchecked_when_none_are_given(copy: Path) -> None:
    edited(copy, "criteria", "signal: feeling", "signal: sentiment")
    assert load_framework(copy).signals["warmth-1"].cues[0].signal == "sentiment"


def test_all_faults_of_all_files_come_in_one_error(copy: Path) -> None:
    edited(copy, "framework", 'version: "2.0"', "version: 2.0")
    edited(copy, "framework", "risks: [lonely]", "risks: [lonesome]")
    edited(copy, "criteria", "star: true", "starr: true")
    edited(copy, "criteria", "{score: 4, text: Says it first.}", "{score: 3, text: Says it first.}")
    edited(copy, "decisions", "  name: Base", "  name: Base\n  name: Basis")
    edited(copy, "decisions", "coverage_min: 0.6", "coverage_min: 1.5")
    edited(copy, "decisions", "{truth-1: 4, warmth-1: 3,", "{truth-1: 4, warmth-4: 3,")
    edited(copy, "decisions", "{field: recorded,", "{field: recordings,")
    with pytest.raises(FrameworkError) as caught:
        load_framework(copy)
    found = {(Path(fault.path).name, fault.code) for fault in caught.value.faults}
    assert {
        ("framework.yaml", "wrong-type"),
        ("framework.yaml", "dangling"),
        ("criteria.yaml", "unknown-key"),
        ("decisions.yml", "repeated-key"),
        ("decisions.yml", "out-of-range"),
        ("decisions.yml", "dangling"),
    } <= found
    assert len(str(caught.value).splitlines()) == len(caught.value.faults)
    again = pytest.raises(FrameworkError, load_framework, copy)
    assert again.value.faults == caught.value.faults


def test_a_broken_file_hides_no_fault_of_the_others_and_makes_none_up(copy: Path) -> None:
    edited(copy, "criteria", "criteria:", "criteria: [")
    edited(copy, "framework", 'version: "2.0"', "version: 2.0")
    with pytest.raises(FrameworkError) as caught:
        load_framework(copy)
    assert [(Path(f.path).name, f.code) for f in caught.value.faults] == [
        ("criteria.yaml", "syntax"),
        ("framework.yaml", "wrong-type"),
    ]


def test_an_element_with_a_fault_of_its_own_still_has_its_id(copy: Path) -> None:
    edited(copy, "criteria", "  aggregation: best", "  aggregation: beste")
    with pytest.raises(FrameworkError) as caught:
        load_framework(copy)
    assert [fault.code for fault in caught.value.faults] == ["unknown-choice"]


def test_a_fault_says_where_what_and_what_is_wanted(copy: Path) -> None:
    path, line = edited(copy, "decisions", "coverage_min: 0.6", "coverage_min: 1.5 # <-")
    with pytest.raises(FrameworkError) as caught:
        load_framework(copy)
    wanted = Fault(path, line, "out-of-range", "'caring': coverage_min is 1.5", "a number of at most 1")
    assert caught.value.faults == (wanted,)


@pytest.mark.parametrize(
    ("old", "new"),
    [("hazards:\n  - {criterion: warmth-1, at_most: 1}", "hazards:\n  - {criterion: warmth-1, atmost: 1}")],
)
def test_a_faulty_entry_is_not_called_missing_too(copy: Path, old: str, new: str) -> None:
    edited(copy, "decisions", old, new)
    with pytest.raises(FrameworkError) as caught:
        load_framework(copy)
    assert [fault.code for fault in caught.value.faults] == ["unknown-key"]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_there_are_exactly_three_levels(copy: Path, count: int) -> None:
    path = copy / "decisions.yml"
    head, *levels = re.split(r"(?m)^(?=- id: (?:base|kind|caring)$)", path.read_text(encoding="utf-8"))
    last, rest = re.split(r"(?m)^(?=caps:)", levels.pop())
    levels += [last, last.replace("id: caring", "id: saintly").replace("number: 3", "number: 4")]
    path.write_text("".join((head, *levels[:count], rest)), encoding="utf-8")
    with pytest.raises(FrameworkError) as caught:
        load_framework(copy)
    found = [(fault.code, fault.line) for fault in caught.value.faults]
    assert ("wrong-length", 2) in found, caught.value


def test_one_file_is_a_framework_too(tmp_path: Path) -> None:
    whole = tmp_path / "whole.yaml"
    whole.write_text("\n".join((SMALL / name).read_text(encoding="utf-8") for name in FILES.values()), encoding="utf-8")
    assert load_framework(str(whole)) == load_framework(SMALL)


def test_order_and_names_of_files_do_not_matter(copy: Path) -> None:
    (copy / "criteria.yaml").rename(copy / "zz.yaml")
    assert load_framework(copy).digest() == load_framework(SMALL).digest()


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("dtn-opp", "did you mean 'dtn-op'"),
        ("dtn-op@9.9", "dtn-op@0.1"),
        ("nowhere/at/all.yaml", "a folder of YAML files or a YAML file"),
    ],
)
def test_what_is_not_there(where: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_framework(where)


def test_a_folder_without_yaml(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.yaml or \.yml"):
        load_framework(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    with pytest.raises(InputError):
        load_framework(tmp_path / "loop.yaml")
