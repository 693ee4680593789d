"""The other half of the studio's tables, and the triggers that keep its logs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dtnexus.storage.triggers import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("audit", "actions", "submissions", "statements", "adjudications", "standings", "admissions")
ERASABLE = ("actions", "submissions", "statements", "adjudications")


def upgrade() -> None:
    """Make the tables, then the triggers."""
    _part_1()
    _part_2()
    _part_3()
    for statement in append_only(op.get_bind().dialect.name, APPEND_ONLY, ERASABLE):
        op.get_bind().exec_driver_sql(statement)


def _part_1() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("import_id", sa.String(length=40), nullable=True),
        sa.Column("interaction_id", sa.Text(), nullable=False),
        sa.Column("interaction", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("star_candidate", sa.Boolean(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("client_turns", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('work','practice','gold','hidden_gold')", name="ck_units_kind"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_units_import_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_units_project_id"),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
        sa.UniqueConstraint("project_id", "kind", "interaction_id", name="uq_units_project_id_kind_interaction_id"),
        sa.UniqueConstraint("project_id", "label", name="uq_units_project_id_label"),
    )
    op.create_table(
        "adjudications",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome in ('decided','contested')", name="ck_adjudications_outcome"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_adjudications_person_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_adjudications_project_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_adjudications_unit_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_adjudications"),
        sa.UniqueConstraint("id", name="uq_adjudications_id"),
    )
    op.create_index("ix_adjudications_project_id", "adjudications", ["project_id"])
    op.create_index("ix_adjudications_unit_id_criterion", "adjudications", ["unit_id", "criterion"])
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("round", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("overlap", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("current_pass", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("skip_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("current_pass in ('read','mark','rate')", name="ck_assignments_pass"),
        sa.CheckConstraint("round in ('coding','practice','certification','drift')", name="ck_assignments_round"),
        sa.CheckConstraint("state in ('open','in_progress','submitted','skipped')", name="ck_assignments_state"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_assignments_person_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_assignments_project_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_assignments_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
        sa.UniqueConstraint(
            "unit_id", "person_id", "round", "attempt", name="uq_assignments_unit_id_person_id_round_attempt"
        ),
    )
    op.create_index(
        "ix_assignments_person_id_project_id_position", "assignments", ["person_id", "project_id", "position"]
    )
    op.create_index("ix_assignments_project_id_state", "assignments", ["project_id", "state"])


def _part_2() -> None:
    op.create_table(
        "gold_answers",
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_gold_answers_unit_id"),
        sa.PrimaryKeyConstraint("unit_id", "criterion", name="pk_gold_answers"),
    )
    op.create_table(
        "machine_statements",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("coder_digest", sa.String(length=64), nullable=False),
        sa.Column("coder_name", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_machine_statements_project_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_machine_statements_unit_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_machine_statements"),
        sa.UniqueConstraint(
            "unit_id", "coder_digest", "about", name="uq_machine_statements_unit_id_coder_digest_about"
        ),
    )
    op.create_index("ix_machine_statements_project_id", "machine_statements", ["project_id"])
    op.create_table(
        "actions",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("assignment_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_actions_assignment_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_actions_person_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_actions_unit_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_actions"),
        sa.UniqueConstraint("id", name="uq_actions_id"),
    )
    op.create_index("ix_actions_assignment_id_seq", "actions", ["assignment_id", "seq"])
    op.create_table(
        "answers",
        sa.Column("assignment_id", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_answers_assignment_id"),
        sa.PrimaryKeyConstraint("assignment_id", "criterion", name="pk_answers"),
    )
    op.create_table(
        "marks",
        sa.Column("assignment_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_marks_assignment_id"),
        sa.PrimaryKeyConstraint("assignment_id", "id", name="pk_marks"),
    )


def _part_3() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("assignment_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_submissions_assignment_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_submissions_person_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_submissions_project_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_submissions_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint("assignment_id", name="uq_submissions_assignment_id"),
    )
    op.create_index("ix_submissions_project_id", "submissions", ["project_id"])
    op.create_index("ix_submissions_unit_id", "submissions", ["unit_id"])
    op.create_table(
        "statements",
        sa.Column("submission_id", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_statements_submission_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_statements_unit_id"),
        sa.PrimaryKeyConstraint("submission_id", "criterion", name="pk_statements"),
    )
    op.create_index("ix_statements_unit_id_criterion", "statements", ["unit_id", "criterion"])
