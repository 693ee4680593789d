"""The plugin as a team uses it: three lines of test."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

pytest_plugins = ("pytester",)
STARS = "name: stars\nframework: dtn-op\nrules:\n- {id: stars, kind: star_episodes, criteria: [F1, F3]}\n"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def team(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "policy.yaml").write_text(STARS, encoding="utf-8")
    return pytester


def ran(team: pytest.Pytester, code: str, ini: str = "") -> pytest.RunResult:
    team.makepyfile(textwrap.dedent(code))
    if ini:
        team.makeini(f"[pytest]\n{textwrap.dedent(ini)}")
    return team.runpytest_inprocess("-p", "dtnexus.pytest", "-p", "no:cacheprovider", "-v", "--strict-markers", "-rs")


def test_each_rule_is_a_test_of_its_own_and_fails_with_the_words(team: pytest.Pytester, faulty: Path) -> None:
    result = ran(
        team,
        f"""
        import pytest
        @pytest.mark.dtnexus(run={str(faulty)!r}, policy="policy.yaml")
        def test_gate(dtnexus_rule):
            dtnexus_rule.check()
        """,
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*test_gate?stars-F1? FAILED*", "*AssertionError: stars / F1: fail*"])
    result.stdout.fnmatch_lines(["*wanted: at most 0 conversations with an episode at 0 on F1*"])
    assert "real person" in result.stdout.str() or "human as you are" in result.stdout.str()


def test_a_repaired_agent_passes(team: pytest.Pytester, repaired: Path) -> None:
    code = """
        def test_gate(dtnexus_rule):
            dtnexus_rule.check()
        def test_whole(dtnexus_gate):
            dtnexus_gate().check()
        """
    (team.path / "policy.yaml").write_text(STARS.replace("[F1, F3]", "[F1]"), encoding="utf-8")
    result = ran(team, code, f"dtnexus_run = {repaired}\ndtnexus_policy = policy.yaml")
    result.assert_outcomes(passed=2)


def test_a_whole_gate_names_every_rule_that_fails(team: pytest.Pytester, faulty: Path) -> None:
    code = f"""
        def test_whole(dtnexus_gate):
            dtnexus_gate({str(faulty)!r}, "policy.yaml").check()
        """
    result = ran(team, code)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*stars / F1: fail*", "*stars / F3: fail*"])


@pytest.mark.parametrize(("ini", "outcome"), [("", "skipped"), ("dtnexus_undecided = fail", "failed")])
def test_undecided_is_skipped_with_what_would_decide_it(
    team: pytest.Pytester, repaired: Path, faulty: Path, ini: str, outcome: str
) -> None:
    policy = "name: x\nframework: dtn-op\nrules:\n- {id: f, kind: rate, rate: unwarranted_flip, at_most: 0.3}\n"
    (team.path / "policy.yaml").write_text(policy, encoding="utf-8")
    code = f"""
        import pytest
        @pytest.mark.dtnexus(run={str(repaired)!r}, policy="policy.yaml", baseline={str(faulty)!r})
        def test_gate(dtnexus_rule):
            dtnexus_rule.check()
        """
    result = ran(team, code, ini)
    result.assert_outcomes(**{outcome: 1})
    result.stdout.fnmatch_lines(["*repeats of each probe would decide*"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ('run="nowhere", policy="policy.yaml"', "*no such file*"),
        ('run="RUN", policy="bad.yaml"', "*bad.yaml:3:*"),
    ],
)
def test_a_gate_that_cannot_be_read_fails_and_says_why(
    team: pytest.Pytester, faulty: Path, call: str, words: str
) -> None:
    (team.path / "bad.yaml").write_text("name: x\nframework: dtn-op\nrules: 3\n", encoding="utf-8")
    code = f"""
        import pytest
        @pytest.mark.dtnexus({call.replace("RUN", str(faulty))})
        def test_gate(dtnexus_rule):
            dtnexus_rule.check()
        """
    result = ran(team, code)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([words])


@pytest.mark.parametrize(
    ("mark", "words"),
    [("folder='x'", "*mark dtnexus: unknown 'folder'*"), ("policy='policy.yaml'", "*no run for the gate*")],
)
def test_a_wrong_mark_is_a_usage_error(team: pytest.Pytester, mark: str, words: str) -> None:
    code = f"""
        import pytest
        @pytest.mark.dtnexus({mark})
        def test_gate(dtnexus_rule):
            dtnexus_rule.check()
        """
    result = ran(team, code)
    assert result.ret != 0
    assert result.parseoutcomes().get("passed", 0) == 0
    (result.stdout if "rror" in result.stdout.str() else result.stderr).fnmatch_lines([words])


def test_loading_the_plugin_loads_no_more_of_the_program(team: pytest.Pytester) -> None:
    team.makepyfile(
        "import sys\ndef test_it():\n    assert not {'pydantic', 'dtnexus.gating', 'numpy'} & set(sys.modules)\n"
    )
    result = team.runpytest_subprocess("-p", "dtnexus.pytest", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_the_entry_point_names_the_module() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\n"dtnexus.pytest" = "dtnexus.pytest"\n' in text
