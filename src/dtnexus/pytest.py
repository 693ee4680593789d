"""A pytest plugin: the gate as tests. Loaded by pytest itself (entry point ``pytest11``); reads files only.

Three lines of test, one item a rule::

    @pytest.mark.dtnexus(run="out/release", policy="policy.yaml")
    def test_gate(dtnexus_rule):
        dtnexus_rule.check()

Or the whole gate at once, with the run folder from the mark or from the ini option ``dtnexus_run``::

    def test_gate(dtnexus_gate):
        dtnexus_gate().check()

A rule that fails is a failed assertion with the words behind it; one that is undecided is skipped with what would
decide it, or fails where the ini option ``dtnexus_undecided`` is ``fail``. The program itself is loaded when the first
test asks for it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pytest

from dtnexus.errors import DtnexusError

if TYPE_CHECKING:
    from dtnexus.gating.results import Case, Outcome

MARK: Final = "dtnexus"
RULE: Final = "dtnexus_rule"
_OPTIONS: Final = ("run", "policy", "baseline")
_SETTINGS: Final = (
    ("dtnexus_run", "run folder or assessments.jsonl that the gate reads"),
    ("dtnexus_policy", "policy of the gate; without it the shipped one"),
    ("dtnexus_baseline", "earlier run that the gate compares with"),
    ("dtnexus_undecided", "what an undecided rule does: skip (default) or fail"),
)
Undecided = Literal["skip", "fail"]


@dataclass(frozen=True)
class RuleCheck:
    """One rule on one group of conversations, as a test sees it."""

    case: Case
    undecided: Undecided

    @property
    def verdict(self) -> str:
        """``pass``, ``fail``, ``undecided`` or ``too_few``."""
        return self.case.verdict

    def check(self) -> None:
        """Fail where the rule fails, with the words behind it; skip where it is undecided or advisory.

        Raises:
            AssertionError: the rule fails, or is undecided and that is to fail.
        """
        __tracebackhide__ = True
        if self.case.verdict == "pass":
            return
        told = _message(self.case)
        if self.case.advisory or (self.case.verdict != "fail" and self.undecided == "skip"):
            pytest.skip(told)
        raise AssertionError(told)


@dataclass(frozen=True)
class GateCheck:
    """A whole gate, as a test sees it."""

    outcome: Outcome
    undecided: Undecided

    @property
    def rules(self) -> tuple[RuleCheck, ...]:
        """Each rule on each group, in the order of the policy."""
        return tuple(RuleCheck(case, self.undecided) for case in self.outcome.cases)

    def check(self) -> None:
        """Fail where a rule that counts fails, naming every one; skip where one is undecided.

        Raises:
            AssertionError: a rule fails, or one is undecided and that is to fail.
        """
        __tracebackhide__ = True
        counting = [case for case in self.outcome.cases if not case.advisory and case.verdict != "pass"]
        failed = [case for case in counting if case.verdict == "fail" or self.undecided == "fail"]
        if failed:
            raise AssertionError("\n\n".join(_message(case) for case in failed))
        if counting:
            pytest.skip("; ".join(f"{case.name}: {case.said}" for case in counting))


@dataclass(frozen=True)
class _Unreadable:
    """Stands for the rules of a gate that cannot be read, so that the test fails and says why."""

    why: str
    verdict: str = "unreadable"

    def check(self) -> None:
        """Fail with the reason.

        Raises:
            AssertionError: always.
        """
        __tracebackhide__ = True
        raise AssertionError(self.why)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini options."""
    for name, told in _SETTINGS:
        parser.addini(name, told, default="")


def pytest_configure(config: pytest.Config) -> None:
    """The mark."""
    config.addinivalue_line("markers", f"{MARK}(run, policy, baseline): which run and policy the dtnexus gate reads")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test item for each rule where a test asks for `dtnexus_rule`."""
    if RULE not in metafunc.fixturenames:
        return
    mark = metafunc.definition.get_closest_marker(MARK)
    try:
        checks: list[RuleCheck | _Unreadable] = list(_gate(metafunc.config, mark).rules)
    except DtnexusError as error:
        checks = [_Unreadable(str(error))]
    names = [each.case.name.replace(" / ", "-") if isinstance(each, RuleCheck) else "unreadable" for each in checks]
    metafunc.parametrize(RULE, checks, ids=names)


@pytest.fixture
def dtnexus_gate(request: pytest.FixtureRequest) -> Callable[..., GateCheck]:
    """Call it for the gate: ``dtnexus_gate(run, policy, baseline)``; what is not given comes from mark or ini file."""
    mark = request.node.get_closest_marker(MARK)

    def gate(
        run: str | Path | None = None, policy: str | Path | None = None, baseline: str | Path | None = None
    ) -> GateCheck:
        return _gate(request.config, mark, {"run": run, "policy": policy, "baseline": baseline})

    return gate


def _gate(
    config: pytest.Config, mark: pytest.Mark | None, given: dict[str, str | Path | None] | None = None
) -> GateCheck:
    """The gate of call, mark and ini file, in this order; paths of the ini file are relative to it."""
    marked: dict[str, object] = {}
    if mark is not None:
        marked = {**dict(zip(_OPTIONS, mark.args, strict=False)), **mark.kwargs}
    unknown = sorted(marked.keys() - set(_OPTIONS))
    if unknown:
        raise pytest.UsageError(f"mark {MARK}: unknown {unknown[0]!r}; wanted: {', '.join(_OPTIONS)}")
    root = config.inipath.parent if config.inipath is not None else config.rootpath
    found: dict[str, Path | str | None] = {}
    for name in _OPTIONS:
        value = (given or {}).get(name) or marked.get(name) or config.getini(f"dtnexus_{name}") or None
        found[name] = value if value in (None, "default") else root / str(value)
    if found["run"] is None:
        raise pytest.UsageError(f"no run for the gate: give it to the mark {MARK}, or set dtnexus_run in the ini file")
    wanted = config.getini("dtnexus_undecided") or "skip"
    if wanted not in ("skip", "fail"):
        raise pytest.UsageError(f"dtnexus_undecided is {wanted!r}; wanted: skip or fail")
    undecided: Undecided = "fail" if wanted == "fail" else "skip"
    files = importlib.import_module("dtnexus.running.gating_files")
    outcome, _ = files.gate_run(found["run"], found["policy"] or "default", found["baseline"])
    return GateCheck(outcome, undecided)


def _message(case: Case) -> str:
    words = importlib.import_module("dtnexus.gating.wording")
    return str(words.message(case))
