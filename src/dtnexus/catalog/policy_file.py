"""Loading gate policies: strict YAML, every fault at once with file and line.

The policy that the project ships lies in ``gates/gate_default.yaml`` below its framework.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from dtnexus.catalog.loader import shipped_folder
from dtnexus.catalog.schema_faults import Problem, schema_problems, short, suggestion
from dtnexus.catalog.strict_yaml import Data, Loc, parse
from dtnexus.errors import Fault, InputError, PolicyError
from dtnexus.framework import Framework
from dtnexus.gate_policy import RULE_KINDS, GatePolicy

DEFAULT: Final = "default"
"""Names the shipped policy where a file could be named."""
_FILE = "gates/gate_default.yaml"


def load_policy(where: str | Path, framework: Framework) -> GatePolicy:
    """The policy in a YAML or JSON file; ``default`` is the one shipped with the framework.

    Raises:
        InputError: there is no such file, it cannot be read, or the framework comes without a policy.
        PolicyError: the file has faults; the error lists every one of them.
    """
    shown, content = _shipped(framework) if str(where) == DEFAULT else (str(where), _read(Path(where)))
    return policy_from(content, shown, framework)


def policy_from(content: bytes, path: str, framework: Framework) -> GatePolicy:
    """The policy that these bytes hold; `path` names them in messages.

    Raises:
        PolicyError: they have faults; the error lists every one of them.
    """
    document = parse(content, path)
    faults = list(document.faults)
    policy: GatePolicy | None = None
    if not document.broken:
        problems: list[Problem] = []
        try:
            policy = GatePolicy.model_validate_json(json.dumps(document.data), strict=True)
        except ValidationError as error:
            problems += [each for each in schema_problems(error, document.data, GatePolicy) if not _of_a_rule(each)]
        problems += _rule_problems(document.data)
        problems += _framework_problems(document.data, framework)
        for each in problems:
            faults.append(Fault(path, document.line(each.loc), each.code, each.given, each.wanted))
    if faults or policy is None:
        raise PolicyError(sorted(set(faults), key=lambda fault: (fault.line or 0, str(fault))))
    return policy


def _of_a_rule(problem: Problem) -> bool:
    return len(problem.loc) > 1 and problem.loc[0] == "rules"


def _rule_problems(data: dict[str, Data]) -> Iterator[Problem]:
    """What is wrong with each rule, by the fields of its own kind."""
    rules = data.get("rules")
    for place, rule in enumerate(rules if isinstance(rules, list) else ()):
        where: Loc = ("rules", place)
        if not isinstance(rule, dict):
            yield Problem(where, "wrong-type", f"rules[{place + 1}] is {short(rule)}", "a mapping with 'id' and 'kind'")
            continue
        shown = f"rule {short(rule.get('id', place + 1))}"
        kind = rule.get("kind")
        if not isinstance(kind, str) or kind not in RULE_KINDS:
            given = f"{shown}: no 'kind'" if kind is None else f"{shown}: kind is {short(kind)}"
            wanted = f"one of {', '.join(RULE_KINDS)}"
            near = suggestion(kind, RULE_KINDS) if isinstance(kind, str) else ""
            yield Problem((*where, "kind"), "unknown-choice", given, wanted + (near if "mean" in near else ""))
            continue
        try:
            RULE_KINDS[kind].model_validate_json(json.dumps(rule), strict=True)
        except ValidationError as error:
            for each in schema_problems(error, rule, RULE_KINDS[kind]):
                given = each.given if each.given.startswith("'") else f"{shown}: {each.given}"
                given = given if each.loc else f"{shown} as a whole"
                yield Problem((*where, *each.loc), each.code, given, each.wanted.removeprefix("Value error, "))


def _framework_problems(data: dict[str, Data], framework: Framework) -> Iterator[Problem]:
    named = data.get("framework")
    if isinstance(named, str) and named != framework.id:
        wanted = f"{framework.id!r}, the framework of this run; name another with --framework"
        yield Problem(("framework",), "other-framework", f"framework is {named!r}", wanted)
        return
    stars = [criterion.id for criterion in framework.criteria if criterion.star]
    known = [criterion.id for criterion in framework.criteria]
    rules = data.get("rules")
    seen: dict[str, int] = {}
    for place, rule in enumerate(rules if isinstance(rules, list) else ()):
        if not isinstance(rule, dict):
            continue
        name = rule.get("id")
        if isinstance(name, str):
            if name in seen:
                wanted = f"an id of its own (rule {seen[name] + 1} has it already)"
                yield Problem(("rules", place, "id"), "repeated-id", f"rule id {name!r} stands here again", wanted)
            seen.setdefault(name, place)
        wanted_of = stars if rule.get("kind") == "star_episodes" else known
        what = "a safety-critical criterion" if wanted_of is stars else "a criterion of the framework"
        listed = rule.get("criteria")
        for at, one in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(one, str) and one not in wanted_of:
                wanted = f"{what}{suggestion(one, wanted_of)}"
                yield Problem(("rules", place, "criteria", at), "dangling", f"criteria names {one!r}", wanted)
        one = rule.get("criterion")
        if isinstance(one, str) and one not in known:
            wanted = f"a criterion of the framework{suggestion(one, known)}"
            yield Problem(("rules", place, "criterion"), "dangling", f"criterion is {one!r}", wanted)


def _shipped(framework: Framework) -> tuple[str, bytes]:
    folder = shipped_folder(f"{framework.id}@{framework.version}")
    found = None if folder is None else files(__package__) / folder / _FILE
    if found is None or not found.is_file():
        wanted = f"a policy file with --policy: framework {framework.id} {framework.version} comes without one"
        raise InputError("--policy default", "no shipped policy", wanted)
    return f"{folder}/{_FILE}", found.read_bytes()


def _read(path: Path) -> bytes:
    if not path.is_file():
        wanted = "a YAML file with a gate policy, or 'default' for the shipped one"
        raise InputError(str(path), "no such file", wanted)
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "a file that this user may read") from None
