"""What is to be done: inputs, framework and coders of a run, and what makes two runs the same run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from dtnexus import __version__
from dtnexus.coding.coder import Coder
from dtnexus.coding.member import DEFAULT
from dtnexus.errors import InputError
from dtnexus.framework import Framework
from dtnexus.ingest.options import ReadOptions
from dtnexus.profile import AgentProfile
from dtnexus.rating import CoderRef
from dtnexus.record import FrozenMap, Record, digest_of
from dtnexus.running.judge_bench import Judging


class Plan(Record):
    """What is to be coded or assessed, and how."""

    inputs: tuple[str, ...]
    reading: ReadOptions = ReadOptions()
    framework: str
    """As `load_framework` takes it."""
    profiles: tuple[AgentProfile, ...] = ()
    coders: tuple[str, ...] = (DEFAULT,)
    ratings: tuple[Path, ...] = ()
    """Files with people's ratings, used beside the coders'."""
    admissions: tuple[Path, ...] = ()
    """Files with admissions of machines as second raters."""
    jobs: int | None = None
    """Processes that share the work; None: as many as the cores and the size suggest."""
    fail_on: tuple[str, ...] = ()
    judging: Judging = Judging()
    """The judges among the coders, and how they are asked."""


class RunKey(Record):
    """What makes two runs the same run: inputs as read, settings, framework, coders, version."""

    version: str = __version__
    transcripts: str
    """SHA-256 of transcripts.jsonl."""
    framework: str
    framework_digest: str
    coders: tuple[CoderRef, ...]
    settings: FrozenMap[str, str]

    def differing(self, other: RunKey) -> list[str]:
        """The names of the fields in which two keys differ."""
        return [name for name in RunKey.model_fields if getattr(self, name) != getattr(other, name)]


def key_of(plan: Plan, transcripts: str, framework: Framework, coders: Sequence[Coder]) -> RunKey:
    """The key of a run of this plan; `transcripts` is the digest of what was read.

    Raises:
        InputError: a ratings file cannot be read.
    """
    return RunKey(
        transcripts=transcripts,
        framework=f"{framework.id} {framework.version}",
        framework_digest=framework.digest(),
        coders=tuple(coder.ref for coder in coders),
        settings={
            "profiles": digest_of([profile.model_dump(mode="json") for profile in plan.profiles]),
            "ratings": digest_of([_digest(path, "ratings") for path in plan.ratings]),
            **(
                {"admissions": digest_of([_digest(path, "admissions") for path in plan.admissions])}
                if plan.admissions
                else {}
            ),
        },
    )


def _digest(path: Path, holds: str) -> str:
    """SHA-256 of a file's content."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", f"a file with {holds}") from None
