"""From files of ratings to admissions: who is the machine, what is known of the units, what follows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dtnexus import __version__
from dtnexus.admission import Admission, Origin
from dtnexus.agreement.admitting import Occasion, admissions
from dtnexus.agreement.consensus_units import Gathered, Known, Machine, gathered
from dtnexus.agreement.reading import Asked, parsed
from dtnexus.agreement.resampling import Resampler
from dtnexus.agreement.table import Lines
from dtnexus.errors import InputError, UsageError
from dtnexus.framework import Framework
from dtnexus.ingest.grouping import group
from dtnexus.ingest.options import ReadOptions
from dtnexus.language import primary
from dtnexus.rating import CoderKind, CoderRef
from dtnexus.running.reading import Reading
from dtnexus.transcript import Interaction


@dataclass(frozen=True, slots=True)
class MachineName:
    """The coder to admit as the user names it; kind, version and details only where the files do not say."""

    name: str
    kind: CoderKind | None = None
    version: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be admitted, from what."""

    ratings: Sequence[Path]
    coder: MachineName
    framework: Framework
    decided_on: date
    transcripts: Sequence[str] = ()
    """The conversations that were rated: they tell the language, and what is synthetic or a probe."""
    language: str | None = None
    """Of units of which nothing else tells it."""
    columns: Mapping[str, str] | None = None
    """Columns of other names, as `Asked` takes them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out, and what it rests on."""

    admissions: tuple[Admission, ...]
    people: tuple[str, ...]
    other_machines: tuple[str, ...]
    """Machines in the files that were not asked about; they take no part."""


def admit(request: Request, resampler: Resampler | None = None) -> Measured:
    """Measure the coder on every criterion and language, one set of admissions for each version of it.

    Raises:
        InputError: a file cannot be read as ratings.
        UsageError: the coder is not there, is a person, has no version, or a unit has no language.
    """
    files: list[Lines] = []
    sources: dict[str, str] = {}
    for path in request.ratings:
        content = _content(path)
        files.append(parsed(str(path), content, Asked(columns=request.columns, apart=True)))
        sources[path.name] = hashlib.sha256(content).hexdigest()
    known = _known(request.transcripts)
    occasion = Occasion(request.framework, request.decided_on, sources, __version__)
    made: list[Admission] = []
    found = Gathered()
    for machine in _machines(files, request.coder):
        found = gathered(files, machine, known, primary(request.language))
        _check(found, request)
        made.extend(admissions(found, machine, occasion, resampler))
    return Measured(tuple(made), tuple(sorted(found.people)), tuple(sorted(found.other_machines)))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        wanted = "ratings as `agree` reads them"
        raise InputError(str(path), f"cannot be read ({error.strerror})", wanted) from None


def _known(transcripts: Sequence[str]) -> dict[str, Known]:
    if not transcripts:
        return {}
    interactions = group(Reading(transcripts, ReadOptions()).transcripts())
    return {each.id: Known(_language(each), _origin(each)) for each in interactions}


def _language(interaction: Interaction) -> str | None:
    stated = {primary(session.language) for session in interaction.sessions}
    return stated.pop() if len(stated) == 1 else None


def _origin(interaction: Interaction) -> Origin:
    if any(session.probe is not None for session in interaction.sessions):
        return "probe"
    return "synthetic" if any(session.synthetic for session in interaction.sessions) else "recorded"


def _machines(files: Sequence[Lines], named: MachineName) -> list[Machine]:
    """Every version of the coder that the files hold, each with its names in each file."""
    found: dict[str, tuple[CoderRef, dict[str, set[str]]]] = {}
    for lines in files:
        for coder in lines.coders:
            ref = lines.refs.get(coder.name)
            if (ref.name if ref is not None else coder.name) != named.name:
                continue
            kind = coder.kind if ref is None else ref.kind
            if kind not in (None, "embedded", "judge"):
                raise UsageError(f"--coder {named.name}: is a person in {lines.path}; a machine is wanted")
            ref = ref or _stated(named, kind)
            if named.version is None or ref.version == named.version:
                names = found.setdefault(ref.to_json(), (ref, {}))[1]
                names.setdefault(lines.path, set()).add(coder.name)
    if not found:
        there = sorted({coder.name for lines in files for coder in lines.coders})
        version = "" if named.version is None else f" in version {named.version}"
        raise UsageError(f"--coder {named.name}: rated nothing here{version}; there are {', '.join(there) or 'none'}")
    return [Machine(ref, names) for _, (ref, names) in sorted(found.items())]


def _stated(named: MachineName, kind: CoderKind | None) -> CoderRef:
    """The reference of a coder that stands in a table, which says its name and perhaps its kind."""
    kind = kind or named.kind
    if kind is None or named.version is None:
        wanted = "--coder-kind (embedded or judge)" if kind is None else "--coder-version"
        raise UsageError(
            f"--coder {named.name}: a table does not say who that is; give {wanted}, "
            "or the ratings that `code` wrote, which say it"
        )
    return CoderRef(kind=kind, name=named.name, version=named.version, details=dict(named.details))


def _check(found: Gathered, request: Request) -> None:
    given = [unit for units in found.units.values() for unit in units.values() if unit.asked]
    unknown = sorted({unit.interaction for unit in given if unit.language is None})
    if unknown:
        raise UsageError(
            f"the language of {len(unknown)} interactions is not known, for instance of {unknown[0]!r}; "
            "give --language CODE, or --transcripts with conversations that state theirs"
        )
    own = {criterion.id for criterion in request.framework.criteria}
    if not own & set(found.units):
        there = ", ".join(sorted(found.units)) or "none"
        raise UsageError(f"framework {request.framework.id!r} has none of the criteria that were rated: {there}")
