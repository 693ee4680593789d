"""dtnexus: the Digital Therapeutic Nexus (doi 10.2196/89378), executable.

This project's own operationalisation from the abstract; not the authors' instrument,
not a clinical tool.

Here stand the nouns, the errors and `load_framework`; each is loaded when it is first used.
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

import typing as _typing
from importlib import import_module as _import_module

if _typing.TYPE_CHECKING:
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

_HOMES = ("errors", "record", "transcript", "profile", "rating", "framework", "assessment", "catalog.loader")
"""The modules in which the public names live, the quickest to load first."""


def __getattr__(name: str) -> object:
    """A public name, from its module, which is loaded when the name is first asked for.

    So that `dtnexus --help` and a bare ``import dtnexus`` wait for nothing.
    """
    if name in __all__:
        for home in _HOMES:
            module = _import_module(f"dtnexus.{home}")
            if hasattr(module, name):
                globals()[name] = getattr(module, name)
                return globals()[name]
    raise AttributeError(f"module 'dtnexus' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
