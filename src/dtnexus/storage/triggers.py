"""What keeps a log a log: triggers that refuse to change or delete its rows, on both engines."""

from __future__ import annotations

from collections.abc import Iterator

_WITHDRAWN = "(SELECT withdrawn_at FROM units WHERE units.id = OLD.unit_id) IS NOT NULL"

_FUNCTIONS = (
    """
    CREATE FUNCTION dtnexus_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
    """,
    f"""
    CREATE FUNCTION dtnexus_refuse_unless_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF {_WITHDRAWN} THEN RETURN OLD; END IF;
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END $$
    """,
)


def append_only(engine: str, tables: tuple[str, ...], erasable: tuple[str, ...]) -> Iterator[str]:
    """Yield the statements that make tables append-only.

    Args:
        engine: ``sqlite`` or ``postgresql``.
        tables: all of them; no row is ever changed.
        erasable: those of them whose rows may be deleted once their unit is withdrawn.
    """
    if engine == "postgresql":
        yield from _FUNCTIONS
    for table in tables:
        yield from _sqlite(table, table in erasable) if engine == "sqlite" else _postgresql(table, table in erasable)


def _sqlite(table: str, erasable: bool) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"
    unless = f"WHEN NOT ({_WITHDRAWN}) " if erasable else ""
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {unless}{refuse}"


def _postgresql(table: str, erasable: bool) -> Iterator[str]:
    row, whole = f"BEFORE UPDATE ON {table} FOR EACH ROW", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    deleting = "dtnexus_refuse_unless_withdrawn" if erasable else "dtnexus_refuse"
    yield f"CREATE TRIGGER {table}_no_update {row} EXECUTE FUNCTION dtnexus_refuse()"
    yield f"CREATE TRIGGER {table}_no_truncate {whole} EXECUTE FUNCTION dtnexus_refuse()"
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {deleting}()"
