"""dtnexus: the Digital Therapeutic Nexus (doi 10.2196/89378), executable.

This project's own operationalisation from the abstract; not the authors' instrument,
not a clinical tool.

Here stand the nouns, the errors and `load_framework`; they load quickly and open nothing.
What works on them lives with its stage:

    from pathlib import Path

    from dtnexus import load_framework
    from dtnexus.ingest import group, read_all
    from dtnexus.coding.embedded import EmbeddedCoder
    from dtnexus.deciding.assess import assess
    from dtnexus.reporting.html import write_report

    framework = load_framework("dtn-op")
    transcripts, report = read_all(["chats/"])
    coder = EmbeddedCoder.load()
    results = [assess(one, coder.code(one, framework), framework) for one in group(transcripts)]
    write_report(results, {each.id: each for each in transcripts}, framework, Path("report.html"))
"""

__version__ = "0.1.0"

from dtnexus.assessment import AllianceParallel, Assessment, Coverage, SystemAssessment
from dtnexus.catalog.loader import load_framework
from dtnexus.errors import (
    DtnexusError,
    Fault,
    FrameworkError,
    InputError,
    LockedError,
    MissingExtraError,
    ProfileError,
    UsageError,
)
from dtnexus.framework import Criterion, Framework
from dtnexus.profile import AgentProfile
from dtnexus.rating import (
    CoderRef,
    Episode,
    Evidence,
    Failure,
    NotApplicable,
    NotObservable,
    Observation,
    Rating,
)
from dtnexus.record import Record, read_jsonl, write_jsonl
from dtnexus.transcript import Agent, Interaction, Role, Span, Transcript, Turn

__all__ = [
    "Agent",
    "AgentProfile",
    "AllianceParallel",
    "Assessment",
    "CoderRef",
    "Coverage",
    "Criterion",
    "DtnexusError",
    "Episode",
    "Evidence",
    "Failure",
    "Fault",
    "Framework",
    "FrameworkError",
    "InputError",
    "Interaction",
    "LockedError",
    "MissingExtraError",
    "NotApplicable",
    "NotObservable",
    "Observation",
    "ProfileError",
    "Rating",
    "Record",
    "Role",
    "Span",
    "SystemAssessment",
    "Transcript",
    "Turn",
    "UsageError",
    "load_framework",
    "read_jsonl",
    "write_jsonl",
]
