"""The house rules that a program can check."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dtnexus

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "dtnexus"
CODE = sorted(
    path for folder in (SOURCE, ROOT / "training", ROOT / "benchmarks", ROOT / "tests") for path in folder.rglob("*.py")
)
FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "core", "manager", "base"}
NEVER_LOADED = {"torch", "sklearn", "pandas", "requests", "httpx", "urllib3", "asyncio"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_no_function_is_longer_than_80_lines(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or node.lineno) - node.lineno < 80, node.name


def test_no_dumping_grounds() -> None:
    assert not [relative(path) for path in CODE if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES]


def test_broad_excepts_live_in_one_place() -> None:
    broad = re.compile(r"except\s*(Exception|BaseException)?\s*(as \w+)?:")
    found = [relative(path) for path in SOURCE.rglob("*.py") if broad.search(path.read_text(encoding="utf-8"))]
    assert found == ["src/dtnexus/running/work.py"]


PUBLIC = """
    Agent AgentProfile AllianceParallel Assessment CoderRef Coverage Criterion DtnexusError Episode Evidence Failure
    Fault Framework FrameworkError InputError Interaction LockedError MissingExtraError NotApplicable NotObservable
    Observation ProfileError Rating Record Role Span SystemAssessment Transcript Turn UsageError load_framework
    read_jsonl write_jsonl
"""


def test_the_public_names_are_pinned() -> None:
    assert dtnexus.__all__ == sorted(dtnexus.__all__) == PUBLIC.split()
    assert all(getattr(dtnexus, name) is not None for name in dtnexus.__all__)
    ours = {name for name in dir(dtnexus) if not name.startswith(("_", "@"))}  # pytest adds names with @ to a plugin
    assert set(dtnexus.__all__) == ours - {module.stem for module in SOURCE.iterdir()}


CONNECTING = {
    "src/dtnexus/judging/wire.py",
    "src/dtnexus/probing/targets/inspect_model.py",
    "src/dtnexus/probing/targets/web.py",
}
"""The files that may reach a network, each with its own notice and consent before it does."""
TERMINAL = {"typer", "rich"}
TABLES = {"numpy", "pyarrow", "jinja2"}


@pytest.mark.parametrize(
    ("module", "without"),
    [
        ("dtnexus", NEVER_LOADED | TABLES | TERMINAL | {"pydantic"}),
        ("dtnexus.cli.main", NEVER_LOADED | TABLES | {"pydantic"}),
        ("dtnexus.deciding.assess", NEVER_LOADED | {"pyarrow", "jinja2"} | TERMINAL),
        ("dtnexus.cli.assess_command", NEVER_LOADED | {"pydantic_ai", "httpx2", "openai"}),
    ],
)
def test_importing_loads_no_more_than_is_needed(module: str, without: set[str]) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not set(json.loads(printed)) & without


def test_nothing_else_in_the_package_opens_a_connection() -> None:
    reaching = re.compile(r"^\s*(import|from)\s+(socket|ssl|http|urllib\.request|ftplib|smtplib|asyncio)\b", re.M)
    found = {relative(path) for path in SOURCE.rglob("*.py") if reaching.search(path.read_text(encoding="utf-8"))}
    assert found <= CONNECTING


def test_no_machine_paths_or_registry_hosts_are_in_the_project() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    forbidden = re.compile(
        r"/(?:home|work|root)/\w|py" + r"pi\.org|python" + r"hosted|npm" + r"js\.org|deb\.deb" + r"ian"
    )
    for name in filter(None, listed):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".npz", ".png"} and path.name != "LICENSE":
            assert not forbidden.search(path.read_text(encoding="utf-8", errors="replace")), name
