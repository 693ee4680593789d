"""Loading a framework: strict, every fault of all files at once, with file and line.

A framework is the union of the top-level keys of its YAML files. The shipped ones are
the folders beside this module; each has a compiled twin (`dtnexus.catalog.generated`)
that is used only while it is the exact image of the YAML files.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from dtnexus.catalog.parts import Parts
from dtnexus.catalog.references_check import reference_problems, signal_problems
from dtnexus.catalog.schema_faults import Problem, schema_problems
from dtnexus.catalog.strict_yaml import Data, Document, Loc, parse
from dtnexus.catalog.structure_check import structure_problems
from dtnexus.errors import Fault, FrameworkError, InputError
from dtnexus.framework import Framework, SignalRule

_YAML_ENDINGS = (".yaml", ".yml")
_FOLDER = re.compile(r"(?P<id>[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*)_(?P<version>[0-9]+(?:_[0-9]+)*)")
_ASKED = re.compile(r"(?P<id>[a-z][a-z0-9-]*)(?:@(?P<version>[0-9]+(?:\.[0-9]+)*))?")


class Shipped(NamedTuple):
    """A framework that comes with the program."""

    id: str
    version: str
    folder: str

    @property
    def name(self) -> str:
        """``id@version``, as `load_framework` takes it."""
        return f"{self.id}@{self.version}"


class SourceFile(NamedTuple):
    """A YAML file of a framework: the name for messages, and its bytes."""

    path: str
    content: bytes


def shipped_frameworks() -> tuple[Shipped, ...]:
    """The frameworks that come with the program, by id, oldest version first."""
    found = []
    for folder in files(__package__).iterdir():
        match = _FOLDER.fullmatch(folder.name)
        if match is not None and folder.is_dir():
            version = match["version"].replace("_", ".")
            found.append(Shipped(match["id"].replace("_", "-"), version, folder.name))
    return tuple(sorted(found, key=lambda each: (each.id, _version_key(each.version))))


def load_framework(where: str | Path, known_signals: Mapping[str, float] | None = None) -> Framework:
    """The framework that a name, a folder of YAML files or one YAML file holds.

    Args:
        where: ``id`` or ``id@version`` of a shipped framework (the newest version where
            none is named), or the path of a folder or file. Shipped names come first;
            write ``./name`` for a folder of the same name.
        known_signals: signal name -> highest value on its scale. Given, the signal rules
            may name no other signals and no higher values; None leaves them unchecked.

    Raises:
        InputError: there is no such framework, folder or file.
        FrameworkError: the files have faults; the error lists every one of them.
    """
    folder = shipped_folder(where) if isinstance(where, str) else None
    if folder is None:
        return framework_from(source_files(Path(where)), known_signals)
    framework = _load_shipped(folder)
    if known_signals is not None:
        rules: Iterable[tuple[Loc, SignalRule]] = ((("signals", key), rule) for key, rule in framework.signals.items())
        if any(True for _ in signal_problems(rules, known_signals)):
            return framework_from(shipped_files(folder), known_signals)
    return framework


def framework_from(sources: Iterable[SourceFile], known_signals: Mapping[str, float] | None = None) -> Framework:
    """The framework that these files hold together; see `load_framework`.

    Raises:
        FrameworkError: the files have faults; the error lists every one of them.
    """
    documents = [parse(source.content, source.path) for source in sources]
    faults = [fault for document in documents for fault in document.faults]
    data, owners = _union(documents, faults)
    complete = not any(document.broken for document in documents)
    parts = Parts(data, complete)
    framework: Framework | None = None
    problems: list[Problem] = []
    try:
        framework = Framework.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems += schema_problems(error, data, Framework)
    problems += structure_problems(parts)
    problems += reference_problems(parts)
    if known_signals is not None:
        problems += signal_problems(parts.signals(), known_signals)
    for problem in problems:
        if complete or not (problem.code == "missing-field" and len(problem.loc) == 1):
            faults.append(_placed(problem, documents, owners))
    if faults or framework is None:
        raise FrameworkError(sorted(set(faults), key=lambda fault: (fault.path, fault.line or 0, str(fault))))
    return framework


def source_files(where: Path) -> tuple[SourceFile, ...]:
    """The YAML files of a folder (not of its sub-folders) by name, or the one file.

    Raises:
        InputError: there is no such folder or file, it cannot be read, or the folder holds
            no YAML file.
    """
    if where.is_file():
        return (SourceFile(str(where), _content(where, str(where))),)
    if not where.is_dir():
        shipped = [each.name for each in shipped_frameworks()]
        names = [*shipped, *(each.id for each in shipped_frameworks())]
        near = difflib.get_close_matches(str(where), names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        wanted = f"a shipped framework ({', '.join(shipped)}), a folder of YAML files or a YAML file{hint}"
        raise InputError(str(where), "nothing stands there", wanted)
    found = _yaml_files(where, str(where))
    if not found:
        raise InputError(str(where), "no YAML file stands in this folder", "files that end in .yaml or .yml")
    return found


def shipped_files(folder: str) -> tuple[SourceFile, ...]:
    """The YAML files of a shipped framework, by name."""
    return _yaml_files(files(__package__) / folder, folder)


def digests(sources: Iterable[SourceFile]) -> dict[str, str]:
    """File name -> SHA-256 of its bytes; line ends count as one kind."""
    return {
        Path(source.path).name: hashlib.sha256(source.content.replace(b"\r\n", b"\n")).hexdigest() for source in sources
    }


def _yaml_files(folder: Traversable, shown: str) -> tuple[SourceFile, ...]:
    named = sorted((each.name, each) for each in folder.iterdir() if each.name.endswith(_YAML_ENDINGS))
    shown_names = ((f"{shown}/{name}", each) for name, each in named if each.is_file())
    return tuple(SourceFile(path, _content(each, path)) for path, each in shown_names)


def _content(file: Traversable, shown: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(shown, f"cannot be read ({error.strerror})", "a file that this user may read") from None


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def shipped_folder(name: str) -> str | None:
    """The folder of the shipped framework that ``id`` or ``id@version`` names; None where none is."""
    asked = _ASKED.fullmatch(name)
    if asked is None:
        return None
    fitting = [s for s in shipped_frameworks() if s.id == asked["id"] and asked["version"] in (None, s.version)]
    return fitting[-1].folder if fitting else None


@lru_cache(maxsize=8)
def _load_shipped(folder: str) -> Framework:
    sources = shipped_files(folder)
    twin = files(__package__) / "compiled" / f"{folder}.json"
    if twin.is_file():
        compiled = json.loads(twin.read_text(encoding="utf-8"))
        if compiled["sources"] == digests(sources):
            try:
                return Framework.model_validate_json(json.dumps(compiled["framework"]), strict=True)
            except ValidationError:
                # The types have changed since the twin was made; the YAML files say what is wrong.
                return framework_from(sources)
    return framework_from(sources)


def _union(documents: Iterable[Document], faults: list[Fault]) -> tuple[dict[str, Data], dict[str, Document]]:
    data: dict[str, Data] = {}
    owners: dict[str, Document] = {}
    for document in documents:
        for key, value in document.data.items():
            if key in owners:
                given = f"key {key!r} stands here and in {owners[key].path}:{owners[key].lines[(key,)]}"
                wanted = "each top-level key in one file; move the entries together"
                faults.append(Fault(document.path, document.lines[(key,)], "repeated-key", given, wanted))
                continue
            data[key] = value
            owners[key] = document
    return data, owners


def _placed(problem: Problem, documents: list[Document], owners: Mapping[str, Document]) -> Fault:
    document = owners.get(str(problem.loc[0])) if problem.loc else None
    if document is None:
        shown = documents[0].path if len(documents) == 1 else str(Path(documents[0].path).parent)
        return Fault(shown, None, problem.code, problem.given, problem.wanted)
    return Fault(document.path, document.line(problem.loc), problem.code, problem.given, problem.wanted)
