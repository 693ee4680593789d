"""What the store hands out: one tuple type for each thing, with times in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from dtnexus.rating import CoderRef, Said
from dtnexus.sheet import AssignmentState, MemberRole, Pass, Round, Standing, UnitKind
from dtnexus.storage.columns import Json


class Person(NamedTuple):
    """Somebody with an account."""

    id: str
    login: str
    name: str
    password_hash: str
    may_create: bool
    disabled_at: datetime | None


class Session(NamedTuple):
    """A person who is logged in."""

    token_hash: str
    person: Person
    csrf: str
    seen_at: datetime
    expires_at: datetime


class Invitation(NamedTuple):
    """An invitation that may still be accepted; `project_id` None: an account without project."""

    id: str
    project_id: str | None
    project_name: str | None
    role: MemberRole
    note: str
    created_at: datetime
    expires_at: datetime


class ProjectRow(NamedTuple):
    """A study: its framework is fixed by digest, its settings are JSON of `dtnexus.study.settings`."""

    id: str
    name: str
    framework_digest: str
    framework_name: str
    framework_version: str
    settings: Json
    created_at: datetime
    archived_at: datetime | None


IMPORTED = "imported/"
"""How the login name of an account begins that stands for a coder of another program."""


class Member(NamedTuple):
    """A person in a project. `code` is the pseudonym that stands on ratings."""

    project_id: str
    person_id: str
    login: str
    name: str
    role: MemberRole
    code: str
    preferences: Json
    joined_at: datetime
    left_at: datetime | None

    @property
    def imported(self) -> bool:
        """Whether the member stands for a coder of another program, whose account nobody can enter."""
        return self.login.startswith(IMPORTED)


class UnitRow(NamedTuple):
    """A unit without its words."""

    id: str
    project_id: str
    interaction_id: str
    digest: str
    label: str
    kind: UnitKind
    star_candidate: bool
    warnings: tuple[str, ...]
    client_turns: int
    words: int
    created_at: datetime
    withdrawn_at: datetime | None


class Assignment(NamedTuple):
    """A unit that a person is to code."""

    id: str
    project_id: str
    unit_id: str
    person_id: str
    round: Round
    attempt: int
    position: int
    overlap: bool
    state: AssignmentState
    current_pass: Pass
    version: int
    opened_at: datetime | None
    ended_at: datetime | None
    skip_reason: str | None
    label: str
    """The unit's blind label."""
    warnings: tuple[str, ...]


class Progress(NamedTuple):
    """How far the assignments of a person in a project are."""

    open: int
    in_progress: int
    submitted: int
    skipped: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self)

    @property
    def ended(self) -> int:
        """Submitted or skipped."""
        return self.submitted + self.skipped


class StatementRow(NamedTuple):
    """What a person submitted on one criterion of one unit."""

    submission_id: str
    unit_id: str
    person_id: str
    code: str
    round: Round
    attempt: int
    criterion: str
    statement: Said
    at: datetime


class ScoreRow(NamedTuple):
    """What a person submitted on one criterion of one unit, without the words."""

    unit_id: str
    interaction_id: str
    code: str
    criterion: str
    kind: str
    score: int | None


class MachineScoreRow(NamedTuple):
    """What a machine said on one criterion of one unit, without the words."""

    unit_id: str
    coder_digest: str
    coder: CoderRef
    criterion: str
    kind: str
    score: int | None


class Adjudication(NamedTuple):
    """What an adjudicator decided on one criterion of one unit; the newest one stands."""

    id: str
    unit_id: str
    criterion: str
    outcome: Literal["decided", "contested"]
    statement: Said | None
    reason: str
    seen: tuple[str, ...]
    person_id: str
    at: datetime


class AuditEntry(NamedTuple):
    """One line of the audit log."""

    seq: int
    at: datetime
    person_id: str | None
    login: str | None
    project_id: str | None
    what: str
    about: str
    details: Json


class Attempt(NamedTuple):
    """A try at certification; `passed` None: not finished."""

    id: str
    person_id: str
    attempt: int
    framework_digest: str
    started_at: datetime
    ended_at: datetime | None
    passed: bool | None
    result: Json


class StandingRow(NamedTuple):
    """What was said of a coder's standing, and why; `by_person` None: a rule decided."""

    person_id: str
    standing: Standing
    because: str
    by_person: str | None
    at: datetime


class Job(NamedTuple):
    """Work that goes on behind a page."""

    id: str
    project_id: str | None
    person_id: str
    kind: str
    state: str
    stage: str
    done: int
    total: int | None
    keep: bool
    result: Json
    created_at: datetime
    ended_at: datetime | None
