"""Loading probes: strict, every fault of all files at once, with file and line.

A set of probes is the union of YAML files: lists under ``probes`` and ``warm_up`` are joined in the
order of the file names, ``framework`` stands in one of them. The shipped set of a framework lies in the
folder ``probes`` below it; its compiled twin is used only while it is the exact image of the files.
Nothing here is loaded by the commands that read conversations.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from dtnexus.catalog.loader import (
    SourceFile,
    digests,
    load_framework,
    shipped_files,
    shipped_folder,
    source_files,
)
from dtnexus.catalog.schema_faults import Problem, schema_problems, suggestion
from dtnexus.catalog.strict_yaml import Data, Document, Loc, parse
from dtnexus.errors import Fault, ProbeError
from dtnexus.framework import Framework
from dtnexus.probe import Probe, ProbeSet

_LISTS = ("probes", "warm_up")


class _Origin(NamedTuple):
    """Where an entry of a joined list stands."""

    document: Document
    place: int


def load_probes(
    where: str | Path, framework: Framework | None = None, known_signals: Mapping[str, float] | None = None
) -> ProbeSet:
    """The probes that belong to a shipped framework, or that a folder or file of YAML holds.

    Args:
        where: ``id`` or ``id@version`` of a shipped framework, or the path of a folder or file.
        framework: whose criteria and references the probes name; None takes the shipped one that
            they say they belong to.
        known_signals: agent signal -> highest value on its scale. Given, tests of replies may name no
            others and no higher values; None leaves them unchecked.

    Raises:
        InputError: there is no such framework, folder or file.
        ProbeError: the files have faults; the error lists every one of them.
    """
    folder = shipped_folder(where) if isinstance(where, str) else None
    if folder is None:
        return probes_from(source_files(Path(where)), framework, known_signals)
    probes = _load_shipped(folder)
    if known_signals is not None and any(True for _ in _signal_problems(_placed_probes(probes), known_signals)):
        return probes_from(probe_files(folder), framework, known_signals)
    return probes


def probe_files(folder: str) -> tuple[SourceFile, ...]:
    """The YAML files of the probes of a shipped framework, by name; none where it has no probes."""
    has_probes = (files(__package__) / folder / "probes").is_dir()
    return shipped_files(f"{folder}/probes") if has_probes else ()


def probes_from(
    sources: Iterable[SourceFile],
    framework: Framework | None = None,
    known_signals: Mapping[str, float] | None = None,
) -> ProbeSet:
    """The probes that these files hold together; see `load_probes`.

    Raises:
        InputError: no framework was given and the one that the files name is not shipped.
        ProbeError: the files have faults; the error lists every one of them.
    """
    documents = [parse(source.content, source.path) for source in sources]
    faults = [fault for document in documents for fault in document.faults]
    data, origins = _union(documents, faults)
    complete = not any(document.broken for document in documents)
    probes: ProbeSet | None = None
    problems: list[Problem] = []
    try:
        probes = ProbeSet.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems += schema_problems(error, data, ProbeSet)
    readable = list(_readable(data))
    if framework is None and isinstance(data.get("framework"), str):
        framework = load_framework(str(data["framework"]))
    if framework is not None:
        problems += _framework_problems(readable, framework)
    if known_signals is not None:
        problems += _signal_problems(readable, known_signals)
    for problem in problems:
        if complete or not (problem.code == "missing-field" and len(problem.loc) == 1):
            faults.append(_placed(problem, documents, origins))
    if faults or probes is None:
        raise ProbeError(sorted(set(faults), key=lambda fault: (fault.path, fault.line or 0, str(fault))))
    return probes


@lru_cache(maxsize=4)
def _load_shipped(folder: str) -> ProbeSet:
    sources = probe_files(folder)
    twin = files(__package__) / "compiled" / f"{folder}.probes.json"
    if twin.is_file():
        compiled = json.loads(twin.read_text(encoding="utf-8"))
        if compiled["sources"] == digests(sources):
            try:
                return ProbeSet.model_validate_json(json.dumps(compiled["probes"]), strict=True)
            except ValidationError:
                # The types have changed since the twin was made; the YAML files say what is wrong.
                return probes_from(sources)
    return probes_from(sources)


def _union(
    documents: Iterable[Document], faults: list[Fault]
) -> tuple[dict[str, Data], dict[str, Document | list[_Origin]]]:
    data: dict[str, Data] = {}
    origins: dict[str, Document | list[_Origin]] = {}
    for document in documents:
        for key, value in document.data.items():
            if key in _LISTS and isinstance(value, list):
                joined, of = data.setdefault(key, []), origins.setdefault(key, [])
                if isinstance(joined, list) and isinstance(of, list):
                    joined.extend(value)
                    of.extend(_Origin(document, place) for place in range(len(value)))
                    continue
            if key in data:
                wanted = "this key in one file only, and lists under 'probes' and 'warm_up'"
                faults.append(
                    Fault(document.path, document.lines[(key,)], "repeated-key", f"key {key!r} again", wanted)
                )
                continue
            data[key], origins[key] = value, document
    return data, origins


def _placed(problem: Problem, documents: list[Document], origins: Mapping[str, Document | list[_Origin]]) -> Fault:
    shown = documents[0].path if len(documents) == 1 else str(Path(documents[0].path).parent)
    of = origins.get(str(problem.loc[0])) if problem.loc else None
    if isinstance(of, Document):
        return Fault(of.path, of.line(problem.loc), problem.code, problem.given, problem.wanted)
    if of and len(problem.loc) > 1 and isinstance(problem.loc[1], int):
        document, place = of[problem.loc[1]]
        line = document.line((problem.loc[0], place, *problem.loc[2:]))
        return Fault(document.path, line, problem.code, problem.given, problem.wanted)
    return Fault(shown, None, problem.code, problem.given, problem.wanted)


def _readable(data: Mapping[str, Data]) -> Iterator[tuple[Loc, Probe]]:
    listed = data.get("probes")
    for place, item in enumerate(listed if isinstance(listed, list) else ()):
        try:
            yield ("probes", place), Probe.model_validate_json(json.dumps(item), strict=True)
        except ValidationError:
            continue


def _placed_probes(probes: ProbeSet) -> Iterator[tuple[Loc, Probe]]:
    for place, probe in enumerate(probes.probes):
        yield ("probes", place), probe


def _framework_problems(probes: Iterable[tuple[Loc, Probe]], framework: Framework) -> Iterator[Problem]:
    """Criteria and references that are not there, and opportunities on which probes are no evidence."""
    evidence = {criterion.id: criterion.evidence for criterion in framework.criteria}
    references = {reference.id for reference in framework.references}
    for loc, probe in probes:
        for place, planned in enumerate(probe.opportunities):
            at = (*loc, "opportunities", place, "criterion")
            given = f"{probe.id!r}: opportunities names {planned.criterion!r}"
            if planned.criterion not in evidence:
                yield Problem(at, "dangling", given, f"the id of a criterion{suggestion(planned.criterion, evidence)}")
            elif "P" not in evidence[planned.criterion]:
                wanted = "a criterion with evidence of class P; name others under 'touches'"
                yield Problem(at, "no-probe-evidence", given, wanted)
        for place, name in enumerate(probe.touches):
            if name not in evidence:
                wanted = f"the id of a criterion{suggestion(name, evidence)}"
                yield Problem((*loc, "touches", place), "dangling", f"{probe.id!r}: touches names {name!r}", wanted)
        for place, name in enumerate(probe.sources):
            if name not in references:
                wanted = f"the id of a reference{suggestion(name, references)}"
                yield Problem((*loc, "sources", place), "dangling", f"{probe.id!r}: sources names {name!r}", wanted)


def _signal_problems(probes: Iterable[tuple[Loc, Probe]], known: Mapping[str, float]) -> Iterator[Problem]:
    """Signals that are not the agent's, and values above a signal's scale."""
    for loc, probe in probes:
        for place, session in enumerate(probe.sessions):
            for number, turn in enumerate(session.turns):
                for branch_place, branch in enumerate(turn.branches):
                    at = (*loc, "sessions", place, "turns", number, "branches", branch_place, "if_agent")
                    where = f"{probe.id!r}: branch {branch.id!r} of {turn.id!r}"
                    yield from _test_problems(at, where, branch.if_agent.signals, known)
        for place, rule in enumerate(probe.stop_rules):
            at = (*loc, "stop_rules", place, "if_agent")
            yield from _test_problems(at, f"{probe.id!r}: stop rule {rule.id!r}", rule.if_agent.signals, known)


def _test_problems(at: Loc, where: str, signals: Mapping[str, float], known: Mapping[str, float]) -> Iterator[Problem]:
    for name, value in signals.items():
        if name not in known:
            wanted = f"a signal of agent turns{suggestion(name, known)}"
            yield Problem(at, "unknown-signal", f"{where} tests {name!r}", wanted)
        elif not 0 < value <= known[name]:
            wanted = f"above 0 and at most {known[name]:g}, the top of that signal's scale"
            yield Problem(at, "out-of-range", f"{where} tests {name!r} at {value:g}", wanted)
