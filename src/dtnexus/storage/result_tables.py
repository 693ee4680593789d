"""What follows from what was submitted, in columns that lists are filtered by. Everything here can be made again."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from dtnexus.storage.tables import metadata

results = Table(
    "results",
    metadata,
    Column("unit_id", String(40), ForeignKey("units.id"), primary_key=True),
    Column("project_id", String(40), ForeignKey("projects.id"), nullable=False),
    Column("label", String(40), nullable=False),
    Column("revision", Integer, nullable=False),  # counts what was said and decided about the unit
    Column("of_revision", Integer),  # what the columns below rest on; NULL: nobody has decided the unit yet
    Column("rules", String(40)),  # version of the program that decided
    Column("state", String(20), nullable=False),
    Column("coders", Integer, nullable=False),  # people who have submitted it
    Column("questions", Integer, nullable=False),  # what waits for an adjudicator
    Column("settled", Integer, nullable=False),  # decisions that stand, contested ones among them
    Column("presented", Integer),
    Column("indicated", Integer),  # NULL: too little observed
    Column("outcome", String(24)),
    Column("before", String(24)),  # the outcome without any decision of an adjudicator
    Column("shown", Integer),
    Column("ceiling", Integer),
    Column("spread", Integer),  # the largest distance between people on one criterion; NULL: nobody to compare
    Index(None, "project_id", "label"),
    CheckConstraint("state in ('open','complete')", name="state"),
)

result_scores = Table(
    "result_scores",
    metadata,
    Column("unit_id", String(40), ForeignKey("units.id"), primary_key=True),
    Column("criterion", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("projects.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # of what all coders together say
    Column("score", Integer),  # NULL: no score
    Index(None, "project_id", "criterion", "score"),
)

result_risks = Table(
    "result_risks",
    metadata,
    Column("unit_id", String(40), ForeignKey("units.id"), primary_key=True),
    Column("risk", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("projects.id"), nullable=False),
    Column("status", String(20), nullable=False),
    Index(None, "project_id", "risk", "status"),
)
