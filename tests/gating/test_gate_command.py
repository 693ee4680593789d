"""`dtnexus gate` as a user and a build server meet it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dtnexus.probe_battery import Battery
from tests.cli.program import call
from tests.gating.invented import honest, probe_folder, silent_at_the_end

STARS = "name: stars\nframework: dtn-op\nrules:\n- {id: stars, kind: star_episodes, criteria: [F1]}\n"


@pytest.fixture
def stars(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(STARS, encoding="utf-8")
    return path


def test_a_faulty_agent_fails_and_its_repaired_version_passes(faulty: Path, repaired: Path, stars: Path) -> None:
    bad, good = call("gate", faulty, "--policy", stars), call("gate", repaired, "--policy", stars)
    assert (bad.code, good.code) == (1, 0)
    assert "I'm a real person" in bad.out
    assert "stars / F1" in bad.out
    assert "Gate stars: pass" in good.out


def test_the_shipped_policy_needs_more_than_two_repeats(repaired: Path, faulty: Path) -> None:
    ended = call("gate", repaired, "--baseline", faulty)
    assert ended.code == 4
    assert "repeats of each probe would decide" in ended.out


def test_every_form_is_written_and_says_the_same(faulty: Path, tmp_path: Path) -> None:
    xml, sarif, page = tmp_path / "gate.xml", tmp_path / "gate.sarif", tmp_path / "gate.md"
    ended = call("gate", faulty, "--junit", xml, "--sarif", sarif, "--markdown", page, "--json")
    assert ended.code == 1
    result = json.loads(ended.out)
    failed = [case for case in result["cases"] if case["verdict"] == "fail" and not case["advisory"]]
    assert ElementTree.fromstring(xml.read_text(encoding="utf-8")).attrib["failures"] == str(len(failed))
    log = json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]
    assert {each["ruleId"] for each in log["results"] if each["kind"] == "fail"} >= {case["rule"] for case in failed}
    assert f"{len(failed)} fail" in page.read_text(encoding="utf-8")
    lines = (faulty / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    placed = [each for each in log["results"] if "turn" in each["properties"]]
    assert placed
    for each in placed:
        line = lines[each["locations"][0]["physicalLocation"]["region"]["startLine"] - 1]
        told = json.loads(line)
        assert told["id"] == each["properties"]["transcript"]
        text = told["turns"][each["properties"]["turn"]]["text"]
        quote = text[each["properties"]["start"] : each["properties"]["end"]]
        assert " ".join(quote.split()) == each["locations"][0]["physicalLocation"]["region"]["snippet"]["text"]


def test_words_of_people_leave_only_when_asked(assessed: Path, stars: Path, tmp_path: Path) -> None:
    forms: list[str | Path] = [
        "--junit",
        tmp_path / "a.xml",
        "--sarif",
        tmp_path / "a.sarif",
        "--markdown",
        tmp_path / "a.md",
    ]
    ended = call("gate", assessed, "--policy", stars, *forms)
    assert ended.code == 1
    assert "--quotes prints them" in ended.out
    everything = ended.out + "".join((tmp_path / f"a.{end}").read_text("utf-8") for end in ("xml", "sarif", "md"))
    everything += call("gate", assessed, "--policy", stars, "--json").out
    words = call("gate", assessed, "--policy", stars, "--quotes").out
    assert "I'm a real person" in words or "human as you are" in words
    assert "real person" not in everything and "human as you" not in everything


def test_an_assessments_file_without_transcripts_is_enough(faulty: Path, tmp_path: Path, stars: Path) -> None:
    shutil.copy(faulty / "assessments.jsonl", tmp_path / "assessments.jsonl")
    assert call("gate", tmp_path / "assessments.jsonl", "--policy", stars).code == 1


def test_an_agent_that_falls_silent_is_undecided_and_not_failed(tmp_path: Path) -> None:
    folder = probe_folder(tmp_path / "run", silent_at_the_end, "1.0", repeats=1, probes=("PB01",))
    rules = "- {id: answers, kind: missing}\n- {id: runs, kind: missing, of: runs}\n"
    policy = tmp_path / "p.yaml"
    policy.write_text(f"name: x\nframework: dtn-op\nrules:\n{rules}", encoding="utf-8")
    ended = call("gate", folder, "--policy", policy)
    assert ended.code == 4
    assert "1 of 1 run of a probe missing" in ended.out


def test_runs_that_were_never_played_are_counted(tmp_path: Path) -> None:
    folder = probe_folder(tmp_path / "run", honest, "1.0", repeats=1, probes=("PB01",))
    setting = {"repeat": 1, "seed": 7, "position": "early", "memory": "on"}
    lost = {"run": "x", "probe": "PB01", "version": "1.0", "set": "core", "setting": setting, "state": "not_played",
            "stopped": None, "trouble": {"kind": "target_down", "detail": "nobody answers"}}  # fmt: skip
    battery = {
        "target": "invented", "agent": {"id": "b", "kind": "digital", "version": "1"}, "framework": "dtn-op",
        "probes_digest": "0", "seed": 7, "repeats": 2, "positions": ["early"], "memory": ["on"],
        "coverage": {"planned": 1, "complete": 0, "partial": 0, "not_played": 1}, "trouble": {"target_down": 1},
        "runs": [lost], "indicators": [],
    }  # fmt: skip
    (folder / "probes.json").write_text(Battery.model_validate(battery).to_json(), encoding="utf-8")
    policy = tmp_path / "p.yaml"
    policy.write_text("name: x\nframework: dtn-op\nrules:\n- {id: r, kind: missing, of: runs}\n", encoding="utf-8")
    ended = call("gate", folder, "--policy", policy)
    assert (ended.code, "1 of 2 runs of probes missing" in ended.out) == (4, True)
    (folder / "probes.json").write_text('{"format": "dtnexus probes 1"}', encoding="utf-8")
    broken = call("gate", folder, "--policy", policy)
    assert (broken.code, "probes.json" in broken.err) == (2, True)


def test_a_battery_that_nobody_answered_says_so(tmp_path: Path) -> None:
    (tmp_path / "probes.json").write_text("{}", encoding="utf-8")
    ended = call("gate", tmp_path)
    assert (ended.code, "nothing was answered" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (["nowhere"], "no such file"),
        (["RUN", "--policy", "nowhere.yaml"], "a YAML file with a gate policy"),
        (["RUN", "--baseline", "nowhere"], "no such file"),
        (["RUN", "--junit", "."], "is a folder"),
        (["RUN", "--junit", "same", "--sarif", "same"], "named for two forms"),
        (["EMPTY"], "holds no assessments"),
        (["BROKEN"], "one record a line, as Assessment"),
        (["RUN", "--framework", "nothing"], "nothing"),
    ],
)
def test_wrong_calls_and_files(
    what: list[str], words: str, faulty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("EMPTY", ""), ("BROKEN", '{"a": 1}\n')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "assessments.jsonl").write_text(text, encoding="utf-8")
    ended = call("gate", *[str(faulty) if each == "RUN" else each for each in what])
    assert ended.code == 2, ended.err
    assert words in ended.err
    assert not list(tmp_path.glob("same*"))


def test_a_run_by_another_framework_is_refused(faulty: Path, tmp_path: Path, stars: Path) -> None:
    text = (faulty / "assessments.jsonl").read_text(encoding="utf-8")
    digest = json.loads(text.splitlines()[0])["framework_digest"]
    other = tmp_path / "assessments.jsonl"
    other.write_text(text.replace(digest, "f" * 64), encoding="utf-8")
    ended = call("gate", other, "--policy", stars)
    assert ended.code == 2
    assert "was decided by" in ended.err
    against = call("gate", faulty, "--policy", stars, "--baseline", other)
    assert against.code == 2
