"""Every kind of fault in probe files is found, with code and line, and all faults of all files at once.

Each case edits one place of a small file; the line that the fault must name carries ``# <-`` after the edit.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.probe_files import load_probes
from dtnexus.errors import InputError, ProbeError
from dtnexus.running.probe_signals import AGENT_MAXIMA

TEXT = """\
framework: dtn-op
warm_up: []
probes:
- id: T1
  version: "1"
  title: Small
  language: en
  set: full
  provenance: project
  sources: [moore-2025]
  situation: Somebody disagrees.
  content_warning: None.
  persona:
    name: Sam
    age: 30
    who: A tester.
    manner: Short.
  positions: [early]
  memory: [on, off]
  sessions:
  - id: a
    turns:
    - id: first
      turning_point: It begins.
      say: [One., Two., Three.]
    - id: second
      branches:
      - id: gave-in
        if_agent: {reaches: {reverses_position: 0.5}}
        say: [Four., Five., Six.]
      say: [Seven., Eight., Nine.]
  opportunities:
  - {criterion: D1, turn: second, kind: pushback, cue: explicit}
  touches: [B1]
  good: [Holds.]
  bad: [Gives in.]
  stop_rules:
  - id: harm
    if_agent: {reaches: {minimises_or_enables_risk: 0.9}}
    because: Enough.
"""
# name: (text that is replaced, replacement, code, words that the message must hold)
CASES = {
    # types and fields
    "unknown field": ("  title: Small", "  titel: Small # <-\n  title: Small", "unknown-key", "did you mean 'title'"),
    "missing field": ("  content_warning: None.\n", "", "missing-field", "content_warning"),
    "unknown top-level key": ("warm_up: []", "warmup: [] # <-", "unknown-key", "did you mean 'warm_up'"),
    "no framework": ("framework: dtn-op\n", "", "missing-field", "'framework'"),
    "text without quotes": ('version: "1"', "version: 1 # <-", "wrong-type", "put it in quotes"),
    "unknown set": ("  set: full", "  set: all # <-", "unknown-choice", "'core' or 'full'"),
    "unknown kind": ("kind: pushback", "kind: pushbak", "unknown-choice", "did you mean 'pushback'"),
    "unknown cue": ("cue: explicit", "cue: overt", "unknown-choice", "'explicit' or 'implicit'"),
    "unknown memory": ("memory: [on, off]", "memory: [on, partly]", "unknown-choice", "'on' or 'off'"),
    "unknown position": ("positions: [early]", "positions: [middle]", "unknown-choice", "'early' or 'late'"),
    "unknown test": ("{reaches: {reverses_position: 0.5}}", "{reach: {reverses_position: 0.5}}", "unknown-key",
                     "did you mean 'reaches'"),
    "bad turn id": ("    - id: first", "    - id: The first # <-", "bad-id", "pattern"),
    "empty title": ("  title: Small", '  title: "" # <-', "empty", "some text"),
    "no opportunities": ("opportunities:\n  - {criterion: D1, turn: second, kind: pushback, cue: explicit}",
                         "opportunities: [] # <-", "wrong-length", "at least 1"),
    # wordings
    "two wordings": ("      say: [One., Two., Three.]", "      say: [One., Two.] # <-", "wrong-length", "at least 3"),
    "two wordings in a branch": ("[Four., Five., Six.]", "[Four., Five.]", "bad-value", "branch 'gave-in' has 2"),
    "the same wording twice": ("[One., Two., Three.]", "[One., Two., 'one.  ']", "bad-value", "the same wording twice"),
    "a skipped turn with words": ("        say: [Four.", "        then: skip\n        say: [Four.", "bad-value",
                                  "skips the turn and has words"),
    # branches
    "a test of nothing": ("{reaches: {reverses_position: 0.5}}", "{}", "bad-value", "always holds"),
    "a test that contradicts itself": ("{reaches: {reverses_position: 0.5}}",
                                       "{reaches: {praise: 1}, below: {praise: 1}}", "bad-value", "below one"),
    "a branch called default": ("- id: gave-in", "- id: default", "bad-value", "may not be called 'default'"),
    "a branch before any reply": ("      say: [One.", "      branches:\n      - {id: x, if_agent: {is_empty: true}, "
                                  "say: [A., B., C.]}\n      say: [One.", "bad-value", "no reply stands before it"),
    "an unknown signal": ("{reverses_position: 0.5}", "{reverses_postion: 0.5}", "unknown-signal",
                          "did you mean 'reverses_position'"),
    "a client's signal": ("{reverses_position: 0.5}", "{pushback: 0.5}", "unknown-signal", "a signal of agent turns"),
    "a value above the scale": ("{reverses_position: 0.5}", "{reverses_position: 2}", "out-of-range", "at most 1"),
    "a stop rule on an unknown signal": ("{minimises_or_enables_risk: 0.9}", "{minimises: 0.9}", "unknown-signal",
                                         "stop rule 'harm'"),
    # what names what
    "an opportunity at no turn": ("turn: second, kind", "turn: third, kind", "bad-value", "names turn 'third'"),
    "an opportunity in no branch": ("cue: explicit}", "cue: explicit, only_in: [gavein]}", "bad-value", "'gavein'"),
    "an opportunity twice": ("  touches:", "  - {criterion: D1, turn: second, kind: plain, cue: implicit}\n  touches:",
                             "bad-value", "D1 at second"),
    "an unknown criterion": ("{criterion: D1", "{criterion: D9", "dangling", "'D9'"),
    "a criterion without probe evidence": ("{criterion: D1", "{criterion: B1", "no-probe-evidence", "'touches'"),
    "an unknown criterion to read for": ("touches: [B1]", "touches: [Z1]", "dangling", "touches names 'Z1'"),
    "an unknown reference": ("[moore-2025]", "[moore-2052]", "dangling", "did you mean 'moore-2025'"),
    "a turn twice": ("    - id: second", "    - id: first", "bad-value", "turn 'first' is there 2 times"),
    "no turning point": ("      turning_point: It begins.\n", "", "bad-value", "no turn has a turning_point"),
    "a control of nothing": ("  sessions:", "  control: {of: [T9], kind: negative}\n  sessions:", "bad-value",
                             "'T9', which is not there"),
    "a control of itself": ("  sessions:", "  control: {of: [T1], kind: negative}\n  sessions:", "bad-value",
                            "a control of itself"),
    "a minor who is not marked": ("    age: 30", "    age: 16", "bad-value", "'minor: true'"),
    "late without warm-up": ("positions: [early]", "positions: [early, late]", "bad-value", "14 or more are wanted"),
    "days before the first session": ("  - id: a\n", "  - id: a\n    days_later: 3\n", "bad-value", "belong to later"),
}  # fmt: skip


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "probes.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_small_file_has_no_fault(tmp_path: Path) -> None:
    loaded = load_probes(written(tmp_path, TEXT), known_signals=AGENT_MAXIMA)
    assert [probe.id for probe in loaded.probes] == ["T1"]


@pytest.mark.parametrize("case", CASES)
def test_every_fault_is_found_where_it_is(case: str, tmp_path: Path) -> None:
    old, new, code, words = CASES[case]
    assert TEXT.count(old) == 1, case
    path = written(tmp_path, TEXT.replace(old, new))
    with pytest.raises(ProbeError) as caught:
        load_probes(path, load_framework("dtn-op"), AGENT_MAXIMA)
    fitting = [fault for fault in caught.value.faults if fault.code == code]
    assert fitting, caught.value
    assert words in str(caught.value)
    marked = [at for at, line in enumerate(path.read_text().splitlines(), 1) if line.endswith("# <-")]
    if marked:
        assert fitting[0].line == marked[0]
    else:
        assert all(fault.path == str(path) or fault.line is None for fault in fitting)


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT.replace("kind: pushback", "kind: push"), encoding="utf-8")
    second = TEXT.replace("framework: dtn-op\nwarm_up: []\n", "").replace("id: T1", "id: T2")
    (tmp_path / "b.yaml").write_text(
        second.replace("{criterion: D1", "{criterion: D9").replace("  title: Small", "  title: Small\n  title: Again"),
        encoding="utf-8",
    )
    with pytest.raises(ProbeError) as caught:
        load_probes(tmp_path, known_signals=AGENT_MAXIMA)
    assert {(Path(fault.path).name, fault.code) for fault in caught.value.faults} >= {
        ("a.yaml", "unknown-choice"), ("b.yaml", "dangling"), ("b.yaml", "repeated-key"),
    }  # fmt: skip
    lines = {fault.code: fault.line for fault in caught.value.faults if Path(fault.path).name == "b.yaml"}
    assert lines["dangling"] == 1 + next(
        at for at, line in enumerate((tmp_path / "b.yaml").read_text().splitlines()) if "D9" in line
    )


def test_probes_of_one_name_in_two_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(TEXT.partition("probes:")[1] + TEXT.partition("probes:")[2], encoding="utf-8")
    with pytest.raises(ProbeError, match="probe 'T1' is there 2 times"):
        load_probes(tmp_path)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load_probes(tmp_path / "nothing")
    with pytest.raises(InputError, match="a shipped framework"):
        load_probes(written(tmp_path, TEXT.replace("framework: dtn-op", "framework: other")))
