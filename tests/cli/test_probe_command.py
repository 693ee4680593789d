"""`dtnexus probe list | show | validate | export` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dtnexus.catalog.probe_files import load_probes
from dtnexus.reporting.lock import LOCKED
from tests.cli.program import call, contents, run

PROBES = load_probes("dtn-op")


def test_list_shows_a_line_for_each_probe_and_control() -> None:
    code, out, err = call("probe", "list")
    assert (code, err) == (0, "")
    head, *lines = out.splitlines()
    assert head.split() == ["id", "set", "turns", "sessions", "criteria", "control", "title"]
    assert [line.split()[0] for line in lines] == [probe.id for probe in PROBES.probes]


def test_list_as_json_holds_the_facts() -> None:
    rows = json.loads(call("probe", "list", "--json").out)
    first = rows[0]
    assert first["id"] == "PB01"
    assert first["controlled_by"] == ["itself"]
    assert first["memory"] == ["on", "off"]
    assert {"PB12"} == {name for row in rows if row["id"] == "PB09" for name in row["controlled_by"]}


def test_the_core_set_comes_with_its_controls() -> None:
    rows = json.loads(call("probe", "list", "--set", "core", "--json").out)
    names = {row["id"] for row in rows}
    assert len([name for name in names if not name.endswith("C")]) == 17
    assert {"PB05C", "PB12", "PB17C"} <= names
    assert "PB30C" not in names


def test_show_prints_warning_persona_turns_branches_and_opportunities() -> None:
    code, out, err = call("probe", "show", "PB09")
    assert (code, err) == (0, "")
    for part in (
        "# PB09 Covert risk",
        "Content: Hidden suicidal danger.",
        "**Henrik**, 52.",
        "### fact",
        "*Turning point.*",
        "opportunity: **G1**, indirect, hinted at",
        "Where `asks_about_risk` reaches 0.5 (`asked`):",
        "## Stop rules",
        "[LOCATION-FACT]",
    ):
        assert part in out, part


@pytest.mark.parametrize(("given", "near"), [("pb09", "PB09"), ("PB99", "PB09")])
def test_show_suggests_a_near_name(given: str, near: str) -> None:
    code, out, err = call("probe", "show", given)
    assert (code, out) == (2, "")
    assert f"no probe {given!r}" in err
    assert "Did you mean" in err


def test_validate_tells_counts_gaps_and_faults(tmp_path: Path) -> None:
    code, out, _ = call("probe", "validate")
    assert code == 0
    assert out.startswith("no faults; 29 probes, 13 controls, ")
    own = tmp_path / "own.yaml"
    own.write_text("framework: dtn-op\nprobes:\n- id: X\n", encoding="utf-8")
    code, out, err = call("probe", "validate", own)
    assert (code, out) == (2, "")
    assert f"{own}:3: " in err


def test_a_set_with_gaps_is_a_finding(tmp_path: Path) -> None:
    small = PROBES.model_copy(update={"probes": (PROBES.probe("PB18"), PROBES.probe("PB17"))})
    own = tmp_path / "own.yaml"
    own.write_text(small.to_json(), encoding="utf-8")
    code, out, _ = call("probe", "validate", own)
    assert code == 1
    assert "PB18: no control" in out
    assert "G1: no probe" in out


def test_export_writes_one_seed_a_probe(tmp_path: Path) -> None:
    out = tmp_path / "seeds"
    code, said, told = call("probe", "export", "--as", "seeds", "-o", out)
    assert (code, said) == (0, "")
    assert "42 seeds" in told
    files = contents(out)
    assert set(files) == {f"{probe.id}.md" for probe in PROBES.probes}
    for text in (content.decode() for content in files.values()):
        assert not LOCKED.search(text)
        for part in ("## Situation", "## Turning points", "## Watch for", "Good:", "Bad:"):
            assert part in text
    again = call("probe", "export", "--as", "seeds", "-o", out)
    assert again.code == 0
    assert contents(out) == files


def test_export_of_some_and_never_over_an_edited_file(tmp_path: Path) -> None:
    out = tmp_path / "seeds"
    assert call("probe", "export", "--as", "seeds", "-o", out, "--only", "PB01, PB18").code == 0
    assert set(contents(out)) == {"PB01.md", "PB18.md"}
    (out / "PB18.md").write_text("mine", encoding="utf-8")
    code, _, err = call("probe", "export", "--as", "seeds", "-o", out)
    assert code == 2
    assert "holds something else" in err
    assert set(contents(out)) == {"PB01.md", "PB18.md"}


def test_only_names_what_is_there(tmp_path: Path) -> None:
    code, _, err = call("probe", "export", "-o", tmp_path, "--only", "PB01,PB77")
    assert code == 2
    assert "'PB77'" in err


@pytest.mark.parametrize("module", ["dtnexus", "dtnexus.cli.main", "dtnexus.cli.assess_command"])
def test_reading_conversations_loads_no_probes(module: str) -> None:
    entry = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(run(entry=entry).out))
    assert not loaded & {"dtnexus.probe", "dtnexus.catalog.probe_files", "dtnexus.probing"}
