"""What Alembic runs: the migrations, on the connection that `dtnexus.storage.upgrading` opened."""

from __future__ import annotations

from alembic import context

from dtnexus.storage.result_tables import results

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=results.metadata,
    transactional_ddl=False,  # the caller's transaction holds the whole upgrade
)
context.run_migrations()
