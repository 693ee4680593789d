"""Results in columns, so that many units can be listed and filtered; every unit begins with nothing decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, with a row for each work unit that is there."""
    op.create_table(
        "results",
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("of_revision", sa.Integer(), nullable=True),
        sa.Column("rules", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("coders", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("presented", sa.Integer(), nullable=True),
        sa.Column("indicated", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("before", sa.String(length=24), nullable=True),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.Column("ceiling", sa.Integer(), nullable=True),
        sa.Column("spread", sa.Integer(), nullable=True),
        sa.CheckConstraint("state in ('open','complete')", name="ck_results_state"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_results_project_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_results_unit_id"),
        sa.PrimaryKeyConstraint("unit_id", name="pk_results"),
    )
    op.create_index("ix_results_project_id_label", "results", ["project_id", "label"])
    op.create_table(
        "result_scores",
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_result_scores_project_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_result_scores_unit_id"),
        sa.PrimaryKeyConstraint("unit_id", "criterion", name="pk_result_scores"),
    )
    columns = ["project_id", "criterion", "score"]
    op.create_index("ix_result_scores_project_id_criterion_score", "result_scores", columns)
    op.create_table(
        "result_risks",
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("risk", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_result_risks_project_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_result_risks_unit_id"),
        sa.PrimaryKeyConstraint("unit_id", "risk", name="pk_result_risks"),
    )
    op.create_index("ix_result_risks_project_id_risk_status", "result_risks", ["project_id", "risk", "status"])
    op.execute(
        "INSERT INTO results (unit_id, project_id, label, revision, state, coders, questions, settled) "
        "SELECT id, project_id, label, 0, 'open', 0, 0, 0 FROM units WHERE kind = 'work' AND withdrawn_at IS NULL"
    )
