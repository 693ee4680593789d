"""A gate from files: a run folder and a policy in; verdicts, JUnit, SARIF and Markdown out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from dtnexus.catalog.loader import load_framework
from dtnexus.catalog.policy_file import DEFAULT, load_policy
from dtnexus.coding.signals import MAXIMA
from dtnexus.errors import InputError, UsageError
from dtnexus.framework import Framework
from dtnexus.gate_policy import GatePolicy
from dtnexus.gating.counting import Tally
from dtnexus.gating.gate import Gate
from dtnexus.gating.junit import as_junit
from dtnexus.gating.markdown import as_markdown
from dtnexus.gating.results import Outcome
from dtnexus.gating.sarif import Sources, as_sarif
from dtnexus.gating.sittings import Played
from dtnexus.probe_battery import Battery
from dtnexus.probe_run import ProbeRun
from dtnexus.record import first_fault, read_jsonl
from dtnexus.running.assessment_file import AssessmentFile
from dtnexus.running.folder import RunFolder
from dtnexus.running.whole_file import refuse_folder, write_whole
from dtnexus.transcript import Transcript

BATTERY = "probes.json"


@dataclass(frozen=True, slots=True)
class RunSource:
    """A finished run on disk: its assessments, and what probes had to do with it."""

    name: str
    """As the caller named it."""
    assessments: AssessmentFile
    transcripts: Path
    played: Played
    lines: dict[str, int]
    """Transcript id -> its line in the file, from 1."""
    absent: Counter[str] = field(default_factory=Counter)
    """Probe -> planned runs that left no transcript."""

    @property
    def sources(self) -> Sources:
        """Where the transcripts stand, for SARIF."""
        path = self.transcripts
        return Sources(path.as_uri() if path.is_absolute() else path.as_posix(), self.lines)


def read_run(source: Path) -> RunSource:
    """The run in a folder or beside an assessments.jsonl; assessments themselves are read when they are asked for.

    Raises:
        InputError: there is none, or one of its files cannot be read.
    """
    folder = RunFolder(source if source.is_dir() else source.parent)
    path = folder.assessments if source.is_dir() else source
    if not path.is_file():
        if (folder.root / BATTERY).is_file():
            given = "no assessments: the probes were played and nothing was answered"
            raise InputError(str(source), given, f"a run with answers; {BATTERY} says what was tried")
        wanted = "a run folder or an assessments.jsonl; `dtnexus assess` and `dtnexus probe run` write them"
        raise InputError(str(path), "no such file", wanted)
    runs: dict[str, ProbeRun] = {}
    lines: dict[str, int] = {}
    if folder.transcripts.is_file():
        numbers = _filled_lines(folder.transcripts)
        for number, transcript in zip(numbers, read_jsonl(folder.transcripts, Transcript), strict=True):
            lines[transcript.id] = number
            if transcript.probe is not None:
                runs[transcript.id] = transcript.probe
    battery = _battery(folder.root / BATTERY)
    alarms: dict[str, Tally] = {}
    absent: Counter[str] = Counter()
    for played in () if battery is None else battery.runs:
        told = [occasion.false_alarm for occasion in played.occasions if occasion.false_alarm is not None]
        if told:
            alarms[played.run] = Tally(float(sum(told)), len(told))
        absent[played.probe] += played.state in ("not_played", "invalid")
    return RunSource(str(source), AssessmentFile(path), folder.transcripts, Played(runs, alarms), lines, +absent)


def gated(gate: Gate, source: RunSource) -> Gate:
    """The gate, after every interaction of the run.

    Raises:
        InputError: a line is no assessment, or there is none.
        UsageError: an assessment is by another framework.
    """
    for assessment in source.assessments:
        gate.add(assessment, source.played)
    if not gate.facts.interactions:
        raise InputError(str(source.assessments.path), "holds no assessments", "a finished run")
    for probe, runs in source.absent.items():
        gate.absent(probe, runs)
    return gate


def gate_run(
    run: Path,
    policy: str | Path = DEFAULT,
    baseline: Path | None = None,
    framework: str = "dtn-op",
    quotes: bool = False,
) -> tuple[Outcome, Sources]:
    """The verdicts of a policy on a run, and where its transcripts stand.

    Raises:
        InputError: a file is missing or cannot be read.
        PolicyError: the policy has faults.
        UsageError: the run was decided by another framework.
    """
    loaded: Framework = load_framework(framework, MAXIMA)
    rules: GatePolicy = load_policy(policy, loaded)
    source = read_run(run)
    before = None
    if baseline is not None:
        before = gated(Gate(rules, loaded, quotes), read_run(baseline))
    outcome = gated(Gate(rules, loaded, quotes), source).outcome(
        source.name, before, None if baseline is None else str(baseline)
    )
    return outcome, source.sources


def write_outcome(
    outcome: Outcome, sources: Sources, junit: Path | None, sarif: Path | None, markdown: Path | None
) -> tuple[Path, ...]:
    """Write the wanted forms and return their paths.

    Raises:
        UsageError: a folder stands where a file is wanted.
    """
    written = []
    if junit is not None:
        written.append((junit, as_junit(outcome)))
    if sarif is not None:
        written.append((sarif, as_sarif(outcome, sources)))
    if markdown is not None:
        written.append((markdown, as_markdown(outcome)))
    for path, text in written:
        write_whole(path, text)
    return tuple(path for path, _ in written)


def check_places(*paths: Path | None) -> None:
    """Refuse places where nothing can be written, before any work is done.

    Raises:
        UsageError: a folder stands there, or one file is named twice.
    """
    named = [path for path in paths if path is not None]
    for path in named:
        refuse_folder(path)
    twice = [str(path) for at, path in enumerate(named) if path.resolve() in [p.resolve() for p in named[:at]]]
    if twice:
        raise UsageError(f"{twice[0]}: is named for two forms; name a file for each")


def _filled_lines(path: Path) -> list[int]:
    with path.open("rb") as stream:
        return [number for number, line in enumerate(stream, start=1) if line.strip()]


def _battery(path: Path) -> Battery | None:
    if not path.is_file():
        return None
    try:
        return Battery.from_json(path.read_bytes())
    except ValidationError as error:
        raise InputError(str(path), first_fault(error), "probes.json as `dtnexus probe run` writes it") from None
