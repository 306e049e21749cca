"""Alembic's environment: migrate over the connection, and inside the transaction, of the caller."""

from alembic import context

from db import ledger_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ledger_tables.LedgerEntry.metadata,
    version_table=context.config.attributes["version_table"],
    # SQLite cannot alter most of a table in place.
    render_as_batch=True,
)
context.run_migrations()
