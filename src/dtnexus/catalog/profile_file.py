"""Loading an agent profile: facts against the fields that the framework's differences define.

A profile file is YAML or JSON::

    agent_id: my-agent            # missing: '*', every agent
    kind: digital                 # missing: unknown
    version: "2026-10"
    facts:
      memory.cross_session: none  # a bare value ...
      session_cap:                # ... or with its ground
        value: 1
        document: terms of use
        dated: 2026-10-01
        checked_by: J. Doe
      ads: unknown
    document_ratings:
    - {criterion: H1, score: 2, because: ..., document: ..., dated: 2026-10-01, checked_by: ...}

Every field is optional. What is missing, empty or ``unknown`` is unknown and stays so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from dtnexus.catalog.references_check import fits
from dtnexus.catalog.schema_faults import Problem, schema_problems, short, suggestion
from dtnexus.catalog.strict_yaml import Data, parse
from dtnexus.errors import Fault, InputError, ProfileError
from dtnexus.framework import Framework
from dtnexus.profile import AgentProfile, DocumentRating, Fact, FactValue, ProfileField
from dtnexus.record import FrozenMap, Record
from dtnexus.transcript import AgentKind

UNKNOWN: Literal["unknown"] = "unknown"
EVERY_AGENT = "*"
_GROUNDS = frozenset(Fact.model_fields)


class StatedFact(Record):
    """A fact with its ground, as a profile file states it; a missing value is unknown."""

    value: FactValue | None = Field(default=None, union_mode="left_to_right")
    document: str | None = None
    dated: date | None = None
    checked_by: str | None = None


class ProfileFile(Record):
    """What an agent profile file may hold; every field is optional."""

    agent_id: str = Field(default=EVERY_AGENT, min_length=1)
    """Matches the agent id of the transcripts; ``*`` describes every agent."""
    kind: AgentKind = UNKNOWN
    version: str | None = None
    facts: FrozenMap[str, StatedFact | FactValue | None] = Field(default_factory=dict)
    """Field of the framework's differences -> a value, ``unknown``, or a value with its ground."""
    document_ratings: tuple[DocumentRating, ...] = ()
    """A person's ratings of the criteria that rest on system facts."""


def profile_fields(framework: Framework) -> dict[str, ProfileField]:
    """Every fact that a profile may state under this framework, by name."""
    return {field.name: field for difference in framework.differences for field in difference.fields}


def load_profile(path: str | Path, framework: Framework) -> AgentProfile:
    """The agent profile that a YAML or JSON file holds; unknown facts have the value None.

    Raises:
        InputError: there is no such file, or it cannot be read.
        ProfileError: the file has faults; the error lists every one of them.
    """
    where = Path(path)
    if not where.is_file():
        raise InputError(str(path), "no such file", "a YAML or JSON file with an agent profile")
    try:
        content = where.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "a file that this user may read") from None
    document = parse(content, str(path))
    faults = list(document.faults)
    data, problems = _with_grounds(document.data)
    profile: AgentProfile | None = None
    if not document.broken:
        try:
            profile = AgentProfile.model_validate_json(json.dumps(data), strict=True)
        except ValidationError as error:
            problems += schema_problems(error, data, AgentProfile)
        problems += _fact_problems(data, document.data, framework)
        problems += _rating_problems(data, framework)
    for problem in problems:
        faults.append(Fault(str(path), document.line(problem.loc), problem.code, problem.given, problem.wanted))
    if faults or profile is None:
        raise ProfileError(sorted(set(faults), key=lambda fault: (fault.line or 0, str(fault))))
    return profile


def _with_grounds(stated: dict[str, Data]) -> tuple[dict[str, Data], list[Problem]]:
    data: dict[str, Data] = {"agent_id": EVERY_AGENT, "kind": UNKNOWN, **stated}
    facts = data.get("facts")
    problems = []
    if facts is None:
        data["facts"] = {}
    elif isinstance(facts, dict):
        plain: dict[str, Data] = {}
        for name, value in facts.items():
            if isinstance(value, dict) and value and not value.keys() & _GROUNDS:
                first = next(iter(value))
                wanted = f"a value, or a mapping with 'value'; field names are written with dots, as '{name}.{first}'"
                given = f"facts: {name!r} is a mapping of {', '.join(value)}"
                problems.append(Problem(("facts", name), "wrong-type", given, wanted))
            else:
                plain[name] = _fact(value)
        data["facts"] = plain
    return data, problems


def _fact(stated: Data) -> Data:
    fact: dict[str, Data] = {"value": None, **stated} if isinstance(stated, dict) else {"value": stated}
    if fact["value"] == UNKNOWN:
        fact["value"] = None
    return fact


def _fact_problems(data: dict[str, Data], stated: dict[str, Data], framework: Framework) -> Iterator[Problem]:
    known = profile_fields(framework)
    facts, as_stated = data.get("facts"), stated.get("facts")
    if not isinstance(facts, dict) or not isinstance(as_stated, dict):
        return
    for name, fact in facts.items():
        if name not in known:
            wanted = f"a field of the framework's differences{suggestion(name, known)}"
            yield Problem(("facts", name), "unknown-key", f"facts: unknown field {name!r}", wanted)
            continue
        value = fact["value"] if isinstance(fact, dict) else None
        if value is None or isinstance(value, dict):
            continue
        wanted_value = fits(known[name], _as_value(value))
        if wanted_value is not None:
            loc = ("facts", name, "value") if isinstance(as_stated[name], dict) else ("facts", name)
            yield Problem(loc, "bad-value", f"facts: {name!r} is {short(value)}", f"{wanted_value}, or 'unknown'")


def _as_value(value: bool | int | float | str | list[Data]) -> FactValue:
    return tuple(str(entry) for entry in value) if isinstance(value, list) else value


def _rating_problems(data: dict[str, Data], framework: Framework) -> Iterator[Problem]:
    on_facts = [criterion.id for criterion in framework.criteria if "S" in criterion.evidence]
    ratings = data.get("document_ratings")
    seen: set[str] = set()
    for place, rating in enumerate(ratings if isinstance(ratings, list) else ()):
        name = rating.get("criterion") if isinstance(rating, dict) else None
        if not isinstance(name, str):
            continue
        loc = ("document_ratings", place, "criterion")
        if name not in on_facts:
            wanted = f"a criterion that rests on system facts (evidence S){suggestion(name, on_facts)}"
            yield Problem(loc, "dangling", f"document_ratings names {name!r}", wanted)
        if name in seen:
            yield Problem(loc, "repeated-id", f"document_ratings rates {name!r} twice", "each criterion once")
        seen.add(name)
