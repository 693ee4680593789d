"""The tables of the studio. `docs/design/studio.md` says what each is for.

Ids are random text. Records (`dtnexus.record.Record`) stand as their JSON, so that a new
field needs no migration. Transcript text stands in `units`, `statements`, `gold_answers`,
`machine_statements`, `adjudications`, `actions` and `marks` only.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from dtnexus.storage.columns import JsonText, Moment, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")
"""A number that grows with every row; SQLite counts only INTEGER primary keys."""


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, metadata, *parts)


def _id() -> Column[str]:
    return Column("id", String(40), primary_key=True)


def _of(table: str, name: str, *, null: bool = False) -> Column[str]:
    return Column(name, String(40), ForeignKey(f"{table}.id"), nullable=null)


# --- people and projects ------------------------------------------------------------------------------------------

people = _table(
    "people",
    _id(),
    Column("login", String(120), nullable=False, unique=True),  # folded: no upper case, no space around
    Column("name", Words, nullable=False),
    Column("password_hash", String(200), nullable=False),  # argon2id; "!" where only a link opens the door
    Column("may_create", Boolean, nullable=False),  # may make projects
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

frameworks = _table(
    "frameworks",
    Column("digest", String(64), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("version", String(40), nullable=False),
    Column("body", JsonText, nullable=False),  # the whole Framework: a study keeps its codebook
    Column("kept_at", Moment, nullable=False),
)

projects = _table(
    "projects",
    _id(),
    Column("name", Words, nullable=False),
    Column("framework_digest", String(64), ForeignKey("frameworks.digest"), nullable=False),
    Column("settings", JsonText, nullable=False),  # dtnexus.study.settings.StudySettings
    Column("created_by", String(40), ForeignKey("people.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("archived_at", Moment),
)

memberships = _table(
    "memberships",
    Column("project_id", String(40), ForeignKey("projects.id"), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("code", String(40), nullable=False),  # the pseudonym that stands on ratings
    Column("preferences", JsonText, nullable=False),  # orientation, background, content that the coder opted out of
    Column("joined_at", Moment, nullable=False),
    Column("left_at", Moment),
    UniqueConstraint("project_id", "code"),
    Index(None, "person_id"),
    CheckConstraint("role in ('owner','coder','adjudicator','viewer')", name="role"),
)

invitations = _table(
    "invitations",
    _id(),
    _of("projects", "project_id", null=True),  # NULL: an account without project, to set the studio up
    Column("role", String(20), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("note", Words, nullable=False),
    _of("people", "created_by", null=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("used_at", Moment),
    _of("people", "used_by", null=True),
    Index(None, "project_id"),
)

sessions = _table(
    "sessions",
    Column("token_hash", String(64), primary_key=True),
    _of("people", "person_id"),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(None, "person_id"),
)

entry_links = _table(
    "entry_links",
    Column("token_hash", String(64), primary_key=True),
    _of("people", "person_id"),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

login_attempts = _table(
    "login_attempts",
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("login", String(120), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("ok", Boolean, nullable=False),
    Index(None, "login", "at"),
    Index(None, "address", "at"),
)

# --- what is coded ------------------------------------------------------------------------------------------------

imports = _table(
    "imports",
    _id(),
    _of("projects", "project_id"),
    _of("people", "person_id", null=True),
    Column("source", Words, nullable=False),  # "upload" or "run"; never a path of the machine
    Column("report", JsonText, nullable=False),  # dtnexus.ingest.loss.ReadReport
    Column("units", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "project_id"),
)

units = _table(
    "units",
    _id(),
    _of("projects", "project_id"),
    _of("imports", "import_id", null=True),
    Column("interaction_id", Words, nullable=False),
    Column("interaction", JsonText, nullable=False),  # dtnexus.transcript.Interaction
    Column("digest", String(64), nullable=False),
    Column("label", String(40), nullable=False),  # blind: says nothing of product, version or file
    Column("kind", String(20), nullable=False),
    Column("star_candidate", Boolean, nullable=False),
    Column("warnings", JsonText, nullable=False),  # ids of content warnings
    Column("client_turns", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),  # the client's right: only then may its words be deleted
    UniqueConstraint("project_id", "label"),
    UniqueConstraint("project_id", "kind", "interaction_id"),
    CheckConstraint("kind in ('work','practice','gold','hidden_gold')", name="kind"),
)

gold_answers = _table(
    "gold_answers",
    Column("unit_id", String(40), ForeignKey("units.id"), primary_key=True),
    Column("criterion", String(40), primary_key=True),
    Column("statement", JsonText, nullable=False),  # Rating or NotObservable, CoderRef kind "consensus"
    Column("feedback", Words, nullable=False),
)

agent_profiles = _table(
    "agent_profiles",
    Column("project_id", String(40), ForeignKey("projects.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("profile", JsonText, nullable=False),  # dtnexus.profile.AgentProfile
)

machine_statements = _table(
    "machine_statements",
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    _of("projects", "project_id"),
    _of("units", "unit_id"),
    Column("about", String(60), nullable=False),  # criterion, or the fact of an Observation
    Column("kind", String(20), nullable=False),
    Column("coder_digest", String(64), nullable=False),
    Column("coder_name", Words, nullable=False),
    Column("statement", JsonText, nullable=False),
    UniqueConstraint("unit_id", "coder_digest", "about"),
    Index(None, "project_id"),
)

# --- who codes what -----------------------------------------------------------------------------------------------

assignments = _table(
    "assignments",
    _id(),
    _of("projects", "project_id"),
    _of("units", "unit_id"),
    _of("people", "person_id"),
    Column("round", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("position", Integer, nullable=False),  # random place in the coder's own queue
    Column("overlap", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("current_pass", String(10), nullable=False),
    Column("version", Integer, nullable=False),  # counts changes of state and pass
    Column("created_at", Moment, nullable=False),
    Column("opened_at", Moment),
    Column("ended_at", Moment),  # submitted or skipped
    Column("skip_reason", Words),
    UniqueConstraint("unit_id", "person_id", "round", "attempt"),
    Index(None, "person_id", "project_id", "position"),
    Index(None, "project_id", "state"),
    CheckConstraint("state in ('open','in_progress','submitted','skipped')", name="state"),
    CheckConstraint("current_pass in ('read','mark','rate')", name="pass"),
    CheckConstraint("round in ('coding','practice','certification','drift')", name="round"),
)

actions = _table(
    "actions",
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),  # made by the page
    _of("assignments", "assignment_id"),
    _of("units", "unit_id"),
    _of("people", "person_id"),
    Column("criterion", String(40)),  # NULL: opening, passes, skipping, submitting
    Column("kind", String(20), nullable=False),
    Column("body", JsonText, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("version", Integer, nullable=False),  # of criterion or assignment, after the action
    Column("at", Moment, nullable=False),
    Index(None, "assignment_id", "seq"),
)

marks = _table(
    "marks",
    Column("assignment_id", String(40), ForeignKey("assignments.id"), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("criterion", String(40), nullable=False),
    Column("body", JsonText, nullable=False),  # dtnexus.sheet.Mark
    Column("at", Moment, nullable=False),
)

answers = _table(
    "answers",
    Column("assignment_id", String(40), ForeignKey("assignments.id"), primary_key=True),
    Column("criterion", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", JsonText),  # dtnexus.sheet.Answer; NULL: no answer, though marks may stand
    Column("at", Moment, nullable=False),
)

# --- what was settled ---------------------------------------------------------------------------------------------

submissions = _table(
    "submissions",
    _id(),
    _of("projects", "project_id"),
    _of("units", "unit_id"),
    Column("assignment_id", String(40), ForeignKey("assignments.id"), nullable=False, unique=True),
    _of("people", "person_id"),
    Column("at", Moment, nullable=False),
    Index(None, "project_id"),
    Index(None, "unit_id"),
)

statements = _table(
    "statements",
    Column("submission_id", String(40), ForeignKey("submissions.id"), primary_key=True),
    Column("criterion", String(40), primary_key=True),
    _of("units", "unit_id"),
    Column("kind", String(20), nullable=False),
    Column("score", Integer),  # NULL: no score was given
    Column("statement", JsonText, nullable=False),  # dtnexus.rating record
    Index(None, "unit_id", "criterion"),
)

adjudications = _table(
    "adjudications",
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),  # made by the page: sent twice counts once
    _of("projects", "project_id"),
    _of("units", "unit_id"),
    Column("criterion", String(40), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("statement", JsonText),  # CoderRef kind "adjudicator"; NULL where it stays contested
    Column("reason", Words, nullable=False),
    Column("seen", JsonText, nullable=False),  # ids of the submissions that were compared
    _of("people", "person_id"),
    Column("at", Moment, nullable=False),
    Index(None, "project_id"),
    Index(None, "unit_id", "criterion"),
    CheckConstraint("outcome in ('decided','contested')", name="outcome"),
)

certification_attempts = _table(
    "certification_attempts",
    _id(),
    _of("projects", "project_id"),
    _of("people", "person_id"),
    Column("attempt", Integer, nullable=False),
    Column("framework_digest", String(64), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("passed", Boolean),
    Column("result", JsonText),  # per criterion: kappa, n, missed zeros
    UniqueConstraint("project_id", "person_id", "attempt"),
)

standings = _table(
    "standings",
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    _of("projects", "project_id"),
    _of("people", "person_id"),
    Column("standing", String(20), nullable=False),
    Column("because", Words, nullable=False),
    _of("people", "by_person", null=True),  # NULL: a rule did
    Column("at", Moment, nullable=False),
    Index(None, "project_id", "person_id"),
)

admissions = _table(
    "admissions",
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    _of("projects", "project_id"),
    Column("criterion", String(40), nullable=False),
    Column("coder_digest", String(64), nullable=False),
    Column("language", String(40), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("record", JsonText, nullable=False),
    _of("people", "person_id", null=True),
    Column("at", Moment, nullable=False),
    Index(None, "project_id"),
)

jobs = _table(
    "jobs",
    _id(),
    _of("projects", "project_id", null=True),
    _of("people", "person_id"),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),  # waiting, running, done, failed
    Column("stage", Words, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("keep", Boolean, nullable=False),  # False: files and results go when the page is left
    Column("result", JsonText),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(None, "person_id"),
)

audit = _table(
    "audit",
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    _of("people", "person_id", null=True),  # NULL: nobody was logged in
    _of("projects", "project_id", null=True),
    Column("what", String(60), nullable=False),  # kebab-case, for instance "unit-seen"
    Column("about", String(120), nullable=False),  # "unit:ID", "assignment:ID"; empty where nothing is meant
    Column("details", JsonText, nullable=False),  # never transcript text, passwords or tokens
    Index(None, "project_id", "seq"),
    Index(None, "person_id", "seq"),
)

APPEND_ONLY = ("audit", "actions", "submissions", "statements", "adjudications", "standings", "admissions")
"""Rows of these tables are never changed and never deleted; triggers refuse it."""

ERASABLE = ("actions", "submissions", "statements", "adjudications")
"""The append-only tables whose rows may be deleted after the unit's client has withdrawn (`units.withdrawn_at`)."""
